using System.Text.Json;
using RetailInsight.Api.Customers;
using RetailInsight.Api.Targets;
using RetailInsight.Core.Ports;

namespace RetailInsight.Api.Exports;

/// <summary>The tables a client system may fetch whole. A new one is an entry here.</summary>
internal static class ExportTables
{
    // As the page of customers shows them: a segment of few is empty, and so is the smallest of the others where it could be had by subtraction.
    private static readonly string Segments = $"""
        (SELECT tenant, store, business_date, segment, currency,
            CASE WHEN NOT hidden THEN customers END AS customers, CASE WHEN NOT hidden THEN receipts END AS receipts, CASE WHEN NOT hidden THEN net END AS net
          FROM (SELECT counted.*, customers < {CustomerSegments.Fewest} OR (count(*) FILTER (WHERE customers < {CustomerSegments.Fewest}) OVER day = 1
                AND row_number() OVER (PARTITION BY store, business_date, currency, customers < {CustomerSegments.Fewest} ORDER BY customers, segment) = 1) AS hidden
            FROM (SELECT tenant, store, business_date, currency, CASE recency_quintile * 10 + frequency_quintile {SegmentsOfFifths()} END AS segment,
                sum(customers) AS customers, sum(receipts) AS receipts, sum(net) AS net
              FROM mart.customer_rfm WHERE tenant = @tenant AND business_date BETWEEN @from AND @to GROUP BY 1, 2, 3, 4, 5) AS counted
            WINDOW day AS (PARTITION BY store, business_date, currency)) AS shown) AS segments
        """;

    // In a group of two a mean would tell one store what the other earned.
    private static readonly string Targets = $"""
        (SELECT t.tenant, t.store, t.business_date, t.metric, t.unit, t.actual * 1000000 AS actual, t.cluster_mean * 1000000 AS group_mean, t.target * 1000000 AS target, c.cluster_size AS group_size
          FROM mart.store_target AS t JOIN mart.store_cluster AS c ON c.tenant = t.tenant AND c.business_date = t.business_date AND c.store = t.store
          WHERE t.tenant = @tenant AND c.tenant = @tenant AND c.cluster_size >= {TargetReads.SmallestGroup}) AS targets
        """;

    private static readonly ExportColumn[] Keys = [new("store", ColumnType.String), new("business_date", ColumnType.Date)];
    private static readonly ExportColumn Currency = new("currency", ColumnType.String);
    private static readonly ExportColumn[] Sales = [Currency, Micros("net"), Micros("tax"), Micros("gross")];

    private static readonly ExportColumn[] Figures =
    [
        .. Sales, Count("receipts"), Micros("items"), Count("returns"), Micros("return_net"), Count("guests"), Count("identified_receipts"), Micros("discount"), Count("visitors"),
        Count("observed_minutes"), Count("expected_minutes"), new("sales_reported", ColumnType.Bool),
    ];

    /// <summary>By name.</summary>
    public static IReadOnlyDictionary<string, ExportTable> All { get; } = new[]
    {
        new ExportTable("store_day", "mart.kpi_store_day", [.. Keys, .. Figures]),
        new ExportTable("store_hour", "mart.kpi_store_hour", [.. Keys, Count("hour"), .. Figures]),
        new ExportTable("item_day", "mart.kpi_item_day",
            [.. Keys, Text("item_code"), Text("item_name"), Text("category"), new("merchandise", ColumnType.Bool), .. Sales, Micros("quantity"), Count("receipts"), Micros("returned_quantity")]),
        new ExportTable("category_day", "mart.kpi_category_day", [.. Keys, Text("category"), .. Sales, Micros("quantity"), Count("receipts")]),
        new ExportTable("tender_day", "mart.kpi_tender_day", [.. Keys, Text("method"), Currency, Micros("amount"), Count("receipts")]),
        new ExportTable("discount_day", "mart.kpi_discount_day", [.. Keys, Text("kind"), Text("label"), Currency, Micros("amount"), Count("receipts")]),
        new ExportTable("tax_day", "mart.kpi_tax_day", [.. Keys, Count("rate_bp"), Text("tax_category"), .. Sales]),
        new ExportTable("customer_rfm", Segments, [.. Keys, Text("segment"), Currency, Count("customers"), Count("receipts"), Micros("net")]),
        new ExportTable("basket_pair", "mart.basket_pair", [.. Keys, Text("item_a"), Text("item_b"), Count("receipts"), Count("receipts_a"), Count("receipts_b"), Count("receipts_all")]),
        new ExportTable("data_health_day", "mart.data_health_day",
            [.. Keys, Count("registers_expected"), Count("registers_reported"), Count("receipts"), Count("late_receipts"), Count("missing_numbers"), Count("voided_receipts"), Count("observed_minutes"), Count("expected_minutes")]),
        new ExportTable("store_target", Targets, [.. Keys, Text("metric"), Text("unit"), Micros("actual"), Micros("group_mean"), Micros("target"), Count("group_size")]),
    }.ToDictionary(table => table.Name);

    private static string SegmentsOfFifths() => string.Join(' ',
        from recency in Enumerable.Range(1, 5)
        from frequency in Enumerable.Range(1, 5)
        select $"WHEN {recency}{frequency} THEN '{JsonNamingPolicy.SnakeCaseLower.ConvertName(CustomerSegments.Of(recency, frequency).ToString())}'");

    private static ExportColumn Text(string name) => new(name, ColumnType.String);

    private static ExportColumn Count(string name) => new(name, ColumnType.Int64);

    private static ExportColumn Micros(string name) => new(name, ColumnType.Numeric);
}

/// <summary>A table as it is exported.</summary>
internal sealed record ExportTable(string Name, string Source, IReadOnlyList<ExportColumn> Columns)
{
    /// <summary>Rows of some days in the order of their key; amounts and pieces in units instead of millionths.</summary>
    public string Select(bool someStores) => $"""
        SELECT {string.Join(", ", Columns.Select(column => column.Type switch { ColumnType.Numeric => $"{column.Name}::numeric / 1000000", ColumnType.Int64 => $"{column.Name}::bigint", _ => column.Name }))}
        FROM {Source} WHERE tenant = @tenant AND business_date BETWEEN @from AND @to {(someStores ? "AND store = ANY(@stores)" : "")}
        ORDER BY {string.Join(", ", Columns.TakeWhile(column => column.Name != "currency").Select(column => column.Name))}
        """;
}

/// <summary>A column; Numeric is kept in millionths by the datamart.</summary>
internal sealed record ExportColumn(string Name, ColumnType Type);
