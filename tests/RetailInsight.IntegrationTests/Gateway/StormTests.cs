using System.Globalization;
using System.Net;
using Xunit.Abstractions;

namespace RetailInsight.IntegrationTests.Gateway;

/// <summary>
/// Many clients push the same receipts and their corrections at once, in any order and more than once.
/// RETAILINSIGHT_SOAK_ROUNDS, _RECEIPTS and _SEED ask for more than the suite does.
/// </summary>
public sealed class StormTests(PostgresFixture postgres, ITestOutputHelper output) : IClassFixture<PostgresFixture>
{
    private const int Clients = 8;

    private static readonly int Rounds = Setting("RETAILINSIGHT_SOAK_ROUNDS", 1);
    private static readonly int Receipts = Setting("RETAILINSIGHT_SOAK_RECEIPTS", 1_000);
    private static readonly int Seed = Setting("RETAILINSIGHT_SOAK_SEED", 20261121);

    [Fact]
    public async Task Whatever_the_order_of_arrival_the_last_corrections_count()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var versions = CorrectedReceipts.Of(Receipts, Seed + round);
            var serial = await PushedAsync(gateway => SerialAsync(gateway, versions));
            var parallel = await PushedAsync(gateway => StormAsync(gateway, versions, Seed + round));
            Assert.Equal(Receipts, serial.State.Split('\n').Length);
            Assert.Equal(serial.State, parallel.State);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"round {round + 1}, seed {Seed + round}: {versions.Count} versions of {Receipts} receipts; {parallel.Figures}; state {Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(parallel.State)))[..16]} as pushed in order"));
        }
    }

    // In a gateway of its own: what is on the bus at the end, and what became of the payloads.
    private async Task<(string State, string Figures)> PushedAsync(Func<GatewayHost, Task> push)
    {
        await using var gateway = await GatewayHost.StartAsync(postgres);
        await gateway.AddShippedFeedsAsync();
        await push(gateway);
        await GatewayHost.UntilAsync(async () => await gateway.CountAsync("SELECT count(*) FROM gateway.ingestion WHERE state = 'landed'") == 0);
        Assert.Equal(0, await gateway.CountAsync("SELECT count(*) FROM gateway.ingestion WHERE state <> 'converted' OR rows_read <> accepted + duplicate + superseding OR last_error IS NOT NULL"));
        var batches = await gateway.PublishedAsync();
        var figures = new List<string> { $"{await gateway.CountAsync("SELECT count(*) FROM gateway.ingestion")} payloads" };
        foreach (var verdict in (string[])["accepted", "superseding", "duplicate"])
        {
            figures.Add($"{await gateway.CountAsync($"SELECT sum({verdict})::bigint FROM gateway.ingestion")} rows {verdict}");
        }

        return (CanonicalState.Of(batches), string.Join(", ", figures));
    }

    private static async Task SerialAsync(GatewayHost gateway, List<ReceiptVersion> versions)
    {
        foreach (var payload in Payloads(versions.OrderBy(one => one.Version), new Random(0), blanks: 0))
        {
            await gateway.Acme.LandAsync(payload.Feed, payload.Body);
        }
    }

    private static Task StormAsync(GatewayHost gateway, List<ReceiptVersion> versions, int seed) =>
        Task.WhenAll(Enumerable.Range(1, Clients).Select(client => Task.Run(async () =>
        {
            var random = new Random((seed * Clients) + client);
            var mine = versions.Concat(versions.Where(_ => random.Next(6) == 0)).ToArray();
            random.Shuffle(mine);
            var http = gateway.Acme;
            foreach (var (feed, body) in Payloads(mine, random, client))
            {
                var packed = random.Next(4) == 0;
                using var response = await http.PushAsync(feed, packed ? VendorFiles.Gzip(body) : body, packed ? "gzip" : null, prefer: random.Next(3) == 0 ? "respond-async" : null);
                var answer = await response.JsonAsync();
                Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.Accepted, answer.ToString());
            }
        })));

    // Receipts wait for others of their feed until the payload has the size it is to have.
    private static IEnumerable<(string Feed, byte[] Body)> Payloads(IEnumerable<ReceiptVersion> versions, Random random, int blanks)
    {
        var waiting = new Dictionary<string, (List<ReceiptVersion> Receipts, int Size)>();
        foreach (var version in versions)
        {
            if (!waiting.TryGetValue(version.Feed, out var open))
            {
                waiting[version.Feed] = open = ([], random.Next(1, CorrectedReceipts.MostInPayload(version.Feed) + 1));
            }

            open.Receipts.Add(version);
            if (open.Receipts.Count == open.Size)
            {
                waiting.Remove(version.Feed);
                yield return (version.Feed, CorrectedReceipts.Payload(open.Receipts, blanks));
            }
        }

        foreach (var (feed, open) in waiting)
        {
            yield return (feed, CorrectedReceipts.Payload(open.Receipts, blanks));
        }
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
