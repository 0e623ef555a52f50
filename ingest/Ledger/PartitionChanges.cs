using Npgsql;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Ingest.Ledger;

/// <summary>
/// The queue of partitions that got new rows. A listener on the channel <c>partition_changed</c> is told when there is
/// something to take.
/// </summary>
public static class PartitionChanges
{
    // MATERIALIZED: the planner may run a sub-select again for each row, and each run would lock other rows.
    private const string Take = """
        WITH picked AS MATERIALIZED (
          SELECT id FROM ingest.partition_change ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED
        ),
        taken AS (
          DELETE FROM ingest.partition_change AS change USING picked WHERE change.id = picked.id
          RETURNING change.tenant, change.store, change.business_date, change.dataset, change.version
        )
        SELECT tenant, store, business_date, dataset, max(version) FROM taken
        GROUP BY tenant, store, business_date, dataset
        ORDER BY tenant, business_date, store, dataset
        """;

    /// <summary>
    /// Takes up to <paramref name="max"/> changes off the queue inside the caller's transaction: they are gone when it
    /// commits and back when it does not. Changes another transaction is taking are passed over.
    /// </summary>
    /// <param name="connection">As <see cref="DatabaseRole.Job"/>.</param>
    /// <param name="transaction">The transaction that also creates the work the changes ask for.</param>
    /// <param name="max">Most queue rows to take.</param>
    /// <param name="cancellationToken">Stops the statement; the caller rolls back.</param>
    /// <returns>One change a partition, with its newest version among those taken.</returns>
    public static async Task<IReadOnlyList<PartitionChange>> TakeAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, int max, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(transaction);
        await using var command = new NpgsqlCommand(Take, connection, transaction) { Parameters = { new() { Value = max } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var changes = new List<PartitionChange>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var key = new PartitionKey(reader.GetString(0), reader.GetString(1), reader.GetFieldValue<DateOnly>(2), reader.GetString(3));
            changes.Add(new PartitionChange(key, reader.GetInt64(4)));
        }

        return changes;
    }
}
