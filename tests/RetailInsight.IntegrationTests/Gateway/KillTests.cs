using System.Globalization;
using System.Net;
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
                var outcome = await keeper.TextAsync(
                    $"SELECT coalesce((SELECT concat_ws(' ', state, rows_read, accepted, CASE WHEN accepted <> rows_read THEN answer END) FROM gateway.ingestion WHERE id = '{id}'), 'not in the ledger')");
                Assert.True(outcome == string.Create(CultureInfo.InvariantCulture, $"converted {rows} {rows}"), $"{id} of {rows} rows: {outcome}");
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
            _from = _from.AddMinutes(15 * rows);
            return (VendorFiles.People([.. Enumerable.Range(0, rows).Select(interval => from.AddMinutes(15 * interval))]), rows);
        }
    }
}
