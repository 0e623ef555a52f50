using System.Globalization;
using System.Text;
using System.Text.Json;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Core.Counting;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles;
using RetailInsight.Profiles.Counts;
using RetailInsight.Tests.Core.Counting;
using Xunit;

namespace RetailInsight.Tests.Profiles.Counts;

/// <summary>A sensor that sends where people are: what their ways come to is what the rules of counting say, and no half way counts.</summary>
public sealed class VisitorTrackTests
{
    private const string Sensor = "80:1F:12:D4:00:02";

    private static readonly DateTimeOffset Start = new(2026, 11, 20, 10, 0, 0, TimeSpan.FromHours(9));

    // The street is below y = 5, the shop above, as in the tables of the rules.
    private static readonly Profile Floor = Profile("as_frames", """
          lines:
            - { name: door, kind: entrance, from: { x: 4, y: 5 }, to: { x: 6, y: 5 } }
            - { name: left, kind: end, from: { x: 2, y: 4 }, to: { x: 2, y: 0 } }
            - { name: right, kind: end, from: { x: 8, y: 0 }, to: { x: 8, y: 4 } }
          zones:
            - { name: shelf, corners: [{ x: 4, y: 4 }, { x: 6, y: 4 }, { x: 6, y: 6 }, { x: 4, y: 6 }] }
        """);

    public static TheoryData<string, string, int> Cases(string kind)
    {
        var cases = new TheoryData<string, string, int>();
        foreach (var row in kind switch { "enter" => CountingRulesTests.Visitors, "exit" => CountingRulesTests.Leavers, _ => CountingRulesTests.PassersBy })
        {
            cases.Add((string)row[0], (string)row[1], (int)row[2]);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases), "enter")]
    public void Visitors_of_the_table_of_rules_enter(string what, string ways, int expected) => Counts(what, ways, VisitorEventKind.Enter, expected);

    [Theory]
    [MemberData(nameof(Cases), "exit")]
    public void Leavers_of_the_table_of_rules_exit(string what, string ways, int expected) => Counts(what, ways, VisitorEventKind.Exit, expected);

    [Theory]
    [MemberData(nameof(Cases), "pass_by")]
    public void Passers_by_of_the_table_of_rules_pass_by(string what, string ways, int expected) => Counts(what, ways, VisitorEventKind.PassBy, expected);

    [Theory]
    [MemberData(nameof(CountingRulesTests.Stops), MemberType = typeof(CountingRulesTests))]
    public void Stops_of_the_table_of_rules_stop_and_passages_of_the_zone_are_told_apart(string what, string ways, ZoneVisit[] expected)
    {
        Counts(what, ways, VisitorEventKind.Stop, expected.Count(visit => visit == ZoneVisit.Stopped));
        Counts(what, ways, VisitorEventKind.Zone, expected.Count(visit => visit == ZoneVisit.Passed));
    }

    [Fact]
    public void Straight_ways_of_a_crowd_come_to_what_geometry_says()
    {
        var random = new Random(20261123);
        var frames = Enumerable.Range(0, 1_202).Select(_ => new List<string>()).ToArray();
        var expected = new List<(VisitorEventKind, int)>();
        for (var track = 1; track <= 2_000; track++)
        {
            var (x, y, across, ahead) = (random.NextDouble() * 12 - 1, random.NextDouble() * 12 - 1, (random.NextDouble() - 0.5) / 2, (random.NextDouble() - 0.5) / 2);
            var (begin, length) = (random.Next(1, 1_100), random.Next(2, 100));
            int? inZoneSince = null;
            var inZone = 0;
            for (var i = 0; i < length; i++)
            {
                var (atX, atY) = (x + (across * i), y + (ahead * i));
                frames[begin + i].Add(Place(track, atX, atY));
                if (atX is >= 4 and <= 6 && atY is >= 4 and <= 6)
                {
                    inZoneSince ??= begin + i;
                    inZone++;
                }
            }

            void Cross(double place, double speed, double line, double beside, double besideSpeed, double from, double to, VisitorEventKind kind)
            {
                var when = (line - place) / speed;
                if (when > 0 && when < length - 1 && beside + (besideSpeed * when) is var there && there > from && there < to)
                {
                    expected.Add((kind, begin + (int)Math.Ceiling(when)));
                }
            }

            Cross(y, ahead, 5, x, across, 4, 6, ahead > 0 ? VisitorEventKind.Enter : VisitorEventKind.Exit);
            Cross(x, across, across > 0 ? 2 : 8, y, ahead, 0, 4, VisitorEventKind.PassBy);
            if (inZoneSince is { } since)
            {
                expected.Add((inZone > 10 ? VisitorEventKind.Stop : VisitorEventKind.Zone, since));
            }
        }

        var conversion = Convert(Floor, [.. frames.Select((places, second) => new Frame(second, [.. places]))]);
        Assert.Empty(conversion.Held);
        Assert.True(expected.GroupBy(one => one.Item1).Count() == 5 && expected.Count > 400, $"{expected.Count} events");
        Assert.Equal(expected.Order(), conversion.VisitorEvents.Select(one => (one.Record.Kind, (int)(one.Record.At - Start).TotalSeconds)).Order());
    }

    [Fact]
    public void A_stop_says_where_since_when_and_for_how_long()
    {
        var stop = Assert.Single(Convert(Floor, Frames("1,1@0 5,5@2.5 5,4.5@14.75 1,1@16")).VisitorEvents).Record;
        Assert.Equal((VisitorEventKind.Stop, "shelf", 12_250UL, Start.AddSeconds(2.5)), (stop.Kind, stop.Line, stop.DurationMilliseconds, stop.At));
    }

    [Fact]
    public void Who_is_in_view_where_the_payload_begins_or_ends_is_held_and_nobody_else()
    {
        var frames = Frames("5,3@1 5,7@2|5,3@0 5,7@2|5,3@3 5,7@5");
        var conversion = Convert(Floor, [.. frames.Skip(1).SkipLast(1)]);
        Assert.Equal("1", Assert.Single(conversion.VisitorEvents.Select(one => TrackOf(conversion, one.Record))));
        Assert.Equal(2, conversion.Held.Count);
        Assert.All(conversion.Held, held => Assert.Equal(RejectionReason.TrackCut, Assert.Single(held.Rejections).Reason));
        Assert.Contains("where the payload begins", conversion.Held[0].Rejections[0].Detail, StringComparison.Ordinal);
        Assert.Contains("where the payload ends", conversion.Held[1].Rejections[0].Detail, StringComparison.Ordinal);
        Assert.Equal(3, conversion.RowsRead);

        // The stretches before and after it do not say more.
        Assert.Equal(3, Convert(Floor, frames).VisitorEvents.Count);
    }

    [Fact]
    public void Between_frames_far_apart_nothing_is_known()
    {
        var frames = Frames("5,3@1 5,7@3|5,3@2 5,7@40|5,3@39 5,7@41").Where(frame => frame.Second is < 6 or > 35).ToArray();
        var conversion = Convert(Floor, frames);
        Assert.Equal(2, conversion.VisitorEvents.Count);
        Assert.Contains("before and after a gap", Assert.Single(Assert.Single(conversion.Held).Rejections).Detail, StringComparison.Ordinal);
        conversion = Convert(Floor, [.. frames.Where(frame => frame.Second is not (4 or 5))]);
        Assert.Equal(["before and after", "where the payload ends"], conversion.Held.Select(held => held.Rejections[0].Detail.Contains("ends", StringComparison.Ordinal) ? "where the payload ends" : "before and after").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_order_of_frames_and_how_they_are_packed_make_no_difference_and_another_sensor_watches_nothing_here()
    {
        var frames = Frames("5,3@1 5,7@3 5,2@8|0,2@2 10,2@6");
        var expected = Ids(Convert(Floor, frames));
        Assert.Equal(3, expected.Count);
        Assert.Equal(expected, Ids(Convert(Floor, [.. frames.Reverse()])));
        Assert.Equal(expected, Ids(Read(Floor, Payload(Sensor, frames[..4]), Payload(Sensor, frames[4..]))));
        Assert.Single(Ids(Read(Floor, Payload(Sensor, [.. frames.Skip(2)]), Payload("80:1F:12:D4:00:01", [new(0, []), new(9, [])]))), expected.Contains);
    }

    [Fact]
    public void Staff_seen_as_such_once_is_staff_all_the_way_and_what_is_no_person_is_not_counted()
    {
        var conversion = Convert(Floor, [new(0, []), new(1, [Place(1, 5, 3), Place(2, 5, 3, type: "PRAM")]), new(2, [Place(1, 5, 4, tag: "T7"), Place(2, 5, 7, type: "PRAM")]), new(3, [Place(1, 5, 7)]), new(4, [])]);
        Assert.True(Assert.Single(conversion.VisitorEvents, one => one.Record.Kind == VisitorEventKind.Enter).Record.Staff);
        Assert.Contains(conversion.Findings, finding => finding is { Code: FindingCode.RecordSkipped, Field: "type", Count: 1 });
    }

    [Fact]
    public void A_place_that_cannot_be_read_holds_its_way_and_a_face_beside_it_too()
    {
        string[] places = [Place(1, 5, 3), Place(2, 4.5, 3), Place(3, 5.5, 3)];
        var payload = Payload(Sensor, [new(0, []), new(1, places), new(2, [Place(1, 5, 7), Place(2, 4.5, 7).Replace("4.5", "null", StringComparison.Ordinal), Place(3, 5.5, 7)[..^1] + ",\"face\":{\"score\":1}}"]), new(3, [])]);
        var stored = PictureRemoval.Of(Floor, Encoding.UTF8.GetBytes(payload));
        var conversion = Converter.Convert(Floor, stored.Payload, ProfileFixtures.Context, CancellationToken.None);
        ProfileFixtures.AssertRowsBalance(conversion);
        Assert.Equal("1", Assert.Single(conversion.VisitorEvents.Where(one => one.Record.Kind == VisitorEventKind.Enter).Select(one => TrackOf(conversion, one.Record))));
        Assert.Equal([RejectionReason.FieldMissing, RejectionReason.FaceData], conversion.Held.Select(held => Assert.Single(held.Rejections).Reason));
    }

    [Fact]
    public void Frames_without_anybody_are_no_mistake()
    {
        var conversion = Convert(Floor, [new(0, []), new(1, [])]);
        Assert.Null(conversion.Unreadable);
        Assert.Equal("Nobody was in view.", Assert.Single(conversion.Findings).Example);
    }

    [Fact]
    public void A_device_that_sends_whole_ways_needs_no_frames_around_them_and_lines_may_be_of_one_device()
    {
        var profile = Profile("whole", $$"""
              seconds: { visitor: { min: 2 } }
              lines:
                - { name: door, device: "{{Sensor}}", kind: entrance, from: { x: 4, y: 5 }, to: { x: 6, y: 5 } }
                - { name: back, device: other, kind: entrance, from: { x: 4, y: 5 }, to: { x: 6, y: 5 } }
            """);
        var conversion = Convert(profile, [new(1, [Place(1, 5, 3), Place(2, 5, 3)]), new(2, [Place(2, 5, 7)]), new(60, [Place(1, 5, 7)])]);
        Assert.Equal(("door", Start.AddSeconds(60)), Assert.Single(conversion.VisitorEvents.Select(one => (one.Record.Line, one.Record.At))));
    }

    [Theory]
    [InlineData("sent: as_frames", "sent: sometimes", "'sometimes' is not one of as_frames, whole")]
    [InlineData("kind: entrance", "kind: gate", "'gate' is not one of entrance, end")]
    [InlineData("to: { x: 1, y: 0 }", "to: { x: -1, y: 0 }", "the same place")]
    [InlineData("to: { x: 1, y: 0 }", "to: { x: one, y: 0 }", "a number from -1000000 to 1000000")]
    [InlineData("name: right end", "name: left end", "names two lines or zones")]
    [InlineData("{ x: 3, y: 4 }, { x: 1, y: 4 }]", "]", "at least three")]
    [InlineData("sent: as_frames", "sent: as_frames\n  seconds: { stop: { min: 20, max: 10 } }", "'max' lies below 'min'")]
    [InlineData("event: { drift: 60 }", "event: { duration: seconds }", "follows from the way")]
    [InlineData("formats: [iso, unix_ms] }\n  track", "formats: [\"yyyy-MM-dd HH:mm:ss\"] }\n  track", "a wall clock may show an hour twice")]
    [InlineData("{ PERSON: person,", "{ PERSON: human,", "'human' is none")]
    [InlineData("  x: { from: position.0, type: decimal }\n", "", "'x' must be bound")]
    [InlineData("  track: {", "  line: { from: l, type: code }\n  track: {", "unknown key")]
    [InlineData("live_data.frames.*.tracked_objects", "objects", "needs frames with an array each")]
    public void A_profile_of_ways_that_could_not_be_counted_by_is_refused(string good, string bad, string complaint)
    {
        var yaml = File.ReadAllText(Path.Combine(ProfileFixtures.VendorsFolder, "xovis-tracks", "xovis-tracks.v1.yaml")).ReplaceLineEndings("\n");
        Assert.Contains(good, yaml, StringComparison.Ordinal);
        var refused = Assert.Throws<ProfileException>(() => ProfileCatalog.Read("v.yaml", yaml.Replace(good, bad, StringComparison.Ordinal)));
        Assert.Contains(complaint, refused.Message, StringComparison.Ordinal);
    }

    private static void Counts(string what, string ways, VisitorEventKind kind, int expected)
    {
        var conversion = Convert(Floor, Frames(ways));
        Assert.True(expected == conversion.VisitorEvents.Count(one => one.Record.Kind == kind), what);
        Assert.Equal(ways.Count(letter => letter == '…'), conversion.Held.Count(held => held.Rejections[0].Reason == RejectionReason.TrackCut));
    }

    private static Conversion Convert(Profile profile, Frame[] frames) => Read(profile, Payload(Sensor, frames));

    private static Conversion Read(Profile profile, params string[] envelopes)
    {
        var conversion = Converter.Convert(profile, Encoding.UTF8.GetBytes($"[{string.Join(',', envelopes)}]"), ProfileFixtures.Context, CancellationToken.None);
        ProfileFixtures.AssertRowsBalance(conversion);
        Assert.Null(conversion.Unreadable);
        return conversion;
    }

    private static List<(Id128, Id128)> Ids(Conversion conversion) => [.. conversion.VisitorEvents.Select(one => (one.Record.EventId, one.ContentHash)).OrderBy(one => one.EventId.ToString(), StringComparer.Ordinal)];

    // Which way an event is of shows in where it stands alone.
    private static string TrackOf(Conversion conversion, VisitorEvent visitor)
    {
        Assert.Contains(conversion.VisitorEvents, one => one.Record == visitor);
        return Enumerable.Range(1, 9).Select(track => track.ToString(CultureInfo.InvariantCulture)).First(track => visitor.EventId == Id128.FromParts(
            ["demo", "sensor", "visitor_event", visitor.Device, visitor.Line, "enter", visitor.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture), track]));
    }

    private sealed record Frame(double Second, string[] Places);

    // Ways as the tables write them: places "x,y" or "x,y@second", ways apart by |, an unfinished one with …. A frame a second is taken, beginning and ending with nobody in view.
    private static Frame[] Frames(string text)
    {
        var places = new SortedDictionary<double, List<string>>();
        var ways = text.Split('|');
        foreach (var (way, number) in ways.Select((way, i) => (way, i + 1)))
        {
            foreach (var (place, i) in way.Split(' ').Where(place => place != "…").Select((place, i) => (place, i)))
            {
                var numbers = Array.ConvertAll(place.Split(',', '@'), part => double.Parse(part, CultureInfo.InvariantCulture));
                var second = numbers.Length > 2 ? numbers[2] : i;
                (places.TryGetValue(second, out var known) ? known : places[second] = []).Add(Place(number, numbers[0], numbers[1]));
            }
        }

        var last = places.Keys.Max();
        for (var second = -1; second <= (text.EndsWith('…') ? last : last + 1); second++)
        {
            places.TryAdd(second, []);
        }

        return [.. places.Select(frame => new Frame(frame.Key, [.. frame.Value]))];
    }

    private static string Place(int track, double x, double y, string type = "PERSON", string tag = "NO_TAG") =>
        string.Create(CultureInfo.InvariantCulture, $$$"""{"track_id":{{{track}}},"type":"{{{type}}}","position":[{{{x}}},{{{y}}},1.7],"attributes":{"tag":"{{{tag}}}"}}""");

    private static string Payload(string sensor, IEnumerable<Frame> frames) =>
        $$$"""{"live_data":{"sensor_info":{"serial_number":"{{{sensor}}}"},"frames":[{{{string.Join(',', frames.Select(FrameOf))}}}]}}""";

    private static string FrameOf(Frame frame) => $$"""{"time":{{JsonSerializer.Serialize(Start.AddSeconds(frame.Second))}},"tracked_objects":[{{string.Join(',', frame.Places)}}]}""";

    private static Profile Profile(string sent, string where) => ProfileCatalog.Read("ways.yaml", $$"""
        id: ways
        version: 1
        vendor: sensor
        content: visitor_events
        container: { format: json, encoding: utf-8 }
        codes:
          object: { PERSON: person, "*": other }
          tag: { NO_TAG: customer, "*": staff }
        records: { each: live_data.frames.*.tracked_objects }
        tracks:
          sent: {{sent}}
        {{where}}
        record:
          device: { from: ^.^.sensor_info.serial_number, type: code }
          at: { from: ^.time, type: timestamp, formats: [iso] }
          track: { from: track_id, type: code, numeric: true }
          x: { from: position.0, type: decimal }
          y: { from: position.1, type: decimal }
          object: { from: type, type: code, map: object }
          staff: { from: attributes.tag, type: code, map: tag }
        store: { by: device }
        """.ReplaceLineEndings("\n"));
}
