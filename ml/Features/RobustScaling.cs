namespace RetailInsight.Ml.Features;

/// <summary>Scaling that one odd store cannot bend: median and median absolute deviation in place of mean and standard deviation.</summary>
internal static class RobustScaling
{
    // Makes the median absolute deviation of a normal distribution its standard deviation: 1 / Φ⁻¹(3/4).
    private const double MedianDeviationToSigma = 1.4826;

    // The same for the mean absolute deviation: √(π/2).
    private const double MeanDeviationToSigma = 1.2533;

    /// <summary>
    /// (value − median) / scale; NaN for a missing value. Where more than half of the values are equal the median deviation is
    /// 0 and the mean one is used; where all are equal every value is 0.
    /// </summary>
    public static IReadOnlyList<double> Scale(IReadOnlyList<double?> values)
    {
        var known = values.OfType<double>().ToList();
        if (known.Count == 0)
        {
            return [.. Enumerable.Repeat(double.NaN, values.Count)];
        }

        var centre = Median(known);
        var deviations = known.ConvertAll(value => Math.Abs(value - centre));
        var scale = Median(deviations) * MedianDeviationToSigma;
        if (scale == 0)
        {
            scale = deviations.Order().Average() * MeanDeviationToSigma;
        }

        return [.. values.Select(value => value is not { } x ? double.NaN : scale > 0 ? (x - centre) / scale : 0)];
    }

    private static double Median(List<double> values)
    {
        var sorted = values.Order().ToList();
        var middle = sorted.Count / 2;
        return sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
