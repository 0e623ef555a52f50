namespace RetailInsight.Api.Metrics;

/// <summary>
/// The fact tables a question may be answered from, the cheapest first. A new table is an entry here; <c>f</c> is the table, <c>s</c> the
/// store's master row. <c>@tenant</c>, <c>@from</c> and <c>@to</c> are bound for every statement.
/// </summary>
internal static class MartFacts
{
    // Staff minutes come from another table; a day or hour without any is left out of both sides of the ratio.
    private const string LabourOfDay = """
        LEFT JOIN (SELECT store, business_date, sum(minutes) AS minutes FROM mart.staff_hours
          WHERE tenant = @tenant AND business_date BETWEEN @from AND @to GROUP BY 1, 2) AS labour
          ON labour.store = f.store AND labour.business_date = f.business_date
        """;

    private const string LabourOfHour = """
        LEFT JOIN mart.staff_hours AS labour ON labour.tenant = @tenant AND labour.store = f.store AND labour.business_date = f.business_date
          AND labour.hour = f.hour
        """;

    private const string Area = "JOIN tenancy.store AS s ON s.tenant = @tenant AND s.store = f.store";

    /// <summary>Every fact table.</summary>
    public static IReadOnlyList<Fact> All { get; } =
    [
        new("store_day", "mart.kpi_store_day", 1, Dimensions(), new()
        {
            ["net"] = "sum(f.net)",
            ["tax"] = "sum(f.tax)",
            ["gross"] = "sum(f.gross)",
            ["receipts"] = "sum(f.receipts)",
            ["items"] = "sum(f.items)",
            ["returns"] = "sum(f.returns)",
            ["return_net"] = "sum(f.return_net)",
            ["visitors"] = "sum(f.visitors)",
            ["counted_receipts"] = "sum(f.receipts) FILTER (WHERE f.visitors IS NOT NULL)",
            ["counted_net"] = "sum(f.net) FILTER (WHERE f.visitors IS NOT NULL)",
            ["observed_minutes"] = "sum(f.observed_minutes)",
            ["expected_minutes"] = "sum(f.expected_minutes)",
            ["store_days"] = "count(*)",
            ["area_net"] = "sum(f.net) FILTER (WHERE s.floor_area > 0)",
            ["area_days"] = "sum(s.floor_area) FILTER (WHERE s.floor_area > 0)",
        }, new() { ["area_net"] = Area, ["area_days"] = Area }),
        new("store_hour", "mart.kpi_store_hour", 14, Dimensions(("hour", "f.hour")), new()
        {
            ["net"] = "sum(f.net)",
            ["tax"] = "sum(f.tax)",
            ["gross"] = "sum(f.gross)",
            ["receipts"] = "sum(f.receipts)",
            ["items"] = "sum(f.items)",
            ["returns"] = "sum(f.returns)",
            ["return_net"] = "sum(f.return_net)",
            // An hour always holds a number of visitors; without one observed minute it says nothing.
            ["visitors"] = "sum(f.visitors) FILTER (WHERE f.observed_minutes > 0)",
            ["counted_receipts"] = "sum(f.receipts) FILTER (WHERE f.observed_minutes > 0 AND f.visitors IS NOT NULL)",
            ["counted_net"] = "sum(f.net) FILTER (WHERE f.observed_minutes > 0 AND f.visitors IS NOT NULL)",
            ["observed_minutes"] = "sum(f.observed_minutes)",
            ["expected_minutes"] = "sum(f.expected_minutes)",
        }, []),
    ];

    private static Dictionary<string, string> Dimensions(params ReadOnlySpan<(string Name, string Column)> more)
    {
        var dimensions = new Dictionary<string, string> { ["store"] = "f.store", ["business_date"] = "f.business_date", ["weekday"] = "f.business_date" };
        foreach (var (name, column) in more)
        {
            dimensions.Add(name, column);
        }

        return dimensions;
    }
}

/// <summary>A table of the datamart.</summary>
/// <param name="Name">Its short name.</param>
/// <param name="Table">The table, read as <c>f</c>; keyed by tenant, store, business_date and more, with a currency.</param>
/// <param name="RowsPerStoreDay">About how many rows a store-day has: what reading it costs.</param>
/// <param name="Dimensions">Dimension → column.</param>
/// <param name="Measures">Measure → aggregate.</param>
/// <param name="Joins">Measure → the join it needs.</param>
internal sealed record Fact(
    string Name, string Table, int RowsPerStoreDay, Dictionary<string, string> Dimensions, Dictionary<string, string> Measures, Dictionary<string, string> Joins)
{
    /// <summary>Whether the table can answer for these measures by these dimensions.</summary>
    public bool Has(IEnumerable<string> measures, IEnumerable<string> dimensions) =>
        measures.All(Measures.ContainsKey) && dimensions.All(Dimensions.ContainsKey);
}
