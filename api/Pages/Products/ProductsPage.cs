using RetailInsight.Api.Health;
using RetailInsight.Api.Kpis;
using RetailInsight.Api.Products;
using RetailInsight.Core.Calendar;

namespace RetailInsight.Api.Pages.Products;

/// <summary>An item beside the four weeks before. <paramref name="Before"/> is 0 for one that is new.</summary>
internal sealed record ProductLine(ProductTotal Total, AbcItem Abc, long Before)
{
    /// <summary>Change of net sales, micros.</summary>
    public long Change => Total.Net - Before;
}

/// <summary>What the page of products shows: four weeks beside the four before.</summary>
/// <param name="From">First date.</param>
/// <param name="To">Last date, a whole day.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="DaysBefore">Days of the four weeks before that have figures.</param>
/// <param name="Lines">All items, best sales first.</param>
/// <param name="Gone">Items that sold before and not any more, largest loss first.</param>
/// <param name="Categories">Best sales first, each with its sales before.</param>
/// <param name="Pairs">Items bought together; of one store only.</param>
/// <param name="Last">The last day, and whether it is left out because it runs.</param>
/// <param name="Completeness">What has arrived of the four weeks.</param>
internal sealed record ProductsModel(
    DateOnly From, DateOnly To, string Currency, int DaysBefore, IReadOnlyList<ProductLine> Lines, IReadOnlyList<ProductTotal> Gone,
    IReadOnlyList<(ProductTotal Now, long Before)> Categories, IReadOnlyList<ProductPair> Pairs, LastDay Last, Completeness Completeness)
{
    private const int Days = 28;
    private const int MostPairs = 10;

    /// <summary>Net sales of all items, micros.</summary>
    public long Net => Lines.Sum(line => line.Total.Net);

    /// <summary>The items whose sales changed most in one direction, those that are gone among them.</summary>
    public IEnumerable<ProductLine> Movers(bool up, int count) => Lines.Concat(Gone.Select(gone => new ProductLine(gone with { Net = 0, Quantity = 0, Receipts = 0 }, default, gone.Net)))
        .Where(line => up ? line.Change > 0 : line.Change < 0).OrderByDescending(line => Math.Abs(line.Change)).ThenBy(line => line.Total.Code, StringComparer.Ordinal).Take(count);

    /// <summary>Reads the page.</summary>
    public static async Task<ProductsModel> ReadAsync(PageRequest request, DateOnly today, CancellationToken cancellationToken)
    {
        var (read, codes) = (request.Read, request.Codes);
        var last = await LastDay.ReadAsync(request, codes, today, cancellationToken);
        var to = last.Whole;
        var (from, beforeFrom, beforeTo) = (to.AddDays(1 - Days), to.AddDays(1 - (2 * Days)), to.AddDays(-Days));
        var reported = await read.ReportedDaysAsync(codes, beforeFrom, to, cancellationToken);
        var currency = request.CurrencyOf(reported);
        var now = await read.ItemsAsync(codes, from, to, currency, cancellationToken);
        var before = (await read.ItemsAsync(codes, beforeFrom, beforeTo, currency, cancellationToken)).ToDictionary(item => item.Code);
        var byCode = now.ToDictionary(item => item.Code);
        var categories = await read.CategoriesAsync(codes, from, to, currency, cancellationToken);
        var categoriesBefore = (await read.CategoriesAsync(codes, beforeFrom, beforeTo, currency, cancellationToken)).ToDictionary(category => category.Code, category => category.Net);
        return new ProductsModel(
            from, to, currency, reported.Count(day => day.Date <= beforeTo && day.Stores > 0),
            [.. AbcClasses.Of(now.Select(item => KeyValuePair.Create(item.Code, item.Net))).Select(abc => new ProductLine(byCode[abc.Code], abc, before.GetValueOrDefault(abc.Code)?.Net ?? 0))],
            [.. before.Values.Where(item => !byCode.ContainsKey(item.Code) && item.Net > 0).OrderByDescending(item => item.Net)],
            [.. categories.Select(category => (category, categoriesBefore.GetValueOrDefault(category.Code)))],
            request.Store is null ? [] : await read.PairsAsync(request.Store.Code, to, MostPairs, cancellationToken),
            last, await read.CompletenessAsync(codes, new DateSpan(from, to), null, cancellationToken));
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
