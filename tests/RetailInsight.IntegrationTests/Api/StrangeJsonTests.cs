using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit.Abstractions;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>JSON that is too deep, too wide, said twice, too large a number, half a character or in another encoding, at every address that takes JSON.</summary>
[Collection(ApiCollections.Hardening)]
public sealed class StrangeJsonTests(ApiHost host, ITestOutputHelper output) : OwnCompanyTests(host)
{
    private const string Made = @"^(tenancy\..*|api\.(app_user|annotation|alert_rule|webhook_endpoint|export|share_link|morning_sheet))$";
    private const int Depth = 100_000;

    // Below and above the largest body the API takes.
    private const int ManyMembers = 70_000;
    private const int TooManyMembers = 1_000_000;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task It_is_refused_at_once_wherever_it_stands_and_nothing_of_it_is_kept()
    {
        using var admin = await SignInAsync("administrator");
        var bodies = DocumentedBody.All(await admin.GetFromJsonAsync<JsonElement>("/openapi/v1.json")).Where(body => body.IsJson).ToList();
        Assert.True(bodies.Count > 15, $"{bodies.Count}");
        var before = await Database.DumpAsync(Made);
        var (tried, slowest, offenders) = (0, TimeSpan.Zero, new List<string>());
        foreach (var body in bodies)
        {
            foreach (var (kind, bytes) in Strange(body))
            {
                // Other work on the machine only ever makes it slower, so the quickest of three counts.
                var (answer, text, took) = await SendAsync(admin, body, bytes);
                for (var again = 0; again < 2 && took >= Soon; again++)
                {
                    (answer, text, took) = await SendAsync(admin, body, bytes);
                }

                tried++;
                slowest = took > slowest ? took : slowest;
                if (answer is not (400 or 413) || !text.Contains("\"code\":\"", StringComparison.Ordinal) || took >= Soon)
                {
                    offenders.Add($"{body.Id}, {kind}: {answer} after {took} {text[..Math.Min(300, text.Length)]}");
                }
            }
        }

        output.WriteLine($"{tried} bodies at {bodies.Count} addresses, the slowest {slowest.TotalMilliseconds:F0} ms");
        Assert.True(offenders.Count == 0, $"{offenders.Count} of {tried}:\n" + string.Join('\n', offenders.Take(60)));
        Assert.True(tried > 1_000, $"{tried}");
        Assert.Equal(before, await Database.DumpAsync(Made));
    }

    [Fact]
    public async Task A_byte_order_mark_before_a_right_body_is_no_part_of_what_is_read()
    {
        using var office = await SignInAsync("honbu");
        const string Right = """{"kind":"rain","from":"2026-11-14","to":"2026-11-14","visibility":"chain","text":"雨 with a mark"}""";
        var kept = new List<string>();
        foreach (var mark in new[] { false, true })
        {
            using var content = new ByteArrayContent([.. mark ? Encoding.UTF8.GetPreamble() : [], .. Encoding.UTF8.GetBytes(Right)]) { Headers = { ContentType = new("application/json") } };
            using var answer = await office.PostAsync("/v1/annotations", content);
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
            var made = await answer.Content.ReadFromJsonAsync<JsonObject>();
            made!.Remove("id");
            kept.Add(made.ToJsonString());
        }

        Assert.Contains("with a mark", kept[0], StringComparison.Ordinal);
        Assert.Equal(kept[0], kept[1]);
    }

    private static IEnumerable<(string Kind, byte[] Bytes)> Strange(DocumentedBody body)
    {
        var (place, first) = body.Places().First();
        var more = body.Text.Trim().Length > 2 ? "," : "";
        yield return ("a million members", Utf8(Wide(TooManyMembers)));
        yield return ("many members", Utf8(Wide(ManyMembers)));
        yield return ("deep lists", Utf8(first(new string('[', Depth) + new string(']', Depth))));
        yield return ("deep lists, cut off", Utf8(first(new string('[', Depth))));
        yield return ("deep objects", Utf8(string.Concat(Enumerable.Repeat("{\"a\":", Depth)) + "1" + new string('}', Depth)));
        yield return ("two documents", Utf8(body.Text + body.Text));
        yield return ("cut off", Utf8(body.Text[..^1]));
        yield return ("UTF-16", Encoding.Unicode.GetBytes(body.Text));
        yield return ("UTF-16 with its mark", [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(body.Text)]);
        yield return ("UTF-16, other end first", [.. Encoding.BigEndianUnicode.GetPreamble(), .. Encoding.BigEndianUnicode.GetBytes(body.Text)]);
        yield return ("UTF-32", [.. Encoding.UTF32.GetPreamble(), .. Encoding.UTF32.GetBytes(body.Text)]);
        yield return ("two marks", [.. Encoding.UTF8.GetPreamble(), .. Encoding.UTF8.GetPreamble(), .. Encoding.UTF8.GetBytes(body.Text)]);
        yield return ($"half a character in {place}, as bytes", Bytes(first, 0xED, 0xA0, 0x80));
        yield return ($"a character cut off in {place}", Bytes(first, 0xE6, 0xBC));
        yield return ($"a long form in {place}", Bytes(first, 0xC0, 0xAF));
        yield return ("half a character as a name", Utf8(body.Text[..^1] + more + "\"\\ud800\":1}"));
        foreach (var (name, value) in (JsonObject)JsonNode.Parse(body.Text)!)
        {
            var escaped = $"\\u{(int)name[0]:x4}{name[1..]}";
            yield return ($"{name} twice", Utf8($"{body.Text[..^1]},\"{name}\":{value?.ToJsonString() ?? "null"}}}"));
            yield return ($"{name} twice, once escaped", Utf8($"{body.Text[..^1]},\"{escaped}\":{value?.ToJsonString() ?? "null"}}}"));
        }

        foreach (var (where, with) in body.Places())
        {
            foreach (var value in new[] { "1e400", "-1e400", "NaN", "Infinity", "01", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"a\\ud83d\"", "\"\u0000\"", "\"\n\"", "'x'", "\"x\",", "/**/\"x\"" })
            {
                yield return ($"{value} in {where}", Utf8(with(value)));
            }
        }

        static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

        static byte[] Bytes(Func<string, string> with, params byte[] inside)
        {
            var parts = with("\"\u0001\"").Split('\u0001');
            return [.. Encoding.UTF8.GetBytes(parts[0]), .. inside, .. Encoding.UTF8.GetBytes(parts[1])];
        }

        static string Wide(int members)
        {
            var text = new StringBuilder("{", members * 12);
            for (var member = 0; member < members; member++)
            {
                text.Append(member == 0 ? "\"k" : ",\"k").Append(member).Append("\":0");
            }

            return text.Append('}').ToString();
        }
    }

    private static async Task<(int Status, string Text, TimeSpan Took)> SendAsync(HttpClient client, DocumentedBody body, byte[] bytes)
    {
        using var request = body.Request("");
        request.Content = new ByteArrayContent(bytes) { Headers = { ContentType = new(body.MediaType) } };

        // The server says no to what is too large before it is sent.
        request.Headers.ExpectContinue = bytes.Length > 1 << 20;
        var clock = Stopwatch.StartNew();
        using var answer = await client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType == "application/problem+json" ? text : "no problem: " + text.Replace("\"code\"", "code", StringComparison.Ordinal), clock.Elapsed);
    }
}
