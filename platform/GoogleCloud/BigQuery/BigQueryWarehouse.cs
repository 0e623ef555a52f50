using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using RetailInsight.Core.Ports;
using RetailInsight.Platform.GoogleCloud.CloudStorage;

namespace RetailInsight.Platform.GoogleCloud.BigQuery;

/// <summary>
/// The warehouse in BigQuery. Any number of these, in any number of processes, share a dataset. The lake's bucket keeps what is
/// being loaded under <c>staging/</c>; a lifecycle rule that removes objects there after three days clears what a crash left.
/// </summary>
internal sealed class BigQueryWarehouse : IWarehouse, IDisposable
{
    private static readonly TimeSpan BudgetAge = TimeSpan.FromMinutes(10);

    private readonly BigQueryOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly BigQueryApi _api;
    private readonly CloudStorageClient _storage;
    private readonly BigQuerySchema _schema;
    private readonly BigQueryJobs _jobs;
    private readonly QueryResults _results;
    private readonly BatchLoad _load;
    private readonly ModificationBudget _budget;
    private readonly QuotaHold _hold;
    private long? _budgetReadAt;

    /// <param name="google">Project, dataset, bucket, endpoints and credentials.</param>
    /// <param name="clock">Clock of pauses, names and budgets.</param>
    /// <param name="logger">Told of loads and of what is tried again.</param>
    /// <param name="options">Patience and limits; null for the usual ones.</param>
    /// <param name="storage">Sizes and patience of uploads; null for the usual ones.</param>
    public BigQueryWarehouse(
        GoogleCloudOptions google, TimeProvider clock, ILogger<BigQueryWarehouse> logger, BigQueryOptions? options = null, CloudStorageOptions? storage = null)
    {
        _options = options ?? new();
        _clock = clock;
        _logger = logger;
        _api = new BigQueryApi(google, _options, clock, logger);
        _storage = new CloudStorageClient(google, storage ?? new(), clock, logger);
        _schema = new BigQuerySchema(_api, clock, logger);
        _jobs = new BigQueryJobs(_api, _options, clock, logger);
        _results = new QueryResults(_api, _jobs, _options, clock);
        _load = new BatchLoad(_storage, _schema, _jobs, _api, _options, clock, logger);
        _budget = new ModificationBudget(_options.ModificationsPerDay, clock);
        _hold = new QuotaHold(_options.QuotaPause, clock, logger);
    }

    /// <inheritdoc/>
    public TimeSpan LoadInterval => _hold.Remaining is var held && _budget.Interval is var paced && held > paced ? held : paced;

    /// <inheritdoc/>
    public async Task EnsureAsync(IReadOnlyList<TableSpec> tables, IReadOnlyList<ViewSpec> views, CancellationToken cancellationToken)
    {
        await _schema.EnsureAsync(tables, views, cancellationToken);
        var turn = $"MERGE INTO {BigQuerySchema.Turn} AS turn USING (SELECT 0 AS turns) AS first ON TRUE WHEN NOT MATCHED THEN INSERT (turns) VALUES (turns)";
        await _jobs.RunAsync(
            $"turn_{RandomNumberGenerator.GetHexString(32, lowercase: true)}", new { query = new { query = turn, useLegacySql = false, defaultDataset = _api.DatasetReference } }, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlySet<string>> LoadAsync(IReadOnlyList<WarehouseBatch> batches, CancellationToken cancellationToken)
    {
        _hold.ThrowIfHeld();
        try
        {
            return await LoadNewAsync(batches, cancellationToken);
        }
        catch (GoogleApiException refusal) when (BigQueryErrors.Of(refusal.Reason, refusal.Message, refusal.Status) == ErrorAction.Wait)
        {
            throw _hold.Begin(refusal);
        }
        catch (JobFailedException failure) when (failure.Action == ErrorAction.Wait)
        {
            throw _hold.Begin(failure);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RowBlock> QueryAsync(WarehouseQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        var prepared = await PreparedQuery.CheckAsync(query, _api, cancellationToken);
        await foreach (var rows in _results.ReadAsync(prepared.Within(_options.QueryBudgetBytes), cancellationToken))
        {
            yield return rows;
        }
    }

    /// <inheritdoc/>
    public async Task<QueryCost> EstimateAsync(WarehouseQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        return new QueryCost((await PreparedQuery.CheckAsync(query, _api, cancellationToken)).Bytes);
    }

    /// <inheritdoc/>
    public Task<long> ReplacePartitionAsync(
        TableSpec table, IReadOnlyDictionary<string, object> partition, WarehouseQuery select, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(table);
        return new PartitionReplacement(_api, _schema, _jobs, _results, _options).RunAsync(table.Name, partition, select, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _load.Dispose();
        _api.Dispose();
        _storage.Dispose();
    }

    private async Task<IReadOnlySet<string>> LoadNewAsync(IReadOnlyList<WarehouseBatch> batches, CancellationToken cancellationToken)
    {
        var known = await LoadsOfAsync(batches, cancellationToken);

        // In an order of their own, so that the same batches are the same load however they come.
        List<WarehouseBatch> fresh =
        [
            .. batches.DistinctBy(batch => (batch.Tenant, batch.BatchId)).Where(batch => !known.ContainsKey((batch.Tenant, batch.BatchId)))
                .OrderBy(batch => batch.Tenant, StringComparer.Ordinal).ThenBy(batch => batch.BatchId, StringComparer.Ordinal),
        ];
        if (fresh.Count > 0)
        {
            var (loadId, tables) = await _load.PrepareAsync(fresh, cancellationToken);
            await AwaitTurnAsync(loadId, cancellationToken);
            await _load.RunAsync(loadId, tables, fresh, cancellationToken);
            foreach (var (batch, load) in await LoadsOfAsync(fresh, cancellationToken))
            {
                // Somebody else may have brought it between the first look and the transaction.
                if (load != loadId)
                {
                    known[batch] = load;
                }
            }

            _logger.Loaded(loadId, fresh.Count, tables.Sum(table => table.Rows), known.Count);
        }

        return batches.Where(batch => known.ContainsKey((batch.Tenant, batch.BatchId))).Select(batch => batch.BatchId).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Which load brought each of the batches that are in the tables.</summary>
    private async Task<Dictionary<(string Tenant, string BatchId), string>> LoadsOfAsync(IReadOnlyList<WarehouseBatch> batches, CancellationToken cancellationToken)
    {
        var sql = $"""
            SELECT loaded.tenant AS tenant, loaded.batch_id AS batch_id, loaded.load_id AS load_id
            FROM {BigQuerySchema.Ledger} AS loaded JOIN UNNEST(@batches) AS sent ON sent.tenant = loaded.tenant AND sent.batch_id = loaded.batch_id
            """;
        var loads = new Dictionary<(string, string), string>();
        await foreach (var rows in OwnAsync(sql, [QueryParameters.OfBatches("batches", batches)], cancellationToken))
        {
            for (var row = 0; row < rows.RowCount; row++)
            {
                loads[(rows["tenant"].StringAt(row), rows["batch_id"].StringAt(row))] = rows["load_id"].StringAt(row);
            }
        }

        return loads;
    }

    private async Task AwaitTurnAsync(string loadId, CancellationToken cancellationToken)
    {
        // Where distances are kept, other processes' loads must be seen before each of ours.
        if (_budgetReadAt is not { } readAt || !_budget.IsFree || _clock.GetElapsedTime(readAt) > BudgetAge)
        {
            await ReadBudgetAsync(cancellationToken);
        }

        for (TimeSpan pause; (pause = _budget.Take(loadId)) > TimeSpan.Zero;)
        {
            if (pause > _options.LongestTurn)
            {
                _logger.BudgetUsedUp(pause);
                throw new WarehouseHeldException("The day's table modifications are nearly used up.", pause);
            }

            await Task.Delay(pause, _clock, cancellationToken);
        }
    }

    // Other processes load too, and this one may have been restarted: the ledger knows all of them.
    private async Task ReadBudgetAsync(CancellationToken cancellationToken)
    {
        var sql = $"SELECT load_id, MAX(loaded_at) AS loaded_at FROM {BigQuerySchema.Ledger} WHERE loaded_at >= @since GROUP BY load_id";
        await foreach (var rows in OwnAsync(sql, [QueryParameters.Of("since", _clock.GetUtcNow().AddDays(-1))], cancellationToken))
        {
            for (var row = 0; row < rows.RowCount; row++)
            {
                _budget.Note(rows["load_id"].StringAt(row), (DateTimeOffset)rows["loaded_at"].ValueAt(row)!);
            }
        }

        _budgetReadAt = _clock.GetTimestamp();
    }

    private IAsyncEnumerable<RowBlock> OwnAsync(string sql, object[] parameters, CancellationToken cancellationToken) => _results.ReadAsync(
        new
        {
            query = new { query = sql, useLegacySql = false, defaultDataset = _api.DatasetReference, parameterMode = "NAMED", queryParameters = parameters },
            labels = new { feature = "load" },
        },
        cancellationToken);
}
