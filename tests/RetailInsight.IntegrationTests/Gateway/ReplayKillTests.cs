using System.Globalization;
using System.Net.Http.Headers;
using Npgsql;
using Xunit.Abstractions;

namespace RetailInsight.IntegrationTests.Gateway;

/// <summary>
/// A gateway killed in the middle of a replay, and of its undo. RETAILINSIGHT_SOAK_KILLS and RETAILINSIGHT_SOAK_SEED ask for
/// more and other moments than the suite's.
/// </summary>
public sealed class ReplayKillTests(PostgresFixture postgres, ITestOutputHelper output) : IClassFixture<PostgresFixture>
{
    private const int Files = 30;
    private const int ReceiptsPerFile = 20;

    // Held corrections of sales that had landed before: their undo says the sales again.
    private const int Corrections = 10;

    private const string Before = "S001 11-01 10 10000";
    private const string After = "S001 11-01 600 60000";

    private static readonly int Kills = Setting("RETAILINSIGHT_SOAK_KILLS", 1);
    private readonly Random _random = new(Setting("RETAILINSIGHT_SOAK_SEED", 20261121));

    [Fact]
    public async Task A_replay_and_its_undo_outlive_the_gateway_and_do_everything_once()
    {
        await using var keeper = await GatewayHost.StartAsync(postgres, new() { ["Gateway:SweepEverySeconds"] = "3600" });
        var directory = keeper.Directory;
        await LandAsync(keeper, directory);
        var published = await new PublishedReceipts().ReadAsync(keeper);
        Assert.Equal(Before, published.Days());
        var replay = await DisturbedAsync(keeper, directory, "/v1/quarantine/replays", new { reason = "code_unknown" });
        Assert.Equal(After, (await published.ReadAsync(keeper)).Days());
        Assert.Equal(0, await keeper.CountAsync("SELECT count(*) FROM gateway.quarantine WHERE state = 'open'"));
        await AssertDoneAsync(keeper, replay, "recovered");
        Assert.Equal(Corrections + (Files * ReceiptsPerFile), await keeper.CountAsync("SELECT count(*) FROM gateway.identity WHERE NOT withdrawn"));
        Assert.Equal(Files * ReceiptsPerFile, await keeper.CountAsync($"SELECT sum(receipts)::bigint FROM gateway.replay_effect WHERE replay_id = {replay} AND effect IN ('recovered', 'superseding')"));

        var undo = await DisturbedAsync(keeper, directory, $"/v1/quarantine/replays/{replay}/undo", new { });
        Assert.Equal(Before, (await published.ReadAsync(keeper)).Days());
        Assert.Equal(Files * ReceiptsPerFile, await keeper.CountAsync("SELECT count(*) FROM gateway.quarantine WHERE state = 'open'"));
        await AssertDoneAsync(keeper, undo, "reopened");
        Assert.Equal(Corrections, await keeper.CountAsync("SELECT count(*) FROM gateway.identity WHERE NOT withdrawn"));
        Assert.Equal((Files * ReceiptsPerFile) - Corrections, await keeper.CountAsync($"SELECT sum(receipts)::bigint FROM gateway.replay_effect WHERE replay_id = {undo} AND effect = 'withdrawn'"));
        output.WriteLine($"{Kills} kills of the replay and of its undo, {Files} payloads: {After}, then {Before}");
    }

    private static Dictionary<string, string> Settings(string directory) => new()
    {
        ["Gateway__ProfilesDirectory"] = Path.Combine(directory, "profiles"),
        ["Gateway__CacheSeconds"] = "0",
    };

    private static async Task LandAsync(GatewayHost keeper, string directory)
    {
        Directory.CreateDirectory(Path.Combine(directory, "profiles"));
        await File.WriteAllTextAsync(Path.Combine(directory, "profiles", "vendor-a-fixed.v1.yaml"), ReplayHost.FixedProfile());
        var client = keeper.Acme;
        await client.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster());
        await client.LandAsync("vendor-a", VendorFiles.SalesCsv([.. Enumerable.Range(0, Corrections).Select(i => VendorFiles.Sale(Number(i, 0), 1_000))]));
        for (var file = 0; file < Files; file++)
        {
            await client.LandAsync("vendor-a", VendorFiles.SalesCsv([.. Enumerable.Range(0, ReceiptsPerFile).Select(i => VendorFiles.Sale(Number(file, i), 100, kind: "05"))]));
        }

        await keeper.FixProfileAsync();
    }

    private static string Number(int file, int receipt) => string.Create(CultureInfo.InvariantCulture, $"{file:000}{receipt:000}");

    /// <summary>
    /// Sets it going and kills the gateway while it works: each time at a payload of which the step can write nothing more,
    /// because this test holds a row of it. So the kill hits the step's open transaction.
    /// </summary>
    private async Task<long> DisturbedAsync(GatewayHost keeper, string directory, string path, object body)
    {
        long? id = null;
        for (var kill = 0; kill < Kills; kill++)
        {
            await using var connection = await keeper.Database.Owner.OpenConnectionAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            var place = (Files * (kill + 1) / (Kills + 1)) + _random.Next(-1, 2);
            await HoldAsync(connection, path.EndsWith("undo", StringComparison.Ordinal) ? Files - 1 - place : place);

            // It goes on as soon as it starts: the row is held before.
            await using var gateway = await GatewayProcess.StartAsync(keeper, directory, Settings(directory));
            using var asking = gateway.Client;
            asking.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", GatewayHost.Key("acme-operator"));
            var asked = id is null ? AskAsync(asking, path, body) : Task.CompletedTask;
            await GatewayHost.UntilAsync(async () => await keeper.CountAsync($"SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database() AND query LIKE '%gateway.quarantine%'") > 0);
            id ??= await keeper.CountAsync("SELECT max(id) FROM gateway.replay");
            var done = await keeper.CountAsync($"SELECT payloads_done::bigint FROM gateway.replay WHERE id = {id}");
            await Task.Delay(_random.Next(0, 50));
            gateway.Kill();
            await asked;
            output.WriteLine($"{path}: killed at payload {done} of {Files}");
            Assert.InRange(done, 1, Files - 1);
            await transaction.RollbackAsync();
        }

        await using var last = await GatewayProcess.StartAsync(keeper, directory, Settings(directory));
        await GatewayHost.UntilAsync(async () => await keeper.CountAsync($"SELECT count(*) FROM gateway.replay WHERE id = {id} AND state = 'done'") == 1);
        return id!.Value;
    }

    // Payloads are replayed in the order they were received, and undone in the other.
    private static async Task HoldAsync(NpgsqlConnection connection, int place)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT id FROM gateway.quarantine WHERE id = (
              SELECT q.id FROM gateway.quarantine q JOIN gateway.ingestion i ON i.id = q.ingestion_id WHERE q.ordinal = 1 ORDER BY i.received_at OFFSET $1 LIMIT 1)
            FOR NO KEY UPDATE
            """,
            connection);
        command.Parameters.Add(new() { Value = place });
        Assert.NotNull(await command.ExecuteScalarAsync());
    }

    // The answer does not come: the gateway dies over it.
    private static async Task AskAsync(HttpClient client, string path, object body)
    {
        try
        {
            await client.PostJsonAsync(path, body);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            Assert.NotNull(exception.Message);
        }
    }

    private static async Task AssertDoneAsync(GatewayHost keeper, long id, string outcome)
    {
        Assert.Equal(Files, await keeper.CountAsync($"SELECT payloads_done::bigint FROM gateway.replay WHERE id = {id} AND payloads_failed = 0 AND payloads = payloads_done"));
        var client = keeper.Operator;
        var view = await client.GetJsonAsync($"/v1/quarantine/replays/{id}");
        Assert.Equal(Files * ReceiptsPerFile, view.Outcome(outcome));
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
