namespace RetailInsight.Core.Counting;

/// <summary>A company's settings of how long something must last to count, a range a metric: one set for all its stores, so that a change is a change everywhere.</summary>
/// <param name="Visitor">The way of a visitor.</param>
/// <param name="PasserBy">The way of a passer-by.</param>
/// <param name="Stop">The stay of a stop.</param>
public sealed record CountingSeconds(SecondsRange Visitor, SecondsRange PasserBy, SecondsRange Stop)
{
    /// <summary>As long as nobody set anything: every way counts, and a stay of ten seconds is a stop.</summary>
    public static CountingSeconds Usual { get; } = new(
        new SecondsRange(0, SecondsRange.NoMaximum), new SecondsRange(0, SecondsRange.NoMaximum), new SecondsRange(10, SecondsRange.NoMaximum));
}
