using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Core.Ports;
using RetailInsight.Core.Tenancy;
using RetailInsight.Ingest.Batches;
using RetailInsight.Ingest.Ledger;
using RetailInsight.Ingest.Streaming;
using RetailInsight.IntegrationTests.Etl;
using RetailInsight.Platform.Local.DuckDb;
using RetailInsight.Platform.Local.PostgresBus;

namespace RetailInsight.IntegrationTests.Ingest;

public sealed class NothingIsLostOrCountedTwice(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime, IDisposable
{
    private readonly IReadOnlyList<EventBatch> _batches = [.. new SyntheticCompany(3).Batches().Take(20).Select(batch => batch.Message)];
    private readonly DuckDbWarehouse _duckDb = new(
        new DuckDbWarehouseOptions { Path = ":memory:", MemoryLimit = "256MB" }, TimeProvider.System, NullLogger<DuckDbWarehouse>.Instance);

    private TestDatabase _database = null!;
    private ForgetfulBus _bus = null!;

    public async Task InitializeAsync()
    {
        _database = await postgres.CreateDatabaseAsync();
        _bus = new ForgetfulBus(new PostgresMessageBus(_database.Job, TimeProvider.System));
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    public void Dispose() => _duckDb.Dispose();

    [Fact]
    public async Task Every_record_reaches_warehouse_and_ledger_once()
    {
        await StreamAsync(new FaultyWarehouse(_duckDb));

        await AssertCountedOnceAsync(_batches);
    }

    [Fact]
    public async Task Messages_published_twice_and_acknowledgements_lost_change_nothing()
    {
        _bus.LostAcks = 3;

        await StreamAsync(new FaultyWarehouse(_duckDb), [.. _batches, .. _batches]);

        Assert.True(_bus.MostAttempts > 1);
        await AssertCountedOnceAsync(_batches);
    }

    [Fact]
    public async Task A_batch_the_warehouse_has_and_the_ledger_has_not_is_completed()
    {
        await _duckDb.EnsureAsync(RawTables.All, RawTables.Views, CancellationToken.None);
        await _duckDb.LoadAsync([EventBatchRows.Of(_batches[0])], CancellationToken.None);

        await StreamAsync(new FaultyWarehouse(_duckDb));

        await AssertCountedOnceAsync(_batches);
    }

    [Fact]
    public async Task A_load_that_commits_and_then_fails_to_say_so_is_not_repeated()
    {
        await StreamAsync(new FaultyWarehouse(_duckDb) { FailuresAfterCommit = 2 });

        await AssertCountedOnceAsync(_batches);
    }

    [Fact]
    public async Task An_outage_of_the_warehouse_uses_up_no_delivery()
    {
        var warehouse = new FaultyWarehouse(_duckDb) { Outage = 100 };

        await StreamAsync(warehouse);

        Assert.Equal(0, warehouse.Outage);
        Assert.Equal(1, _bus.MostAttempts);
        await AssertCountedOnceAsync(_batches);
    }

    [Fact]
    public async Task A_warehouse_that_is_to_be_loaded_rarely_costs_no_delivery_however_long_gathering_takes()
    {
        var warehouse = new FaultyWarehouse(_duckDb) { Rest = TimeSpan.FromSeconds(3) };

        await StreamAsync(warehouse, ackDeadline: TimeSpan.FromSeconds(1));

        Assert.Equal(1, _bus.MostAttempts);
        Assert.InRange(warehouse.Loads, 1, 3);
        await AssertCountedOnceAsync(_batches);
    }

    [Fact]
    public async Task A_warehouse_that_takes_no_load_for_a_while_is_not_asked_by_halves_and_uses_up_no_delivery()
    {
        var warehouse = new FaultyWarehouse(_duckDb) { Holds = 5, Rest = TimeSpan.FromSeconds(1) };

        await StreamAsync(warehouse, holdFor: TimeSpan.Zero);

        Assert.Equal(0, warehouse.Holds);
        Assert.Equal(1, _bus.MostAttempts);
        Assert.InRange(warehouse.Loads, 6, 9);
        await AssertCountedOnceAsync(_batches);
    }

    [Fact]
    public async Task A_message_that_is_no_batch_goes_to_the_dead_letter_with_the_reason_and_the_others_go_on()
    {
        var broken = _batches[0].Clone();
        broken.BatchId = new string('e', 32);
        broken.Strings.Clear();

        await StreamAsync(new FaultyWarehouse(_duckDb), _batches, [[0xff], broken.ToByteArray()]);

        var reasons = await ReasonsAsync();
        Assert.Equal(2, reasons.Count);
        Assert.Contains(reasons, reason => reason.Contains("not a protobuf EventBatch", StringComparison.Ordinal));
        Assert.Contains(reasons, reason => reason.Contains("strings[0]", StringComparison.Ordinal));
        await AssertCountedOnceAsync(_batches);
    }

    [Fact]
    public async Task A_batch_the_warehouse_can_never_take_is_found_among_the_others()
    {
        await StreamAsync(new FaultyWarehouse(_duckDb) { Refused = _batches[7].BatchId });

        Assert.Equal(["refused"], await ReasonsAsync());
        await AssertCountedOnceAsync([.. _batches.Where(batch => batch != _batches[7])]);
    }

    [Fact]
    public async Task Bundles_are_counted_batch_by_batch()
    {
        byte[][] bundles = [.. _batches.Chunk(5).Select(Bundle)];

        await StreamAsync(new FaultyWarehouse(_duckDb), [_batches[3]], [.. bundles, bundles[1]]);

        Assert.Empty(await ReasonsAsync());
        await AssertCountedOnceAsync(_batches);
    }

    [Fact]
    public async Task A_bundle_with_a_batch_that_cannot_be_loaded_goes_to_the_dead_letter_once_the_others_are_loaded()
    {
        var broken = _batches[0].Clone();
        broken.BatchId = new string('e', 32);
        broken.Strings.Clear();
        byte[][] bundles = [Bundle([_batches[0], broken, _batches[1]]), Bundle([_batches[7], _batches[8]])];

        await StreamAsync(new FaultyWarehouse(_duckDb) { Refused = _batches[7].BatchId }, [.. _batches.Except([_batches[0], _batches[1], _batches[7], _batches[8]])], bundles);

        Assert.Equal([$"Batch '{broken.BatchId}' of 3: strings[0] is not the empty string.", "refused"], await ReasonsAsync());
        await AssertCountedOnceAsync([.. _batches.Where(batch => batch != _batches[7])]);
    }

    private static byte[] Bundle(EventBatch[] batches) => EventBundle.Pack([.. batches.Select(batch => (ReadOnlyMemory<byte>)batch.ToByteArray())]);

    private Task StreamAsync(IWarehouse warehouse, IReadOnlyList<EventBatch>? batches = null, params byte[][] others) =>
        StreamAsync(warehouse, batches ?? _batches, others, new IngestOptions().AckDeadline, new IngestOptions().HoldFor);

    private Task StreamAsync(IWarehouse warehouse, TimeSpan? ackDeadline = null, TimeSpan? holdFor = null) =>
        StreamAsync(warehouse, _batches, [], ackDeadline ?? new IngestOptions().AckDeadline, holdFor ?? new IngestOptions().HoldFor);

    private async Task StreamAsync(IWarehouse warehouse, IReadOnlyList<EventBatch> batches, byte[][] others, TimeSpan ackDeadline, TimeSpan holdFor)
    {
        var settings = Options.Create(new IngestOptions
        {
            MaxMessagesPerPull = 8,
            MaxAge = TimeSpan.FromMilliseconds(50),
            RetryDelay = TimeSpan.FromMilliseconds(10),
            MaxRetryDelay = TimeSpan.FromMilliseconds(20),
            AckDeadline = ackDeadline,
            HoldFor = holdFor,
        });
        using var streamer = new Streamer(
            _bus,
            warehouse,
            new MicroBatchLoader(warehouse, settings, TimeProvider.System),
            new PartitionLedger(_database.Job),
            settings,
            TimeProvider.System,
            NullLogger<Streamer>.Instance);
        var messages = others.Concat(batches.Select(batch => batch.ToByteArray()));
        await _bus.EnsureSubscriptionAsync(
            Topics.EventBatches, Streamer.Subscription, new SubscriptionOptions(ackDeadline, 10), CancellationToken.None);
        await _bus.PublishAsync(Topics.EventBatches, [.. messages.Select(data => new BusMessage(data, new Dictionary<string, string>()))], CancellationToken.None);
        await streamer.StartAsync(CancellationToken.None);
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await ScalarAsync("SELECT count(*) FROM bus.delivery") > 0)
        {
            await Task.Delay(20, timeout.Token);
        }

        await streamer.StopAsync(CancellationToken.None);
    }

    private async Task<long> ScalarAsync(string sql)
    {
        await using var command = _database.Job.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private async Task<List<string>> ReasonsAsync()
    {
        await using var command = _database.Job.CreateCommand("SELECT reason FROM bus.dead_letter ORDER BY message_id");
        await using var reader = await command.ExecuteReaderAsync();
        var reasons = new List<string>();
        while (await reader.ReadAsync())
        {
            reasons.Add(reader.GetString(0));
        }

        return reasons;
    }

    /// <summary>The ledger says of each partition what the batches say, and the warehouse has exactly those rows.</summary>
    private async Task AssertCountedOnceAsync(IReadOnlyList<EventBatch> batches)
    {
        var expected = batches.SelectMany(batch => LedgerEntry.Of(batch).Touched).GroupBy(part => part.Key)
            .ToDictionary(parts => parts.Key, parts => parts.Sum(part => part.Value));
        var ledger = new Dictionary<PartitionKey, long>();
        await using var command = _database.Job.CreateCommand("SELECT tenant, store, business_date, dataset, rows FROM ingest.partition");
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            ledger.Add(new PartitionKey(reader.GetString(0), reader.GetString(1), reader.GetFieldValue<DateOnly>(2), reader.GetString(3)), reader.GetInt64(4));
        }

        Assert.Equal(expected.OrderBy(part => part.ToString()), ledger.OrderBy(part => part.ToString()));
        var lines = batches.Sum(batch => (long)batch.Lines.Transaction.Count);
        Assert.Equal(expected.Values.Sum() + lines, await RowsAsync("raw_pos_transaction") + await RowsAsync("raw_iot_count") + await RowsAsync("raw_pos_line"));
    }

    private async Task<long> RowsAsync(string table)
    {
        var query = new WarehouseQuery(
            $"SELECT CAST(COUNT(*) AS INT64) AS n FROM {table} WHERE tenant = @tenant",
            new Dictionary<string, object> { ["tenant"] = SyntheticCompany.Tenant },
            SyntheticCompany.Tenant);
        return (await _duckDb.QueryAsync(query, CancellationToken.None).SingleAsync())["n"].Int64At(0);
    }

    /// <summary>The real warehouse with the faults of a bad day in front of it.</summary>
    private sealed class FaultyWarehouse(IWarehouse warehouse) : IWarehouse
    {
        public int Outage { get; set; }

        public int FailuresAfterCommit { get; set; }

        public string? Refused { get; init; }

        public int Holds { get; set; }

        public int Loads { get; private set; }

        public TimeSpan Rest { get; init; } = warehouse.LoadInterval;

        public TimeSpan LoadInterval => Rest;

        public Task EnsureAsync(IReadOnlyList<TableSpec> tables, IReadOnlyList<ViewSpec> views, CancellationToken cancellationToken) =>
            warehouse.EnsureAsync(tables, views, cancellationToken);

        public async Task<IReadOnlySet<string>> LoadAsync(IReadOnlyList<WarehouseBatch> batches, CancellationToken cancellationToken)
        {
            Loads++;
            if (Holds > 0)
            {
                Holds--;
                throw new WarehouseHeldException("Its budget is used up.", TimeSpan.FromMilliseconds(50));
            }

            if (Outage > 0)
            {
                Outage--;
                throw new IOException("The warehouse is away.");
            }

            if (batches.Any(batch => batch.BatchId == Refused))
            {
                throw new WarehouseDataException("refused");
            }

            var before = await warehouse.LoadAsync(batches, cancellationToken);
            if (FailuresAfterCommit > 0)
            {
                FailuresAfterCommit--;
                throw new TimeoutException("No answer.");
            }

            return before;
        }

        public IAsyncEnumerable<RowBlock> QueryAsync(WarehouseQuery query, CancellationToken cancellationToken) => warehouse.QueryAsync(query, cancellationToken);

        public Task<QueryCost> EstimateAsync(WarehouseQuery query, CancellationToken cancellationToken) => warehouse.EstimateAsync(query, cancellationToken);

        public Task<long> ReplacePartitionAsync(
            TableSpec table, IReadOnlyDictionary<string, object> partition, WarehouseQuery select, CancellationToken cancellationToken) =>
            warehouse.ReplacePartitionAsync(table, partition, select, cancellationToken);
    }
}
