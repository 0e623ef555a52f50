using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using RetailInsight.Core.Ports;
using RetailInsight.Platform.GoogleCloud.CloudStorage;

namespace RetailInsight.Platform.GoogleCloud.BigQuery;

/// <summary>
/// Batches on their way into the tables: objects and a manifest in the bucket, a load job a table into staging, one
/// transaction. Whatever stops it, the same batches sent again, in whatever company, end up in the tables once.
/// </summary>
/// <param name="storage">The bucket.</param>
/// <param name="schema">Tables.</param>
/// <param name="jobs">Jobs.</param>
/// <param name="api">BigQuery.</param>
/// <param name="options">Lifetimes.</param>
/// <param name="clock">Dates the load.</param>
/// <param name="logger">Told of what stays behind.</param>
internal sealed class BatchLoad(
    CloudStorageClient storage, BigQuerySchema schema, BigQueryJobs jobs, BigQueryApi api, BigQueryOptions options, TimeProvider clock, ILogger logger) : IDisposable
{
    private const string ContentType = "application/x-ndjson";
    private const int LoadJobsAtOnce = 8;

    // Transactions of one process take turns; only those of several meet in BigQuery.
    private readonly SemaphoreSlim _transaction = new(1);

    /// <summary>Checks the rows and names the load after them: the same batches on the same day give the same name.</summary>
    /// <exception cref="WarehouseDataException">A batch does not fit its table; nothing was sent.</exception>
    public async Task<(string LoadId, IReadOnlyList<StagedRows> Tables)> PrepareAsync(IReadOnlyList<WarehouseBatch> batches, CancellationToken cancellationToken)
    {
        var tables = new List<StagedRows>();
        foreach (var table in batches.SelectMany(batch => batch.Tables.Select(rows => (Table: rows.Key, Batch: batch, Rows: rows.Value)))
            .GroupBy(part => part.Table, part => (part.Batch, part.Rows)).OrderBy(part => part.Key, StringComparer.Ordinal))
        {
            tables.Add(await StageAsync(table.Key, [.. table], cancellationToken));
        }

        var names = batches.Select(batch => $"{batch.Tenant}\0{batch.BatchId}").Order(StringComparer.Ordinal);

        // The columns belong to the name: a staging table made before the target grew lacks what the transaction selects.
        var content = tables.Select(table => $"{table.Table}\0{table.Sha256}\0{string.Join(',', table.Columns)}");
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', names.Concat(content)))))[..32];
        return ($"{clock.GetUtcNow().ToString("yyyyMMdd", CultureInfo.InvariantCulture)}_{hash}", [.. tables.Where(table => table.Rows > 0)]);
    }

    /// <summary>Brings the rows into staging tables and merges the batches the ledger does not have.</summary>
    /// <exception cref="WarehouseDataException">BigQuery finds rows it can never take.</exception>
    /// <exception cref="InvalidDataException">BigQuery took another number of rows than were sent.</exception>
    /// <exception cref="JobFailedException">A job failed in a way that trying anew does not mend now.</exception>
    public async Task RunAsync(string loadId, IReadOnlyList<StagedRows> tables, IReadOnlyList<WarehouseBatch> batches, CancellationToken cancellationToken)
    {
        await UploadAsync(loadId, tables, batches, cancellationToken);
        await Parallel.ForEachAsync(
            tables,
            new ParallelOptions { MaxDegreeOfParallelism = LoadJobsAtOnce, CancellationToken = cancellationToken },
            async (table, token) => await LoadStagingAsync(loadId, table, token));

        await _transaction.WaitAsync(cancellationToken);
        try
        {
            await jobs.RunAsync($"tx_{loadId}", Transaction(loadId, tables, batches), cancellationToken);
        }
        finally
        {
            _transaction.Release();
        }

        await RemoveStagedAsync(loadId, tables, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _transaction.Dispose();

    private async Task<StagedRows> StageAsync(string table, IReadOnlyList<(WarehouseBatch Batch, RowBlock Rows)> parts, CancellationToken cancellationToken)
    {
        var columns = await schema.ColumnsAsync(table, cancellationToken);
        if (columns.Count == 0)
        {
            throw new WarehouseDataException($"Batch {parts[0].Batch.BatchId} brings rows for {table}, a table that does not exist.");
        }

        try
        {
            return StagedRows.Of(table, columns, parts);
        }
        catch (WarehouseDataException)
        {
            // Given up for ever only after a second look: a newer process may have let the table grow since the first.
            schema.Forget(table);
            return StagedRows.Of(table, await schema.ColumnsAsync(table, cancellationToken), parts);
        }
    }

    private static string ObjectName(string loadId, StagedRows table) => $"staging/{loadId}/{table.Table}.ndjson.gz";

    private static string ManifestName(string loadId) => $"staging/{loadId}/manifest.json";

    private static string StagingName(string loadId, StagedRows table) => $"staging_{table.Table}_{loadId}";

    private async Task UploadAsync(string loadId, IReadOnlyList<StagedRows> tables, IReadOnlyList<WarehouseBatch> batches, CancellationToken cancellationToken)
    {
        foreach (var table in tables)
        {
            await PutAsync(ObjectName(loadId, table), table.Content, cancellationToken);
        }

        // Last, so that whoever finds a manifest finds its objects. It is for people and repair; the load does not read it.
        var manifest = JsonSerializer.SerializeToUtf8Bytes(new
        {
            load_id = loadId,
            tables = tables.Select(table => new { table = table.Table, @object = ObjectName(loadId, table), rows = table.Rows, sha256 = table.Sha256, crc32c = table.Crc32C }),
            batches = batches.Select(batch => new { tenant = batch.Tenant, batch_id = batch.BatchId }),
        });
        await PutAsync(ManifestName(loadId), manifest, cancellationToken);
    }

    private async Task PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        try
        {
            await storage.PutAsync(name, content, ContentType, cancellationToken);
        }
        catch (LakeConflictException)
        {
            // The name holds the hash of the rows: other bytes under it are the same rows, compressed by another version.
            return;
        }
    }

    private async Task LoadStagingAsync(string loadId, StagedRows table, CancellationToken cancellationToken)
    {
        var staging = StagingName(loadId, table);
        await schema.CreateStagingAsync(staging, table.StagingColumns, options.StagingLifetime, cancellationToken);
        try
        {
            var job = await jobs.RunAsync($"ld_{table.Table}_{loadId}", LoadConfiguration(loadId, staging, table), cancellationToken);
            var written = long.Parse(job.GetProperty("statistics").GetProperty("load").GetProperty("outputRows").GetString()!, CultureInfo.InvariantCulture);
            if (written != table.Rows)
            {
                // Not the rows' fault, so they are not given up: nothing is committed and the batches come again.
                throw new InvalidDataException($"{table.Table}: BigQuery took {written} rows of {table.Rows} of load {loadId}; nothing of it was committed.");
            }
        }
        catch (JobFailedException failure) when (failure.Reason == "invalid")
        {
            throw new WarehouseDataException($"{table.Table}: {failure.Message}", failure);
        }
    }

    private object LoadConfiguration(string loadId, string staging, StagedRows table) => new
    {
        load = new
        {
            sourceUris = (string[])[storage.AddressOf(ObjectName(loadId, table))],
            sourceFormat = "NEWLINE_DELIMITED_JSON",
            destinationTable = api.TableReference(staging),
            schema = new { fields = table.StagingColumns.Select(column => ColumnTypes.Field(new(column.Name, column.Type, column.Nullable, ""))) },
            createDisposition = "CREATE_IF_NEEDED",
            writeDisposition = "WRITE_TRUNCATE",
        },
        labels = new { feature = "load" },
    };

    // Transactions at once conflict only on rows they change, hence the update: two that merely append would both commit. One
    // that loses is tried anew and then sees what the other one brought.
    private object Transaction(string loadId, IReadOnlyList<StagedRows> tables, IReadOnlyList<WarehouseBatch> batches)
    {
        var sql = new StringBuilder().Append(CultureInfo.InvariantCulture, $"""
            BEGIN TRANSACTION;
            UPDATE {BigQuerySchema.Turn} SET turns = turns + 1 WHERE TRUE;
            CREATE TEMP TABLE fresh AS
            SELECT sent.tenant AS tenant, sent.batch_id AS batch_id
            FROM UNNEST(@batches) AS sent
            LEFT JOIN {BigQuerySchema.Ledger} AS loaded ON loaded.tenant = sent.tenant AND loaded.batch_id = sent.batch_id
            WHERE loaded.batch_id IS NULL;

            """);
        foreach (var table in tables)
        {
            var names = string.Join(", ", table.Columns.Select(column => $"`{column.Name}`"));
            var staged = string.Join(", ", table.Columns.Select(column => $"staged.`{column.Name}`"));
            sql.Append(CultureInfo.InvariantCulture, $"""
                MERGE INTO {table.Table} AS target
                USING (
                SELECT {staged} FROM {StagingName(loadId, table)} AS staged
                JOIN fresh ON fresh.tenant = staged.{StagedRows.TenantColumn} AND fresh.batch_id = staged.{StagedRows.BatchColumn}
                ) AS brought
                ON FALSE
                WHEN NOT MATCHED THEN INSERT ({names}) VALUES ({names});

                """);
        }

        sql.Append(CultureInfo.InvariantCulture, $"""
            INSERT INTO {BigQuerySchema.Ledger} (tenant, batch_id, load_id, loaded_at)
            SELECT tenant, batch_id, @load_id, CURRENT_TIMESTAMP() FROM fresh;
            COMMIT TRANSACTION;
            """);
        return new
        {
            query = new
            {
                query = sql.ToString(),
                useLegacySql = false,
                defaultDataset = api.DatasetReference,
                parameterMode = "NAMED",
                queryParameters = (object[])[QueryParameters.Of("load_id", loadId), QueryParameters.OfBatches("batches", batches)],
            },
            labels = new { feature = "load" },
        };
    }

    // The rows are committed: what is left behind costs a little storage until it expires, so nothing here fails the load.
    private async Task RemoveStagedAsync(string loadId, IReadOnlyList<StagedRows> tables, CancellationToken cancellationToken)
    {
        foreach (var name in tables.Select(table => ObjectName(loadId, table)).Append(ManifestName(loadId)))
        {
            try
            {
                await storage.DeleteAsync(name, cancellationToken);
            }
            catch (GoogleApiException failure)
            {
                logger.StagingKept(name, failure);
            }
        }

        foreach (var name in tables.Select(table => StagingName(loadId, table)))
        {
            try
            {
                await schema.RemoveStagingAsync(name, cancellationToken);
            }
            catch (GoogleApiException failure)
            {
                logger.StagingTableKept(name, failure);
            }
        }
    }
}
