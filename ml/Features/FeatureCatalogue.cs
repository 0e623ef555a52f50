using RetailInsight.Core.Canon;
using RetailInsight.Core.Features;

namespace RetailInsight.Ml.Features;

/// <summary>
/// How the features of a company's stores are computed; what they mean stands in <see cref="FeatureDefinitions"/>. All are per open day, ratios of
/// sums or shares, so that a store that was closed for a week is no smaller for it. Where evidence is thin there is no value: missing is not zero.
/// </summary>
internal static class FeatureCatalogue
{
    /// <summary>A store with fewer open days in the period has no features.</summary>
    public const int FewestDays = 7;

    private const int FewestOfAKind = 2;
    private const int FewestOrdinary = 5;
    private const int TrendDays = 28;
    private const int LargestCategories = 5;

    /// <summary>What every company has.</summary>
    public static IReadOnlyList<Feature> Common { get; } =
    [
        Of("net_sales_per_day", FeatureScale.Ratio, period => period.Mean(_ => true, Net, FewestDays)),
        Of("receipts_per_day", FeatureScale.Ratio, period => period.Mean(_ => true, day => day.Receipts, FewestDays)),
        Of("visitors_per_day", FeatureScale.Ratio, period => period.Mean(day => day.IsCounted, day => day.Visitors!.Value, FewestDays)),
        Of("floor_area", FeatureScale.Ratio, period => period.FloorArea),
        Of("basket_value", FeatureScale.Ratio, period => period.Ratio(_ => true, Net, day => day.Receipts, FewestDays)),
        Of("items_per_receipt", FeatureScale.Ratio, period => period.Ratio(_ => true, day => day.Items / (double)Money.MicrosPerUnit, day => day.Receipts, FewestDays)),
        Of("conversion", FeatureScale.Odds, period => period.Ratio(day => day.IsCounted, day => day.Receipts, day => day.Visitors!.Value, FewestDays)),
        Hours("morning_share", 0, 11),
        Hours("midday_share", 11, 14),
        Hours("afternoon_share", 14, 17),
        Hours("evening_share", 17, 21),
        Of(
            "weekend_ratio", FeatureScale.Ratio,
            period => Quotient(period, day => IsWeekend(day.Date), FewestOfAKind, day => !IsWeekend(day.Date) && !period.Holidays.Contains(day.Date), FewestOrdinary)),
        Of(
            "friday_ratio", FeatureScale.Ratio,
            period => Quotient(
                period, day => day.Date.DayOfWeek == DayOfWeek.Friday && !period.Holidays.Contains(day.Date), FewestOfAKind - 1,
                day => day.Date.DayOfWeek is >= DayOfWeek.Monday and <= DayOfWeek.Thursday && !period.Holidays.Contains(day.Date), FewestOrdinary - 1)),
        Of(
            "holiday_ratio", FeatureScale.Ratio,
            period => Quotient(
                period, day => period.Holidays.Contains(day.Date), FewestOfAKind, day => !IsWeekend(day.Date) && !period.Holidays.Contains(day.Date), FewestOrdinary)),
        Of("trend", FeatureScale.Ratio, Trend),
    ];

    /// <summary>The common features and the shares of the categories that sell most in the company.</summary>
    /// <param name="stores">All stores of the company with one currency.</param>
    public static IReadOnlyList<Feature> Of(IEnumerable<StorePeriod> stores) =>
    [
        .. Common,
        .. stores.SelectMany(store => store.NetByCategory).Where(category => category.Key.Length > 0 && category.Value > 0).GroupBy(category => category.Key, category => (decimal)category.Value, StringComparer.Ordinal)
            .OrderByDescending(category => category.Sum()).ThenBy(category => category.Key, StringComparer.Ordinal).Take(LargestCategories)
            .Select(category => Category(category.Key)),
    ];

    private static Feature Of(string name, FeatureScale scale, Func<StorePeriod, double?> value) => new(FeatureDefinitions.Find(name)!, scale, value);

    private static Feature Hours(string name, int from, int to) => Of(name, FeatureScale.Difference, period => period.HourShare(from, to));

    private static Feature Category(string name) => new(
        FeatureDefinitions.Category(name), FeatureScale.Difference,
        period => period.NetByCategory.Values.Sum() is > 0 and var all ? period.NetByCategory.GetValueOrDefault(name) / (double)all : null);

    private static double? Trend(StorePeriod period)
    {
        var last = period.Days[^1].Date;
        return Quotient(period, day => day.Date > last.AddDays(-TrendDays), TrendDays / 2, day => day.Date <= last.AddDays(-TrendDays) && day.Date > last.AddDays(-2 * TrendDays), TrendDays / 2);
    }

    private static double? Quotient(StorePeriod period, Func<PeriodDay, bool> these, int leastOfThese, Func<PeriodDay, bool> others, int leastOfOthers) =>
        period.Mean(these, Net, leastOfThese) is { } mean && period.Mean(others, Net, leastOfOthers) is > 0 and var beside ? mean / beside : null;

    private static double Net(PeriodDay day) => day.Net / (double)Money.MicrosPerUnit;

    private static bool IsWeekend(DateOnly date) => date.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;
}
