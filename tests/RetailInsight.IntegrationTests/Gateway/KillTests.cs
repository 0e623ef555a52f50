using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using RetailInsight.Gateway;

namespace RetailInsight.IntegrationTests.Gateway;

/// <summary>The gateway as its own process, killed without warning under load.</summary>
public sealed class KillTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const int Files = 60;
    private const int ReceiptsPerFile = 5;

    [Fact]
    public async Task What_was_acknowledged_before_a_kill_is_converted_exactly_once()
    {
        // Seeds the database and makes the subscription; the traffic goes to the processes.
        await using var keeper = await GatewayHost.StartAsync(postgres, new() { ["Gateway:SweepEverySeconds"] = "3600" });
        var directory = Directory.CreateTempSubdirectory("gateway-killed-");
        try
        {
            var acknowledged = new List<string>();
            var bodies = new Queue<byte[]>(Enumerable.Range(1, Files).Select(Body));
            for (var kill = 0; bodies.Count > 0; kill++)
            {
                await using var gateway = await GatewayProcess.StartAsync(keeper, directory.FullName);
                await PushUntilKilledAsync(gateway, bodies, acknowledged, killAfter: kill < 3 ? 5 + (7 * kill) : int.MaxValue);
            }

            await using var last = await GatewayProcess.StartAsync(keeper, directory.FullName);
            await GatewayHost.UntilAsync(async () => await keeper.CountAsync("SELECT count(*) FROM gateway.ingestion WHERE state = 'landed'") == 0);
            Assert.Equal(Files, acknowledged.Distinct().Count());
            foreach (var id in acknowledged)
            {
                Assert.Equal(
                    1,
                    await keeper.CountAsync($"SELECT count(*) FROM gateway.ingestion WHERE id = '{id}' AND state = 'converted' AND rows_read = {ReceiptsPerFile}"));
            }

            Assert.Equal(Files * ReceiptsPerFile, await keeper.CountAsync("SELECT sum(accepted) FROM gateway.ingestion"));
            Assert.Equal(0, await keeper.CountAsync("SELECT sum(duplicate + superseding + quarantined) FROM gateway.ingestion"));

            // The relay may have published a batch twice; its id says so.
            var batches = (await keeper.PublishedAsync()).DistinctBy(batch => batch.BatchId).ToList();
            Assert.Equal(Files * ReceiptsPerFile, batches.Sum(batch => batch.PeopleCounts.Store.Count));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static byte[] Body(int file) => VendorFiles.People(
        [.. Enumerable.Range(0, ReceiptsPerFile).Select(i => new DateTime(2026, 11, 1).AddMinutes(15 * ((file * ReceiptsPerFile) + i)))]);

    /// <summary>Four senders that repeat what was not answered, as a register does.</summary>
    private static async Task PushUntilKilledAsync(GatewayProcess gateway, Queue<byte[]> bodies, List<string> acknowledged, int killAfter)
    {
        var (asked, answered) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            while (true)
            {
                byte[]? body;
                lock (bodies)
                {
                    if (!bodies.TryDequeue(out body))
                    {
                        return;
                    }
                }

                try
                {
                    // Every other one is content with the acknowledgement.
                    var acknowledgeOnly = Interlocked.Increment(ref asked) % 2 == 0;
                    using var response = await gateway.Client.PushAsync("people-counter", body, prefer: acknowledgeOnly ? "respond-async" : null);
                    var receipt = await response.JsonAsync();
                    Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.Accepted, receipt.ToString());
                    lock (bodies)
                    {
                        acknowledged.Add(receipt.Text("receipt_id"));
                    }

                    if (Interlocked.Increment(ref answered) == killAfter)
                    {
                        gateway.Kill();
                    }
                }
                catch (Exception exception) when (exception is HttpRequestException or IOException)
                {
                    lock (bodies)
                    {
                        bodies.Enqueue(body);
                    }

                    return;
                }
            }
        }));
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
