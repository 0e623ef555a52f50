using System.Globalization;
using System.Security.Cryptography;
using RetailInsight.Core.Ports;
using RetailInsight.Platform.Warehouse;

namespace RetailInsight.Platform.GoogleCloud.BigQuery;

/// <summary>A partition computed into a staging table, checked, and swapped in by one statement.</summary>
/// <param name="api">BigQuery.</param>
/// <param name="schema">Tables.</param>
/// <param name="jobs">Jobs.</param>
/// <param name="results">Reads the check's rows.</param>
/// <param name="options">Budget and lifetimes.</param>
internal sealed class PartitionReplacement(BigQueryApi api, BigQuerySchema schema, BigQueryJobs jobs, QueryResults results, BigQueryOptions options)
{
    private const string IsOutside = "_is_outside";
    private static readonly TimeSpan RemovalTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Replaces the partition.</summary>
    /// <returns>Rows it now has.</returns>
    /// <exception cref="ArgumentException">The partition lacks the tenant, or names another one than the query.</exception>
    /// <exception cref="WarehouseDataException">The query's columns are not the table's, or a row lies outside the partition.</exception>
    public async Task<long> RunAsync(
        string table, IReadOnlyDictionary<string, object> partition, WarehouseQuery select, CancellationToken cancellationToken)
    {
        if (!partition.TryGetValue(BatchRows.TenantColumn, out var tenant) || !Equals(tenant, select.Tenant))
        {
            throw new ArgumentException($"A partition of {table} names its tenant, the one the query runs for ('{select.Tenant}').", nameof(partition));
        }

        var columns = await schema.ColumnsAsync(table, cancellationToken);
        CheckPartition(table, columns, partition);
        var query = await PreparedQuery.CheckAsync(select, api, cancellationToken);
        var run = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var staging = $"staging_{table}_{run}";
        try
        {
            await ComputeAsync(run, staging, query, cancellationToken);
            var staged = await api.SendAsync(HttpMethod.Get, api.InDataset($"/tables/{staging}"), null, cancellationToken);
            CheckColumns(table, columns, ColumnTypes.Read(staged.GetProperty("schema"), table));
            await CheckRowsAsync(table, staging, partition, cancellationToken);
            await SwapAsync(run, table, staging, columns, partition, cancellationToken);
            return long.Parse(staged.GetProperty("numRows").GetString()!, CultureInfo.InvariantCulture);
        }
        catch (JobFailedException failure) when (failure.Action == ErrorAction.Refuse)
        {
            throw new WarehouseDataException($"{table}: {failure.Message}", failure);
        }
        finally
        {
            using var timeout = new CancellationTokenSource(RemovalTimeout);
            await schema.RemoveStagingAsync(staging, timeout.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Made first, so that a process that dies on the way leaves a table that removes itself.
    private async Task ComputeAsync(string run, string staging, PreparedQuery query, CancellationToken cancellationToken)
    {
        var job = query.Within(options.QueryBudgetBytes, api.TableReference(staging));
        await schema.CreateStagingAsync(staging, [], options.StagingLifetime, cancellationToken);
        await jobs.RunAsync($"part_{run}", job, cancellationToken);
    }

    private static void CheckPartition(string table, IReadOnlyList<WarehouseColumn> columns, IReadOnlyDictionary<string, object> partition)
    {
        if (columns.Count == 0)
        {
            throw new WarehouseDataException($"There is no table {table}.");
        }

        if (partition.Keys.FirstOrDefault(key => !columns.Any(column => column.Name == key)) is { } unknown)
        {
            throw new WarehouseDataException($"{table}.{unknown}: the partition names a column the table lacks.");
        }
    }

    private static void CheckColumns(string table, IReadOnlyList<WarehouseColumn> columns, IReadOnlyList<WarehouseColumn> given)
    {
        foreach (var column in columns)
        {
            var sent = given.FirstOrDefault(candidate => candidate.Name == column.Name)
                ?? throw new WarehouseDataException($"{table}.{column.Name} is not among the query's columns.");
            if (!Fits(sent.Type, column.Type))
            {
                throw new WarehouseDataException($"{table}.{column.Name} is {column.Type}, the query gives {sent.Type}; cast it.");
            }
        }

        if (given.FirstOrDefault(sent => !columns.Any(column => column.Name == sent.Name)) is { } extra)
        {
            throw new WarehouseDataException($"{table} has no column {extra.Name}, which the query gives.");
        }
    }

    private static bool Fits(ColumnType given, ColumnType wanted) => given == wanted
        || (wanted == ColumnType.Numeric && given == ColumnType.Int64)
        || (wanted == ColumnType.Float64 && given is ColumnType.Int64 or ColumnType.Numeric);

    private async Task CheckRowsAsync(string table, string staging, IReadOnlyDictionary<string, object> partition, CancellationToken cancellationToken)
    {
        // One query for all columns: each is billed at least 10 MB and takes about a second.
        var found = string.Join(", ", partition.Keys.Select(column => $"CAST(`{column}` AS STRING) AS `{column}`, `{column}` IS DISTINCT FROM @{column} AS `{column}{IsOutside}`"));
        var outside = string.Join(" OR ", partition.Keys.Select(column => $"`{column}` IS DISTINCT FROM @{column}"));
        var sql = $"SELECT {found} FROM {staging} WHERE {outside} LIMIT 1";
        var configuration = new { query = Query(sql, [.. partition.Select(part => QueryParameters.Of(part.Key, part.Value))]) };
        await foreach (var rows in results.ReadAsync(configuration, cancellationToken))
        {
            var column = partition.Keys.First(column => Equals(rows[column + IsOutside].ValueAt(0), true));
            throw new WarehouseDataException($"{table}.{column}: the query gives a row with {rows[column].ValueAt(0) ?? "NULL"}, outside the partition {partition[column]}.");
        }
    }

    // One statement: readers see the partition before or after. BigQuery queues such statements on a table, it does not refuse them.
    private async Task SwapAsync(
        string run, string table, string staging, IReadOnlyList<WarehouseColumn> columns, IReadOnlyDictionary<string, object> partition, CancellationToken cancellationToken)
    {
        var inside = string.Join(" AND ", partition.Keys.Select(column => $"target.`{column}` = @{column}"));
        var names = string.Join(", ", columns.Select(column => $"`{column.Name}`"));
        var sql = $"""
            MERGE INTO {table} AS target USING {staging} AS computed ON FALSE
            WHEN NOT MATCHED BY SOURCE AND {inside} THEN DELETE
            WHEN NOT MATCHED BY TARGET THEN INSERT ({names}) VALUES ({names})
            """;
        await jobs.RunAsync(
            $"swap_{run}", new { query = Query(sql, [.. partition.Select(part => QueryParameters.Of(part.Key, part.Value))]) }, cancellationToken);
    }

    private object Query(string sql, object[] parameters) => new
    {
        query = sql,
        useLegacySql = false,
        defaultDataset = api.DatasetReference,
        parameterMode = "NAMED",
        queryParameters = parameters,
    };
}
