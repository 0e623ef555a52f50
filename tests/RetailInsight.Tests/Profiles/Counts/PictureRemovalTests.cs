using System.Text;
using System.Text.Json;
using RetailInsight.Profiles;
using RetailInsight.Profiles.Counts;
using Xunit;

namespace RetailInsight.Tests.Profiles.Counts;

/// <summary>No picture a device sends reaches a disk, however it is written and whatever stands around it.</summary>
public sealed class PictureRemovalTests
{
    private static readonly byte[] Picture = [0xFF, 0xD8, 0xFF, 0xE0, .. Encoding.ASCII.GetBytes("canary-face"), .. Noise(3_000)];

    private static readonly Profile Json = Profile("json", "never_kept: [snapshot]\nrecords: { each: counts }");

    private static readonly Profile Xml = Profile("xml", "never_kept: [snapshot]\nrecords: { each: Counts/Count }");

    public static TheoryData<string, string> Payloads()
    {
        var base64 = Convert.ToBase64String(Picture);
        return new()
        {
            { "a member the profile names", $$"""{"snapshot":"{{base64}}","counts":[{"in":1}]}""" },
            { "a short one, and an object", """{"counts":[{"in":1}],"Snapshot":{"data":"/9j/4AAQ","canary":"canary-face"}}""" },
            { "a member nobody named", $$"""{"counts":[{"in":1,"pic":"{{base64}}"}]}""" },
            { "escaped slashes", $$"""{"pic":"{{base64.Replace("/", "\\/", StringComparison.Ordinal)}}","counts":[]}""" },
            { "folded lines", $$"""{"pic":"{{string.Join("\\r\\n", base64.Chunk(76).Select(line => new string(line)))}}","counts":[]}""" },
            { "no JSON at all", $"oops {{ snapshot: '{base64}' " },
            { "a data address", $$"""{"img":"data:image/jpeg;base64,{{base64}}"}""" },
            { "an element", $"<Counts><snapshot>{base64}</snapshot><Count in=\"1\"/></Counts>" },
            { "address-safe base64", $$"""{"pic":"{{base64.Replace('+', '-').Replace('/', '_')}}"}""" },
        };
    }

    [Theory]
    [MemberData(nameof(Payloads))]
    public void What_is_stored_has_no_picture_and_says_so(string shape, string payload)
    {
        Assert.NotNull(shape);
        var stored = PictureRemoval.Of(payload.StartsWith('<') ? Xml : Json, Encoding.UTF8.GetBytes(payload));
        var text = Encoding.UTF8.GetString(stored.Payload.Span);
        Assert.True(stored.Removed >= 1);
        Assert.Contains($"removed ", text, StringComparison.Ordinal);
        Assert.DoesNotContain("canary-face", text, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String(Picture)[8..40], text.Replace("\\/", "/", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String(Picture)[^40..^4], text, StringComparison.Ordinal);
        if (payload.EndsWith('}'))
        {
            JsonDocument.Parse(text).Dispose();
        }
    }

    [Fact]
    public void The_picture_of_a_form_with_parts_goes_and_its_counts_stay()
    {
        byte[] form =
        [
            .. Encoding.ASCII.GetBytes("--b\r\nContent-Type: application/xml\r\n\r\n<Count in=\"1\"/>\r\n--b\r\nContent-Type: image/jpeg\r\n\r\n"),
            .. Picture,
            .. Encoding.ASCII.GetBytes("\r\n--b--\r\n"),
        ];
        var stored = PictureRemoval.Of(Xml, form);
        var text = Encoding.Latin1.GetString(stored.Payload.Span);
        Assert.Equal(1, stored.Removed);
        Assert.Equal(Picture.Length, stored.RemovedBytes);
        Assert.Contains("<Count in=\"1\"/>", text, StringComparison.Ordinal);
        Assert.EndsWith("\r\n--b--\r\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Payloads_without_pictures_stay_as_they_are()
    {
        foreach (var sample in Directory.EnumerateFiles(ProfileFixtures.VendorsFolder, "*", SearchOption.AllDirectories).Where(path => path.Contains("samples", StringComparison.Ordinal) && !path.EndsWith(".zip", StringComparison.Ordinal)))
        {
            ReadOnlyMemory<byte> payload = File.ReadAllBytes(sample);
            var stored = PictureRemoval.Of(Json, payload);
            Assert.True(stored.Removed == 0 || Encoding.UTF8.GetString(payload.Span).Contains("snapshot", StringComparison.OrdinalIgnoreCase), sample);
        }
    }

    private static byte[] Noise(int bytes)
    {
        var noise = new byte[bytes];
        new Random(5).NextBytes(noise);
        return noise;
    }

    private static Profile Profile(string format, string more) => ProfileCatalog.Read("pictures.yaml", $$"""
        id: pictures
        version: 1
        vendor: pictures
        content: people_counts
        container: { format: {{format}}, encoding: utf-8 }
        {{more}}
        record:
          from: { from: from, type: timestamp, formats: [iso] }
          to: { from: to, type: timestamp, formats: [iso] }
          entered: { from: in, type: integer }
        store: { by: device }
        """.ReplaceLineEndings("\n"));
}
