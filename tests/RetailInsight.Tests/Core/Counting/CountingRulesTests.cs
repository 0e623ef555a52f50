using RetailInsight.Core.Counting;
using Xunit;

namespace RetailInsight.Tests.Core.Counting;

/// <summary>The counting rules of a published help site of the field, as tables of tracks and what they must count.</summary>
public sealed class CountingRulesTests
{
    // Ends a way whose record ends before it does.
    private const string Unfinished = "…";

    private static readonly DateTimeOffset Start = new(2026, 11, 21, 10, 0, 0, TimeSpan.FromHours(9));

    // A camera sees 0 to 10 by 0 to 10 metres. The street is below y = 5, the shop above; the entrance lies at x = 4 to 6.
    private static readonly Storefront Front = new(
        [new CountingLine(new(4, 5), new(6, 5))],
        [new CountingLine(new(2, 4), new(2, 0)), new CountingLine(new(8, 0), new(8, 4))]);

    private static readonly Zone Shelf = new([new(4, 4), new(6, 4), new(6, 6), new(4, 6)]);

    public static TheoryData<string, string, int> Visitors => new()
    {
        { "one person in", "5,3 5,7", 1 },
        { "one person out", "5,7 5,3", 0 },
        { "two people", "5,3 5,7|4.5,2 5,6", 2 },
        { "touches the line and turns", "5,3 5,5 5,3", 0 },
        { "walks along the line", "4,5 5,5 6,5 6,4", 0 },
        { "stands on the line, then goes in", "5,3 5,5 5,5 5,7", 1 },
        { "goes past the end of the line", "7,3 7,7", 0 },
        { "past the end and back over the middle", "7,3 7,7 5,7 5,3", 0 },
        { "in, out and in again within the view", "5,3 5,7 5,3 5,7", 1 },
        { "leaves the view and comes back", "5,3 5,7|5,3 5,7", 2 },
        { "staff in a uniform is not told apart", "5,1 5,9", 1 },
        { "one long step between two pictures", "1,1 9,9", 1 },
        { "a single point", "5,5", 0 },
    };

    // Who left, beside who came.
    public static TheoryData<string, string, int> Leavers => new()
    {
        { "one person out", "5,7 5,3", 1 },
        { "one person in", "5,3 5,7", 0 },
        { "in and out again", "5,3 5,7 5,3", 1 },
        { "out and in again", "5,7 5,3 5,7", 0 },
        { "touches the line and turns", "5,7 5,5 5,7", 0 },
        { "still in view as the record ends", "5,7 5,3 …", 0 },
    };

    public static TheoryData<string, string, int> PassersBy => new()
    {
        { "from the left end to the right end", "0,2 10,2", 1 },
        { "from the right end to the left end", "10,2 0,2", 1 },
        { "from the left into the shop", "0,2 5,2 5,7", 1 },
        { "from the right into the shop", "10,2 5,2 5,7", 1 },
        { "out of the shop and away to the right", "5,7 5,2 10,2", 0 },
        { "turns back over the line it came by", "0,2 4,2 0,2", 0 },
        { "touches the end line and turns", "0,2 2,2 0,2", 0 },
        { "turns back and makes up its mind again", "0,2 4,2 0,2 4,2", 1 },
        { "leaves the view and comes back", "0,2 10,2|10,2 0,2", 2 },
        { "stands before the entrance all the time", "5,2 5,3 5,2", 0 },
        { "on the way to the entrance as the record ends", "0,2 4,2 …", 0 },
    };

    // Seconds stand behind @; without them a point is one second after the one before.
    public static TheoryData<string, string, ZoneVisit[]> Stops => new()
    {
        { "goes through", "2,5 5,5 8,5", [ZoneVisit.Passed] },
        { "stays ten seconds", "2,5 5,5@1 5,5@11 8,5@12", [ZoneVisit.Stopped] },
        { "stays less than ten", "2,5 5,5@1 5,5@10.9 8,5@11", [ZoneVisit.Passed] },
        { "twice six seconds are no twelve", "5,5@0 5,5@6 8,5@7 5,5@8 5,5@14 8,5@15", [ZoneVisit.Passed] },
        { "never in it", "1,1 9,1", [ZoneVisit.None] },
        { "leaves the view and comes back", "5,5@0 5,5@12|5,5@0 5,5@12", [ZoneVisit.Stopped, ZoneVisit.Stopped] },
        { "still before the shelf as the record ends", "2,5 5,5@1 5,5@30 …", [ZoneVisit.Undecided] },
        { "leaves the view from the shelf", "2,5 5,5@1 5,5@30", [ZoneVisit.Stopped] },
    };

    // A metric, its range, a way of so many seconds, and whether it counts.
    public static TheoryData<string, int, int, int, bool> Ranges => new()
    {
        { "visitor", 3, -1, 2, false }, { "visitor", 3, -1, 3, true }, { "visitor", 3, -1, 86_400, true }, { "visitor", 0, 600, 600, true }, { "visitor", 0, 600, 601, false },
        { "passer-by", 3, -1, 2, false }, { "passer-by", 3, -1, 86_400, true }, { "passer-by", 0, 60, 60, true }, { "passer-by", 0, 60, 61, false },
        { "stop", 10, -1, 9, false }, { "stop", 10, -1, 86_400, true }, { "stop", 20, 600, 19, false }, { "stop", 20, 600, 600, true }, { "stop", 20, 600, 601, false },
    };

    [Theory]
    [MemberData(nameof(Visitors))]
    public void A_visitor_is_a_track_that_crosses_the_entrance_inwards(string what, string tracks, int expected) =>
        Assert.True(expected == Tracks(tracks).Count(track => Front.IsVisitor(track, CountingSeconds.Usual)), what);

    [Theory]
    [MemberData(nameof(Leavers))]
    public void Who_has_left_crossed_the_entrance_outwards_and_did_not_come_back(string what, string tracks, int expected) =>
        Assert.True(expected == Tracks(tracks).Count(track => Front.Left(track, CountingSeconds.Usual) is not null), what);

    [Fact]
    public void A_shop_with_two_entrances_counts_who_walks_through_it_once_and_says_where()
    {
        var front = Front with { Entrances = [.. Front.Entrances, new CountingLine(new(1, 5), new(3, 5))] };
        var through = Track("2,3 2,7 5,7 5,3 5,7 5,2");

        Assert.Equal(new Crossing(front.Entrances[1], Inwards: true, Point: 1), front.Entered(through, CountingSeconds.Usual));
        Assert.Equal(new Crossing(front.Entrances[0], Inwards: false, Point: 5), front.Left(through, CountingSeconds.Usual));
        Assert.Equal(new Stay(3, TimeSpan.FromSeconds(3)), Shelf.LongestStay(Track("1,1@0 5,5@1 8,8@2 5,5@3 4,4@6 9,9@7")));
    }

    [Theory]
    [MemberData(nameof(PassersBy))]
    public void A_passer_by_moves_towards_the_entrance_over_one_of_the_two_ends(string what, string tracks, int expected) =>
        Assert.True(expected == Tracks(tracks).Count(track => Front.IsPasserBy(track, CountingSeconds.Usual)), what);

    [Theory]
    [MemberData(nameof(Stops))]
    public void A_stop_is_an_unbroken_stay_of_ten_seconds(string what, string tracks, ZoneVisit[] expected) =>
        Assert.True(expected.SequenceEqual(Tracks(tracks).Select(track => new ZoneVisits(Shelf).Of(track, CountingSeconds.Usual))), what);

    [Theory]
    [MemberData(nameof(Ranges))]
    public void Each_metric_has_a_range_of_seconds_and_minus_one_is_no_maximum(string metric, int min, int max, int seconds, bool counts)
    {
        var range = new SecondsRange(min, max);
        var usual = CountingSeconds.Usual;
        Assert.Equal(counts, metric switch
        {
            "visitor" => Front.IsVisitor(Track($"5,3@0 5,7@{seconds}"), usual with { Visitor = range }),
            "passer-by" => Front.IsPasserBy(Track($"0,2@0 10,2@{seconds}"), usual with { PasserBy = range }),
            _ => new ZoneVisits(Shelf).Of(Track($"5,5@0 5,5@{seconds}"), usual with { Stop = range }) == ZoneVisit.Stopped,
        });
    }

    [Fact]
    public void A_way_is_judged_by_where_it_begins_where_it_ends_and_who_stays_behind_the_counter()
    {
        var plan = new FloorPlan([Square(0, 0)], [Square(8, 8)], [Square(4, 4)]);
        var rules = new WayRules(CrewSeconds: 30, new SecondsRange(3, SecondsRange.NoMaximum));

        Assert.Equal(new Way(Entered: true, Left: true, IsStaff: false, Counts: true), rules.Of(Track("1,1@0 3,1@5 9,9@400"), plan));
        Assert.Equal(new Way(Entered: false, Left: true, IsStaff: false, Counts: true), rules.Of(Track("3,1@0 9,9@40"), plan));
        Assert.Equal(new Way(Entered: true, Left: false, IsStaff: false, Counts: true), rules.Of(Track("1,1@0 3,1@40"), plan));
        Assert.Equal(new Way(Entered: true, Left: true, IsStaff: true, Counts: false), rules.Of(Track("1,1@0 5,5@10 5,5@40 9,9@50"), plan));
        Assert.Equal(new Way(Entered: true, Left: true, IsStaff: false, Counts: true), rules.Of(Track("1,1@0 5,5@10 5,5@39 9,9@50"), plan));
    }

    [Theory]
    [InlineData(3, -1, 2, false)]
    [InlineData(3, -1, 3, true)]
    [InlineData(3, -1, 86_400, true)]
    [InlineData(3, 600, 600, true)]
    [InlineData(3, 600, 601, false)]
    public void Minus_one_is_no_maximum(int min, int max, int seconds, bool counts) =>
        Assert.Equal(counts, new WayRules(30, new SecondsRange(min, max)).Of(Track($"1,1@0 2,2@{seconds}"), new FloorPlan([], [], [])).Counts);

    [Fact]
    public void A_changed_setting_changes_every_store()
    {
        FloorPlan[] stores = [new([Square(0, 0)], [], []), new([Square(4, 4)], [Square(8, 8)], [])];
        var track = Track("1,1@0 2,2@10");

        Assert.All(stores, store => Assert.True(new WayRules(30, new SecondsRange(3, 60)).Of(track, store).Counts));
        Assert.All(stores, store => Assert.False(new WayRules(30, new SecondsRange(20, 60)).Of(track, store).Counts));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(180, true)]
    [InlineData(181, false)]
    public void Who_comes_back_within_180_days_of_the_visit_before_is_a_repeater(int days, bool repeat) =>
        Assert.Equal([false, repeat], RepeatVisits.Judge([Visit("a", 0), Visit("a", days)]));

    [Fact]
    public void The_window_runs_from_the_visit_before_not_from_the_first() =>
        Assert.Equal([false, true, true, false], RepeatVisits.Judge([Visit("a", 0), Visit("a", 150), Visit("a", 300), Visit("b", 300)]));

    [Fact]
    public void Visits_may_come_in_any_order() =>
        Assert.Equal([true, false], RepeatVisits.Judge([Visit("a", 100), Visit("a", 0)]));

    [Fact]
    public void A_picture_too_bad_to_judge_is_neither_a_repeat_nor_a_first_visit() =>
        Assert.Equal([false, null, true], RepeatVisits.Judge([Visit("a", 0), Visit(null, 1), Visit("a", 2)]));

    [Fact]
    public void The_mean_frequency_is_visits_over_persons()
    {
        var visits = "aaabbcdd".Select((person, day) => Visit(person.ToString(), day)).Append(Visit(null, 9)).ToArray();

        Assert.Equal(2m, RepeatVisits.MeanFrequency(visits));
        Assert.Null(RepeatVisits.MeanFrequency([Visit(null, 1)]));
    }

    [Theory]
    [InlineData(30, 120, 0.25)]
    [InlineData(0, 120, 0.0)]
    [InlineData(150, 120, 1.25)]
    public void The_capture_rate_is_visitors_over_passers_by(long visitors, long passersBy, decimal expected) =>
        Assert.Equal(expected, Storefront.CaptureRate(visitors, passersBy));

    [Fact]
    public void The_capture_rate_of_several_stores_divides_sums_and_of_nobody_is_unknown()
    {
        Assert.Equal(0.12m, Storefront.CaptureRate(10 + 2, 20 + 80));
        Assert.Null(Storefront.CaptureRate(0, 0));
    }

    [Fact]
    public void A_track_that_goes_back_in_time_is_refused() =>
        Assert.Contains("Point 2", Assert.Throws<ArgumentException>(() => Track("1,1@5 2,2@4")).Message, StringComparison.Ordinal);

    private static PersonVisit Visit(string? person, int day) => new(person, new DateOnly(2026, 1, 1).AddDays(day));

    private static Zone Square(double x, double y) => new([new(x, y), new(x + 2, y), new(x + 2, y + 2), new(x, y + 2)]);

    private static IEnumerable<Track> Tracks(string text) => text.Split('|').Select(Track);

    private static Track Track(string text)
    {
        var points = new List<TrackPoint>();
        foreach (var point in text.Split(' ').Where(point => point != Unfinished))
        {
            var numbers = Array.ConvertAll(point.Split(',', '@'), number => double.Parse(number, System.Globalization.CultureInfo.InvariantCulture));
            points.Add(new TrackPoint(Start.AddSeconds(numbers.Length > 2 ? numbers[2] : points.Count), new FloorPoint(numbers[0], numbers[1])));
        }

        return new Track(points, !text.EndsWith(Unfinished, StringComparison.Ordinal));
    }
}
