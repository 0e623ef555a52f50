namespace RetailInsight.Ml.DeviceLane;

/// <summary>
/// The same small piece of arithmetic and memory every time, about as long as a question: how long it takes tells how fast the device is at this moment. It
/// uses nothing of the runtime that is measured, or a runtime that became slower would excuse itself.
/// </summary>
internal sealed class ReferenceWork
{
    private const int Numbers = 4096;
    private const int Steps = 1024;

    private readonly double[] _table = [.. Enumerable.Range(0, Numbers).Select(place => (place * 0.618033988749895) % 1)];

    /// <summary>What it came to, so that it is not left out as useless.</summary>
    public double Sum { get; private set; }

    /// <summary>Does it: looks numbers up one after the other, each where the last one leads, and adds their exponentials.</summary>
    public void Do()
    {
        var (sum, place) = (0.0, 0);
        for (var step = 0; step < Steps; step++)
        {
            var number = _table[place];
            sum += Math.Exp(number);
            place = (place + 1 + (int)(number * (Numbers - 1))) % Numbers;
        }

        Sum = sum;
    }
}
