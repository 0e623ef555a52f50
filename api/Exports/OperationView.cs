using System.ComponentModel;

namespace RetailInsight.Api.Exports;

/// <summary>What a bulk export shall hold.</summary>
internal sealed record ExportRequest(
    [property: Description("store_day, store_hour, item_day, category_day, tender_day, discount_day, tax_day, customer_rfm, basket_pair, data_health_day, store_target; one or more.")] List<string> Tables,
    [property: Description("First business date, YYYY-MM-DD.")] string From,
    [property: Description("Last business date, YYYY-MM-DD.")] string To,
    [property: Description("csv or parquet.")] string Format = "csv");

/// <summary>Work under way, and once it is ready the manifest of its files.</summary>
internal sealed record OperationView(
    string Id,
    [property: Description("export.")] string Kind,
    [property: Description("queued, running, ready, failed or expired.")] string State,
    [property: Description("Why it failed; null when it did not.")] string? Error,
    DateTimeOffset CreatedAt,
    DateTimeOffset? FinishedAt,
    [property: Description("When the files are removed.")] DateTimeOffset ExpiresAt,
    [property: Description("The version of the data every file was read at; null before that.")] long? DataVersion,
    [property: Description("Rows of all files so far.")] long Rows,
    [property: Description("One file a table and month.")] IReadOnlyList<ExportFileView> Files);

/// <summary>A file of an export.</summary>
internal sealed record ExportFileView(
    string Name,
    string Table,
    [property: Description("First day of its month.")] DateOnly Month,
    long Rows,
    long Bytes,
    [property: Description("SHA-256 of the file in hexadecimal; also its ETag.")] string Sha256,
    [property: Description("Where it is fetched; takes Range, so that a broken download goes on.")] string Href);
