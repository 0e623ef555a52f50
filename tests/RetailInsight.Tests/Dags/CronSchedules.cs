using System.Globalization;
using RetailInsight.Dags.Engine;

namespace RetailInsight.Tests.Dags;

public sealed class CronSchedules
{
    [Theory]
    [InlineData("30 4 * * *", "Asia/Tokyo", "2026-11-20T19:29:59Z", "2026-11-20T19:30:00Z")]
    [InlineData("30 4 * * *", "Asia/Tokyo", "2026-11-20T19:30:00Z", "2026-11-21T19:30:00Z")]
    [InlineData("30 4 * * 1", "Asia/Tokyo", "2026-11-20T00:00:00Z", "2026-11-22T19:30:00Z")]
    [InlineData("0 9 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T07:00:00Z")]
    [InlineData("0 9 * * *", "Europe/Berlin", "2026-03-27T12:00:00Z", "2026-03-28T08:00:00Z")]
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z")]
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z")]
    public void The_next_firing_is_read_in_the_zone_of_the_schedule(string cron, string zone, string after, string expected) =>
        Assert.Equal(At(expected), new CronSchedule(cron, zone).NextAfter(At(after)));

    [Fact]
    public void The_last_firing_before_is_found_however_long_ago()
    {
        var yearly = new CronSchedule("0 0 1 1 *", "Asia/Tokyo");
        Assert.Equal(At("2025-12-31T15:00:00Z"), yearly.LastBefore(At("2026-11-20T00:00:00Z")));
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
