using System.Collections.Immutable;

namespace RetailInsight.Ml.Targets;

/// <summary>
/// How far totals fell from what was expected of them, at earlier origins of the forecast: the empirical distribution of
/// log(actual total / expected total) over as many days. It says how probable it is to reach an amount. Estimates.
/// </summary>
internal sealed class TotalErrors
{
    /// <summary>Takes them in any order.</summary>
    /// <exception cref="ArgumentException">There are none, or one is not finite.</exception>
    public TotalErrors(IEnumerable<double> logs)
    {
        Logs = [.. logs.Order()];
        if (Logs.IsEmpty || !Logs.All(double.IsFinite))
        {
            throw new ArgumentException("One finite error at least is needed.", nameof(logs));
        }
    }

    /// <summary>log(actual / expected), ascending.</summary>
    public ImmutableArray<double> Logs { get; }

    /// <summary>Mean square of the errors: by how much of its square a total is uncertain.</summary>
    public double MeanSquare => Logs.Average(log => log * log);

    /// <summary>The share of totals that came to at least e^<paramref name="log"/> times what was expected; 0 to 1.</summary>
    public double ShareReaching(double log)
    {
        var below = 0;
        for (var above = Logs.Length; below < above;)
        {
            var middle = (below + above) / 2;
            (below, above) = Logs[middle] < log ? (middle + 1, above) : (below, middle);
        }

        return (double)(Logs.Length - below) / Logs.Length;
    }

    /// <summary>The highest log that at least this share of the totals reached; the lowest of all for a share of 1.</summary>
    public double LevelReachedBy(double share) =>
        Logs[Math.Clamp(Logs.Length - (int)Math.Ceiling((share * Logs.Length) - 1e-9), 0, Logs.Length - 1)];
}
