using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Core.Outcomes;
using RetailInsight.Gateway.Iot;
using RetailInsight.Gateway.Landing;
using RetailInsight.Profiles;
using RetailInsight.Profiles.Counts;
using RetailInsight.Tests.Profiles.Counts;
using Xunit;

namespace RetailInsight.Tests.Gateway;

/// <summary>
/// Readings of simulated devices land one after another, as they arrive: lost, doubled and late. What counts in the end is the truth of
/// its interval or says that it is not the whole, no second of a line counts twice, and the order of arrival makes no difference.
/// </summary>
public sealed class RunningCountersTests
{
    private static readonly TimeZoneInfo Tokyo = TimeZoneInfo.FindSystemTimeZoneById("Asia/Tokyo");
    private static readonly BusinessCalendar Store = new(Tokyo, [new CutOverRule(DateOnly.MinValue, 300)]);

    [Theory]
    [MemberData(nameof(CounterSeriesTests.Devices), MemberType = typeof(CounterSeriesTests))]
    public void What_counts_in_the_end_is_the_truth_or_says_that_it_is_not_the_whole(string device, CounterResets resets)
    {
        Assert.NotNull(device);
        var whole = 0;
        for (var seed = 0; seed < 60; seed++)
        {
            var run = new SimulatedCounter(resets, seed);
            var arrivals = run.Arrivals();
            var (counts, held) = Land(arrivals, resets);
            Assert.Empty(held);
            foreach (var count in counts)
            {
                var (entered, left) = run.Truth(count.From, count.To);
                Assert.True(
                    count.Partial ? count.Entered <= entered && count.Left <= left : (count.Entered, count.Left) == (entered, left),
                    $"seed {seed}: {count.Entered} in, {count.Left} out of {entered}, {left} from {count.From} to {count.To}");
                whole += count.Partial ? 0 : 1;
            }

            Assert.All(counts.Zip(counts.Skip(1)), pair => Assert.True(pair.First.To <= pair.Second.From, $"seed {seed}: {pair.First.To} and {pair.Second.From}"));
            var shuffled = arrivals.ToArray();
            new Random(seed).Shuffle(shuffled);
            Assert.Equal(counts, Land(shuffled, resets).Counts);
        }

        Assert.True(whole > 2_000, $"{whole} whole");
    }

    [Theory]
    [MemberData(nameof(CounterSeriesTests.Devices), MemberType = typeof(CounterSeriesTests))]
    public void What_is_taken_back_leaves_the_counts_of_the_others_and_brought_in_again_those_of_all(string device, CounterResets resets)
    {
        Assert.NotNull(device);
        var changed = 0;
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var arrivals = new SimulatedCounter(resets, seed).Arrivals();
            var later = arrivals.Select(_ => random.Next(4) == 0).ToArray();
            var (first, second) = (arrivals.Where((_, at) => !later[at]).ToList(), arrivals.Where((_, at) => later[at]).ToList());
            var landed = new Landed(resets);
            landed.Add(first);
            var before = landed.Counts();
            var brought = landed.Add(second);
            var all = landed.Counts();
            landed.TakeBack(brought);
            Assert.Equal(before, landed.Counts());
            landed.Add(second);
            Assert.Equal(all, landed.Counts());
            changed += all.Except(before).Count();
        }

        Assert.True(changed > 2_000, $"{changed} changed");
    }

    [Fact]
    public void A_reading_that_was_held_is_held_again_and_one_that_was_corrected_is_what_it_was()
    {
        var rising = new CounterResets(null, false, false, null, null);
        var landed = new Landed(rising);
        landed.Add([Point(9, 500), Point(10, 12), Point(11, 20), Point(12, 30)]);
        Assert.Equal(["11-12 10", "10-11 8"], landed.Counts().Select(Text).Reverse());

        // The profile now knows that a fall is a reset at half past nine; and somebody says that it was 13 at ten.
        landed.Resets = new CounterResets(9 * 60 + 30, false, false, null, Tokyo);
        var brought = landed.Add([Point(10, 12), Point(11, 21)]);
        Assert.Equal(["9-10 12", "10-11 9", "11-12 9"], landed.Counts().Select(Text));
        landed.TakeBack(brought);
        Assert.Equal(["10-11 8", "11-12 10"], landed.Counts().Select(Text));

        static CounterPoint Point(int hour, uint entered) => new(new DateTimeOffset(2026, 11, 20, hour, 0, 0, TimeSpan.FromHours(9)), entered, 0, "", 0);
        static string Text(PeopleCount count) => $"{count.From.Hour}-{count.To.Hour} {count.Entered}";
    }

    [Fact]
    public void A_reading_that_returns_to_what_it_was_returns_the_counts()
    {
        var landed = new Landed(new CounterResets(null, false, false, null, null));
        landed.Add([Point(9, 100), Point(10, 110), Point(11, 130)]);
        var first = landed.Counts();
        landed.Add([Point(10, 112)]);
        Assert.NotEqual(first, landed.Counts());
        landed.Add([Point(10, 110)]);
        Assert.Equal(first, landed.Counts());

        static CounterPoint Point(int hour, uint entered) => new(new DateTimeOffset(2026, 11, 20, hour, 0, 0, TimeSpan.FromHours(9)), entered, 0, "", 0);
    }

    [Fact]
    public void A_reading_that_comes_late_takes_its_share_of_its_successors_count()
    {
        var resets = new CounterResets(null, false, false, null, null);
        var (decision, tenant) = (new LandingDecision(), "acme");
        Assert.Empty(decision.Counters.Land(tenant, Reading(9, 100, resets), decision.Counts).Counts);
        Assert.Equal([(9, 11, 30u)], Spans(decision.Counters.Land(tenant, Reading(11, 130, resets), decision.Counts)));
        Assert.Equal([(9, 10, 10u), (10, 11, 20u)], Spans(decision.Counters.Land(tenant, Reading(10, 110, resets), decision.Counts)));
        var again = decision.Counters.Land(tenant, Reading(10, 110, resets), decision.Counts);
        Assert.Equal(Verdict.Duplicate, again.Verdict);
        Assert.Empty(again.Counts);
        var corrected = decision.Counters.Land(tenant, Reading(10, 115, resets), decision.Counts);
        Assert.Equal(Verdict.Superseding, corrected.Verdict);
        Assert.Equal([(9, 10, 15u), (10, 11, 15u)], Spans(corrected));
    }

    [Fact]
    public void What_fell_is_held_counts_nothing_and_is_counted_from()
    {
        var resets = new CounterResets(null, false, false, null, null);
        var decision = new LandingDecision();
        decision.Counters.Land("acme", Reading(9, 500, resets), decision.Counts);
        var fell = decision.Counters.Land("acme", Reading(10, 12, resets), decision.Counts);
        Assert.Equal(Verdict.Quarantined, fell.Verdict);
        Assert.Equal(RejectionReason.CounterFell, fell.Held!.Rejections[0].Reason);
        Assert.Contains("after 500 in", fell.Held.Rejections[0].Detail, StringComparison.Ordinal);
        Assert.Empty(fell.Counts);
        Assert.Equal([(10, 11, 8u)], Spans(decision.Counters.Land("acme", Reading(11, 20, resets), decision.Counts)));

        // The profile now knows that a fall is a reset at ten.
        var declared = new CounterResets(9 * 60 + 30, false, false, null, Tokyo);
        var again = decision.Counters.Land("acme", Reading(10, 12, declared), decision.Counts, again: true);
        Assert.Equal(Verdict.Accepted, again.Verdict);
        Assert.Contains(again.Counts, count => count.Entered == 12);
    }

    [Fact]
    public void A_late_reading_that_shows_a_count_to_be_wrong_takes_it_back()
    {
        var resets = new CounterResets(null, false, false, null, null);
        var decision = new LandingDecision();
        decision.Counters.Land("acme", Reading(9, 100, resets), decision.Counts);
        var first = decision.Counters.Land("acme", Reading(11, 120, resets), decision.Counts).Counts.Single();
        decision.Know(first.EventId, new KnownVersion(ContentHash.Of(first), 1, 0, "S001", first.BusinessDate));
        var late = decision.Counters.Land("acme", Reading(10, 150, resets), decision.Counts);
        Assert.Equal([(9, 10, 50u), (10, 11, 0u)], Spans(late));
        Assert.True(late.Counts[1].Partial);
    }

    [Fact]
    public void A_device_hung_the_other_way_round_counts_out_as_in()
    {
        var resets = new CounterResets(null, false, false, null, null);
        var decision = new LandingDecision();
        decision.Counters.Land("acme", Reading(9, 100, resets), decision.Counts);
        var count = decision.Counters.Land("acme", Reading(10, 130, resets) with { Reversed = true }, decision.Counts).Counts.Single();
        Assert.Equal((0u, 30u), (count.Entered, count.Left));
    }

    private static (List<PeopleCount> Counts, List<Held> Held) Land(IReadOnlyList<CounterPoint> arrivals, CounterResets resets)
    {
        var decision = new LandingDecision();
        var newest = new Dictionary<Id128, PeopleCount>();
        var held = new Dictionary<Id128, Held>();
        foreach (var point in arrivals)
        {
            var change = decision.Counters.Land("acme", Reading(point, resets), decision.Counts);
            foreach (var count in change.Counts)
            {
                newest[count.EventId] = count with { Source = default };
                held.Remove(count.EventId);
                decision.Follow(LandingWork.Of(new Converted<PeopleCount>(count, 1, ContentHash.Of(count))), out _, out _);
            }

            // What fell only because the readings between are late is held until they come.
            if (change.Held is { } one)
            {
                held[one.EventId] = one;
            }
        }

        return ([.. newest.Values.OrderBy(count => count.To)], [.. held.Values]);
    }

    private static List<(int From, int To, uint Entered)> Spans(CounterChange change) => [.. change.Counts.Select(count => (count.From.Hour, count.To.Hour, count.Entered))];

    private static CounterReading Reading(int hour, uint entered, CounterResets resets) =>
        Reading(new CounterPoint(new DateTimeOffset(2026, 11, 20, hour, 0, 0, TimeSpan.FromHours(9)), entered, 0, "", 0), resets);

    private static CounterReading Reading(CounterPoint point, CounterResets resets) => new()
    {
        EventId = Id128.FromParts("count", point.At.UtcDateTime.ToString("O", System.Globalization.CultureInfo.InvariantCulture)),
        Store = "S001",
        Calendar = Store,
        Device = "d1",
        Line = "1",
        At = TimeZoneInfo.ConvertTime(point.At, Tokyo),
        Entered = point.Entered,
        Left = point.Left,
        Boot = point.Boot,
        Sequence = point.Sequence,
        Resets = resets,
        Source = new SourceLocation(1, 0, 0),
    };

    // What stands in the tables: readings, and of each count its newest version.
    private sealed class Landed(CounterResets resets)
    {
        private readonly LandingDecision _decision = new();
        private readonly Dictionary<Id128, PeopleCount> _counts = [];
        private readonly HashSet<(Id128, Id128)> _brought = [];

        public CounterResets Resets { get; set; } = resets;

        public List<PeopleCount> Counts() => [.. _counts.Values.OrderBy(count => count.To)];

        /// <summary>Lands readings as a replay does.</summary>
        /// <returns>Those that were brought in, with what stood in their places.</returns>
        public List<(CounterReading Reading, LandedReading? Before)> Add(IEnumerable<CounterPoint> points)
        {
            _brought.Clear();
            var brought = new Dictionary<DateTimeOffset, (CounterReading, LandedReading?)>();
            foreach (var point in points)
            {
                var reading = Reading(point, Resets);
                var before = _decision.Counters.At(LandedReading.SeriesOf("acme", reading), CountedInterval.Microseconds(reading.At));
                var change = _decision.Counters.Land("acme", reading, _decision.Counts, again: true);
                foreach (var count in change.Counts)
                {
                    Follow(count);
                    _brought.Add((count.EventId, ContentHash.Of(count)));
                }

                if (change.Brought is not null)
                {
                    brought[reading.At] = (reading, brought.TryGetValue(reading.At, out var earlier) ? earlier.Item2 : before);
                }
            }

            return [.. brought.Values];
        }

        public void TakeBack(List<(CounterReading Reading, LandedReading? Before)> brought)
        {
            var (_, recounted) = _decision.Counters.TakeBack("acme", brought, id => _decision.VersionsOf(id).Any(version => !version.Withdrawn && !_brought.Contains((id, version.ContentHash))));
            foreach (var (id, _, count) in recounted)
            {
                if (count is not null)
                {
                    Follow(count);
                }
                else if (_counts.Remove(id, out var gone) && _decision.Newest(id) is { } newest)
                {
                    _decision.Know(id, newest with { Revision = newest.Revision + 1, Withdrawn = true });
                    Assert.NotNull(gone);
                }
            }
        }

        private void Follow(PeopleCount count)
        {
            if (_decision.Follow(LandingWork.Of(new Converted<PeopleCount>(count, 1, ContentHash.Of(count))), out _, out _) != Verdict.Duplicate)
            {
                _counts[count.EventId] = count with { Source = default };
            }
        }
    }
}
