using RetailInsight.Core.Ports;

namespace RetailInsight.Api.Exports;

/// <summary>The tables a client system may fetch whole. A new one is an entry here.</summary>
internal static class ExportTables
{
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
    }.ToDictionary(table => table.Name);

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
