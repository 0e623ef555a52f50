using RetailInsight.Api.Customers;
using RetailInsight.Api.Health;
using RetailInsight.Api.Kpis;

namespace RetailInsight.Api.Pages.Customers;

/// <summary>What the page of customers shows.</summary>
/// <param name="To">Last day of the four weeks the share is of.</param>
/// <param name="AsOf">The day customers were counted as of; null where they never were.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="Identified">Receipts with a customer out of all, over four weeks; null without receipts.</param>
/// <param name="Segments">Every segment.</param>
/// <param name="Completeness">What has arrived of the four weeks.</param>
internal sealed record CustomersModel(DateOnly To, DateOnly? AsOf, string Currency, decimal? Identified, IReadOnlyList<SegmentFigures> Segments, Completeness Completeness)
{
    /// <summary>Reads the page.</summary>
    public static async Task<CustomersModel> ReadAsync(PageRequest request, DateOnly today, CancellationToken cancellationToken)
    {
        var (read, codes) = (request.Read, request.Codes);
        var last = await LastDay.ReadAsync(request, codes, today, cancellationToken);
        var to = last.Date;
        var span = CustomerSegments.IdentifiedOver(to);
        var currency = request.CurrencyOf(await read.ReportedDaysAsync(codes, span.From, span.To, cancellationToken));
        var share = await request.AskAsync(codes, ["identified_share"], [], span, currency, cancellationToken);
        var (asOf, segments) = await read.SegmentsAsync(codes, to, currency, cancellationToken);
        return new CustomersModel(
            to, asOf, currency, share.Count == 0 ? null : share[0].Values[0], segments, await read.CompletenessAsync(codes, span, last.Running, cancellationToken));
    }
}

/// <summary>Which kinds of known customers a store has, and what they buy. Only customers who show a card or number are known.</summary>
internal static class CustomersPage
{
    public static FigurePage Page { get; } = new(PageLink.Customers, [], ReadAsync);

    private static async Task<PageContent?> ReadAsync(PageRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var model = await CustomersModel.ReadAsync(request, DateOnly.FromDateTime(now.UtcDateTime), cancellationToken);
        return new PageContent(CustomersWording.Of(request.Words).Title, model.To, new CustomersView(request, model).Render()) { Tables = CustomersSheet.Tables(request, model) };
    }
}
