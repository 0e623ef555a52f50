using RetailInsight.Ml.Features;

namespace RetailInsight.Ml.Drift;

/// <summary>How a feature of stores has moved between two times.</summary>
/// <param name="Name">Of the catalogue.</param>
/// <param name="Psi">Population stability index; null where there are too few stores for one.</param>
/// <param name="PsiLimit">From where on that is no chance; null likewise.</param>
/// <param name="Shift">Of the median, in robust standard deviations of what it was then; null where nothing can be said.</param>
/// <param name="StoresThen">Stores that had the feature then.</param>
/// <param name="StoresNow">Stores that have it now.</param>
internal sealed record FeatureShift(string Name, double? Psi, double? PsiLimit, double? Shift, int StoresThen, int StoresNow)
{
    private const int StoresABin = 8;
    private const int MostBins = 10;

    // The usual lines of the index: 0.1 a little, 0.25 much.
    private const double Much = 0.25;
    private const double LargeShift = 1;
    private const double MedianDeviationToSigma = 1.4826;

    // Standard error of a median of normal values, and how many of the difference of two are no chance.
    private const double MedianError = 1.2533;
    private const double Errors = 3.3;

    /// <summary>Whether it has moved by more than chance.</summary>
    public bool HasMoved => Psi > PsiLimit || Math.Abs(Shift ?? 0) > ShiftLimit;

    private double ShiftLimit => Math.Max(LargeShift, Errors * MedianError * Math.Sqrt((1.0 / StoresThen) + (1.0 / StoresNow)));

    /// <summary>For the order of features: how far beyond its limits.</summary>
    public double Strength => Math.Max((Psi / PsiLimit) ?? 0, Math.Abs(Shift ?? 0) / ShiftLimit);

    /// <summary>The features both times have, in the order of the catalogue.</summary>
    public static IReadOnlyList<FeatureShift> Between(StoreProfiles then, StoreProfiles now)
    {
        var shifts = new List<FeatureShift>();
        foreach (var (at, feature) in then.Features.Index())
        {
            var place = now.Features.ToList().FindIndex(one => one.Name == feature.Name);
            if (place >= 0)
            {
                shifts.Add(Between(feature.Name, Places(then, at), Places(now, place)));
            }
        }

        return shifts;

        static List<double> Places(StoreProfiles profiles, int at) => [.. profiles.Values.Select(row => profiles.Features[at].Place(row[at])).OfType<double>().Order()];
    }

    /// <summary>One feature: values on its scale, ascending.</summary>
    public static FeatureShift Between(string name, List<double> then, List<double> now)
    {
        if (then.Count == 0 || now.Count == 0)
        {
            return new FeatureShift(name, null, null, null, then.Count, now.Count);
        }

        var bins = Math.Min(Math.Min(then.Count, now.Count) / StoresABin, MostBins);
        var centre = Quantile(then, 0.5);
        var scale = Quantile([.. then.Select(value => Math.Abs(value - centre)).Order()], 0.5) * MedianDeviationToSigma;
        var noise = (1.0 / then.Count) + (1.0 / now.Count);
        return new FeatureShift(
            name, bins < 2 ? null : Index(then, now, bins), bins < 2 ? null : Math.Max(Much, ChiSquared99(bins - 1) * noise), scale > 0 ? (Quantile(now, 0.5) - centre) / scale : null, then.Count, now.Count);
    }

    // Bins hold equally many of then; half a store more in each keeps an empty one finite.
    private static double Index(List<double> then, List<double> now, int bins)
    {
        var edges = Enumerable.Range(1, bins - 1).Select(bin => Quantile(then, bin / (double)bins)).ToList();
        double[] Shares(List<double> values)
        {
            var counts = new double[bins];
            foreach (var value in values)
            {
                counts[edges.Count(edge => value > edge)]++;
            }

            return Array.ConvertAll(counts, count => (count + 0.5) / (values.Count + (0.5 * bins)));
        }

        return Shares(now).Zip(Shares(then), (p, q) => (p - q) * Math.Log(p / q)).Sum();
    }

    // Without a change the index times nm/(n+m) is about chi-squared (Yurdakul and Naranjo 2020); its quantile 0.99 by Wilson and Hilferty.
    private static double ChiSquared99(int freedom)
    {
        const double Normal99 = 2.3263;
        var ninth = 2.0 / (9 * freedom);
        return freedom * Math.Pow(1 - ninth + (Normal99 * Math.Sqrt(ninth)), 3);
    }

    private static double Quantile(List<double> sorted, double share)
    {
        var place = share * (sorted.Count - 1);
        var below = (int)place;
        return below + 1 < sorted.Count ? sorted[below] + ((place - below) * (sorted[below + 1] - sorted[below])) : sorted[below];
    }
}
