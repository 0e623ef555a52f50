namespace RetailInsight.Api.Metrics;

/// <summary>
/// The fact tables a question may be answered from, the cheapest first. A new table is an entry here; <c>f</c> is the table, <c>s</c> the
/// store's master row. Without any receipt of a store-day its sales are not known, which is not zero. <c>@tenant</c>, <c>@from</c> and <c>@to</c> are bound for every statement.
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

    // In a group of two a mean would tell one store what the other earned.
    private const string SalesTargets = """
        (SELECT t.tenant, t.store, t.business_date, t.unit AS currency, t.target, t.actual
          FROM mart.store_target AS t JOIN mart.store_cluster AS c ON c.tenant = t.tenant AND c.business_date = t.business_date AND c.store = t.store
          WHERE t.tenant = @tenant AND c.tenant = @tenant AND t.metric = 'net_sales' AND c.cluster_size >= 3)
        """;

    // A row for each store-day that has a target of the metric, with the figures of that day.
    private static string Targeted(string metric) => $"""
        (SELECT d.tenant, d.store, d.business_date, d.currency, d.net, d.receipts, d.items, d.visitors, t.target
          FROM mart.store_target AS t
          JOIN mart.store_cluster AS c ON c.tenant = t.tenant AND c.business_date = t.business_date AND c.store = t.store
          JOIN mart.kpi_store_day AS d ON d.tenant = t.tenant AND d.business_date = t.business_date AND d.store = t.store
          WHERE t.tenant = @tenant AND c.tenant = @tenant AND d.tenant = @tenant AND t.metric = '{metric}' AND c.cluster_size >= 3
            AND d.sales_reported AND t.unit IN (d.currency, 'items', 'ratio') AND t.business_date BETWEEN @from AND @to)
        """;

    // The days of a span, one of them made of its first hours.
    private const string DayCutAtHour = """
        (SELECT tenant, store, business_date, currency, net, tax, gross, receipts, items, returns, return_net, guests, identified_receipts, discount, visitors,
            observed_minutes, expected_minutes, sales_reported
          FROM mart.kpi_store_day WHERE tenant = @tenant AND business_date BETWEEN @from AND @to AND business_date <> @cut_date
          UNION ALL
          SELECT tenant, store, business_date, currency, sum(net), sum(tax), sum(gross), sum(receipts), sum(items), sum(returns), sum(return_net), sum(guests),
            sum(identified_receipts), sum(discount), sum(visitors) FILTER (WHERE observed_minutes > 0), sum(observed_minutes), sum(expected_minutes), bool_or(sales_reported)
          FROM mart.kpi_store_hour WHERE tenant = @tenant AND business_date = @cut_date AND hour < @cut_hour GROUP BY 1, 2, 3, 4)
        """;

    private const string Area = "JOIN tenancy.store AS s ON s.tenant = @tenant AND s.store = f.store";

    // Of a store-day or an hour; where registers did not report, sales are unknown and not zero.
    private static readonly Dictionary<string, string> Sales = new()
    {
        ["net"] = "sum(f.net) FILTER (WHERE f.sales_reported)",
        ["tax"] = "sum(f.tax) FILTER (WHERE f.sales_reported)",
        ["gross"] = "sum(f.gross) FILTER (WHERE f.sales_reported)",
        ["receipts"] = "sum(f.receipts) FILTER (WHERE f.sales_reported)",
        ["items"] = "sum(f.items) FILTER (WHERE f.sales_reported)",
        ["returns"] = "sum(f.returns) FILTER (WHERE f.sales_reported)",
        ["return_net"] = "sum(f.return_net) FILTER (WHERE f.sales_reported)",
    };

    /// <summary>Every fact table.</summary>
    public static IReadOnlyList<Fact> All { get; } =
    [
        new("store_day", "mart.kpi_store_day", 1, Dimensions(), new(Sales)
        {
            ["visitors"] = "sum(f.visitors)",
            ["counted_receipts"] = "sum(f.receipts) FILTER (WHERE f.sales_reported AND f.visitors IS NOT NULL)",
            ["counted_net"] = "sum(f.net) FILTER (WHERE f.sales_reported AND f.visitors IS NOT NULL)",
            ["counted_visitors"] = "sum(f.visitors) FILTER (WHERE f.sales_reported)",
            ["observed_minutes"] = "sum(f.observed_minutes)",
            ["expected_minutes"] = "sum(f.expected_minutes)",
            ["store_days"] = "count(*) FILTER (WHERE f.sales_reported)",
            ["guests"] = "sum(f.guests) FILTER (WHERE f.sales_reported)",
            ["guest_net"] = "sum(f.net) FILTER (WHERE f.guests > 0)",
            ["identified_receipts"] = "sum(f.identified_receipts) FILTER (WHERE f.sales_reported)",
            ["discount"] = "sum(f.discount) FILTER (WHERE f.sales_reported)",
            ["before_discount"] = "sum(f.net + f.discount) FILTER (WHERE f.sales_reported)",
            ["area_net"] = "sum(f.net) FILTER (WHERE f.sales_reported AND s.floor_area > 0)",
            ["area_days"] = "sum(s.floor_area) FILTER (WHERE f.sales_reported AND s.floor_area > 0)",
            ["labour_net"] = "sum(f.net) FILTER (WHERE f.sales_reported AND labour.minutes > 0)",
            ["labour_minutes"] = "sum(labour.minutes) FILTER (WHERE f.sales_reported AND labour.minutes > 0)",
        })
        {
            Joins = new() { ["area_net"] = Area, ["area_days"] = Area, ["labour_net"] = LabourOfDay, ["labour_minutes"] = LabourOfDay },
            CutAtHour = DayCutAtHour,
        },
        new("category_day", "mart.kpi_category_day", 20, Dimensions(("category", "f.category")), new()
        {
            ["net"] = "sum(f.net)",
            ["tax"] = "sum(f.tax)",
            ["gross"] = "sum(f.gross)",
            ["quantity"] = "sum(f.quantity)",
            ["containing_receipts"] = "sum(f.receipts)",
        }) { Needs = new() { ["containing_receipts"] = "category" } },
        new("tender_day", "mart.kpi_tender_day", 6, Dimensions(("tender", "f.method")), new()
        {
            ["tender_amount"] = "sum(f.amount)",
            ["tender_receipts"] = "sum(f.receipts)",
        }) { Needs = new() { ["tender_receipts"] = "tender" } },
        new("discount_day", "mart.kpi_discount_day", 6, Dimensions(("discount_kind", "f.kind"), ("discount_label", "f.label")), new()
        {
            ["discount"] = "sum(f.amount)",
        }),
        new("tax_day", "mart.kpi_tax_day", 3, Dimensions(("tax_rate", "f.rate_bp"), ("tax_category", "f.tax_category")), new()
        {
            ["net"] = "sum(f.net)",
            ["tax"] = "sum(f.tax)",
            ["gross"] = "sum(f.gross)",
        }),
        new("data_health_day", "mart.data_health_day", 1, Dimensions(), new()
        {
            ["registers_reported"] = "sum(f.registers_reported)",
            ["registers_expected"] = "sum(f.registers_expected)",
            ["registers_of_expected"] = "sum(least(f.registers_reported, f.registers_expected))",
            ["late_receipts"] = "sum(f.late_receipts)",
            ["missing_numbers"] = "sum(f.missing_numbers)",
            ["voided_receipts"] = "sum(f.voided_receipts)",
            ["received_receipts"] = "sum(f.receipts)",
        })
        {
            Currency = "coalesce(sales.currency, (SELECT currency FROM tenancy.tenant WHERE tenant = @tenant))",
            CurrencyJoin = "LEFT JOIN mart.kpi_store_day AS sales ON sales.tenant = @tenant AND sales.store = f.store AND sales.business_date = f.business_date",
        },
        new("store_target", SalesTargets, 1, Dimensions(), new()
        {
            ["target"] = "sum(f.target) * 1000000",
            ["target_actual"] = "sum(f.actual) * 1000000",
        }),
        new("store_hour", "mart.kpi_store_hour", 14, Dimensions(("hour", "f.hour")), new(Sales)
        {
            // An hour always holds a number of visitors; without one observed minute it says nothing.
            ["visitors"] = "sum(f.visitors) FILTER (WHERE f.observed_minutes > 0)",
            ["counted_receipts"] = "sum(f.receipts) FILTER (WHERE f.sales_reported AND f.observed_minutes > 0 AND f.visitors IS NOT NULL)",
            ["counted_net"] = "sum(f.net) FILTER (WHERE f.sales_reported AND f.observed_minutes > 0 AND f.visitors IS NOT NULL)",
            ["counted_visitors"] = "sum(f.visitors) FILTER (WHERE f.sales_reported AND f.observed_minutes > 0)",
            ["observed_minutes"] = "sum(f.observed_minutes)",
            ["expected_minutes"] = "sum(f.expected_minutes)",
            ["guests"] = "sum(f.guests) FILTER (WHERE f.sales_reported)",
            ["guest_net"] = "sum(f.net) FILTER (WHERE f.guests > 0)",
            ["identified_receipts"] = "sum(f.identified_receipts) FILTER (WHERE f.sales_reported)",
            ["discount"] = "sum(f.discount) FILTER (WHERE f.sales_reported)",
            ["before_discount"] = "sum(f.net + f.discount) FILTER (WHERE f.sales_reported)",
            ["labour_net"] = "sum(f.net) FILTER (WHERE f.sales_reported AND labour.minutes > 0)",
            ["labour_minutes"] = "sum(labour.minutes) FILTER (WHERE f.sales_reported AND labour.minutes > 0)",
        })
        {
            Joins = new() { ["labour_net"] = LabourOfHour, ["labour_minutes"] = LabourOfHour },
            CutAtHour = "(SELECT * FROM mart.kpi_store_hour WHERE tenant = @tenant AND NOT (business_date = @cut_date AND hour >= @cut_hour))",
        },
        new("item_day", "mart.kpi_item_day", 200, Dimensions(("item", "f.item_code"), ("category", "f.category")), new()
        {
            ["net"] = "sum(f.net)",
            ["tax"] = "sum(f.tax)",
            ["gross"] = "sum(f.gross)",
            ["quantity"] = "sum(f.quantity)",
            ["items"] = "sum(f.quantity) FILTER (WHERE f.merchandise)",
            ["returned_quantity"] = "sum(f.returned_quantity)",
            ["containing_receipts"] = "sum(f.receipts)",
        }) { Needs = new() { ["containing_receipts"] = "item" } },
    ];

    /// <summary>
    /// The metrics stores have targets of: the store-days that have one, as they were and as they were to be. The target of a ratio weighs each
    /// store-day by what it was divided by, so that it is what the ratio would have been had each of them reached its own.
    /// </summary>
    public static IReadOnlyDictionary<string, (Fact Reached, Fact Aimed)> Targets { get; } = new Dictionary<string, (Fact, Fact)>
    {
        ["net_sales"] = OfTargets("net_sales", new() { ["net"] = "sum(f.net)" }, new() { ["net"] = "sum(f.target) * 1000000" }),
        ["basket_value"] = OfTargets(
            "basket_value", new() { ["net"] = "sum(f.net)", ["receipts"] = "sum(f.receipts)" },
            new() { ["net"] = "sum(f.target * f.receipts) * 1000000", ["receipts"] = "sum(f.receipts)" }),
        ["items_per_receipt"] = OfTargets(
            "items_per_receipt", new() { ["items"] = "sum(f.items)", ["receipts"] = "sum(f.receipts)" },
            new() { ["items"] = "sum(f.target * f.receipts) * 1000000", ["receipts"] = "sum(f.receipts)" }),
        ["conversion"] = OfTargets(
            "conversion", new() { ["counted_receipts"] = "sum(f.receipts) FILTER (WHERE f.visitors IS NOT NULL)", ["counted_visitors"] = "sum(f.visitors)" },
            new() { ["counted_receipts"] = "sum(f.target * f.visitors)", ["counted_visitors"] = "sum(f.visitors)" }),
    };

    private static (Fact Reached, Fact Aimed) OfTargets(string metric, Dictionary<string, string> reached, Dictionary<string, string> aimed) => (
        new Fact($"{metric}_reached", Targeted(metric), 2, Dimensions(), reached), new Fact($"{metric}_aimed", Targeted(metric), 2, Dimensions(), aimed));

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
/// <param name="Table">The table, read as <c>f</c>; keyed by tenant, store, business_date and more.</param>
/// <param name="RowsPerStoreDay">About how many rows a store-day has: what reading it costs.</param>
/// <param name="Dimensions">Dimension → column.</param>
/// <param name="Measures">Measure → aggregate.</param>
internal sealed record Fact(string Name, string Table, int RowsPerStoreDay, Dictionary<string, string> Dimensions, Dictionary<string, string> Measures)
{
    /// <summary>Measure → the join it needs.</summary>
    public Dictionary<string, string> Joins { get; init; } = [];

    /// <summary>Measure → the dimension rows must be split by: a receipt with two categories stands in two rows, so these do not add up.</summary>
    public Dictionary<string, string> Needs { get; init; } = [];

    /// <summary>The currency of a row.</summary>
    public string Currency { get; init; } = "f.currency";

    /// <summary>The join the currency needs; null for none.</summary>
    public string? CurrencyJoin { get; init; }

    /// <summary>The same rows with one day, <c>@cut_date</c>, only up to an hour, <c>@cut_hour</c>; null where the table knows no hours.</summary>
    public string? CutAtHour { get; init; }

    /// <summary>Whether these measures can be had of a part of a day: areas count days, and staff hours of a day are not cut with it.</summary>
    public bool CanCut(IEnumerable<string> measures) =>
        CutAtHour is not null && measures.All(measure => !Joins.ContainsKey(measure) || Dimensions.ContainsKey("hour"));

    /// <summary>Whether the table can answer for these measures by these dimensions.</summary>
    /// <param name="measures">What is added up.</param>
    /// <param name="split">What rows are split by.</param>
    /// <param name="filtered">What they are filtered by.</param>
    public bool Has(IEnumerable<string> measures, IReadOnlyList<string> split, IEnumerable<string> filtered) =>
        measures.All(measure => Measures.ContainsKey(measure) && (!Needs.TryGetValue(measure, out var needed) || split.Contains(needed)))
        && split.Concat(filtered).All(Dimensions.ContainsKey);
}
