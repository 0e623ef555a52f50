using RetailInsight.Core.Canon;

namespace RetailInsight.Ml.Features;

/// <summary>
/// The features of a company's stores. All are per open day, ratios of sums or shares, so that a store that was closed for a week is no
/// smaller for it. Where evidence is thin there is no value: missing is not zero.
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
        new("net_sales_per_day", "sales", FeatureKind.Outcome, FeatureScale.Ratio, "currency", "Net sales of an open day.",
            period => period.Mean(_ => true, Net, FewestDays)),
        new("receipts_per_day", "size", FeatureKind.Structural, FeatureScale.Ratio, "receipts", "Receipts of an open day.",
            period => period.Mean(_ => true, day => day.Receipts, FewestDays)),
        new("visitors_per_day", "size", FeatureKind.Structural, FeatureScale.Ratio, "visitors", "Visitors of a day that was counted through.",
            period => period.Mean(day => day.IsCounted, day => day.Visitors!.Value, FewestDays)),
        new("floor_area", "size", FeatureKind.Structural, FeatureScale.Ratio, "m2", "Sales floor in square metres.", period => period.FloorArea),
        new("basket_value", "basket_value", FeatureKind.Controllable, FeatureScale.Ratio, "currency", "Net sales a receipt.",
            period => period.Ratio(_ => true, Net, day => day.Receipts, FewestDays)),
        new("items_per_receipt", "items_per_receipt", FeatureKind.Controllable, FeatureScale.Ratio, "items", "Pieces of merchandise a receipt.",
            period => period.Ratio(_ => true, day => day.Items / (double)Money.MicrosPerUnit, day => day.Receipts, FewestDays)),
        new("conversion", "conversion", FeatureKind.Controllable, FeatureScale.Odds, "ratio", "Receipts a visitor, on days that were counted through.",
            period => period.Ratio(day => day.IsCounted, day => day.Receipts, day => day.Visitors!.Value, FewestDays)),
        Hours("morning_share", "before 11 o'clock", 0, 11),
        Hours("midday_share", "from 11 to 14 o'clock", 11, 14),
        Hours("afternoon_share", "from 14 to 17 o'clock", 14, 17),
        Hours("evening_share", "from 17 to 21 o'clock", 17, 21),
        new("weekend_ratio", "week", FeatureKind.Structural, FeatureScale.Ratio, "ratio", "Net sales of a Saturday or Sunday beside those of another day that is no holiday.",
            period => Quotient(period, day => IsWeekend(day.Date), FewestOfAKind, day => !IsWeekend(day.Date) && !period.Holidays.Contains(day.Date), FewestOrdinary)),
        new("friday_ratio", "week", FeatureKind.Structural, FeatureScale.Ratio, "ratio", "Net sales of a Friday beside those of Monday to Thursday, without holidays.",
            period => Quotient(
                period, day => day.Date.DayOfWeek == DayOfWeek.Friday && !period.Holidays.Contains(day.Date), FewestOfAKind - 1,
                day => day.Date.DayOfWeek is >= DayOfWeek.Monday and <= DayOfWeek.Thursday && !period.Holidays.Contains(day.Date), FewestOrdinary - 1)),
        new("holiday_ratio", "holidays", FeatureKind.Structural, FeatureScale.Ratio, "ratio", "Net sales of a public holiday beside those of another Monday to Friday.",
            period => Quotient(
                period, day => period.Holidays.Contains(day.Date), FewestOfAKind, day => !IsWeekend(day.Date) && !period.Holidays.Contains(day.Date), FewestOrdinary)),
        new("trend", "trend", FeatureKind.Outcome, FeatureScale.Ratio, "ratio", "Net sales of an open day of the last four weeks beside those of the four before.", Trend),
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

    private static Feature Hours(string name, string when, int from, int to) => new(
        name, "hours", FeatureKind.Structural, FeatureScale.Difference, "ratio", $"Share of the net sales made {when}.", period => period.HourShare(from, to));

    private static Feature Category(string name) => new(
        $"category_share:{name}", "categories", FeatureKind.Structural, FeatureScale.Difference, "ratio", $"Share of the category {name} in the net sales.",
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
