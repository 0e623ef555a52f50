using System.ComponentModel;
using System.Globalization;

namespace RetailInsight.Api.Benchmarks;

/// <summary>The answer of <c>GET /v1/benchmarks</c>.</summary>
internal sealed record BenchmarkAnswer(
    [property: Description("Rises with every publication to the datamart.")] long DataVersion,
    [property: Description("sharing or not_sharing. Who does not share is shown what was published while it did, and nothing else.")] string State,
    [property: Description("The month shown, YYYY-MM; null where nothing was published to the company.")] string? Month,
    [property: Description("Months that can be asked for, the latest first.")] IReadOnlyList<string> Months,
    IReadOnlyList<BenchmarkFigureView> Figures)
{
    public static BenchmarkAnswer Of(long version, BenchmarkMonth month) => new(
        version,
        month.Consent is { IsInForce: true } ? "sharing" : "not_sharing",
        month.Cells.Count == 0 ? null : $"{month.Cells[0].Month:yyyy-MM}",
        [.. month.Months.Select(one => $"{one:yyyy-MM}")],
        [.. month.Cells.Select(cell => BenchmarkFigureView.Of(cell, month.Own[cell.Figure]))]);
}

/// <summary>A figure of the stores of all companies that took part. Everybody who shares sees the same quartiles.</summary>
internal sealed record BenchmarkFigureView(
    [property: Description("sales_growth and receipts_growth: against the same weekdays 52 weeks before. items_per_receipt. conversion: receipts of a visitor.")] string Figure,
    [property: Description("Why nothing is told: too_few_companies, too_few_stores, dominated or too_few_changed; null where it is.")] string? Suppression,
    [property: Description("A quarter of the stores is below. Ratio, rounded.")] string? Lower,
    string? Median,
    [property: Description("A quarter of the stores is above.")] string? Upper,
    [property: Description("Companies that took part; 0 where it is suppressed.")] int Companies,
    [property: Description("Their stores.")] int Stores,
    [property: Description("What of the stores you may see went in; nothing else left the company.")] IReadOnlyList<BenchmarkShareView> Own)
{
    public static BenchmarkFigureView Of(BenchmarkCell cell, IEnumerable<BenchmarkShare> own) => new(
        cell.Figure, cell.Suppression, Write(cell.Lower), Write(cell.Median), Write(cell.Upper), cell.Companies, cell.Stores,
        [.. own.Select(share => new BenchmarkShareView(share.Store, Write(share.Value)!, PlaceOf(share.Value, cell)))]);

    /// <summary>In which quarter of the stores a value lies.</summary>
    public static string PlaceOf(decimal value, BenchmarkCell cell) =>
        value < cell.Lower ? "lowest_quarter" : value < cell.Median ? "lower_half" : value <= cell.Upper ? "upper_half" : "highest_quarter";

    private static string? Write(decimal? value) => value is { } known ? (known / 1.0000000000m).ToString(CultureInfo.InvariantCulture) : null;
}

/// <summary>One of the own stores.</summary>
internal sealed record BenchmarkShareView(string Store, [property: Description("The ratio that went in.")] string Value, [property: Description("lowest_quarter, lower_half, upper_half or highest_quarter of all stores.")] string Place);
