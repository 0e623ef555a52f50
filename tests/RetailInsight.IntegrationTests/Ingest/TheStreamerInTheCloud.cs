using System.Diagnostics;
using Google.Protobuf;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Core.Ports;
using RetailInsight.Core.Tenancy;
using RetailInsight.GoogleFakes;
using RetailInsight.GoogleFakes.Faults;
using RetailInsight.Ingest.Ledger;
using RetailInsight.Ingest.Streaming;
using RetailInsight.IntegrationTests.EndToEnd;
using RetailInsight.IntegrationTests.Etl;
using RetailInsight.Platform;

namespace RetailInsight.IntegrationTests.Ingest;

/// <summary>
/// The ingest service as a process over Pub/Sub, Cloud Storage and BigQuery, on bad days: in the end the warehouse has each
/// record of each published batch exactly once, and so has the ledger.
/// </summary>
public sealed class TheStreamerInTheCloud(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan UntilKilled = TimeSpan.FromMinutes(10);

    /// <summary>The requests that change something outside.</summary>
    private static readonly (string Method, string Path)[] DurableSteps = [("POST", "upload/storage"), ("POST", "/jobs"), ("POST", ":acknowledge")];

    private readonly string _directory = Directory.CreateTempSubdirectory("google-fakes-").FullName;
    private readonly Queue<EventBatch> _unsent = new(new SyntheticCompany(3).Batches().Select(batch => batch.Message));
    private readonly List<EventBatch> _sent = [];
    private FakeGoogle _google = null!;
    private TestDatabase _database = null!;
    private ServiceProvider _services = null!;

    public async Task InitializeAsync()
    {
        _google = await FakeGoogle.StartAsync(_directory);
        _database = await postgres.CreateDatabaseAsync();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(Settings()).Build();
        _services = new ServiceCollection().AddLogging().AddPlatform(configuration).BuildServiceProvider();
        await _services.GetRequiredService<IMessageBus>().EnsureSubscriptionAsync(
            Topics.EventBatches, Streamer.Subscription, new SubscriptionOptions(TimeSpan.FromSeconds(10), 100), default);
    }

    public async Task DisposeAsync()
    {
        _google.Faults.Clear();
        await _services.DisposeAsync();
        await _database.DisposeAsync();
        await _google.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Killed_before_and_after_every_durable_step()
    {
        foreach (var (method, path) in DurableSteps)
        {
            foreach (var (kind, skip) in ((FaultKind, int)[])[(FaultKind.Delay, 0), (FaultKind.DelayAnswer, 1)])
            {
                await KilledAtAsync(new Fault(kind, path, method, Skip: skip, Delay: UntilKilled));
            }
        }

        await using var last = Start();
        await UntilAllIsLoadedAsync(last);
        await AssertCountedOnceAsync();
    }

    [Fact]
    public async Task Two_streamers_share_the_work_and_meet_the_same_batches()
    {
        await using var one = Start();
        await using var two = Start();
        for (var round = 0; round < 4; round++)
        {
            // Published twice, so that both streamers may hold the same batch at the same time.
            await PublishAsync(8, copies: 2);
            await Task.Delay(200);
        }

        await UntilAllIsLoadedAsync(one);
        await AssertCountedOnceAsync();
    }

    [Theory]
    [InlineData("Refuse", "", "", 429, 8)]
    [InlineData("Refuse", "", "", 503, 8)]
    [InlineData("DropAfter", "", "/jobs", 0, 3)]
    [InlineData("DropAfter", "", "upload", 0, 3)]
    [InlineData("DropAfter", "", ":(pull|acknowledge|modifyAckDeadline)", 0, 2)]
    [InlineData("RefuseAfter", "", "/(jobs|queries)", 503, 3)]
    [InlineData("Truncate", "", "", 0, 8)]
    public async Task Faults_cost_time_only(string fault, string method, string path, int status, int times)
    {
        var kind = Enum.Parse<FaultKind>(fault);
        await PublishAsync(12);
        _google.Faults.Add(new Fault(kind, path, method, Times: times, Status: status, Reason: status == 429 ? "rateLimitExceeded" : "backendError", RetryAfterSeconds: status == 429 ? 1 : null));
        await using var streamer = Start();
        await UntilAllIsLoadedAsync(streamer);
        Assert.Contains(_google.Faults.Requests, request => request.Fault == kind);
        await AssertCountedOnceAsync();
    }

    [Fact]
    public async Task Without_network_for_a_while_nothing_is_lost()
    {
        await PublishAsync(6);
        await using var streamer = Start();
        await UntilAsync(() => Task.FromResult(_google.Faults.Requests.Any(request => request.Path.Contains("/jobs", StringComparison.Ordinal))), streamer);
        _google.Faults.Add(new Fault(FaultKind.Drop));
        await Task.Delay(TimeSpan.FromSeconds(8));
        _google.Faults.Clear();
        await PublishAsync(6);
        await UntilAllIsLoadedAsync(streamer);
        await AssertCountedOnceAsync();
    }

    private Dictionary<string, string?> Settings() => new(CloudSettings.For(_google))
    {
        ["Platform:Postgres:Host"] = _database.Options.Host,
        ["Platform:Postgres:Port"] = _database.Options.Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ["Platform:Postgres:Database"] = _database.Options.Database,
        ["Ingest:AckDeadline"] = "00:00:10",
        ["Ingest:MaxAttempts"] = "100",
        ["Ingest:MaxAge"] = "00:00:00.2",
        ["Ingest:IdleWait"] = "00:00:01",
    };

    private IngestProcess Start() => IngestProcess.Start(_database, Settings());

    private async Task KilledAtAsync(Fault fault)
    {
        _google.Faults.Clear();
        _google.Faults.Add(fault with { Times = 1 });
        await PublishAsync(2);
        await using var streamer = Start();
        var since = Stopwatch.StartNew();
        await UntilAsync(
            async () =>
            {
                // All that was published may go in one load; a later step then waits for something more.
                if (since.Elapsed > TimeSpan.FromSeconds(5) && _unsent.Count > 0)
                {
                    await PublishAsync(1);
                    since.Restart();
                }

                return _google.Faults.Requests.Any(request => request.Fault is not null);
            },
            streamer);
        await Task.Delay(100);
        await streamer.KillAsync();
        _google.Faults.Clear();
    }

    private async Task PublishAsync(int count, int copies = 1)
    {
        EventBatch[] batches = [.. Enumerable.Range(0, count).Select(_ => _unsent.Dequeue())];
        _sent.AddRange(batches);
        var messages = Enumerable.Repeat(batches, copies).SelectMany(copy => copy)
            .Select(batch => new BusMessage(batch.ToByteArray(), new Dictionary<string, string>()));
        await _services.GetRequiredService<IMessageBus>().PublishAsync(Topics.EventBatches, [.. messages], default);
    }

    private Task UntilAllIsLoadedAsync(IngestProcess streamer) => UntilAsync(
        async () =>
        {
            await using var command = _database.Job.CreateCommand("SELECT count(*) FROM ingest.loaded_batch");
            return (long)(await command.ExecuteScalarAsync())! == _sent.Count;
        },
        streamer);

    private static async Task UntilAsync(Func<Task<bool>> condition, IngestProcess streamer)
    {
        for (var watch = Stopwatch.StartNew(); !await condition();)
        {
            Assert.True(watch.Elapsed < Patience, $"It did not come to that. The streamer said:\n{streamer.Output}");
            await Task.Delay(100);
        }
    }

    private async Task AssertCountedOnceAsync()
    {
        var records = _sent.Sum(batch => LedgerEntry.Of(batch).Touched.Values.Sum());
        await using var command = _database.Job.CreateCommand("SELECT sum(rows)::bigint FROM ingest.partition");
        Assert.Equal(records, (long)(await command.ExecuteScalarAsync())!);
        Assert.Equal(
            records + _sent.Sum(batch => (long)batch.Lines.Transaction.Count),
            await RowsAsync("raw_pos_transaction") + await RowsAsync("raw_iot_count") + await RowsAsync("raw_pos_line"));
    }

    private async Task<long> RowsAsync(string table)
    {
        var query = new WarehouseQuery(
            $"SELECT CAST(COUNT(*) AS INT64) AS n FROM {table} WHERE tenant = @tenant",
            new Dictionary<string, object> { ["tenant"] = SyntheticCompany.Tenant },
            SyntheticCompany.Tenant);
        return (await _services.GetRequiredService<IWarehouse>().QueryAsync(query, default).SingleAsync())["n"].Int64At(0);
    }
}
