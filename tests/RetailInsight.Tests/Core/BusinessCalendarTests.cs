using RetailInsight.Core.Canon;

namespace RetailInsight.Tests.Core;

public sealed class BusinessCalendarTests
{
    private static readonly TimeZoneInfo Tokyo = TimeZoneInfo.FindSystemTimeZoneById("Asia/Tokyo");
    private static readonly TimeZoneInfo London = TimeZoneInfo.FindSystemTimeZoneById("Europe/London");

    [Theory]
    [InlineData("2026-11-02T04:59:59+09:00", "2026-11-01")]
    [InlineData("2026-11-02T05:00:00+09:00", "2026-11-02")]
    [InlineData("2026-11-01T20:00:00Z", "2026-11-02")]
    public void A_receipt_before_the_cut_over_belongs_to_the_day_before(string instant, string date)
    {
        var calendar = new BusinessCalendar(Tokyo, [new CutOverRule(new DateOnly(2020, 1, 1), 300)]);
        Assert.Equal(Date(date), calendar.BusinessDateOf(Instant(instant)));
    }

    [Fact]
    public void A_new_cut_over_does_not_move_what_was_sold_under_the_old_one()
    {
        var calendar = new BusinessCalendar(Tokyo, [new CutOverRule(new DateOnly(2026, 6, 1), 0), new CutOverRule(new DateOnly(2020, 1, 1), 300)]);
        Assert.Equal(new DateOnly(2026, 5, 30), calendar.BusinessDateOf(Instant("2026-05-31T03:00:00+09:00")));
        Assert.Equal(new DateOnly(2026, 6, 2), calendar.BusinessDateOf(Instant("2026-06-02T03:00:00+09:00")));
    }

    [Theory]
    [InlineData("2026-10-25T01:30:00", 60)] // repeated hour: the first
    [InlineData("2026-03-29T01:30:00", 0)] // skipped hour: the offset before the jump
    [InlineData("2026-07-01T12:00:00", 60)]
    public void A_wall_clock_becomes_one_instant_also_when_clocks_change(string wall, int offsetMinutes)
    {
        var instant = new BusinessCalendar(London, []).ToInstant(DateTime.Parse(wall, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(TimeSpan.FromMinutes(offsetMinutes), instant.Offset);
    }

    private static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static DateOnly Date(string text) => DateOnly.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
