using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace RetailInsight.Bench.Landing;

/// <summary>What a load generator is to do.</summary>
/// <param name="Address">The gateway.</param>
/// <param name="Keys">API keys; connections take turns.</param>
/// <param name="Connections">Connections kept open.</param>
/// <param name="Rate">Requests a second over all connections; 0 for as many as are answered.</param>
/// <param name="Seconds">How long after warming up.</param>
/// <param name="WarmUpSeconds">How long before counting.</param>
/// <param name="RespondAsync">Whether to ask for the acknowledgement alone: 202 instead of 200 with verdicts.</param>
/// <param name="Reports">Reports of devices a payload holds; 0 for a file of a register.</param>
internal sealed record LoadPlan(Uri Address, string[] Keys, int Connections, int Rate, double Seconds, double WarmUpSeconds, bool RespondAsync, int Reports = 0);

/// <summary>What came of it.</summary>
/// <param name="Answered">Requests answered as expected (200 or 202) while counting.</param>
/// <param name="Failed">Requests answered with anything else, or not at all.</param>
/// <param name="PerSecond">Answered a second.</param>
/// <param name="MedianMilliseconds">From when a request was due until its answer was read.</param>
/// <param name="P99Milliseconds">Likewise.</param>
/// <param name="ProcessorSeconds">What the generator itself used.</param>
internal sealed record LoadResult(long Answered, long Failed, double PerSecond, double MedianMilliseconds, double P99Milliseconds, double ProcessorSeconds);

/// <summary>
/// Posts payloads over plain sockets, one request at a time on each connection. With a rate, a request that waits for its
/// connection counts from when it was due: a slow answer does not hide the ones behind it.
/// </summary>
internal sealed class LoadGenerator(LoadPlan plan, LoadPayload payload)
{
    private const string Counting = "counting";
    private readonly List<double> _latencies = [];
    private readonly Lock _lock = new();
    private int _next;
    private long _failed;

    /// <summary>Runs in this process.</summary>
    public async Task<LoadResult> RunAsync()
    {
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var start = Stopwatch.GetTimestamp();
        var counting = TellWhenCountingAsync();
        await Task.WhenAll(Enumerable.Range(0, plan.Connections).Select(connection => Task.Run(() => DriveAsync(connection, start))));
        await counting;
        _latencies.Sort();
        double At(double part) => _latencies.Count == 0 ? 0 : _latencies[(int)((_latencies.Count - 1) * part)];
        return new LoadResult(
            _latencies.Count, _failed, _latencies.Count / plan.Seconds, At(0.5), At(0.99), (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds);
    }

    /// <summary>Runs a plan in a process of its own.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="counting">Called when warming up is over.</param>
    public static async Task<LoadResult> StartAsync(LoadPlan plan, Action? counting = null)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(LoadGenerator).Assembly.Location, "load"]) { RedirectStandardOutput = true, RedirectStandardInput = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("The load generator did not start.");
        await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(plan));
        process.StandardInput.Close();
        if (await process.StandardOutput.ReadLineAsync() == Counting)
        {
            counting?.Invoke();
        }

        var answer = await process.StandardOutput.ReadToEndAsync();
        return JsonSerializer.Deserialize<LoadResult>(answer) ?? throw new InvalidOperationException("The load generator gave no result.");
    }

    private async Task TellWhenCountingAsync()
    {
        await Task.Delay(TimeSpan.FromSeconds(plan.WarmUpSeconds));
        await Console.Out.WriteLineAsync(Counting);
        await Console.Out.FlushAsync();
    }

    private async Task DriveAsync(int connection, long start)
    {
        var from = start + Ticks(plan.WarmUpSeconds);
        var until = from + Ticks(plan.Seconds);
        var between = plan.Rate == 0 ? 0 : Ticks((double)plan.Connections / plan.Rate);
        var due = start + (between * connection / plan.Connections);
        var measured = new List<double>();
        using var exchange = new Exchange(plan, plan.Keys[connection % plan.Keys.Length], payload);
        while (Stopwatch.GetTimestamp() < until)
        {
            var now = Stopwatch.GetTimestamp();
            if (due > now)
            {
                await Task.Delay(Stopwatch.GetElapsedTime(now, due));
            }
            else if (now < from)
            {
                // What a cold gateway could not keep up with is not carried into the time that counts.
                due = now;
            }

            var began = plan.Rate == 0 ? Stopwatch.GetTimestamp() : due;
            due += between;
            if (!await exchange.PostAsync(Interlocked.Increment(ref _next)))
            {
                Interlocked.Increment(ref _failed);
            }
            else if (Stopwatch.GetTimestamp() >= from)
            {
                measured.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }
        }

        lock (_lock)
        {
            _latencies.AddRange(measured);
        }
    }

    private static long Ticks(double seconds) => (long)(seconds * Stopwatch.Frequency);

    /// <summary>One kept-alive connection.</summary>
    private sealed class Exchange : IDisposable
    {
        private static readonly byte[] HeadEnd = "\r\n\r\n"u8.ToArray();
        private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        private readonly LoadPayload _payload;
        private readonly byte[] _request;
        private readonly int _head;
        private readonly byte[] _answer = new byte[64 * 1024];

        private readonly byte[] _expected;

        public Exchange(LoadPlan plan, string key, LoadPayload payload)
        {
            var address = plan.Address;
            _payload = payload;
            _expected = plan.RespondAsync ? "202"u8.ToArray() : "200"u8.ToArray();
            var head = Encoding.ASCII.GetBytes(FormattableString.Invariant(
                $"POST {payload.Path} HTTP/1.1\r\nHost: {address.Authority}\r\nAuthorization: Bearer {key}\r\nContent-Type: {payload.ContentType}\r\nContent-Length: {payload.Length}\r\n{(plan.RespondAsync ? "Prefer: respond-async\r\n" : "")}\r\n"));
            _head = head.Length;
            _request = new byte[head.Length + payload.Length];
            head.CopyTo(_request, 0);
            _socket.Connect(new IPEndPoint(IPAddress.Parse(address.Host), address.Port));
        }

        public async Task<bool> PostAsync(int number)
        {
            _payload.Write(number, _request.AsSpan(_head));
            await _socket.SendAsync(_request);
            var filled = 0;
            while (true)
            {
                var read = await _socket.ReceiveAsync(_answer.AsMemory(filled));
                if (read == 0)
                {
                    throw new IOException("The gateway closed the connection.");
                }

                filled += read;
                var end = _answer.AsSpan(0, filled).IndexOf(HeadEnd);
                if (end >= 0 && filled >= end + HeadEnd.Length + BodyLength(_answer.AsSpan(0, end)))
                {
                    return _answer.AsSpan(9, 3).SequenceEqual(_expected);
                }
            }
        }

        public void Dispose() => _socket.Dispose();

        private static int BodyLength(ReadOnlySpan<byte> head)
        {
            var at = head.IndexOf("Content-Length: "u8);
            return at < 0 || !System.Buffers.Text.Utf8Parser.TryParse(head[(at + 16)..], out int length, out _)
                ? throw new InvalidDataException("The answer states no length: " + Encoding.ASCII.GetString(head))
                : length;
        }
    }
}
