namespace RetailInsight.Ml.Features;

/// <summary>The features of stores that are compared with each other: those of one company with one currency.</summary>
internal sealed class StoreProfiles
{
    // Beyond so many robust standard deviations a store is only odd, and more of it says nothing.
    private const double Furthest = 5;

    private StoreProfiles(IReadOnlyList<Feature> features, IReadOnlyList<StorePeriod> periods)
    {
        Features = features;
        Periods = periods;
        Values = [.. periods.Select(period => (IReadOnlyList<double?>)[.. features.Select(feature => feature.Value(period) is { } value && double.IsFinite(value) ? (double?)value : null)])];
        var columns = features.Select((feature, at) => RobustScaling.Scale(Values.Select(row => feature.Place(row[at])).ToList())).ToList();
        Deviations = [.. periods.Select((_, row) => columns.Select(column => double.IsNaN(column[row]) ? double.NaN : Math.Clamp(column[row], -Furthest, Furthest)).ToArray())];
    }

    /// <summary>The features in order.</summary>
    public IReadOnlyList<Feature> Features { get; }

    /// <summary>The stores in order of their codes.</summary>
    public IReadOnlyList<StorePeriod> Periods { get; }

    /// <summary>By store and feature, as people know them; null where there is too little evidence.</summary>
    public IReadOnlyList<IReadOnlyList<double?>> Values { get; }

    /// <summary>By store and feature: robust standard deviations from the median of the stores, at most five either way; NaN where there is no value.</summary>
    public double[][] Deviations { get; }

    /// <summary>The profiles of a company's stores, by currency. Stores that have left, or with fewer open days than <see cref="FeatureCatalogue.FewestDays"/>, have none.</summary>
    public static IReadOnlyList<StoreProfiles> Of(IEnumerable<StorePeriod> periods) =>
    [
        .. periods.Where(period => period.Days.Count >= FeatureCatalogue.FewestDays && period.Exclusion is not { HasLeft: true }).GroupBy(period => period.Currency, StringComparer.Ordinal).OrderBy(same => same.Key, StringComparer.Ordinal)
            .Select(same => same.OrderBy(period => period.Store, StringComparer.Ordinal).ToList()).Select(same => new StoreProfiles(FeatureCatalogue.Of(same), same)),
    ];

    /// <summary>Whether at least half of the stores have a feature.</summary>
    public bool Knows(string feature) => Features.Index().Any(one => one.Item.Name == feature && IsCommon(one.Index));

    /// <summary>
    /// One point a store over some of the features, for distances: the features of one group weigh together as much as one that stands alone, and
    /// a feature that fewer than half of the stores have is left out.
    /// </summary>
    /// <param name="which">Which features count.</param>
    /// <returns>The features that count, and the points in the order of the stores; NaN where a store has no value.</returns>
    public (IReadOnlyList<Feature> Features, double[][] Points) Points(Func<Feature, bool> which)
    {
        var chosen = Enumerable.Range(0, Features.Count).Where(at => which(Features[at]) && IsCommon(at)).ToList();
        var weights = chosen.ConvertAll(at => 1 / Math.Sqrt(chosen.Count(other => Features[other].Group == Features[at].Group)));
        return ([.. chosen.Select(at => Features[at])], [.. Deviations.Select(row => chosen.Select((at, i) => row[at] * weights[i]).ToArray())]);
    }

    private bool IsCommon(int feature) => Deviations.Count(row => !double.IsNaN(row[feature])) * 2 >= Periods.Count;
}
