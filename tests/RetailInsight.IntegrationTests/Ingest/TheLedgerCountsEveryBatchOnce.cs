using Npgsql;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Tenancy;
using RetailInsight.Ingest.Ledger;

namespace RetailInsight.IntegrationTests.Ingest;

public sealed class TheLedgerCountsEveryBatchOnce(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly DateOnly Day = new(2026, 11, 20);
    private static readonly DateTimeOffset Received = new(2026, 11, 20, 3, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_batch_recorded_again_changes_nothing_and_asks_for_nothing()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var ledger = new PartitionLedger(database.Job);

        Assert.Equal(2, await ledger.RecordAsync([Entry("a", "s1", 10), Entry("b", "s1", 5)], CancellationToken.None));
        Assert.Equal(0, await ledger.RecordAsync([Entry("a", "s1", 10)], CancellationToken.None));
        Assert.Equal(1, await ledger.RecordAsync([Entry("a", "s1", 10), Entry("c", "s1", 1, Received.AddHours(-1))], CancellationToken.None));

        await using var look = database.Owner.CreateCommand("SELECT version, rows, watermark FROM ingest.partition");
        await using var reader = await look.ExecuteReaderAsync();
        Assert.True(await reader.ReadAsync());
        Assert.Equal((2L, 16L, Received), (reader.GetInt64(0), reader.GetInt64(1), reader.GetFieldValue<DateTimeOffset>(2)));
        Assert.False(await reader.ReadAsync());
        await using var connection = await database.Job.OpenConnectionAsync();
        var progress = await LoadProgress.ReadAsync(connection, CancellationToken.None);
        Assert.Equal((3L, 16L, 2L), (progress.Batches, progress.Records, progress.WaitingChanges));
        Assert.NotNull(progress.LastLoadedAt);
    }

    [Fact]
    public async Task Two_tenants_may_have_a_batch_of_the_same_id()
    {
        await using var database = await postgres.CreateDatabaseAsync();

        var fresh = await new PartitionLedger(database.Job).RecordAsync([Entry("a", "s1", 10), Entry("a", "s1", 10, tenant: "other")], CancellationToken.None);

        Assert.Equal(2, fresh);
    }

    [Fact]
    public async Task A_taken_change_is_gone_with_the_commit_and_back_with_the_rollback()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var ledger = new PartitionLedger(database.Job);
        await ledger.RecordAsync([Entry("a", "s1", 1)], CancellationToken.None);
        await ledger.RecordAsync([Entry("b", "s1", 1)], CancellationToken.None);
        var expected = new PartitionChange(new PartitionKey("t", "s1", Day, Datasets.PosTransaction), 2);

        await using var connection = await database.Job.OpenConnectionAsync();
        await using (var dropped = await connection.BeginTransactionAsync())
        {
            Assert.Equal([expected], await PartitionChanges.TakeAsync(connection, dropped, 10, CancellationToken.None));
        }

        await using var kept = await connection.BeginTransactionAsync();
        Assert.Equal([expected], await PartitionChanges.TakeAsync(connection, kept, 10, CancellationToken.None));
        await kept.CommitAsync();
        await using var later = await connection.BeginTransactionAsync();
        Assert.Empty(await PartitionChanges.TakeAsync(connection, later, 10, CancellationToken.None));
    }

    [Fact]
    public async Task Two_takers_at_once_never_get_the_same_change()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await new PartitionLedger(database.Job).RecordAsync([Entry("a", "s1", 1), Entry("b", "s2", 1), Entry("c", "s3", 1)], CancellationToken.None);
        await using var one = await database.Job.OpenConnectionAsync();
        await using var other = await database.Job.OpenConnectionAsync();
        await using var first = await one.BeginTransactionAsync();
        await using var second = await other.BeginTransactionAsync();

        var taken = await PartitionChanges.TakeAsync(one, first, 2, CancellationToken.None);
        var rest = await PartitionChanges.TakeAsync(other, second, 10, CancellationToken.None);

        Assert.Equal(2, taken.Count);
        Assert.Equal(["s1", "s2", "s3"], taken.Concat(rest).Select(change => change.Key.Store).Order());
    }

    [Fact]
    public async Task A_listener_hears_of_a_change()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var connection = await database.Job.OpenConnectionAsync();
        await using (var listen = new NpgsqlCommand("LISTEN partition_changed", connection))
        {
            await listen.ExecuteNonQueryAsync();
        }

        await new PartitionLedger(database.Job).RecordAsync([Entry("a", "s1", 1)], CancellationToken.None);

        Assert.True(await connection.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    private static LedgerEntry Entry(string batch, string store, long records, DateTimeOffset? received = null, string tenant = "t") => new(
        Id128.FromParts(batch),
        tenant,
        received ?? Received,
        new Dictionary<PartitionKey, long> { [new PartitionKey(tenant, store, Day, Datasets.PosTransaction)] = records });
}
