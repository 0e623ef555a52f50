using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using RetailInsight.Gateway;
using Xunit.Abstractions;

namespace RetailInsight.IntegrationTests.Gateway;

/// <summary>
/// The gateway as its own process, killed without warning at random moments under load. RETAILINSIGHT_SOAK_KILLS and
/// RETAILINSIGHT_SOAK_SEED ask for more and other moments than the suite's.
/// </summary>
public sealed class KillTests(PostgresFixture postgres, ITestOutputHelper output) : IClassFixture<PostgresFixture>
{
    private const int Senders = 4;
    private static readonly int Kills = Setting("RETAILINSIGHT_SOAK_KILLS", 3);
    private static readonly int Seed = Setting("RETAILINSIGHT_SOAK_SEED", 20261121);

    [Fact]
    public async Task What_was_acknowledged_before_a_kill_is_converted_exactly_once()
    {
        // Seeds the database and makes the subscription; the traffic goes to the processes.
        await using var keeper = await GatewayHost.StartAsync(postgres, new() { ["Gateway:SweepEverySeconds"] = "3600" });
        var directory = Directory.CreateTempSubdirectory("gateway-killed-");
        try
        {
            var registers = new Registers(Seed);
            for (var kill = 1; kill <= Kills; kill++)
            {
                await using var gateway = await GatewayProcess.StartAsync(keeper, directory.FullName);
                var pause = TimeSpan.FromMilliseconds(registers.Next(5, 700));
                var before = registers.Answers;
                var senders = Enumerable.Range(0, Senders).Select(_ => Task.Run(() => registers.SendAsync(gateway.Client, endless: true))).ToList();
                await GatewayHost.UntilAsync(() => Task.FromResult(registers.Answers > before));
                await Task.Delay(pause);
                gateway.Kill();
                await Task.WhenAll(senders);
                output.WriteLine($"kill {kill} after {pause.TotalMilliseconds:0} ms: {registers.Acknowledged.Count} payloads acknowledged so far");
            }

            await using var last = await GatewayProcess.StartAsync(keeper, directory.FullName);
            await Task.WhenAll(Enumerable.Range(0, Senders).Select(_ => registers.SendAsync(last.Client, endless: false)));
            await GatewayHost.UntilAsync(async () => await keeper.CountAsync("SELECT count(*) FROM gateway.ingestion WHERE state = 'landed'") == 0);
            foreach (var (id, rows) in registers.Acknowledged)
            {
                Assert.Equal(
                    1,
                    await keeper.CountAsync($"SELECT count(*) FROM gateway.ingestion WHERE id = '{id}' AND state = 'converted' AND rows_read = {rows} AND accepted = {rows}"));
            }

            Assert.Equal(registers.Acknowledged.Count, await keeper.CountAsync("SELECT count(*) FROM gateway.ingestion"));

            // The relay may have published a batch twice; its id says so.
            var batches = (await keeper.PublishedAsync()).DistinctBy(batch => batch.BatchId).ToList();
            var rowsOnTheBus = batches.Sum(batch => batch.PeopleCounts.Store.Count);
            Assert.Equal(registers.Acknowledged.Values.Sum(), rowsOnTheBus);
            Assert.Equal(rowsOnTheBus, await keeper.CountAsync("SELECT count(*) FROM gateway.identity"));
            output.WriteLine($"seed {Seed}, {Kills} kills: {registers.Acknowledged.Count} payloads acknowledged, none lost; {rowsOnTheBus} rows on the bus, none twice");
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : otherwise;

    /// <summary>
    /// Senders that repeat what was not answered, as registers do. Most payloads are small, some too large for a segment,
    /// some too large to be converted in the request; half of them are content with the acknowledgement, and some that
    /// were acknowledged are sent again.
    /// </summary>
    private sealed class Registers(int seed)
    {
        private readonly Random _random = new(seed);
        private readonly Queue<(byte[] Body, int Rows)> _waiting = new();
        private readonly List<(byte[] Body, int Rows)> _sent = [];
        private DateTime _from = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Unspecified);

        /// <summary>Requests answered so far.</summary>
        public int Answers { get; private set; }

        /// <summary>Rows of each acknowledged payload by receipt id.</summary>
        public Dictionary<string, int> Acknowledged { get; } = [];

        public int Next(int from, int to)
        {
            lock (_waiting)
            {
                return _random.Next(from, to);
            }
        }

        /// <summary>Sends until the gateway is gone or, unless endless, nothing is left to be repeated.</summary>
        public async Task SendAsync(HttpClient client, bool endless)
        {
            while (Take(endless) is { } payload)
            {
                try
                {
                    using var response = await client.PushAsync("people-counter", payload.Body, prefer: Next(0, 2) == 0 ? "respond-async" : null);
                    var receipt = await response.JsonAsync();
                    Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.Accepted, receipt.ToString());
                    lock (_waiting)
                    {
                        Answers++;
                        Acknowledged[receipt.Text("receipt_id")] = payload.Rows;
                        _sent.Add(payload);
                    }
                }
                catch (Exception exception) when (exception is HttpRequestException or IOException)
                {
                    lock (_waiting)
                    {
                        _waiting.Enqueue(payload);
                    }

                    if (endless)
                    {
                        return;
                    }
                }
            }
        }

        private (byte[] Body, int Rows)? Take(bool endless)
        {
            lock (_waiting)
            {
                if (_waiting.TryDequeue(out var waiting))
                {
                    return waiting;
                }

                return !endless ? null : _sent.Count > 0 && _random.Next(20) == 0 ? _sent[_random.Next(_sent.Count)] : Fresh();
            }
        }

        private (byte[] Body, int Rows) Fresh()
        {
            var rows = _random.Next(60) switch { 0 => 12_000, < 4 => 1_000, _ => _random.Next(1, 8) };
            var from = _from;
            _from = _from.AddMinutes(rows);
            return (VendorFiles.People([.. Enumerable.Range(0, rows).Select(minute => from.AddMinutes(minute))]), rows);
        }
    }

    private sealed class GatewayProcess : IAsyncDisposable
    {
        private readonly Process _process;

        private GatewayProcess(Process process, HttpClient client)
        {
            _process = process;
            Client = client;
        }

        public HttpClient Client { get; }

        public static async Task<GatewayProcess> StartAsync(GatewayHost keeper, string directory)
        {
            var address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort()}");
            var start = new ProcessStartInfo("dotnet", [typeof(GatewayService).Assembly.Location, "--urls", address])
            {
                WorkingDirectory = directory,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            foreach (var (name, value) in GatewayHost.Settings(keeper.Database, directory))
            {
                start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
            }

            start.Environment["Gateway__SweepAfterSeconds"] = "1";
            start.Environment["Gateway__SweepEverySeconds"] = "1";
            var process = Process.Start(start)!;
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            var client = new HttpClient { BaseAddress = new Uri(address) };
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", GatewayHost.Key("acme"));
            await GatewayHost.UntilAsync(async () =>
            {
                Assert.False(process.HasExited, "The gateway did not start.");
                try
                {
                    using var ready = await client.GetAsync(new Uri("/readyz", UriKind.Relative));
                    return ready.IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            });
            return new GatewayProcess(process, client);
        }

        public void Kill() => _process.Kill();

        public async ValueTask DisposeAsync()
        {
            if (!_process.HasExited)
            {
                _process.Kill();
            }

            await _process.WaitForExitAsync();
            _process.Dispose();
            Client.Dispose();
        }

        private static int FreePort()
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }
    }
}
