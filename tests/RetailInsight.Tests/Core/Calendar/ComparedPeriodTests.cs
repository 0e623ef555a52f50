using System.Globalization;
using RetailInsight.Core.Calendar;

namespace RetailInsight.Tests.Core.Calendar;

public sealed class ComparedPeriodTests
{
    // As the Cabinet Office has them.
    private static readonly RetailCalendar Japan = new(new HolidayCalendar(
    [
        new(Day("2025-01-01"), "元日"), new(Day("2025-01-13"), "成人の日"), new(Day("2025-05-05"), "こどもの日"), new(Day("2025-05-06"), "休日"), new(Day("2025-11-03"), "文化の日"), new(Day("2025-11-23"), "勤労感謝の日"),
        new(Day("2025-11-24"), "休日"), new(Day("2026-01-01"), "元日"), new(Day("2026-01-12"), "成人の日"), new(Day("2026-11-03"), "文化の日"), new(Day("2026-11-23"), "勤労感謝の日"),
    ]));

    [Theory]
    [InlineData("2026-11-14", "2026-11-14", nameof(ComparisonBasis.SameWeekday), "2026-11-07", nameof(ComparisonRule.WeeksBefore))]
    [InlineData("2026-11-14", "2026-11-14", nameof(ComparisonBasis.PreviousPeriod), "2026-11-13", nameof(ComparisonRule.DaysBefore))]
    [InlineData("2026-11-14", "2026-11-14", nameof(ComparisonBasis.LastYearDate), "2025-11-14", nameof(ComparisonRule.SameDate))]
    [InlineData("2026-11-14", "2026-11-14", nameof(ComparisonBasis.LastYearWeekday), "2025-11-15", nameof(ComparisonRule.SameWeekday))]
    [InlineData("2026-11-03", "2026-11-03", nameof(ComparisonBasis.LastYearWeekday), "2025-11-03", nameof(ComparisonRule.SameHoliday))]
    [InlineData("2026-01-12", "2026-01-12", nameof(ComparisonBasis.LastYearWeekday), "2025-01-13", nameof(ComparisonRule.SameHoliday))]
    [InlineData("2026-11-02", "2026-11-02", nameof(ComparisonBasis.LastYearWeekday), "2025-10-27", nameof(ComparisonRule.NearbyWeekday))]
    [InlineData("2024-02-29", "2024-02-29", nameof(ComparisonBasis.LastYearDate), "2023-02-28", nameof(ComparisonRule.NearestDate))]
    [InlineData("2024-02-29", "2024-02-29", nameof(ComparisonBasis.LastYearWeekday), "2023-03-02", nameof(ComparisonRule.SameWeekday))]
    [InlineData("2026-11-01", "2026-11-30", nameof(ComparisonBasis.PreviousPeriod), "2026-10-02", nameof(ComparisonRule.DaysBefore))]
    [InlineData("2026-11-01", "2026-11-30", nameof(ComparisonBasis.SameWeekday), "2026-09-27", nameof(ComparisonRule.WeeksBefore))]
    [InlineData("2026-02-01", "2026-02-28", nameof(ComparisonBasis.SameWeekday), "2026-01-04", nameof(ComparisonRule.WeeksBefore))]
    public void The_first_day_of_a_period_meets_the_day_the_basis_says(string from, string to, string basis, string other, string rule)
    {
        var first = ComparedPeriod.Of(Japan, new DateSpan(Day(from), Day(to)), Enum.Parse<ComparisonBasis>(basis)).Pairs[0];
        Assert.Equal((Day(other), Enum.Parse<ComparisonRule>(rule)), (first.Other, first.Rule));
    }

    [Theory]
    [InlineData("2024-02-26", "2024-03-03", 6)]
    [InlineData("2025-02-24", "2025-03-02", 7)]
    [InlineData("2024-02-01", "2024-02-29", 28)]
    public void On_the_same_dates_no_day_is_compared_twice_in_leap_years(string from, string to, int pairs)
    {
        var compared = ComparedPeriod.Of(Japan, new DateSpan(Day(from), Day(to)), ComparisonBasis.LastYearDate);
        Assert.Equal(pairs, compared.Pairs.Count);
        Assert.Equal(pairs, compared.Pairs.Select(pair => pair.Other).Distinct().Count());
        Assert.DoesNotContain(compared.Pairs, pair => pair.Other is { Month: 2, Day: 29 });
    }

    [Fact]
    public void A_period_that_runs_is_compared_with_its_elapsed_part_only()
    {
        var month = ComparedPeriod.Of(Japan, new DateSpan(Day("2026-11-01"), Day("2026-11-30")), ComparisonBasis.PreviousPeriod).Through(Day("2026-11-14"));
        Assert.Equal((14, Day("2026-10-02"), Day("2026-10-15"), 30), (month.Pairs.Count, month.First, month.Last, month.Shift));
        Assert.Empty(month.Through(Day("2026-10-31")).Pairs);
        Assert.Null(month.Through(Day("2026-10-31")).First);
    }

    [Fact]
    public void Days_that_lie_back_by_different_numbers_have_no_common_shift()
    {
        var november = ComparedPeriod.Of(Japan, new DateSpan(Day("2026-11-01"), Day("2026-11-30")), ComparisonBasis.LastYearWeekday);
        Assert.Null(november.Shift);
        Assert.Equal(30, november.Pairs.Count);
        Assert.All(november.Pairs, pair => Assert.True(pair.Rule == ComparisonRule.SameHoliday || pair.Day.DayOfWeek == pair.Other.DayOfWeek));
        Assert.Equal(364, ComparedPeriod.Of(Japan, new DateSpan(Day("2026-06-01"), Day("2026-06-30")), ComparisonBasis.LastYearWeekday).Shift);
    }

    [Theory]
    [InlineData(1, null, "Month", "2026-02-10", "2026-02-01", "2026-02-28")]
    [InlineData(4, null, "Quarter", "2026-02-10", "2026-01-01", "2026-03-31")]
    [InlineData(4, null, "Year", "2026-02-10", "2025-04-01", "2026-03-31")]
    [InlineData(3, null, "Quarter", "2026-02-10", "2025-12-01", "2026-02-28")]
    [InlineData(2, FiscalPattern.FourFourFive, "Month", "2026-02-10", "2026-02-02", "2026-03-01")]
    [InlineData(2, FiscalPattern.FourFourFive, "Quarter", "2026-02-10", "2026-02-02", "2026-05-03")]
    [InlineData(2, FiscalPattern.FourFourFive, "Year", "2026-02-10", "2026-02-02", "2027-01-31")]
    [InlineData(1, null, "Week", "2026-11-22", "2026-11-16", "2026-11-22")]
    public void Periods_begin_where_the_company_says(int firstMonth, FiscalPattern? pattern, string grain, string day, string from, string to) =>
        Assert.Equal(new DateSpan(Day(from), Day(to)), new PeriodCalendar(DayOfWeek.Monday, firstMonth, pattern).SpanOf(Enum.Parse<CalendarGrain>(grain), Day(day)));

    [Theory]
    [InlineData(1, null)]
    [InlineData(4, null)]
    [InlineData(2, FiscalPattern.FourFiveFour)]
    [InlineData(9, FiscalPattern.FiveFourFour)]
    public void Months_tile_quarters_and_quarters_tile_years(int firstMonth, FiscalPattern? pattern)
    {
        var calendar = new PeriodCalendar(DayOfWeek.Sunday, firstMonth, pattern);
        for (var day = Day("2023-01-01"); day < Day("2029-01-01"); day = day.AddDays(1))
        {
            var (month, quarter, year) = (calendar.SpanOf(CalendarGrain.Month, day), calendar.SpanOf(CalendarGrain.Quarter, day), calendar.SpanOf(CalendarGrain.Year, day));
            Assert.True(month.Contains(day) && quarter.Contains(month.From) && quarter.Contains(month.To) && year.Contains(quarter.From) && year.Contains(quarter.To));
            Assert.InRange(calendar.QuarterOf(day), 1, 4);
            Assert.Equal(calendar.YearOf(year.From), calendar.YearOf(day));
            Assert.Equal(month.To.AddDays(1), calendar.SpanOf(CalendarGrain.Month, month.To.AddDays(1)).From);
        }
    }

    private static DateOnly Day(string date) => DateOnly.ParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
