using Npgsql;
using NpgsqlTypes;
using RetailInsight.Etl.Models;

namespace RetailInsight.Etl.Datamart;

/// <summary>What stood in a store-day before it was published again, from the end of the business day on.</summary>
internal static class ReplacedRows
{
    /// <summary>The common table expression of <see cref="PartitionSwap"/> that keeps what it replaces, with the comma before it.</summary>
    public static string Kept(string table) => $"""
        , kept AS (
          INSERT INTO mart.replaced_rows (tenant, store, business_date, table_name, replaced_by, rows)
          SELECT $1, touched.store, $2, '{table}', $4, coalesce(jsonb_agg(to_jsonb(was)) FILTER (WHERE was.tenant IS NOT NULL), '[]')
          FROM (SELECT DISTINCT coalesce(store, store_was) AS store FROM difference) AS touched
          LEFT JOIN {table} AS was ON was.tenant = $1 AND was.business_date = $2 AND was.store = touched.store
          WHERE {BusinessDay.IsOver("touched.store")}
          GROUP BY touched.store ORDER BY touched.store
          ON CONFLICT DO NOTHING
        )
        """;

    /// <summary>Copies what a store-day's table held before a publication, or what it still holds if nothing has changed since, into a staging table.</summary>
    /// <returns>The staged rows; null where nothing has changed.</returns>
    public static async Task<StagedModel?> StageAsync(
        Model model, ModelPartition partition, long replacedBy, long leaseToken, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        var table = model.Publish!.Table;
        var columns = string.Join(", ", model.Columns.Select(column => column.Name));
        var name = $"mart_staging.\"t{leaseToken}_{model.Name}\"";
        await using var command = new NpgsqlCommand(
            $"""
            CREATE UNLOGGED TABLE {name} AS SELECT {columns} FROM {table} WITH NO DATA;
            """,
            connection,
            transaction);
        await command.ExecuteNonQueryAsync(cancellationToken);
        await using var fill = new NpgsqlCommand(
            $"""
            WITH earlier AS (
              SELECT rows FROM mart.replaced_rows
              WHERE tenant = $1 AND business_date = $2 AND store = $3 AND table_name = $4 AND replaced_by >= $5 ORDER BY replaced_by LIMIT 1),
            filled AS (
              INSERT INTO {name} SELECT {columns} FROM earlier, jsonb_populate_recordset(NULL::{table}, earlier.rows) RETURNING 1)
            SELECT (SELECT count(*) FROM earlier), (SELECT count(*) FROM filled)
            """,
            connection,
            transaction)
        {
            Parameters =
            {
                new() { Value = partition.Tenant },
                new() { Value = partition.BusinessDate },
                new() { Value = partition.Stores[0] },
                new() { Value = table },
                new() { Value = replacedBy },
            },
        };
        await using (var counts = await fill.ExecuteReaderAsync(cancellationToken))
        {
            await counts.ReadAsync(cancellationToken);
            if (counts.GetInt64(0) > 0)
            {
                return new StagedModel(model, partition, name, counts.GetInt64(1)) { LeaseToken = leaseToken };
            }
        }

        await using var drop = new NpgsqlCommand($"DROP TABLE {name}", connection, transaction);
        await drop.ExecuteNonQueryAsync(cancellationToken);
        return null;
    }

    /// <summary>Whether what a publication replaced was kept: it was made after the business day, and not too long ago.</summary>
    public static async Task<bool> AreKeptAsync(
        IReadOnlyList<Model> models, ModelPartition partition, long replacedBy, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "SELECT EXISTS (SELECT FROM mart.replaced_rows WHERE tenant = $1 AND business_date = $2 AND store = $3 AND table_name = ANY($4) AND replaced_by = $5)",
            connection,
            transaction)
        {
            Parameters =
            {
                new() { Value = partition.Tenant },
                new() { Value = partition.BusinessDate },
                new() { Value = partition.Stores[0] },
                new() { Value = models.Select(model => model.Publish!.Table).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                new() { Value = replacedBy },
            },
        };
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
