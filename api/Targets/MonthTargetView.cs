using System.ComponentModel;
using System.Globalization;
using RetailInsight.Api.Kpis;
using RetailInsight.Api.Metrics;
using RetailInsight.Core.Canon;

namespace RetailInsight.Api.Targets;

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
