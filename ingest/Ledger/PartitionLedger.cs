using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Ingest.Ledger;

/// <summary>
/// The record of which partitions changed. One transaction a call: batches not seen before raise the version of the
/// partitions they touch and put one change each into the queue; batches seen before change nothing.
/// </summary>
internal sealed class PartitionLedger([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database)
{
    /// <summary>The channel a listener hears of new changes on.</summary>
    public const string Channel = "partition_changed";

    private const string InsertBatches = """
        INSERT INTO ingest.loaded_batch (batch_id, tenant, rows)
        SELECT batch_id, tenant, rows FROM unnest($1::uuid[], $2::text[], $3::bigint[]) AS loaded (batch_id, tenant, rows)
        ORDER BY tenant, batch_id
        ON CONFLICT (tenant, batch_id) DO NOTHING
        RETURNING tenant, batch_id
        """;

    // Sorted by key: two streamers that touch the same partitions lock them in the same order.
    private const string RaisePartitions = """
        WITH changed AS (
          INSERT INTO ingest.partition AS p (tenant, store, business_date, dataset, version, rows, watermark)
          SELECT tenant, store, business_date, dataset, 1, rows, watermark
          FROM unnest($1::text[], $2::text[], $3::date[], $4::text[], $5::bigint[], $6::timestamptz[])
            AS touched (tenant, store, business_date, dataset, rows, watermark)
          ORDER BY tenant, store, business_date, dataset
          ON CONFLICT (tenant, store, business_date, dataset) DO UPDATE
          SET version = p.version + 1, rows = p.rows + excluded.rows,
            watermark = greatest(p.watermark, excluded.watermark), changed_at = now()
          RETURNING tenant, store, business_date, dataset, version
        )
        INSERT INTO ingest.partition_change (tenant, store, business_date, dataset, version)
        SELECT tenant, store, business_date, dataset, version FROM changed
        """;

    /// <summary>Records loaded batches, each with a different id within its tenant.</summary>
    /// <returns>How many of them the ledger did not have yet.</returns>
    public async Task<int> RecordAsync(IReadOnlyCollection<LedgerEntry> entries, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var fresh = await InsertAsync(connection, transaction, entries, cancellationToken);
        if (fresh.Count > 0)
        {
            await RaiseAsync(connection, transaction, fresh, cancellationToken);
            await using var notify = new NpgsqlCommand($"NOTIFY {Channel}", connection, transaction);
            await notify.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return fresh.Count;
    }

    private static async Task<List<LedgerEntry>> InsertAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyCollection<LedgerEntry> entries, CancellationToken cancellationToken)
    {
        var byId = entries.ToDictionary(entry => (entry.Tenant, Id: entry.BatchId.ToGuid()));
        await using var insert = new NpgsqlCommand(InsertBatches, connection, transaction)
        {
            Parameters =
            {
                new() { Value = byId.Keys.Select(key => key.Id).ToArray() },
                new() { Value = byId.Keys.Select(key => key.Tenant).ToArray() },
                new() { Value = byId.Values.Select(entry => entry.Records).ToArray() },
            },
        };
        var fresh = new List<LedgerEntry>();
        await using var reader = await insert.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            fresh.Add(byId[(reader.GetString(0), reader.GetGuid(1))]);
        }

        return fresh;
    }

    private static async Task RaiseAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, List<LedgerEntry> entries, CancellationToken cancellationToken)
    {
        var touched = entries
            .SelectMany(entry => entry.Touched, (entry, part) => (part.Key, Rows: part.Value, entry.ReceivedAt))
            .GroupBy(part => part.Key)
            .Select(parts => (parts.Key, Rows: parts.Sum(part => part.Rows), Watermark: parts.Max(part => part.ReceivedAt)))
            .ToArray();
        await using var raise = new NpgsqlCommand(RaisePartitions, connection, transaction)
        {
            Parameters =
            {
                new() { Value = touched.Select(part => part.Key.Tenant).ToArray() },
                new() { Value = touched.Select(part => part.Key.Store).ToArray() },
                new() { Value = touched.Select(part => part.Key.BusinessDate).ToArray() },
                new() { Value = touched.Select(part => part.Key.Dataset).ToArray() },
                new() { Value = touched.Select(part => part.Rows).ToArray() },
                new() { Value = touched.Select(part => part.Watermark).ToArray() },
            },
        };
        await raise.ExecuteNonQueryAsync(cancellationToken);
    }
}
