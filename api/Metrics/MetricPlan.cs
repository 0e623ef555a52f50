namespace RetailInsight.Api.Metrics;

/// <summary>Which tables answer a question and what that costs.</summary>
/// <param name="Query">The question.</param>
/// <param name="Parts">One statement a table.</param>
internal sealed record MetricPlan(MetricQuery Query, IReadOnlyList<MetricPart> Parts)
{
    /// <summary>The most values one answer may hold.</summary>
    public const long MaxCells = 200_000;

    /// <summary>The most rows of a fact table one question may read.</summary>
    public const long MaxScanned = 3_000_000;

    // What one store has of a dimension, for lack of anything better before the question is asked.
    private static readonly Dictionary<string, int> Sizes = new()
    {
        ["weekday"] = 7,
        ["hour"] = 24,
        ["category"] = 50,
        ["item"] = 2_000,
        ["tender"] = 10,
        ["discount_kind"] = 10,
        ["discount_label"] = 50,
        ["tax_rate"] = 4,
        ["tax_category"] = 6,
    };

    /// <summary>Chooses the cheapest table for each metric.</summary>
    /// <returns>The metrics no table has by all the dimensions asked for, and nothing when there are none.</returns>
    public static (MetricPlan? Plan, IReadOnlyList<Metric> Impossible) Of(MetricQuery query)
    {
        var filtered = query.Filters.Select(filter => filter.Dimension).ToList();
        var chosen = query.Metrics.Select(metric => (Metric: metric, Fact: MartFacts.All.FirstOrDefault(fact => fact.Has(metric.Measures, query.Dimensions, filtered)))).ToList();
        var impossible = chosen.Where(one => one.Fact is null).Select(one => one.Metric).ToList();
        if (impossible.Count > 0)
        {
            return (null, impossible);
        }

        if (query.Compare == Comparison.Target)
        {
            // Each metric has targets of its own store-days, so each is asked alone.
            return (new MetricPlan(query, [.. query.Metrics.Select(metric => (Metric: metric, Facts: TargetOf(metric, query))).Where(one => one.Facts is not null).Select(one => new MetricPart(
                one.Facts!.Value.Reached, query.Dimensions, query.Filters, [.. one.Metric.Measures], query.ByCurrency)
            { Metrics = [one.Metric], Compared = one.Facts.Value.Aimed })]), []);
        }

        var parts = chosen.GroupBy(one => one.Fact!).Select(group => new MetricPart(
            group.Key, query.Dimensions, query.Filters, [.. group.SelectMany(one => one.Metric.Measures).Distinct()], query.ByCurrency)
        { Metrics = [.. group.Select(one => one.Metric)], Compared = query.Compare == Comparison.None ? null : group.Key });
        return (new MetricPlan(query, [.. parts]), []);
    }

    /// <summary>The metrics of a question about targets that have none, or none by the dimensions asked for; none of any other question.</summary>
    public static IReadOnlyList<Metric> WithoutTarget(MetricQuery query) =>
        query.Compare == Comparison.Target ? [.. query.Metrics.Where(metric => TargetOf(metric, query) is null)] : [];

    private static (Fact Reached, Fact Aimed)? TargetOf(Metric metric, MetricQuery query) => MartFacts.Targets.TryGetValue(metric.Id, out var facts)
        && facts.Reached.Has(metric.Measures, query.Dimensions, query.Filters.Select(filter => filter.Dimension)) ? facts : null;

    /// <summary>Rows read and values answered, about.</summary>
    public (long Scanned, long Cells) Cost(int stores)
    {
        var periods = Query.Compare == Comparison.None ? 1 : 2;
        var days = (long)Query.Days;
        var scanned = Parts.Sum(part => stores * days * part.Fact.RowsPerStoreDay) * periods;
        var rows = 1L;
        foreach (var dimension in Query.Dimensions)
        {
            rows = Math.Min(long.MaxValue / 1_000_000, rows) * (dimension switch
            {
                "store" => Math.Max(1, stores),
                "business_date" => Query.Grain switch { "day" => days, "week" => (days / 7) + 1, "month" => (days / 28) + 1, "quarter" => (days / 90) + 1, _ => (days / 365) + 1 },
                _ => Sizes[dimension],
            });
        }

        return (scanned, Math.Min(rows, Math.Max(1, scanned)) * Query.Metrics.Count * periods);
    }
}
