using System.ComponentModel;
using System.Globalization;
using RetailInsight.Api.Exports;
using RetailInsight.Api.Kpis;
using RetailInsight.Api.Metrics;
using RetailInsight.Core.Canon;

namespace RetailInsight.Api.Targets;

/// <summary>The answer of <c>GET /v1/month-targets</c>.</summary>
internal sealed record MonthTargetList(
    [property: Description("Rises with every publication to the datamart.")] long DataVersion,
    [property: Description("YYYY-MM.")] string Month,
    [property: Description("Trading day as of which what is to come was last computed; null before the first time.")] DateOnly? AsOf,
    [property: Description("What head office asks of all stores together, by currency.")] IReadOnlyList<CompanyTargetView> CompanyTargets,
    IReadOnlyList<MonthTargetView> Items,
    [property: Description("Stores of this page without a target, and why.")] IReadOnlyList<MissingTarget> Missing,
    DataState DataState,
    [property: Description("Send as cursor to read on; null on the last page.")] string? NextCursor)
{
    public static MonthTargetList Of(MonthOutlook outlook, IReadOnlyList<CompanyTarget> company, DataState state, long version, string? next) => new(
        version, $"{outlook.Month:yyyy-MM}", outlook.AsOf, [.. company.Select(CompanyTargetView.Of)],
        [.. outlook.Stores.Where(store => store.Target is not null).Select(store => MonthTargetView.Of(store, outlook.Progress([store])!))],
        [.. outlook.Stores.Where(store => store.Target is null).Select(store => new MissingTarget(store.Store.Code, outlook.WhyNone(store)))], state, next);
}

/// <summary>A store without a target.</summary>
internal sealed record MissingTarget(
    string Store,
    [property: Description("too_far: targets are made for this month and the next; not_computed: the outlook was never computed; past: the month was over before; no_forecast: too few sales in the last weeks to expect anything; next_night: it will have one.")] string Reason);

/// <summary>A day of a store's target as a row of a file.</summary>
internal sealed record MonthTargetRow(StoreMonth Month, DateOnly Date)
{
    public static IReadOnlyList<CsvColumn<MonthTargetRow>> Columns { get; } =
    [
        new("store", row => row.Month.Store.Code, IsText: true), new("month", row => $"{row.Month.Target!.Month:yyyy-MM}"), new("version", row => row.Month.Target!.Latest.Number.ToString(CultureInfo.InvariantCulture)),
        new("state", row => row.Month.Target!.Latest.State), new("month_target", row => Money.Format(row.Month.Target!.Latest.Amount)), new("business_date", row => $"{row.Date:yyyy-MM-dd}"),
        new("target", row => Money.Format(row.Month.Target!.Days[row.Date])), new("net_sales", row => row.Month.Sold.TryGetValue(row.Date, out var net) ? Money.Format(net) : null),
        new("original_target", row => row.Month.Original.TryGetValue(row.Date, out var own) ? MonthTargetView.Exact(own.Target) : null), new("currency", row => row.Month.Target!.Currency),
    ];

    public static List<MonthTargetRow> Of(MonthOutlook outlook) =>
        [.. outlook.Stores.Where(store => store.Target is not null).SelectMany(store => store.Target!.Days.Keys.Order().Select(date => new MonthTargetRow(store, date)))];
}
