using System.Text;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles;
using Xunit;

namespace RetailInsight.Tests.Profiles.Counts;

/// <summary>What single persons did is told apart, and who they are is not told.</summary>
public sealed class VisitorEventTests
{
    [Fact]
    public void Two_at_one_instant_are_two_and_one_sent_twice_is_one()
    {
        var (first, second, again) = (One("t-1"), One("t-2"), One("t-1"));
        Assert.NotEqual(first.EventId, second.EventId);
        Assert.Equal((first.EventId, ContentHash.Of(first)), (again.EventId, ContentHash.Of(again)));
    }

    [Fact]
    public void A_line_that_is_enrolled_the_other_way_round_turns_enter_and_exit_and_keeps_the_identity()
    {
        var (door, street) = (One("t-1"), One("t-1", line: "street"));
        Assert.Equal((VisitorEventKind.Enter, VisitorEventKind.Exit), (door.Kind, street.Kind));
        Assert.Equal(VisitorEventKind.PassBy, One("t-1", line: "street", kind: "pass_by").Kind);
    }

    [Fact]
    public void The_name_a_camera_gives_a_person_stands_nowhere_and_no_secret_means_no_person()
    {
        var named = One("t-1", person: "Taro");
        Assert.False(named.Person.IsNone);
        Assert.DoesNotContain("Taro", named.ToString(), StringComparison.Ordinal);
        Assert.True(One("t-1").Person.IsNone);
        var destroyed = Converter.Convert(ProfileFixtures.Catalog.Find("visitor-json")!, Payload("t-1", "door", "enter", "Taro"), ProfileFixtures.Context with { Persons = (_, _) => Id128.None }, CancellationToken.None);
        Assert.True(Assert.Single(destroyed.VisitorEvents).Record.Person.IsNone);
        Assert.NotEqual(named.Person, One("t-1", person: "Taro", at: "2026-12-01T09:00:00+09:00").Person);
    }

    [Fact]
    public void Persons_of_a_device_are_nobody_at_another_one()
    {
        const string Lines = """
            {"camera":"80:1F:12:D4:00:01","area":"door","event":1,"ts":1795132801000,"track_id":1,"person_id":5}
            {"camera":"80:1F:12:D4:00:01","area":"door","event":2,"ts":1795132802000,"track_id":2,"person_id":5}
            {"camera":"00408CAC0001","area":"till","event":5,"ts":1795132803000,"track_id":3,"person_id":5}
            """;
        var persons = ProfileFixtures.ConvertJson("visitor-ndjson", Lines.ReplaceLineEndings("\n")).VisitorEvents.Select(one => one.Record.Person).ToList();
        Assert.Equal(persons[0], persons[1]);
        Assert.NotEqual(persons[0], persons[2]);
    }

    [Theory]
    [InlineData("track: { from: track, type: code }", "", "'track' must be bound")]
    [InlineData("kind: { from: type, type: code, map: kind }", "kind: { from: type, type: code }", "'kind' must mean one of enter, exit, pass_by, stop, zone")]
    [InlineData("{ enter: enter,", "{ enter: withdrawn,", "'withdrawn' is none")]
    [InlineData("staff: { from: staff, type: flag, required: false }", "staff: { type: code, constant: crew }", "'staff' must mean one of staff, customer; 'crew' is none")]
    [InlineData("line: { from: line, type: code }", "line: { from: line, type: code, required: false }", "'line' cannot be left out")]
    [InlineData("format: json", "format: xml", "read from JSON and NDJSON")]
    [InlineData("drift: 60", "drift: 0", "whole minutes from 1 to 1440")]
    [InlineData("drift: 60", "persons: everybody", "'everybody' is not one of vendor, device")]
    [InlineData("store: { by: device }", "store: { by: device }\nidentity: [device, line, at, person]", "'person' is not one of store, device, line, kind, at, track")]
    public void A_profile_that_would_lose_or_mix_people_is_refused(string good, string bad, string complaint)
    {
        var yaml = File.ReadAllText(Path.Combine(ProfileFixtures.VendorsFolder, "visitor-json", "visitor-json.v1.yaml"));
        Assert.Contains(good, yaml, StringComparison.Ordinal);
        var refused = Assert.Throws<ProfileException>(() => ProfileCatalog.Read("v.yaml", yaml.Replace(good, bad, StringComparison.Ordinal)));
        Assert.Contains(complaint, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_clock_that_is_off_holds_the_event_as_it_was_sent()
    {
        var early = ProfileFixtures.Context with { ReceivedAt = new DateTimeOffset(2026, 11, 20, 7, 0, 0, TimeSpan.FromHours(9)) };
        var conversion = Converter.Convert(ProfileFixtures.Catalog.Find("visitor-json")!, Payload("t-1", "door", "enter", null), early, CancellationToken.None);
        Assert.Empty(conversion.VisitorEvents);
        Assert.Equal(RejectionReason.ClockDrift, Assert.Single(Assert.Single(conversion.Held).Rejections).Reason);
    }

    private static VisitorEvent One(string track, string line = "door", string kind = "enter", string? person = null, string at = "2026-11-20T09:00:00+09:00") =>
        Assert.Single(ProfileFixtures.Convert("visitor-json", Payload(track, line, kind, person, at)).VisitorEvents).Record;

    private static byte[] Payload(string track, string line, string kind, string? person, string at = "2026-11-20T09:00:00+09:00") => Encoding.UTF8.GetBytes(
        $$"""{"device":"80:1F:12:D4:00:01","events":[{"type":"{{kind}}","line":"{{line}}","at":"{{at}}","track":"{{track}}"{{(person is null ? "" : $",\"person\":\"{person}\"")}}}]}""");
}
