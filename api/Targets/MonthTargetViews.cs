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

/// <summary>A store's target of a month. Estimates have two decimals.</summary>
internal sealed record MonthTargetView(
    string Store,
    [property: Description("ISO 4217 code of every amount.")] string Currency,
    [property: Description("The version that counts.")] int Version,
    [property: Description("proposed until the month begins, then frozen; revised by a person with a reason.")] string State,
    [property: Description("Net sales to reach: exact decimal string in currency units.")] string Amount,
    [property: Description("Net sales of the month so far: exact decimal string.")] string NetSales,
    [property: Description("The last day with figures; null before the first.")] DateOnly? Through,
    [property: Description("What the whole month is expected to come to, sold and to come; null where nothing is expected any more. An estimate.")] string? Expected,
    [property: Description("One such month in ten comes to less. An estimate.")] string? Low,
    [property: Description("One in ten comes to more. An estimate.")] string? High,
    [property: Description("How probable it is to reach the target from here, if the store works on as it does; 0 to 1; null where nobody can say.")] string? Probability,
    [property: Description("Whether the store's own history is too short to go by.")] bool LowConfidence,
    TargetReasonsView Explanation,
    OriginalTargetView Original,
    [property: Description("They add up to amount exactly.")] IReadOnlyList<TargetDayView> Days,
    [property: Description("The first one first.")] IReadOnlyList<TargetVersionView> Versions)
{
    public static MonthTargetView Of(StoreMonth month, MonthProgress progress)
    {
        var target = month.Target!;
        return new(
            target.Store, target.Currency, target.Latest.Number, target.Latest.State, Money.Format(target.Latest.Amount), Exact(progress.Sold), progress.Through,
            WireFigures.Ratio(progress.Final?.Expected, 2), WireFigures.Ratio(progress.Final?.Low, 2), WireFigures.Ratio(progress.Final?.High, 2), WireFigures.Ratio(progress.Probability, 4),
            progress.IsUnsure, TargetReasonsView.Of(target.Latest.Why), OriginalTargetView.Of(month),
            [.. target.Days.OrderBy(day => day.Key).Select(day => new TargetDayView(day.Key, Money.Format(day.Value), month.Original.TryGetValue(day.Key, out var own) ? Exact(own.Target) : null))],
            [.. target.Versions.Select(one => new TargetVersionView(one.Number, one.State, Money.Format(one.Amount), one.Reason, one.DecidedBy, one.DecidedAt))]);
    }

    internal static string Exact(decimal amount) => amount.ToString("0.############################", CultureInfo.InvariantCulture);
}

/// <summary>A day of a target.</summary>
internal sealed record TargetDayView(
    DateOnly BusinessDate,
    [property: Description("Exact decimal string in currency units.")] string Amount,
    [property: Description("The first definition: the larger of what was sold and the mean of the store's group; null for a day without one.")] string? Original);

/// <summary>One version.</summary>
internal sealed record TargetVersionView(
    int Version, string State, string Amount, [property: Description("What whoever revised it said; null for the others.")] string? Reason,
    [property: Description("A login, or outlook for the computation.")] string DecidedBy, DateTimeOffset DecidedAt);

/// <summary>The first definition of a target, over the days of the month that have one.</summary>
internal sealed record OriginalTargetView(
    [property: Description("Sum of the larger of sales and the mean of the group: decimal string in currency units; null without a day.")] string? Target,
    [property: Description("What the store sold on these days.")] string? Actual,
    [property: Description("target minus actual: the gap to the means of the group.")] string? Gap,
    [property: Description("How many days.")] int Days)
{
    public static OriginalTargetView Of(StoreMonth month)
    {
        var (target, actual) = (month.Original.Values.Sum(day => day.Target), month.Original.Values.Sum(day => day.Actual));
        return month.Original.Count == 0 ? new(null, null, null, 0) : new(MonthTargetView.Exact(target), MonthTargetView.Exact(actual), MonthTargetView.Exact(target - actual), month.Original.Count);
    }
}

/// <summary>Why a target is what it is, as it was computed.</summary>
internal sealed record TargetReasonsView(
    [property: Description("What was expected of the month. An estimate in currency units.")] string? Expected,
    [property: Description("The level the lift began from. An estimate in currency units.")] string? Start,
    [property: Description("Share of the potential that is asked for.")] string? Ambition,
    [property: Description("What of it the target contains: start is multiplied by 1 + lift.")] string? Lift,
    [property: Description("Whether the odds allowed no more.")] bool HeldByOdds,
    [property: Description("What the company's total added or took: exact decimal string in currency units.")] string CompanyAdjustment,
    [property: Description("How probable it was to be reached when it was computed, 0 to 1.")] string? Probability,
    IReadOnlyList<TargetPotentialView> Potentials,
    [property: Description("How many stores it was compared with.")] int Peers)
{
    public static TargetReasonsView Of(TargetReasons why) => new(
        WireFigures.Ratio(why.Expected, 2), WireFigures.Ratio(why.Start, 2), WireFigures.Ratio(why.Ambition, 2), Share(why.Lift), why.IsHeldByOdds, Money.Format(why.CompanyAdjustment.Micros),
        WireFigures.Ratio(why.Probability, 4), [.. why.Potentials.Select(one => new TargetPotentialView(one.Metric, Share(one.Gap), Share(one.Lift), one.Bound))], why.Peers.Count);

    private static string? Share(double log) => WireFigures.Ratio((decimal)(Math.Exp(log) - 1), 4);
}

/// <summary>What a target owes to the potential in one figure.</summary>
internal sealed record TargetPotentialView(
    [property: Description("basket_value, items_per_receipt or conversion. Items are part of the basket's value and counted there.")] string Metric,
    [property: Description("How far the best quarter of the peers is above the store at equal structure; negative where it is below.")] string? Gap,
    [property: Description("What of it is asked for at full ambition.")] string? Lift,
    [property: Description("What decided: gap, observed_improvement, standing_gap, upper_quartile or no_evidence.")] string Bound);

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
