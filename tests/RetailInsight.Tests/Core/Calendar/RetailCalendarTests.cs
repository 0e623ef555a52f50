using System.Globalization;
using RetailInsight.Core.Calendar;

namespace RetailInsight.Tests.Core.Calendar;

public sealed class RetailCalendarTests
{
    // From the Cabinet Office's list.
    private static readonly HolidayCalendar Japan = new(
    [
        Day("2025-01-01", "元日"), Day("2025-01-13", "成人の日"), Day("2025-02-11", "建国記念の日"), Day("2025-04-29", "昭和の日"), Day("2025-05-03", "憲法記念日"),
        Day("2025-05-04", "みどりの日"), Day("2025-05-05", "こどもの日"), Day("2025-05-06", "休日"), Day("2025-09-15", "敬老の日"), Day("2025-09-23", "秋分の日"),
        Day("2025-10-13", "スポーツの日"), Day("2025-11-03", "文化の日"), Day("2025-11-23", "勤労感謝の日"), Day("2025-11-24", "休日"),
        Day("2026-01-01", "元日"), Day("2026-01-12", "成人の日"), Day("2026-02-11", "建国記念の日"), Day("2026-04-29", "昭和の日"), Day("2026-05-03", "憲法記念日"),
        Day("2026-05-04", "みどりの日"), Day("2026-05-05", "こどもの日"), Day("2026-05-06", "休日"), Day("2026-09-21", "敬老の日"), Day("2026-09-22", "休日"),
        Day("2026-09-23", "秋分の日"), Day("2026-10-12", "スポーツの日"), Day("2026-11-03", "文化の日"), Day("2026-11-23", "勤労感謝の日"),
    ]);

    private static readonly RetailCalendar Calendar = new(Japan);

    [Theory]
    [InlineData("2026-11-20", "2025-11-21", ComparisonRule.SameWeekday)]
    [InlineData("2026-01-01", "2025-01-01", ComparisonRule.SameHoliday)]
    [InlineData("2026-01-12", "2025-01-13", ComparisonRule.SameHoliday)]
    [InlineData("2026-05-06", "2025-05-06", ComparisonRule.SameHoliday)]
    [InlineData("2026-11-03", "2025-11-03", ComparisonRule.SameHoliday)]
    [InlineData("2026-11-04", "2025-11-05", ComparisonRule.SameWeekday)]
    [InlineData("2026-09-14", "2025-09-08", ComparisonRule.NearbyWeekday)]
    [InlineData("2026-11-02", "2025-10-27", ComparisonRule.NearbyWeekday)]
    [InlineData("2026-09-22", "2025-09-23", ComparisonRule.SameWeekday)]
    public void A_holiday_is_compared_with_its_like_and_another_day_never_with_a_holiday(string day, string compared, ComparisonRule rule) =>
        Assert.Equal(new ComparedDay(DateOnly.Parse(compared, CultureInfo.InvariantCulture), rule), Calendar.ComparableLastYear(DateOnly.Parse(day, CultureInfo.InvariantCulture)));

    [Fact]
    public void A_holiday_that_is_new_this_year_is_compared_with_its_weekday_and_says_so()
    {
        var calendar = new RetailCalendar(new HolidayCalendar([Day("2026-07-02", "開店記念日")]));
        Assert.Equal(new ComparedDay(new DateOnly(2025, 7, 3), ComparisonRule.NothingAlike), calendar.ComparableLastYear(new DateOnly(2026, 7, 2)));
    }

    [Fact]
    public void A_holiday_renamed_in_brackets_is_still_the_same()
    {
        var calendar = new HolidayCalendar([Day("2018-10-08", "体育の日"), Day("2019-10-14", "体育の日（スポーツの日）"), Day("2020-10-12", "スポーツの日")]);
        Assert.Equal(new DateOnly(2018, 10, 8), calendar.LikeNear(new DateOnly(2019, 10, 14), new DateOnly(2018, 10, 15)));
        Assert.Equal(new DateOnly(2019, 10, 14), calendar.LikeNear(new DateOnly(2020, 10, 12), new DateOnly(2019, 10, 14)));
    }

    [Fact]
    public void The_two_same_days_of_last_year_are_364_days_before_and_the_same_date()
    {
        var day = new DateOnly(2024, 2, 29);
        Assert.Equal(new DateOnly(2023, 3, 2), RetailCalendar.SameWeekdayLastYear(day));
        Assert.Equal(day.DayOfWeek, RetailCalendar.SameWeekdayLastYear(day).DayOfWeek);
        Assert.Equal(new DateOnly(2023, 2, 28), RetailCalendar.SameDateLastYear(day));
        Assert.Equal(new DateOnly(2024, 2, 28), RetailCalendar.SameDateLastYear(new DateOnly(2025, 2, 28)));
        Assert.Equal(new DateOnly(2024, 2, 22), RetailCalendar.SameWeekdayLastWeek(day));
    }

    [Fact]
    public void Weeks_from_Monday_are_those_of_ISO_8601()
    {
        for (var day = new DateOnly(1999, 12, 20); day < new DateOnly(2030, 1, 20); day = day.AddDays(1))
        {
            var week = Calendar.WeekOf(day);
            var noon = day.ToDateTime(new TimeOnly(12, 0));
            Assert.Equal((ISOWeek.GetYear(noon), ISOWeek.GetWeekOfYear(noon)), (week.Year, week.Number));
            Assert.True(week.Span.Contains(day) && week.Span is { Length: 7, From.DayOfWeek: DayOfWeek.Monday });
        }
    }

    [Fact]
    public void Weeks_may_begin_on_Sunday()
    {
        var week = new RetailCalendar(HolidayCalendar.None, DayOfWeek.Sunday).WeekOf(new DateOnly(2026, 1, 3));
        Assert.Equal((2025, 53), (week.Year, week.Number));
        Assert.Equal(new DateSpan(new DateOnly(2025, 12, 28), new DateOnly(2026, 1, 3)), week.Span);
    }

    [Fact]
    public void Months_and_business_days()
    {
        var may = RetailCalendar.MonthOf(new DateOnly(2026, 5, 17));
        Assert.Equal(new DateSpan(new DateOnly(2026, 5, 1), new DateOnly(2026, 5, 31)), may);
        Assert.Equal(18, Calendar.BusinessDaysIn(may));
        Assert.Equal(29, RetailCalendar.MonthOf(new DateOnly(2024, 2, 1)).Length);
    }

    [Fact]
    public void The_year_of_the_National_Retail_Federation_has_53_weeks_in_2023()
    {
        var calendar = new FiscalCalendar(FiscalPattern.FourFiveFour, 2, DayOfWeek.Sunday);
        Assert.Equal(new DateSpan(new DateOnly(2023, 1, 29), new DateOnly(2024, 2, 3)), calendar.YearSpan(2023));
        Assert.Equal([52, 53, 52, 52], ((int[])[2022, 2023, 2024, 2025]).Select(calendar.WeeksOf));
        Assert.Equal([4, 5, 4, 4, 5, 4, 4, 5, 4, 4, 5, 5], calendar.PeriodsOf(2023).Select(period => period.Weeks));
        Assert.Equal(new DateSpan(new DateOnly(2024, 2, 4), new DateOnly(2024, 3, 2)), calendar.PeriodsOf(2024)[0].Span);
        Assert.Equal((2023, 4, 12), (calendar.PeriodOf(new DateOnly(2024, 2, 3)).Year, calendar.PeriodOf(new DateOnly(2024, 2, 3)).Quarter, calendar.PeriodOf(new DateOnly(2024, 2, 3)).Period));
        Assert.Equal(53, calendar.WeekOf(new DateOnly(2024, 2, 3)));
    }

    [Theory]
    [InlineData(FiscalPattern.FourFourFive, 1, DayOfWeek.Monday)]
    [InlineData(FiscalPattern.FiveFourFour, 3, DayOfWeek.Sunday)]
    [InlineData(FiscalPattern.FourFiveFour, 12, DayOfWeek.Saturday)]
    [InlineData(FiscalPattern.FourFourFive, 7, DayOfWeek.Thursday)]
    public void Periods_cover_every_day_once(FiscalPattern pattern, int month, DayOfWeek first)
    {
        var calendar = new FiscalCalendar(pattern, month, first);
        var expected = calendar.YearSpan(2015).From;
        foreach (var period in Enumerable.Range(2015, 30).SelectMany(calendar.PeriodsOf))
        {
            Assert.Equal(expected, period.Span.From);
            Assert.Equal(first, period.Span.From.DayOfWeek);
            Assert.Equal((period.Year, period.Period), (calendar.PeriodOf(period.Span.To).Year, calendar.PeriodOf(period.Span.From).Period));
            expected = period.Span.To.AddDays(1);
        }
    }

    private static Holiday Day(string day, string name) => new(DateOnly.Parse(day, CultureInfo.InvariantCulture), name);
}
