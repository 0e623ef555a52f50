using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using RetailInsight.Core.Ports;
using RetailInsight.Core.Tenancy;
using RetailInsight.GoogleFakes.Faults;
using RetailInsight.Ingest.Batches;
using RetailInsight.Ingest.Ledger;
using RetailInsight.Ingest.Streaming;
using RetailInsight.IntegrationTests.Etl;
using RetailInsight.Platform.Local.DuckDb;

namespace RetailInsight.IntegrationTests.PubSub;

/// <summary>The streamer between Pub/Sub and a local warehouse.</summary>
public sealed class TheStreamerOverPubSub(PostgresFixture postgres) : PubSubSteps, IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task Doubled_messages_lost_acknowledgements_and_refusals_change_nothing_in_the_warehouse()
    {
        var batches = new SyntheticCompany(3).Batches().Take(20).Select(batch => batch.Message).ToList();
        await using var database = await postgres.CreateDatabaseAsync();
        using var warehouse = new DuckDbWarehouse(
            new DuckDbWarehouseOptions { Path = ":memory:", MemoryLimit = "256MB" }, TimeProvider.System, NullLogger<DuckDbWarehouse>.Instance);
        var settings = Options.Create(new IngestOptions { MaxMessagesPerPull = 8, MaxAge = TimeSpan.FromMilliseconds(500) });
        using var streamer = new Streamer(
            Bus, warehouse, new MicroBatchLoader(warehouse, settings, Clock), new PartitionLedger(database.Job), settings, Clock, NullLogger<Streamer>.Instance);
        await Bus.EnsureSubscriptionAsync(Topics.EventBatches, Streamer.Subscription, new(TimeSpan.FromSeconds(60), 10), CancellationToken.None);
        Fake.PubSubFaults.Doubled = 5;
        Fake.PubSubFaults.LostAcks = 5;
        Faults.Add(new Fault(FaultKind.DropAfter, ":(pull|acknowledge)", Skip: 2, Times: 4));
        await Bus.PublishAsync(
            Topics.EventBatches,
            [.. batches.Concat(batches).Select(batch => new BusMessage(batch.ToByteArray(), new Dictionary<string, string>())), new(new byte[] { 0xff }, new Dictionary<string, string>())],
            CancellationToken.None);

        await streamer.StartAsync(CancellationToken.None);
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await ScalarAsync("SELECT count(*) FROM ingest.loaded_batch") < batches.Count)
        {
            await Task.Delay(50, timeout.Token);
        }

        while (await Bus.RedriveAsync(Streamer.Subscription, timeout.Token) == 0)
        {
            await Task.Delay(50, timeout.Token);
        }

        await streamer.StopAsync(CancellationToken.None);
        Assert.Equal(batches.Sum(batch => LedgerEntry.Of(batch).Touched.Values.Sum()), await ScalarAsync("SELECT sum(rows)::bigint FROM ingest.partition"));
        var lines = new WarehouseQuery(
            "SELECT CAST(COUNT(*) AS INT64) AS n FROM raw_pos_line WHERE tenant = @tenant",
            new Dictionary<string, object> { ["tenant"] = SyntheticCompany.Tenant },
            SyntheticCompany.Tenant);
        Assert.Equal(batches.Sum(batch => (long)batch.Lines.Transaction.Count), (await warehouse.QueryAsync(lines, CancellationToken.None).SingleAsync())["n"].Int64At(0));

        async Task<long> ScalarAsync(string sql)
        {
            await using var command = database.Job.CreateCommand(sql);
            return (long)(await command.ExecuteScalarAsync(CancellationToken.None))!;
        }
    }
}
