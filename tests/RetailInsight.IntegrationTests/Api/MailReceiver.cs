using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>A mail server on this machine that keeps what it is handed. It speaks as much of RFC 5321 as a client needs to deliver.</summary>
internal sealed class MailReceiver : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TcpListener _listener;
    private readonly Task _accepting;

    private MailReceiver(int port)
    {
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public ConcurrentQueue<ReceivedMail> Received { get; } = [];

    /// <summary>The answer to a recipient: 250 takes it.</summary>
    public Func<string, string> AnswerTo { get; set; } = _ => "250 fine";

    /// <summary>The answer after the whole mail; null breaks the connection off without a word.</summary>
    public Func<ReceivedMail, string?> AnswerAfter { get; set; } = _ => "250 taken";

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Settings of an API that sends through it.</summary>
    public Dictionary<string, string?> Settings => SettingsOf(Port);

    public static MailReceiver Start(int port = 0) => new(port);

    public static Dictionary<string, string?> SettingsOf(int port) => new()
    {
        ["Api:Mail:Host"] = "127.0.0.1",
        ["Api:Mail:Port"] = port.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ["Api:Mail:Tls"] = "None",
        ["Api:Mail:From"] = "insight@retail.example",
        ["Api:Mail:FromName"] = "小売インサイト",
        ["Api:Mail:Poll"] = "00:00:00.1",
        ["Api:Mail:FirstPause"] = "00:00:00.2",
        ["Api:Mail:PagesAddress"] = "https://retail.example",
    };

    /// <summary>Waits until as many have come, at most 20 s.</summary>
    public async Task<IReadOnlyList<ReceivedMail>> WaitAsync(int count)
    {
        for (var wait = 0; wait < 400 && Received.Count < count; wait++)
        {
            await Task.Delay(50);
        }

        Assert.True(Received.Count >= count, $"{Received.Count} of {count} mails came.");
        return [.. Received];
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var talks = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                talks.Add(TalkAsync(client));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(talks);
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        using var closing = client;
        try
        {
            await using var stream = client.GetStream();
            using var reader = new StreamReader(stream, Encoding.Latin1);
            Task SayAsync(string line) => stream.WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n"), _stop.Token).AsTask();
            var (sender, recipients) = ("", new List<string>());
            await SayAsync("220 receiver.example ESMTP");
            while (await reader.ReadLineAsync(_stop.Token) is { } line)
            {
                var verb = line.Split(' ', ':')[0].ToUpperInvariant();
                switch (verb)
                {
                    case "EHLO":
                        await SayAsync("250-receiver.example\r\n250 8BITMIME");
                        break;
                    case "MAIL":
                        (sender, recipients) = (line, []);
                        await SayAsync("250 fine");
                        break;
                    case "RCPT":
                        var answer = AnswerTo(Between(line));
                        if (answer.StartsWith('2'))
                        {
                            recipients.Add(Between(line));
                        }

                        await SayAsync(answer);
                        break;
                    case "DATA":
                        await SayAsync("354 go on");
                        var mail = new ReceivedMail(Between(sender), recipients, await DataAsync(reader));
                        var verdict = AnswerAfter(mail);
                        if (verdict is null)
                        {
                            return;
                        }

                        if (verdict.StartsWith('2'))
                        {
                            Received.Enqueue(mail);
                        }

                        await SayAsync(verdict);
                        break;
                    case "QUIT":
                        await SayAsync("221 bye");
                        return;
                    default:
                        await SayAsync("502 what?");
                        break;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or SocketException)
        {
            // The client or the test is gone.
            return;
        }
    }

    private async Task<string> DataAsync(StreamReader reader)
    {
        var text = new StringBuilder();
        while (await reader.ReadLineAsync(_stop.Token) is { } line && line != ".")
        {
            text.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
        }

        return text.ToString();
    }

    private static string Between(string line) => line[(line.IndexOf('<', StringComparison.Ordinal) + 1)..line.IndexOf('>', StringComparison.Ordinal)];
}

/// <summary>A mail as it came over the wire.</summary>
internal sealed partial record ReceivedMail(string Sender, IReadOnlyList<string> Recipients, string Raw)
{
    public string Subject => Header(Raw, "Subject")!;

    public string Text => Encoding.UTF8.GetString(Parts().First(part => part.Type.StartsWith("text/plain", StringComparison.Ordinal)).Content);

    public string Html => Encoding.UTF8.GetString(Parts().First(part => part.Type.StartsWith("text/html", StringComparison.Ordinal)).Content);

    /// <summary>A header of the mail, unfolded and decoded; null when there is none.</summary>
    public string? Header(string name) => Header(Raw, name);

    /// <summary>Every part that is no multipart, decoded.</summary>
    public IReadOnlyList<(string Type, string Head, byte[] Content)> Parts() => [.. Parts(Raw)];

    private static IEnumerable<(string Type, string Head, byte[] Content)> Parts(string entity)
    {
        var end = entity.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var (head, body) = (entity[..(end + 2)], entity[(end + 4)..]);
        var type = Header(head, "Content-Type") ?? "text/plain";
        if (Boundary().Match(type) is { Success: true } boundary)
        {
            return body.Split("--" + boundary.Groups[1].Value).Skip(1).SkipLast(1).SelectMany(part => Parts(part[2..]));
        }

        Assert.Equal("base64", Header(head, "Content-Transfer-Encoding"));
        return [(type, head, Convert.FromBase64String(body))];
    }

    private static string? Header(string head, string name)
    {
        head = head[..(head.IndexOf("\r\n\r\n", StringComparison.Ordinal) is var end and >= 0 ? end + 2 : head.Length)];
        var found = Regex.Matches(head, $@"^{name}: ?((?:.*?\r\n)(?:[ \t].*?\r\n)*)", RegexOptions.Multiline | RegexOptions.IgnoreCase);
        Assert.True(found.Count <= 1, $"{name} is there {found.Count} times.");
        return found.Count == 0 ? null : Word().Replace(found[0].Groups[1].Value.Replace("\r\n", "", StringComparison.Ordinal), Decoded).Trim();
    }

    private static string Decoded(Match word) => Encoding.UTF8.GetString(string.Equals(word.Groups[1].Value, "B", StringComparison.OrdinalIgnoreCase)
        ? Convert.FromBase64String(word.Groups[2].Value)
        : Encoding.Latin1.GetBytes(Regex.Replace(word.Groups[2].Value.Replace('_', ' '), "=([0-9A-F]{2})", hex => ((char)Convert.ToInt32(hex.Groups[1].Value, 16)).ToString())));

    [GeneratedRegex(@"=\?utf-8\?(B|Q)\?([^?]*)\?=(?:\s+(?==\?))?", RegexOptions.IgnoreCase)]
    private static partial Regex Word();

    [GeneratedRegex(@"^multipart/.*boundary=""?([^"";\s]+)""?", RegexOptions.IgnoreCase)]
    private static partial Regex Boundary();
}
