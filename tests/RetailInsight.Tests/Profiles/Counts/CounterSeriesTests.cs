using RetailInsight.Profiles.Counts;
using Xunit;

namespace RetailInsight.Tests.Profiles.Counts;

/// <summary>
/// Simulated devices with running counters: people cross at known times, counters reset, roll over, the device is started anew, and
/// reports are lost, doubled and late. Whatever arrives, a count is the truth of its interval, or says that it is not the whole.
/// </summary>
public sealed class CounterSeriesTests
{
    private static readonly TimeZoneInfo Tokyo = TimeZoneInfo.FindSystemTimeZoneById("Asia/Tokyo");
    private static readonly TimeZoneInfo London = TimeZoneInfo.FindSystemTimeZoneById("Europe/London");

    public static TheoryData<string, CounterResets> Devices => new()
    {
        { "never resets", new(null, false, false, null, Tokyo) },
        { "resets at midnight", new(0, false, false, null, Tokyo) },
        { "resets at five and when started anew", new(300, true, false, null, Tokyo) },
        { "resets when started anew, numbers its packages", new(null, false, true, null, Tokyo) },
        { "rolls over at 256", new(null, false, false, 256, Tokyo) },
        { "rolls over at 256, says when it was started anew, resets by the clock of London", new(120, true, false, 256, London) },
    };

    [Theory]
    [MemberData(nameof(Devices))]
    public void A_count_is_the_truth_or_says_that_it_is_not_the_whole(string device, CounterResets resets)
    {
        Assert.NotNull(device);
        var (whole, partial, none) = (0, 0, 0);
        for (var seed = 0; seed < 300; seed++)
        {
            var run = new SimulatedCounter(resets, seed);
            var arrived = run.Arrivals();
            foreach (var (point, delta, fell) in Counts(arrived, resets))
            {
                Assert.False(fell, $"seed {seed}, {point}");
                if (delta is not { } count)
                {
                    none++;
                    continue;
                }

                Assert.True(count.From < count.To && count.To == point.At, $"seed {seed}, {point}");
                var (entered, left) = run.Truth(count.From, count.To);
                if (count.Partial)
                {
                    partial++;
                    Assert.True(count.Entered <= entered && count.Left <= left, $"seed {seed}, {count}: {entered}, {left}");
                }
                else
                {
                    whole++;
                    Assert.True(count.Entered == entered && count.Left == left, $"seed {seed}, {count}: {entered}, {left}");
                }
            }
        }

        Assert.True(whole > 10_000, $"{whole} whole, {partial} partial, {none} unknown");
        Assert.Equal(resets.WithBoot || resets.WithSequence, partial > 0);
    }

    [Fact]
    public void Counts_do_not_depend_on_the_order_of_arrival()
    {
        var resets = new CounterResets(0, true, false, null, Tokyo);
        var readings = new SimulatedCounter(resets, 7).Arrivals();
        var shuffled = readings.ToArray();
        new Random(1).Shuffle(shuffled);
        Assert.Equal(Counts(readings, resets), Counts([.. shuffled], resets));
    }

    [Fact]
    public void A_fall_that_nobody_declared_is_not_counted_and_later_readings_count_from_it()
    {
        var resets = new CounterResets(null, false, false, null, null);
        var noon = new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.FromHours(9));
        CounterPoint[] readings = [new(noon, 500, 480, "", 0), new(noon.AddMinutes(15), 10, 4, "", 0), new(noon.AddMinutes(30), 50, 14, "", 0)];
        var counts = Counts(readings, resets).ToList();
        Assert.Equal([false, true, false], counts.Select(count => count.Fell));
        Assert.Null(counts[1].Delta);
        Assert.Equal(new CounterDelta(noon.AddMinutes(15), noon.AddMinutes(30), 40, 10, Partial: false), counts[2].Delta);
    }

    [Fact]
    public void A_reading_at_the_instant_of_the_reset_may_show_the_day_or_nothing()
    {
        var resets = new CounterResets(0, false, false, null, Tokyo);
        var midnight = new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.FromHours(9));
        CounterPoint before = new(midnight.AddHours(-1), 100, 90, "", 0);
        var whole = CounterSeries.UpTo(before, new(midnight, 130, 130, "", 0), resets, Tokyo, out var fell);
        Assert.Equal(new CounterDelta(before.At, midnight, 30, 40, false), whole);
        Assert.False(fell);
        Assert.Null(CounterSeries.UpTo(before, new(midnight, 0, 0, "", 0), resets, Tokyo, out fell));
        Assert.False(fell);
        var first = CounterSeries.UpTo(new(midnight, 130, 130, "", 0), new(midnight.AddHours(1), 140, 131, "", 0), resets, Tokyo, out _);
        Assert.Equal(new CounterDelta(midnight, midnight.AddHours(1), 140, 131, false), first);
    }

    [Fact]
    public void After_a_long_silence_nobody_knows_the_day()
    {
        var resets = new CounterResets(null, false, false, null, null);
        var noon = new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.FromHours(9));
        Assert.Null(CounterSeries.UpTo(new(noon, 5, 5, "", 0), new(noon.AddHours(26), 900, 900, "", 0), resets, Tokyo, out var fell));
        Assert.False(fell);
    }

    private static List<(CounterPoint At, CounterDelta? Delta, bool Fell)> Counts(IReadOnlyList<CounterPoint> arrived, CounterResets resets)
    {
        var series = new SortedDictionary<DateTimeOffset, CounterPoint>();
        foreach (var point in arrived)
        {
            series[point.At] = point;
        }

        List<(CounterPoint, CounterDelta?, bool)> counts = [];
        CounterPoint? before = null;
        foreach (var point in series.Values)
        {
            var delta = CounterSeries.UpTo(before, point, resets, resets.Zone ?? Tokyo, out var fell);
            counts.Add((point, delta, fell));
            before = point;
        }

        return counts;
    }
}
