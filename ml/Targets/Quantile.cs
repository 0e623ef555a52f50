namespace RetailInsight.Ml.Targets;

/// <summary>Quantiles of a sample.</summary>
internal static class Quantile
{
    /// <summary>The quantile of values in ascending order, between two of them in proportion (type 7 of Hyndman and Fan 1996).</summary>
    /// <exception cref="ArgumentException">There are no values.</exception>
    public static double Of(IReadOnlyList<double> ascending, double share)
    {
        if (ascending.Count == 0)
        {
            throw new ArgumentException("No values have no quantile.", nameof(ascending));
        }

        var at = Math.Clamp(share, 0, 1) * (ascending.Count - 1);
        var below = (int)at;
        var above = Math.Min(below + 1, ascending.Count - 1);
        return ascending[below] + ((at - below) * (ascending[above] - ascending[below]));
    }
}
