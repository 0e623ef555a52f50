using Npgsql;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Ingest.Ledger;

/// <summary>How far the streamer has come. What still waits on the bus is not in it.</summary>
/// <param name="Batches">Messages in warehouse and ledger.</param>
/// <param name="Records">Receipts and counts in them, every revision.</param>
/// <param name="WaitingChanges">Changes nobody has taken from the queue yet.</param>
/// <param name="LastLoadedAt">When the newest batch was recorded, UTC; null before the first.</param>
public sealed record LoadProgress(long Batches, long Records, long WaitingChanges, DateTimeOffset? LastLoadedAt)
{
    /// <summary>Reads the progress over all tenants.</summary>
    /// <param name="connection">As <see cref="DatabaseRole.Job"/>.</param>
    /// <param name="cancellationToken">Stops the statement.</param>
    public static async Task<LoadProgress> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        await using var command = new NpgsqlCommand(
            """
            SELECT count(*), coalesce(sum(rows), 0)::bigint, (SELECT count(*) FROM ingest.partition_change), max(loaded_at)
            FROM ingest.loaded_batch
            """,
            connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new LoadProgress(
            reader.GetInt64(0),
            reader.GetInt64(1),
            reader.GetInt64(2),
            await reader.IsDBNullAsync(3, cancellationToken) ? null : reader.GetFieldValue<DateTimeOffset>(3));
    }
}
