using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using Xunit.Abstractions;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>Callers that send a byte a second, so as to hold a connection each for as long as they like.</summary>
[Collection(ApiCollections.Hardening)]
public sealed class SlowClientTests(ApiHost host, ITestOutputHelper output)
{
    // The API gives headers 20 s and the server looks once a second; the rest is for a machine with other work.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(45);

    [Fact]
    public async Task Two_hundred_of_them_are_hung_up_on_within_half_a_minute_and_others_get_their_answers_meanwhile()
    {
        await using var app = await ApiHost.StartAsync(host.Database, []);
        var address = ApiHost.AddressOf(app);
        using var office = ApiHost.Client(address);
        office.Timeout = TimeSpan.FromSeconds(5);
        var signedIn = await office.PostAsJsonAsync("/v1/session", new { login = "honbu", password = Company.Password });
        var cookie = signedIn.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        string Body(string path, string type, string length = "Content-Length: 100000") => $"POST {path} HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\nContent-Type: {type}\r\n{length}\r\n\r\n";
        (string Kind, int Count, string Head, string Each)[] kinds =
        [
            ("headers", 60, "GET /v1/stores HTTP/1.1\r\nHost: x\r\nX-Slow: ", "a"),
            ("headers without end", 20, "GET / HTTP/1.1\r\nHost: x\r\n", "A:\r\n"),
            ("sign-in", 20, "POST /v1/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{", " "),
            ("annotation", 20, Body("/v1/annotations", "application/json") + "{", " "),
            ("question", 20, Body("/v1/metrics/query", "application/json", "Transfer-Encoding: chunked") + "1\r\n{\r\n", "1\r\n \r\n"),
            ("staff hours", 20, Body("/v1/staff-hours", "text/csv"), "s"),
            ("form", 20, Body("/notes", "application/x-www-form-urlencoded"), "a"),
            ("body nobody wants", 20, "POST /v1/annotations HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{", " "),
        ];
        Assert.Equal(200, kinds.Sum(kind => kind.Count));
        var trickling = kinds.SelectMany(kind => Enumerable.Range(0, kind.Count).Select(_ => TrickleAsync(address, kind.Kind, kind.Head, kind.Each))).ToList();
        var all = Task.WhenAll(trickling);
        var answered = 0;
        while (!all.IsCompleted)
        {
            Assert.Equal(HttpStatusCode.OK, (await office.GetAsync("/v1/stores")).StatusCode);

            // A connection of its own, which has to be taken while the others are held.
            using var stranger = ApiHost.Client(address);
            stranger.Timeout = TimeSpan.FromSeconds(5);
            Assert.Equal(HttpStatusCode.OK, (await stranger.GetAsync("/healthz")).StatusCode);
            answered++;
            await Task.WhenAny(all, Task.Delay(TimeSpan.FromSeconds(2)));
        }

        var ends = await all;
        foreach (var kind in ends.GroupBy(end => end.Kind))
        {
            output.WriteLine($"{kind.Key}: {kind.Count()} after {kind.Min(end => end.After).TotalSeconds:F1} to {kind.Max(end => end.After).TotalSeconds:F1} s: {string.Join(" | ", kind.Select(end => end.Answer.Split("\r\n")[0]).Distinct())}");
        }

        Assert.True(answered >= 5, $"{answered}");
        Assert.All(ends, end =>
        {
            Assert.True(end.After < Longest, $"{end.Kind}: {end.After}");
            Assert.StartsWith(end.Kind == "body nobody wants" ? "HTTP/1.1 401 " : "HTTP/1.1 408 ", end.Answer, StringComparison.Ordinal);
            Assert.DoesNotMatch("   at |Kestrel|Exception", end.Answer);
        });

        // What reached the application says why as every refusal does.
        Assert.All(ends.Where(end => end.Kind is "sign-in" or "annotation" or "question" or "staff hours"), end => Assert.Contains("\"code\":\"too-slow\"", end.Answer, StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, (await office.GetAsync("/v1/stores")).StatusCode);
    }

    private static async Task<(string Kind, string Answer, TimeSpan After)> TrickleAsync(Uri address, string kind, string head, string each)
    {
        using var socket = new TcpClient { NoDelay = true };
        await socket.ConnectAsync(address.Host, address.Port);
        var stream = socket.GetStream();
        var clock = Stopwatch.StartNew();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head));
        using var deadline = new CancellationTokenSource(Longest);
        var reading = ReadAsync(stream, deadline.Token);
        var more = Encoding.ASCII.GetBytes(each);
        while (!reading.IsCompleted)
        {
            await Task.WhenAny(reading, Task.Delay(TimeSpan.FromSeconds(1)));
            try
            {
                await stream.WriteAsync(more);
            }
            catch (IOException)
            {
                break;
            }
        }

        return (kind, await reading, clock.Elapsed);
    }

    // Until the server closes, gently or not.
    private static async Task<string> ReadAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var (text, buffer) = (new StringBuilder(), new byte[4096]);
        try
        {
            while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var read)
            {
                text.Append(Encoding.UTF8.GetString(buffer, 0, read));
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // What was read until then is judged, and so is the time.
        }

        return text.ToString();
    }
}
