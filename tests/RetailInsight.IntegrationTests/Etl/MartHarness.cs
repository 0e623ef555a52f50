using System.Globalization;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Core.Ports;
using RetailInsight.Core.Tenancy;
using RetailInsight.Etl.Datamart;
using RetailInsight.Etl.Models;
using RetailInsight.Etl.Stores;
using RetailInsight.Ingest.Batches;
using RetailInsight.Ingest.Ledger;
using RetailInsight.Platform.Local.DuckDb;

namespace RetailInsight.IntegrationTests.Etl;

/// <summary>A company's data from batches to datamart: real warehouse, real PostgreSQL.</summary>
internal sealed class MartHarness : IAsyncDisposable
{
    private readonly ModelCatalogue _catalogue = ModelCatalogue.Load();
    private long _lease;

    private MartHarness(TestDatabase database)
    {
        Database = database;
        Publisher = new DatamartPublisher(database.Job);
        Runner = new ModelRunner(_catalogue, Warehouse);
        StoreMaster = new StoreMasterLoader(database.Job, Warehouse, TimeProvider.System);
    }

    public TestDatabase Database { get; }

    public DuckDbWarehouse Warehouse { get; } = new(
        new DuckDbWarehouseOptions { Path = ":memory:", MemoryLimit = "512MB" }, TimeProvider.System, NullLogger<DuckDbWarehouse>.Instance);

    public DatamartPublisher Publisher { get; }

    public ModelRunner Runner { get; }

    public StoreMasterLoader StoreMaster { get; }

    public static Task<MartHarness> StartAsync(PostgresFixture postgres, SyntheticCompany company) => StartAsync(postgres, company.Stores);

    public static async Task<MartHarness> StartAsync(PostgresFixture postgres, IReadOnlyList<SyntheticStore> stores)
    {
        var harness = new MartHarness(await postgres.CreateDatabaseAsync());
        await harness.Warehouse.EnsureAsync(RawTables.All, RawTables.Views, CancellationToken.None);
        await harness.AsOwnerAsync($"INSERT INTO tenancy.tenant VALUES ('{SyntheticCompany.Tenant}', 'S', 'JPY', 'Asia/Tokyo')");
        foreach (var store in stores)
        {
            await harness.AsOwnerAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"""
                INSERT INTO tenancy.store (tenant, store, name, time_zone, opens_minute, closes_minute, door_lines)
                VALUES ('{SyntheticCompany.Tenant}', '{store.Code}', '{store.Code}', 'Asia/Tokyo', {store.Opens}, {store.Closes}, {store.DoorLines})
                """));
        }

        await harness.StoreMaster.SnapshotAsync(SyntheticCompany.Tenant, CancellationToken.None);
        return harness;
    }

    public async Task LoadAsync(IEnumerable<EventBatch> batches)
    {
        var parsed = batches.SelectMany(batch => EventBatchShape.Parse(batch.ToByteArray()).Batches).ToList();
        await Warehouse.LoadAsync([.. parsed.Select(EventBatchRows.Of)], CancellationToken.None);
        await new PartitionLedger(Database.Job).RecordAsync([.. parsed.Select(LedgerEntry.Of)], CancellationToken.None);
    }

    /// <summary>Computes and publishes exactly the partitions the ledger says have changed, of some models or of all.</summary>
    public async Task ComputeChangesAsync(params string[] models)
    {
        await using var connection = await Database.Job.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var changes = await PartitionChanges.TakeAsync(connection, transaction, 100_000, CancellationToken.None);
        foreach (var day in changes.GroupBy(change => change.Key.BusinessDate))
        {
            foreach (var model in _catalogue.Published.Where(model => models.Length == 0 || models.Contains(model.Name)))
            {
                string[] stores = [.. day.Select(change => change.Key.Store).Distinct()];
                var run = Runner.Run(model.Name, new ModelPartition(SyntheticCompany.Tenant, day.Key, stores));
                var staged = await Publisher.StageAsync(run, ++_lease, CancellationToken.None);
                await Publisher.PublishAsync(staged, connection, transaction, CancellationToken.None);
            }
        }

        await transaction.CommitAsync();
    }

    public Task<StagedModel> StageAsync(string model, DateOnly day, params string[] stores) =>
        Publisher.StageAsync(Runner.Run(model, new ModelPartition(SyntheticCompany.Tenant, day, stores)), ++_lease, CancellationToken.None);

    public async Task<PublishResult> PublishAsync(StagedModel staged, bool commit = true)
    {
        await using var connection = await Database.Job.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var result = await Publisher.PublishAsync(staged, connection, transaction, CancellationToken.None);
        if (commit)
        {
            await transaction.CommitAsync();
        }

        return result;
    }

    /// <summary>The first column of each row as the services' role sees it.</summary>
    public Task<IReadOnlyList<string>> AsJobAsync(string sql) => ReadAsync(Database.Job, sql);

    public async Task<IReadOnlyList<string>> AsAppAsync(string? tenant, string sql)
    {
        await using var connection = await Database.App.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var set = new NpgsqlCommand("SELECT set_config('app.tenant', $1, true)", connection, transaction) { Parameters = { new() { Value = tenant ?? "" } } };
        await set.ExecuteNonQueryAsync();
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        await using var reader = await command.ExecuteReaderAsync();
        return await RowsAsync(reader);
    }

    public async ValueTask DisposeAsync()
    {
        Warehouse.Dispose();
        await Database.DisposeAsync();
    }

    private Task<IReadOnlyList<string>> AsOwnerAsync(string sql) => ReadAsync(Database.Owner, sql);

    private static async Task<IReadOnlyList<string>> ReadAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        return await RowsAsync(reader);
    }

    private static async Task<IReadOnlyList<string>> RowsAsync(NpgsqlDataReader reader)
    {
        var rows = new List<string>();
        while (await reader.ReadAsync())
        {
            rows.Add(Convert.ToString(reader.GetValue(0), CultureInfo.InvariantCulture)!);
        }

        return rows;
    }
}
