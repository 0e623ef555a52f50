using System.Globalization;
using RetailInsight.Core.Calendar;

namespace RetailInsight.Tests.Core.Calendar;

public sealed class ComparisonRulesTests
{
    private static readonly DateSpan October = new(new DateOnly(2026, 10, 1), new DateOnly(2026, 10, 31));
    private static readonly DateSpan LastOctober = new(new DateOnly(2025, 10, 1), new DateOnly(2025, 10, 31));

    // Weekdays 1, Saturday and Sunday 2, closed on Tuesdays.
    private static readonly TradingDayWeights Published = new([2, 1, 0, 1, 1, 1, 2]);

    [Fact]
    public void The_published_case_of_33_against_36_weighted_days()
    {
        var (now, before) = (Published.WeightedDays(Month(2024, 4), HolidayCalendar.None), Published.WeightedDays(Month(2023, 4), HolidayCalendar.None));
        Assert.Equal((33m, 36m), (now, before));

        // The published 107.8 % come of dividing by 91.6 %, which is 33 of 36 cut off after one decimal; not cut off they are 107.7 %.
        Assert.Equal(1.078m, Rounded(TradingDayWeights.AdjustedRatio(0.987m, 91.6m, 100m)));
        Assert.Equal(1.077m, Rounded(TradingDayWeights.AdjustedRatio(0.987m, now, before)));
        Assert.Null(TradingDayWeights.AdjustedRatio(1m, 0, 3));

        static decimal Rounded(decimal? ratio) => decimal.Round(ratio!.Value, 3, MidpointRounding.AwayFromZero);
    }

    [Fact]
    public void Weights_are_learnt_from_the_days_and_holidays_teach_nothing()
    {
        var monday = new DateOnly(2026, 11, 2);
        var holiday = new HolidayCalendar([new Holiday(monday.AddDays(9), "休み")]);
        long[] week = [100, 0, 100, 100, 100, 200, 200];
        var days = Enumerable.Range(0, 28).Select(at => KeyValuePair.Create(monday.AddDays(at), holiday.IsHoliday(monday.AddDays(at)) ? 9_999 : week[at % 7] * 1_000_000L));
        var learnt = TradingDayWeights.Learn(days, holiday);
        Assert.Equal(0, learnt[DayOfWeek.Tuesday]);
        Assert.Equal(learnt[DayOfWeek.Sunday], 2 * learnt[DayOfWeek.Wednesday], 3);
        Assert.Equal(Published.WeightedDays(Month(2024, 4), HolidayCalendar.None) / 36m, learnt.WeightedDays(Month(2024, 4), HolidayCalendar.None) / learnt.WeightedDays(Month(2023, 4), HolidayCalendar.None), 3);
        Assert.Equal(learnt[DayOfWeek.Sunday], learnt.WeightedDays(new DateSpan(monday.AddDays(9), monday.AddDays(9)), holiday));
        Assert.Throws<ArgumentException>(() => TradingDayWeights.Learn([KeyValuePair.Create(monday, 0L)], HolidayCalendar.None));
    }

    [Theory]
    [InlineData("2025-09-01", null, null, null, SameStoreReason.Comparable)]
    [InlineData(null, null, null, null, SameStoreReason.Comparable)]
    [InlineData("2025-09-02", null, null, null, SameStoreReason.OpenedRecently)]
    [InlineData("2020-01-01", "2026-10-30", null, null, SameStoreReason.Closed)]
    [InlineData("2020-01-01", "2026-10-31", null, null, SameStoreReason.Comparable)]
    [InlineData("2020-01-01", null, "2025-10-31", "2025-11-20", SameStoreReason.Refurbished)]
    [InlineData("2020-01-01", null, "2026-09-01", null, SameStoreReason.Refurbished)]
    [InlineData("2020-01-01", null, "2026-01-01", "2026-09-30", SameStoreReason.Comparable)]
    public void A_store_is_compared_when_it_was_the_same_store(string? opened, string? closed, string? from, string? to, SameStoreReason reason)
    {
        static DateOnly? Date(string? text) => text is null ? null : DateOnly.Parse(text, CultureInfo.InvariantCulture);
        var verdict = new SameStoreRule().Judge(new StoreLife("s1", Date(opened), Date(closed), Date(from), Date(to)), October, LastOctober, _ => true);
        Assert.Equal((reason, reason == SameStoreReason.Comparable), (verdict.Reason, verdict.IsIn));
    }

    [Theory]
    [InlineData("2026-10-07", SameStoreReason.NotFullyTraded)]
    [InlineData("2025-10-31", SameStoreReason.NotFullyTradedLastYear)]
    [InlineData("2026-09-30", SameStoreReason.Comparable)]
    public void Both_periods_must_be_fully_traded(string silent, SameStoreReason reason)
    {
        var rule = new SameStoreRule();
        var verdict = rule.Judge(new StoreLife("s1", null, null, null, null), October, LastOctober, day => day != DateOnly.Parse(silent, CultureInfo.InvariantCulture));
        Assert.Equal(reason, verdict.Reason);
        Assert.Equal(reason == SameStoreReason.Comparable ? null : DateOnly.Parse(silent, CultureInfo.InvariantCulture), verdict.Since);
        Assert.All(Enum.GetValues<SameStoreReason>(), each => Assert.NotEqual(rule.Text(each, japanese: true), rule.Text(each, japanese: false)));
    }

    [Fact]
    public void The_weekday_a_store_is_closed_on_every_week_is_no_gap_and_any_other_day_is_one()
    {
        var life = new StoreLife("s1", null, null, null, null) { ClosedWeekdays = [DayOfWeek.Wednesday] };
        Assert.True(new SameStoreRule().Judge(life, October, LastOctober, day => day.DayOfWeek != DayOfWeek.Wednesday).IsIn);
        var verdict = new SameStoreRule().Judge(life, October, LastOctober, day => day.DayOfWeek != DayOfWeek.Wednesday && day != new DateOnly(2026, 10, 13));
        Assert.Equal((SameStoreReason.NotFullyTraded, new DateOnly(2026, 10, 13)), (verdict.Reason, verdict.Since!.Value));
    }

    [Fact]
    public void Items_are_classed_by_their_share_up_to_and_with_them()
    {
        var items = AbcClasses.Of(new Dictionary<string, long> { ["x"] = 40, ["b"] = 15, ["a"] = 15, ["c"] = 20, ["e"] = 10, ["n"] = -30, ["z"] = 0 });
        Assert.Equal("x:A c:A a:B b:B e:C z:C n:C", string.Join(' ', items.Select(item => $"{item.Code}:{item.Class}")));
        Assert.Equal(100, items[^1].CumulativeNet);
        Assert.Equal(AbcClass.A, AbcClasses.Of([KeyValuePair.Create("only", 5L)])[0].Class);
        Assert.Empty(AbcClasses.Of([]));
        Assert.Equal(AbcClass.A, AbcClasses.Of([KeyValuePair.Create("x", 70L), KeyValuePair.Create("y", 30L)])[0].Class);
    }

    private static DateSpan Month(int year, int month) => RetailCalendar.MonthOf(new DateOnly(year, month, 1));
}
