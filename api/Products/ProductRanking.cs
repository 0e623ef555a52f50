using RetailInsight.Api.Kpis;
using RetailInsight.Api.Tenancy;
using RetailInsight.Core.Calendar;

namespace RetailInsight.Api.Products;

/// <summary>An item beside the days compared with. <paramref name="Before"/> is its net sales then, micros: 0 for one that is new.</summary>
internal sealed record ProductLine(ProductTotal Total, AbcItem Abc, long Before)
{
    /// <summary>Change of net sales, micros.</summary>
    public long Change => Total.Net - Before;

    /// <summary>The ABC class; null for an item that is not sold any more.</summary>
    public AbcClass? Class => Abc.Code is null ? null : Abc.Class;
}

/// <summary>Items of one class. <paramref name="Net"/>: their net sales, micros.</summary>
internal sealed record ProductClass(AbcClass Class, int Items, long Net);

/// <summary>A category beside the days compared with. <paramref name="Before"/> is its net sales then, micros.</summary>
internal sealed record CategoryLine(ProductTotal Total, long Before);

/// <summary>Which items carry the sales of some days, and which rose and fell: ranked once, for pages, files and the API.</summary>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="DaysBefore">Days compared with of which a store reported; with 0 there is nothing to compare with.</param>
/// <param name="Lines">All items, best sales first.</param>
/// <param name="Gone">Items that sold before and not any more, largest loss first; with nothing sold now.</param>
internal sealed record ProductRanking(string Currency, int DaysBefore, IReadOnlyList<ProductLine> Lines, IReadOnlyList<ProductLine> Gone)
{
    /// <summary>Net sales of all items, micros.</summary>
    public long Net { get; } = Lines.Sum(line => line.Total.Net);

    // What classes are shares of: items of which more was brought back than sold add nothing.
    private readonly long _sold = Lines.Count == 0 ? 0 : Lines[^1].Abc.CumulativeNet;

    /// <summary>Every class, also one without an item.</summary>
    public IReadOnlyList<ProductClass> Classes =>
        [.. Enum.GetValues<AbcClass>().Select(one => Lines.Where(line => line.Abc.Class == one).ToList()).Select((lines, at) => new ProductClass((AbcClass)at, lines.Count, lines.Sum(line => line.Total.Net)))];

    /// <summary>The share of net sales of all items; null where they come to nothing.</summary>
    public decimal? Share(long net) => Net <= 0 ? null : (decimal)net / Net;

    /// <summary>The share of this item and all before it, as its class follows from it; null for an item that is not sold any more.</summary>
    public decimal? CumulativeShare(ProductLine line) => line.Class is null || _sold <= 0 ? null : (decimal)line.Abc.CumulativeNet / _sold;

    /// <summary>The items whose sales changed, largest change first, those that are gone among them; none where there is nothing to compare with.</summary>
    /// <param name="up">Only those that rose, or only those that fell; null for both.</param>
    public IEnumerable<ProductLine> Movers(bool? up) => DaysBefore == 0 ? [] : Lines.Concat(Gone)
        .Where(line => up switch { true => line.Change > 0, false => line.Change < 0, null => line.Change != 0 })
        .OrderByDescending(line => Math.Abs(line.Change)).ThenBy(line => line.Total.Code, StringComparer.Ordinal);

    /// <summary>Reads and ranks the items of stores.</summary>
    /// <param name="read">Where to read.</param>
    /// <param name="stores">Codes.</param>
    /// <param name="days">Whole days, and what they are compared with.</param>
    /// <param name="currency">ISO 4217 code; sales in another are left out.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async Task<ProductRanking> ReadAsync(
        TenantRead read, IReadOnlyCollection<string> stores, ComparedPeriod days, string currency, CancellationToken cancellationToken)
    {
        var now = (await read.ItemsAsync(stores, [.. days.Pairs.Select(pair => pair.Day)], currency, cancellationToken)).ToDictionary(item => item.Code);
        var before = (await read.ItemsAsync(stores, [.. days.Pairs.Select(pair => pair.Other)], currency, cancellationToken)).ToDictionary(item => item.Code);
        return new ProductRanking(
            currency, await DaysBeforeAsync(read, stores, days, cancellationToken),
            [.. AbcClasses.Of(now.Select(item => KeyValuePair.Create(item.Key, item.Value.Net))).Select(abc => new ProductLine(now[abc.Code], abc, before.GetValueOrDefault(abc.Code)?.Net ?? 0))],
            [
                .. before.Values.Where(item => !now.ContainsKey(item.Code) && item.Net > 0).OrderByDescending(item => item.Net).ThenBy(item => item.Code, StringComparer.Ordinal)
                    .Select(gone => new ProductLine(gone with { Net = 0, Quantity = 0, Receipts = 0 }, default, gone.Net)),
            ]);
    }

    /// <summary>Reads the categories of stores, best sales first. Parameters as for items.</summary>
    public static async Task<IReadOnlyList<CategoryLine>> CategoriesAsync(
        TenantRead read, IReadOnlyCollection<string> stores, ComparedPeriod days, string currency, CancellationToken cancellationToken)
    {
        var now = await read.CategoriesAsync(stores, [.. days.Pairs.Select(pair => pair.Day)], currency, cancellationToken);
        var before = (await read.CategoriesAsync(stores, [.. days.Pairs.Select(pair => pair.Other)], currency, cancellationToken)).ToDictionary(category => category.Code, category => category.Net);
        return [.. now.Select(category => new CategoryLine(category, before.GetValueOrDefault(category.Code)))];
    }

    /// <summary>How many of the days compared with have figures: without any, 0 would be a lie.</summary>
    public static async Task<int> DaysBeforeAsync(TenantRead read, IReadOnlyCollection<string> stores, ComparedPeriod days, CancellationToken cancellationToken)
    {
        if (days is not { First: { } first, Last: { } last })
        {
            return 0;
        }

        var others = days.Pairs.Select(pair => pair.Other).ToHashSet();
        return (await read.ReportedDaysAsync(stores, first, last, cancellationToken)).Count(day => day.Stores > 0 && others.Contains(day.Date));
    }
}
