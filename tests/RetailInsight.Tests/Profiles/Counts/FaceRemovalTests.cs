using System.Globalization;
using System.Text;
using System.Text.Json;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles;
using RetailInsight.Profiles.Counts;
using Xunit;

namespace RetailInsight.Tests.Profiles.Counts;

/// <summary>Nothing of a face that a camera sends is stored, and no record it came with is used.</summary>
public sealed class FaceRemovalTests
{
    private const string Door = "80:1F:12:D4:00:01";

    private static readonly string Vector = string.Join(',', Enumerable.Range(0, 128).Select(i => (0.001 * ((i * 7919 % 2_000) - 1_000)).ToString("0.000", CultureInfo.InvariantCulture)));
    private static readonly string Spaced = string.Join(" ", Vector.Split(','));
    private static readonly string Template = Convert.ToBase64String([.. Enumerable.Range(0, 60).Select(i => (byte)(i * 37 % 256))]);

    public static TheoryData<string, string> Members() => new()
    {
        { "a vector by name", $"\"embedding\":[{Vector}]" },
        { "a vector under any name", $"\"x17\":[ {Vector.Replace(",", " ,\n ", StringComparison.Ordinal)} ]" },
        { "whole numbers", $"\"q\":[{string.Join(',', Enumerable.Range(-64, 128))}]" },
        { "in a text", $"\"v\":\"{Spaced}\"" },
        { "an array in a text", $"\"v\":\"[{Vector}]\"" },
        { "a matrix", $"\"m\":[[{Vector}],[{Vector}]]" },
        { "a template", $"\"face_template\":\"{Template}\"" },
        { "an object named face", "\"Face\":{\"box\":[1,2,3,4],\"age\":\"thirty-one\"}" },
        { "numbers written as texts", $"\"v\":[\"{Vector.Replace(",", "\",\"", StringComparison.Ordinal)}\"]" },
        { "numbers beside their places", $"\"v\":{{{string.Join(',', Vector.Split(',').Select((number, i) => $"\"{i}\":{number}"))}}}" },
        { "a short template", "\"face_feature\":\"canary17\"" },
        { "a picture nobody expects", $"\"thumb\":\"{Convert.ToBase64String(Enumerable.Range(0, 900).Select(i => (byte)(i * 31 % 251)).ToArray())}\"" },
        { "deep inside", $"\"a\":{{\"b\":[{{\"reid-feature\":[{Vector}]}}]}}" },
    };

    [Theory]
    [MemberData(nameof(Members))]
    public void What_is_stored_has_nothing_of_it_and_only_its_record_is_held(string how, string member)
    {
        Assert.NotNull(how);
        var payload = $$"""{"device":"{{Door}}","events":[{{Event("t-1")}},{{Event("t-2")[..^1]}},{{member}}},{{Event("t-3")}}]}""";
        var profile = ProfileFixtures.Catalog.Find("visitor-json")!;
        var stored = PictureRemoval.Of(profile, Encoding.UTF8.GetBytes(payload));
        var text = Encoding.UTF8.GetString(stored.Payload.Span);
        JsonDocument.Parse(text).Dispose();
        Assert.True(stored.Removed >= 1);
        Assert.DoesNotContain("0.013", text, StringComparison.Ordinal);
        Assert.DoesNotContain("-64,-63", text, StringComparison.Ordinal);
        Assert.DoesNotContain(Template[..20], text, StringComparison.Ordinal);
        Assert.DoesNotContain("thirty-one", text, StringComparison.Ordinal);
        Assert.DoesNotContain("canary17", text, StringComparison.Ordinal);

        var conversion = ProfileFixtures.Convert("visitor-json", stored.Payload.ToArray());
        ProfileFixtures.AssertRowsBalance(conversion);
        Assert.Equal([1, 3], conversion.VisitorEvents.Select(one => one.Record.Source.Row));
        var held = Assert.Single(conversion.Held);
        Assert.Equal([2], held.SourceRows);
        Assert.Equal(RejectionReason.FaceData, Assert.Single(held.Rejections).Reason);

        // Sent again without it, it is the same event.
        var again = ProfileFixtures.ConvertJson("visitor-json", $$"""{"device":"{{Door}}","events":[{{Event("t-2")}}]}""");
        Assert.Equal(held.EventId, Assert.Single(again.VisitorEvents).Record.EventId);
    }

    [Fact]
    public void A_picture_the_profile_expects_goes_and_its_event_counts()
    {
        var payload = $$"""{"device":"{{Door}}","events":[{{Event("t-1")[..^1]}},"snapshot":"{{Convert.ToBase64String(new byte[900])}}"}]}""";
        var stored = PictureRemoval.Of(ProfileFixtures.Catalog.Find("visitor-json")!, Encoding.UTF8.GetBytes(payload));
        Assert.Equal(1, stored.Removed);
        Assert.Single(ProfileFixtures.Convert("visitor-json", stored.Payload.ToArray()).VisitorEvents);
    }

    [Fact]
    public void A_face_that_belongs_to_no_record_holds_them_all()
    {
        var payload = $$"""{"device":"{{Door}}","faces":[{"id":1}],"events":[{{Event("t-1")}},{{Event("t-2")}}]}""";
        var stored = PictureRemoval.Of(ProfileFixtures.Catalog.Find("visitor-json")!, Encoding.UTF8.GetBytes(payload));
        var conversion = ProfileFixtures.Convert("visitor-json", stored.Payload.ToArray());
        Assert.Empty(conversion.VisitorEvents);
        Assert.All(conversion.Held, held => Assert.Equal(RejectionReason.FaceData, held.Rejections[0].Reason));
        Assert.Equal(2, conversion.Held.Count);
    }

    [Fact]
    public void A_count_with_a_face_is_held_too_and_other_numbers_of_counters_stay()
    {
        const string Count = """{"line":"door","from":"2026-11-20T09:00:00+09:00","to":"2026-11-20T09:15:00+09:00","in":12""";
        var minutes = string.Join(',', Enumerable.Range(1, 60));
        var payload = $$"""{"device":"{{Door}}","intervals":[{{Count}},"by_minute":[{{minutes}}]},{{Count.Replace("09:15", "09:16", StringComparison.Ordinal)}},"face":[{"score":0.9}]}]}""";
        var stored = PictureRemoval.Of(ProfileFixtures.Catalog.Find("counter-json")!, Encoding.UTF8.GetBytes(payload));
        Assert.Equal(1, stored.Removed);
        Assert.Contains(minutes, Encoding.UTF8.GetString(stored.Payload.Span), StringComparison.Ordinal);
        var conversion = ProfileFixtures.Convert("counter-json", stored.Payload.ToArray());
        Assert.Equal(1, Assert.Single(conversion.PeopleCounts).Record.Source.Row);
        Assert.Equal(RejectionReason.FaceData, Assert.Single(Assert.Single(conversion.Held).Rejections).Reason);
    }

    [Theory]
    [InlineData("not JSON: {{ embedding: [")]
    [InlineData("{\"events\":[{\"x\":[")]
    [InlineData("{\"events\":[{\"x\":\"")]
    public void It_goes_from_what_cannot_be_read_as_well(string before)
    {
        var stored = PictureRemoval.Of(ProfileFixtures.Catalog.Find("visitor-json")!, Encoding.UTF8.GetBytes(before + Vector));
        Assert.Equal(1, stored.Removed);
        Assert.DoesNotContain("0.013", Encoding.UTF8.GetString(stored.Payload.Span), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_face_stays()
    {
        var payload = $$"""{"device":"{{Door}}","events":[{{Event("t-1")[..^1]}},"faces":true,"face_id":17,"facets":["a"],"way":[[1,2],[3,4],[5,6]],"ten":[1,2,3,4,5,6,7,8,9,10],"face":"f-17","open":["{{string.Join("\",\"", Enumerable.Range(0, 40).Select(i => $"{i % 24:00}:15"))}}"]}]}""";
        var bytes = Encoding.UTF8.GetBytes(payload);
        Assert.Equal(0, PictureRemoval.Of(ProfileFixtures.Catalog.Find("visitor-json")!, bytes).Removed);
        Assert.Single(ProfileFixtures.Convert("visitor-json", bytes).VisitorEvents);
    }

    private static string Event(string track) => $$"""{"type":"enter","line":"door","at":"2026-11-20T09:00:00+09:00","track":"{{track}}","person":"p-1"}""";
}
