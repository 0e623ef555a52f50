using System.Globalization;
using RetailInsight.Dags.Engine;

namespace RetailInsight.Tests.Dags;

/// <summary>Schedules on the nights clocks change: a fixed time of day fires once every local day, at its first occurrence, or right after the gap it falls into.</summary>
public sealed class CronTransitions
{
    // Where winter is the exception and not summer, TimeZoneInfo does not see the gap of spring and a firing inside comes up to an hour early.
    private static readonly string[] Exceptions = ["Africa/Casablanca", "Africa/El_Aaiun", "Europe/Dublin", "Eire"];
    private static readonly DateTimeOffset Year = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("Europe/Berlin")]
    [InlineData("America/New_York")]
    [InlineData("Australia/Lord_Howe")]
    public void A_fixed_time_fires_once_on_each_day_of_a_year(string id)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(id);
        foreach (var time in new[] { "00:00", "01:30", "01:45", "02:00", "02:15", "02:30", "03:00", "09:00", "23:59" })
        {
            Assert.Equal([], Wrong(zone, TimeOnly.Parse(time, CultureInfo.InvariantCulture), Year, 365));
        }
    }

    [Fact]
    public void A_fixed_time_near_any_change_of_any_zone_fires_once_a_day()
    {
        var changes = 0;
        var wrong = new List<string>();
        foreach (var zone in TimeZoneInfo.GetSystemTimeZones().Where(zone => !Exceptions.Contains(zone.Id)))
        {
            foreach (var change in ChangesOf(zone))
            {
                changes++;
                var local = TimeZoneInfo.ConvertTime(change, zone);
                for (var minutes = -90; minutes <= 120; minutes += 30)
                {
                    wrong.AddRange(Wrong(zone, TimeOnly.FromDateTime(local.DateTime.AddMinutes(minutes)), change.AddDays(-2), 4));
                }
            }
        }

        Assert.True(changes > 100, $"{changes} changes were found.");
        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong));
    }

    [Theory]
    [InlineData("Europe/Berlin")]
    [InlineData("America/New_York")]
    [InlineData("Australia/Lord_Howe")]
    public void A_schedule_of_every_quarter_of_an_hour_does_not_notice_the_change(string id)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(id);
        var schedule = new CronSchedule("*/15 * * * *", id);
        foreach (var change in ChangesOf(zone))
        {
            for (var at = change.AddHours(-6); at < change.AddHours(6);)
            {
                var next = schedule.NextAfter(at)!.Value;
                Assert.Equal(new DateTimeOffset((at.UtcTicks / TimeSpan.TicksPerMinute / 15 * 15 * TimeSpan.TicksPerMinute) + (15 * TimeSpan.TicksPerMinute), TimeSpan.Zero), next);
                at = next;
            }
        }
    }

    private static IEnumerable<string> Wrong(TimeZoneInfo zone, TimeOnly time, DateTimeOffset from, int days)
    {
        var schedule = new CronSchedule(string.Create(CultureInfo.InvariantCulture, $"{time.Minute} {time.Hour} * * *"), zone.Id);
        var first = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(from, zone).DateTime).AddDays(1);
        var at = Expected(zone, first.AddDays(-1), time);
        for (var day = first; day < first.AddDays(days); day = day.AddDays(1))
        {
            var expected = Expected(zone, day, time);
            if (schedule.NextAfter(at) is var next && next != expected)
            {
                yield return $"{zone.Id} {time} on {day:yyyy-MM-dd}: expected {expected:u}, fires {next:u}";
            }

            if (schedule.LastBefore(expected.AddSeconds(1)) is var last && last != expected)
            {
                yield return $"{zone.Id} {time} on {day:yyyy-MM-dd}: the last before {expected.AddSeconds(1):u} is {last:u}";
            }

            at = expected;
        }
    }

    private static DateTimeOffset Expected(TimeZoneInfo zone, DateOnly day, TimeOnly time)
    {
        // Only from UTC to local time: the other way is not well defined on such nights.
        var local = day.ToDateTime(time);
        var at = new DateTimeOffset(local, TimeSpan.Zero).AddHours(-15).AddMinutes(-time.Minute % 15);
        foreach (var step in new[] { 15, 1 })
        {
            while (TimeZoneInfo.ConvertTime(at, zone).DateTime < local)
            {
                at = at.AddMinutes(step);
            }

            at = step == 1 ? at : at.AddMinutes(-step);
        }

        return at;
    }

    private static IEnumerable<DateTimeOffset> ChangesOf(TimeZoneInfo zone)
    {
        for (var day = Year; day < Year.AddYears(1); day = day.AddDays(1))
        {
            for (var hour = day; zone.GetUtcOffset(day) != zone.GetUtcOffset(day.AddDays(1)) && hour < day.AddDays(1); hour = hour.AddHours(1))
            {
                if (zone.GetUtcOffset(hour) != zone.GetUtcOffset(hour.AddHours(1)))
                {
                    yield return hour.AddHours(1);
                }
            }
        }
    }
}
