namespace RetailInsight.Ml.Drift;

/// <summary>A figure of some weeks and how far sampling their days anew moves it.</summary>
/// <param name="Value">The figure.</param>
/// <param name="Low">One sample in 200 lies below.</param>
/// <param name="High">One sample in 200 lies above.</param>
/// <param name="NearLow">One sample in 20 lies below.</param>
/// <param name="NearHigh">One sample in 20 lies above.</param>
internal sealed record ErrorInterval(double Value, double Low, double High, double NearLow, double NearHigh)
{
    private const int Samples = 599;
    private const int Block = 7;
    private const int Seed = 20261123;

    /// <summary>A figure of days.</summary>
    /// <param name="days">At least one.</param>
    /// <param name="samples">What <see cref="Sample"/> made of them.</param>
    /// <param name="figure">Of a sum of days; the same for twice as many of the same days.</param>
    public static ErrorInterval Of(IReadOnlyList<ErrorDay> days, ErrorDay[] samples, Func<ErrorDay, double> figure)
    {
        var sampled = Array.ConvertAll(samples, sum => figure(sum));
        Array.Sort(sampled);
        return new ErrorInterval(figure(Sum(days)), sampled[Samples / 200], sampled[^(1 + (Samples / 200))], sampled[Samples / 20], sampled[^(1 + (Samples / 20))]);
    }

    /// <summary>
    /// Sums of days sampled anew by the circular block bootstrap (Politis and Romano 1992) over weeks: errors of one day hang together over stores, and those of days beside each
    /// other by what no forecast of these days knew. The same days give the same samples.
    /// </summary>
    /// <param name="days">In order; at least one.</param>
    public static ErrorDay[] Sample(IReadOnlyList<ErrorDay> days)
    {
        var random = new Random(Seed);
        var blocks = Enumerable.Range(0, days.Count).Select(start => Sum(Enumerable.Range(start, Block).Select(at => days[at % days.Count]))).ToArray();
        var taken = (days.Count + Block - 1) / Block;
        return [.. Enumerable.Range(0, Samples).Select(_ => Sum(Enumerable.Range(0, taken).Select(_ => blocks[random.Next(blocks.Length)])))];
    }

    /// <summary>All days together.</summary>
    public static ErrorDay Sum(IEnumerable<ErrorDay> days) => days.Aggregate((sum, day) => sum + day);
}
