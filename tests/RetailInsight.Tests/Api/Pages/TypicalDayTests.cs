using RetailInsight.Api.Kpis;
using RetailInsight.Api.Pages.Today;
using RetailInsight.Core.Calendar;

namespace RetailInsight.Tests.Api.Pages;

public sealed class TypicalDayTests
{
    private static readonly DateOnly Saturday = new(2026, 11, 21);

    // Japan's autumn of 2026: a Tuesday, and a Monday.
    private static readonly RetailCalendar Calendar = new(new HolidayCalendar([new(new(2026, 11, 3), "文化の日"), new(new(2026, 11, 23), "勤労感謝の日")]));

    [Fact]
    public void A_saturday_is_measured_by_saturdays_once_there_are_three()
    {
        var reported = Enumerable.Range(1, 70).Select(back => Saturday.AddDays(-back)).ToList();
        var (days, kind) = TypicalDay.Choose(Saturday, reported, Calendar);
        Assert.Equal(TypicalKind.SameWeekday, kind);
        Assert.Equal(8, days.Count);
        Assert.All(days, day => Assert.Equal(DayOfWeek.Saturday, day.DayOfWeek));
    }

    [Fact]
    public void Before_that_by_weekends_and_a_working_day_by_working_days()
    {
        var reported = Enumerable.Range(1, 14).Select(back => Saturday.AddDays(-back)).ToList();
        var (days, kind) = TypicalDay.Choose(Saturday, reported, Calendar);
        Assert.Equal(TypicalKind.Weekends, kind);
        Assert.Equal([DayOfWeek.Saturday, DayOfWeek.Sunday, DayOfWeek.Saturday, DayOfWeek.Sunday], days.Select(day => day.DayOfWeek));
        var (working, workingKind) = TypicalDay.Choose(Saturday.AddDays(-1), reported, Calendar);
        Assert.Equal((9, TypicalKind.WorkingDays), (working.Count, workingKind));
        Assert.Empty(TypicalDay.Choose(Saturday, [Saturday, Saturday.AddDays(1)], Calendar).Days);
    }

    [Fact]
    public void A_holiday_is_measured_by_sundays_and_holidays_and_a_plain_day_never_by_holidays()
    {
        var reported = Enumerable.Range(1, 70).Select(back => new DateOnly(2026, 12, 8).AddDays(-back)).ToList();
        var (days, kind) = TypicalDay.Choose(new DateOnly(2026, 11, 23), reported, Calendar);
        Assert.Equal(TypicalKind.Holidays, kind);
        Assert.Equal([new(2026, 11, 3), new(2026, 11, 22)], days.Where(day => day.DayOfWeek != DayOfWeek.Sunday || day == new DateOnly(2026, 11, 22)));
        Assert.DoesNotContain(new DateOnly(2026, 11, 16), days);

        // Mondays and Tuesdays after it leave the holidays out.
        Assert.DoesNotContain(new DateOnly(2026, 11, 23), TypicalDay.Choose(new DateOnly(2026, 11, 30), reported, Calendar).Days);
        Assert.DoesNotContain(new DateOnly(2026, 11, 3), TypicalDay.Choose(new DateOnly(2026, 11, 24), reported, Calendar).Days);

        // So does the fallback to working days, and a holiday's is the weekend.
        List<DateOnly> few = [new(2026, 11, 3), new(2026, 11, 4), new(2026, 11, 21), new(2026, 11, 22)];
        Assert.Equal([new DateOnly(2026, 11, 4)], TypicalDay.Choose(new DateOnly(2026, 11, 24), few, Calendar).Days);
        Assert.Equal(TypicalKind.Weekends, TypicalDay.Choose(new DateOnly(2026, 11, 23), few[2..], Calendar).Kind);
    }

    [Fact]
    public void The_middle_day_counts_and_not_the_one_with_a_party()
    {
        DateOnly[] days = [Saturday.AddDays(-21), Saturday.AddDays(-14), Saturday.AddDays(-7)];
        var typical = TypicalDay.Of(days, TypicalKind.SameWeekday, [Hour(days[0], 10, 100, 5), Hour(days[1], 10, 9_000, 200), Hour(days[2], 10, 300, null)]);
        var hour = Assert.Single(typical.Hours);
        Assert.Equal((300_000_000m, 102.5m), (hour.Net, hour.Visitors));
    }

    [Fact]
    public void An_hour_some_days_have_no_row_of_brought_them_nothing()
    {
        DateOnly[] days = [Saturday.AddDays(-21), Saturday.AddDays(-14), Saturday.AddDays(-7)];
        Assert.Equal(0m, TypicalDay.Of(days, TypicalKind.SameWeekday, [Hour(days[0], 22, 100, 1)]).Hours.Single().Net);
    }

    [Fact]
    public void Of_the_running_hour_only_the_share_that_has_passed_is_expected()
    {
        var typical = TypicalDay.Of([Saturday.AddDays(-7)], TypicalKind.SameWeekday, [Hour(Saturday.AddDays(-7), 10, 100, 1), Hour(Saturday.AddDays(-7), 11, 200, 1)]);
        Assert.Equal(0m, typical.NetBy(600));
        Assert.Equal(100_000_000m, typical.NetBy(660));
        Assert.Equal(150_000_000m, typical.NetBy(675));
        Assert.Equal(300_000_000m, typical.NetBy(1440));
    }

    [Fact]
    public void The_outlook_trusts_todays_pace_the_more_of_the_day_is_over()
    {
        var typical = TypicalDay.Of(
            [Saturday.AddDays(-7)], TypicalKind.SameWeekday, [.. Enumerable.Range(10, 10).Select(hour => Hour(Saturday.AddDays(-7), hour, 100, 1))]);
        Assert.Null(typical.Outlook(0, 600));

        // A tenth of the day over, twice the usual: the nine tenths to come are taken 10 % above usual.
        Assert.Equal(1_190_000_000m, typical.Outlook(200_000_000, 660));

        // Half over, twice the usual: the rest half again above usual.
        Assert.Equal(1_750_000_000m, typical.Outlook(1_000_000_000, 900));
        Assert.Equal(2_000_000_000m, typical.Outlook(2_000_000_000, 1200));
    }

    [Theory]
    [InlineData("2026-11-21T23:30:00+09:00", 1320, "2026-11-21")]
    [InlineData("2026-11-22T01:30:00+09:00", 1560, "2026-11-21")]
    [InlineData("2026-11-22T02:00:00+09:00", 1560, "2026-11-22")]
    public void After_midnight_it_is_still_yesterday_where_a_shop_is_open_past_it(string wall, int closes, string expected) =>
        Assert.Equal(DateOnly.ParseExact(expected, "yyyy-MM-dd"), TodayModel.BusinessDateOf(DateTimeOffset.Parse(wall, System.Globalization.CultureInfo.InvariantCulture), closes));

    private static HourTotal Hour(DateOnly date, int hour, long yen, long? visitors) =>
        new(date, hour, new Figures("JPY", yen * 1_000_000, 0, yen * 1_000_000, 1, 1_000_000, 0, visitors, visitors is null ? 0 : 1, visitors ?? 0, 60, 60));
}
