namespace RetailInsight.Api.Charts;

/// <summary>
/// Maps values to heights, always with zero in view, and chooses round ticks (1, 2 or 5 times a power of ten, at least 1: half a visitor is no tick). Values become
/// double here and only here: a pixel needs no more precision, and no number is read back from a drawing.
/// </summary>
internal sealed class ValueScale
{
    private readonly double _top;
    private readonly double _bottom;
    private readonly decimal _low;
    private readonly decimal _high;

    public ValueScale(IEnumerable<decimal> values, double top, double bottom)
    {
        (_top, _bottom) = (top, bottom);
        var low = 0m;
        var high = 0m;
        foreach (var value in values)
        {
            low = Math.Min(low, value);
            high = Math.Max(high, value);
        }

        var step = Math.Max(1, Step((high - low) / 4));
        _low = Math.Floor(low / step) * step;
        _high = high == low ? step : Math.Ceiling(high / step) * step;
        for (var tick = _low; tick <= _high; tick += step)
        {
            Ticks.Add(tick);
        }
    }

    /// <summary>Round values from low to high.</summary>
    public List<decimal> Ticks { get; } = [];

    /// <summary>The height of a value.</summary>
    public double Y(decimal value) => _bottom - ((_bottom - _top) * (double)((value - _low) / (_high - _low)));

    private static decimal Step(decimal rough)
    {
        var step = 1m;
        while (step < rough)
        {
            step *= 10;
        }

        while (step / 10 >= rough && step > 1)
        {
            step /= 10;
        }

        return rough <= step / 5 ? step / 5 : rough <= step / 2 ? step / 2 : step;
    }
}
