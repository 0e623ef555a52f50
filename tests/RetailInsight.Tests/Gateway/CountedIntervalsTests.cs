using RetailInsight.Core.Canon;
using RetailInsight.Gateway.Iot;
using Xunit;

namespace RetailInsight.Tests.Gateway;

/// <summary>Of two intervals of a line that overlap the one that landed first counts.</summary>
public sealed class CountedIntervalsTests
{
    private static readonly Id128 Line = Id128.FromParts("line");
    private static readonly DateTimeOffset Ten = new(2026, 11, 20, 1, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, 60, true)]
    [InlineData(-60, 0, false)]
    [InlineData(60, 120, false)]
    [InlineData(15, 30, true)]
    [InlineData(-120, 180, true)]
    [InlineData(59, 61, true)]
    public void An_interval_that_shares_a_minute_with_another_overlaps(int from, int to, bool overlaps)
    {
        var intervals = new CountedIntervals();
        intervals.Know(Interval(0, 60), Id128.FromParts("hour"), 1);
        Assert.Equal(overlaps, intervals.Overlapped(Interval(from, to), Id128.FromParts("other")) is not null);
        Assert.Null(intervals.Overlapped(Interval(from, to) with { Line = Id128.FromParts("another line") }, Id128.FromParts("other")));
    }

    [Fact]
    public void A_new_version_of_a_count_is_no_overlap_and_takes_the_interval_with_it()
    {
        var intervals = new CountedIntervals();
        var hour = Id128.FromParts("hour");
        intervals.Know(Interval(0, 60), hour, 1);
        Assert.Null(intervals.Overlapped(Interval(0, 30), hour));
        intervals.Know(Interval(0, 30), hour, 2);
        Assert.Null(intervals.Overlapped(Interval(30, 60), Id128.FromParts("second half")));

        // An older version read later changes nothing.
        intervals.Know(Interval(0, 60), hour, 1);
        Assert.Null(intervals.Overlapped(Interval(30, 60), Id128.FromParts("second half")));
    }

    private static CountedInterval Interval(int from, int to) => new(Line, Ten.AddMinutes(from), Ten.AddMinutes(to));
}
