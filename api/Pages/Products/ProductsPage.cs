using RetailInsight.Api.Calendars;
using RetailInsight.Api.Health;
using RetailInsight.Api.Kpis;
using RetailInsight.Api.Products;
using RetailInsight.Core.Calendar;

namespace RetailInsight.Api.Pages.Products;

/// <summary>What the page of products shows: four weeks beside the four before.</summary>
/// <param name="From">First date.</param>
/// <param name="To">Last date, a whole day.</param>
/// <param name="Ranking">All items in their order.</param>
/// <param name="Categories">Best sales first, each with its sales before.</param>
/// <param name="Pairs">Items bought together; of one store only.</param>
/// <param name="Last">The last day, and whether it is left out because it runs.</param>
/// <param name="Completeness">What has arrived of the four weeks.</param>
internal sealed record ProductsModel(
    DateOnly From, DateOnly To, ProductRanking Ranking, IReadOnlyList<CategoryLine> Categories, IReadOnlyList<ProductPair> Pairs, LastDay Last, Completeness Completeness)
{
    private const int Days = 28;
    private const int MostPairs = 10;

    /// <summary>Reads the page.</summary>
    public static async Task<ProductsModel> ReadAsync(PageRequest request, DateOnly today, CancellationToken cancellationToken)
    {
        var (read, codes) = (request.Read, request.Codes);
        var last = await LastDay.ReadAsync(request, codes, today, cancellationToken);
        var span = new DateSpan(last.Whole.AddDays(1 - Days), last.Whole);
        var days = ComparedPeriod.Of(CompanyCalendar.Plain.Retail, span, ComparisonBasis.PreviousPeriod);
        var currency = request.CurrencyOf(await read.ReportedDaysAsync(codes, days.First!.Value, span.To, cancellationToken));
        return new ProductsModel(
            span.From, span.To, await ProductRanking.ReadAsync(read, codes, days, currency, cancellationToken), await ProductRanking.CategoriesAsync(read, codes, days, currency, cancellationToken),
            request.Store is null ? [] : await read.PairsAsync(request.Store.Code, span.To, MostPairs, cancellationToken), last, await read.CompletenessAsync(codes, span, null, cancellationToken));
    }
}

/// <summary>Which products carry the sales, which move, and which are bought together.</summary>
internal static class ProductsPage
{
    public static FigurePage Page { get; } = new(PageLink.Products, [], ReadAsync);

    private static async Task<PageContent?> ReadAsync(PageRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var model = await ProductsModel.ReadAsync(request, DateOnly.FromDateTime(now.UtcDateTime), cancellationToken);
        return new PageContent(ProductsWording.Of(request.Words).Title, model.To, new ProductsView(request, model).Render(), model.From) { Tables = ProductsSheet.Tables(request, model) };
    }
}
