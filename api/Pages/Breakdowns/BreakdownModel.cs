using RetailInsight.Core.Calendar;

namespace RetailInsight.Api.Pages.Breakdowns;

/// <summary>What sales of some days were made of, and what they cost in hours and area.</summary>
/// <param name="Whole">Values of <see cref="Metrics"/> over all of it; null without figures.</param>
/// <param name="Tenders">Method, amount and receipts, largest first.</param>
/// <param name="Discounts">Kind and amount, largest first.</param>
/// <param name="Taxes">Rate in basis points, net and tax.</param>
internal sealed record BreakdownModel(
    IReadOnlyList<decimal?>? Whole, IReadOnlyList<PageMetricRow> Tenders, IReadOnlyList<PageMetricRow> Discounts, IReadOnlyList<PageMetricRow> Taxes)
{
    /// <summary>What <see cref="Whole"/> holds.</summary>
    public static IReadOnlyList<string> Metrics { get; } =
        ["discount", "discount_rate", "guests", "sales_per_guest", "sales_per_labour_hour", "sales_per_square_metre", "identified_share", "returns", "return_rate"];

    /// <summary>A value of <see cref="Whole"/>; null where it was not measured.</summary>
    public decimal? this[string metric] => Whole?[Metrics.ToList().IndexOf(metric)];

    /// <summary>Reads it.</summary>
    public static async Task<BreakdownModel> ReadAsync(PageRequest request, DateSpan span, string currency, CancellationToken cancellationToken)
    {
        Task<IReadOnlyList<PageMetricRow>> Ask(string[] metrics, params string[] dimensions) =>
            request.AskAsync(request.Codes, metrics, dimensions, span, currency, cancellationToken);

        var whole = await Ask([.. Metrics]);
        var tenders = await Ask(["tender_amount", "tender_receipts"], "tender");
        var discounts = await Ask(["discount"], "discount_kind");
        return new BreakdownModel(
            whole.Count == 0 ? null : whole[0].Values, [.. tenders.OrderByDescending(row => row.Values[0])], [.. discounts.OrderByDescending(row => row.Values[0])],
            await Ask(["net_sales", "tax"], "tax_rate"));
    }
}
