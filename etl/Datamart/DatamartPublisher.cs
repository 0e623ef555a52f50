using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using NpgsqlTypes;
using RetailInsight.Core.Ports;
using RetailInsight.Core.Tenancy;
using RetailInsight.Etl.Models;

namespace RetailInsight.Etl.Datamart;

/// <summary>
/// Brings model results into the datamart in two steps: staging computes and checks outside any lock; publishing swaps one
/// partition inside the caller's transaction, so that it stands or falls with the caller's fence.
/// </summary>
/// <param name="database">Connects as <see cref="DatabaseRole.Job"/>.</param>
public sealed class DatamartPublisher([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database)
{
    /// <summary>Computes a run into a staging table named by the lease, in a transaction of its own.</summary>
    /// <param name="run">A run of a model that is published.</param>
    /// <param name="leaseToken">The lease of the task that does it; its staging tables are swept when the lease is over.</param>
    /// <param name="cancellationToken">Stops the work; nothing is left.</param>
    /// <exception cref="InvalidOperationException">The model is a building block, or a row lies outside the run's partition.</exception>
    /// <exception cref="ModelCheckException">A row breaks a check; nothing is left.</exception>
    public async Task<StagedModel> StageAsync(ModelRun run, long leaseToken, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        return (await FillAsync([(run, run.ReadAsync(cancellationToken))], leaseToken, cancellationToken))[0];
    }

    /// <summary>Computes several models in one query and stages each, in one transaction.</summary>
    /// <param name="run">Models that are published.</param>
    /// <param name="leaseToken">As for one model.</param>
    /// <param name="cancellationToken">Stops the work; nothing is left.</param>
    /// <exception cref="InvalidOperationException">As for one model.</exception>
    /// <exception cref="ModelCheckException">A row of one of them breaks a check; nothing is left.</exception>
    public async Task<IReadOnlyList<StagedModel>> StageTogetherAsync(SharedRun run, long leaseToken, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        var results = await run.ReadAsync(cancellationToken);
        return await FillAsync([.. run.Runs.Zip(results, (model, blocks) => (model, blocks.ToAsyncEnumerable()))], leaseToken, cancellationToken);
    }

    private async Task<IReadOnlyList<StagedModel>> FillAsync(
        IReadOnlyList<(ModelRun Run, IAsyncEnumerable<RowBlock> Result)> results, long leaseToken, CancellationToken cancellationToken)
    {
        if (results.FirstOrDefault(result => result.Run.Model.Publish is null).Run is { } unpublished)
        {
            throw new InvalidOperationException($"The model '{unpublished.Model.Name}' has no table to publish to.");
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var staged = new List<StagedModel>(results.Count);
        foreach (var (run, result) in results)
        {
            var table = new StagingTable(run, leaseToken);
            await table.CreateAsync(connection, transaction, cancellationToken);
            staged.Add(new StagedModel(run.Model, run.Partition, table.Name, await table.FillAsync(result, connection, transaction, cancellationToken)) { LeaseToken = leaseToken });
        }

        await transaction.CommitAsync(cancellationToken);
        return staged;
    }

    /// <summary>
    /// Makes the partition equal to the staged rows inside the caller's transaction: rows that vanished are deleted, new and
    /// changed ones written, unchanged ones not touched; was and is of changed store-days are kept where the model says so, and what was
    /// replaced after the end of the business day.
    /// Raises the tenant's data version if anything changed and drops the staging table.
    /// </summary>
    /// <param name="staged">What <see cref="StageAsync"/> returned.</param>
    /// <param name="connection">As <see cref="DatabaseRole.Job"/>.</param>
    /// <param name="transaction">The caller's fenced transaction; the caller commits.</param>
    /// <param name="cancellationToken">Stops the statement; the caller rolls back.</param>
    /// <exception cref="InvalidOperationException">The staged rows are no longer there; the caller rolls back and begins anew.</exception>
    [SuppressMessage("Performance", "CA1822", Justification = "Staging and publishing are two steps of one publisher.")]
    public async Task<PublishResult> PublishAsync(
        StagedModel staged, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(staged);
        var (written, deleted, stores) = await SwapAsync(staged, connection, transaction, cancellationToken);
        await using var version = new NpgsqlCommand(deleted + written > 0 ? RaiseVersion : ReadVersion, connection, transaction)
        {
            Parameters = { new() { Value = staged.Partition.Tenant } },
        };
        var dataVersion = (long?)await version.ExecuteScalarAsync(cancellationToken) ?? 0;
        await using var drop = new NpgsqlCommand($"DROP TABLE {staged.Table}", connection, transaction);
        await drop.ExecuteNonQueryAsync(cancellationToken);
        return new PublishResult(written, deleted, dataVersion, stores);
    }

    /// <summary>How store-days that stand would change if this were published. Nothing is locked: publishing may find something else.</summary>
    /// <param name="staged">A staged <c>kpi_store_day</c>.</param>
    /// <param name="cancellationToken">Stops the read.</param>
    public Task<IReadOnlyList<KpiDifference>> DifferencesAsync(StagedModel staged, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(staged);
        return KpiDifference.ReadAsync(staged, database, cancellationToken);
    }

    /// <summary>Makes a store-day again what it was before a publication, as a publication of its own: it can be taken back like any other.</summary>
    /// <param name="models">What is published together.</param>
    /// <param name="partition">One store of one day.</param>
    /// <param name="replacedBy">The lease of the first publication that is to be undone; all later ones are with it.</param>
    /// <param name="leaseToken">A lease of its own, younger than all before.</param>
    /// <param name="connection">As <see cref="DatabaseRole.Job"/>.</param>
    /// <param name="transaction">The caller's; the caller commits.</param>
    /// <param name="cancellationToken">Stops; the caller rolls back.</param>
    /// <returns>Whether anything changed; null when what stood then is not kept.</returns>
    [SuppressMessage("Performance", "CA1822", Justification = "Staging, publishing and restoring are steps of one publisher.")]
    public async Task<bool?> RestoreAsync(
        IReadOnlyList<Model> models, ModelPartition partition, long replacedBy, long leaseToken, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(models);
        ArgumentNullException.ThrowIfNull(partition);
        if (!await ReplacedRows.AreKeptAsync(models, partition, replacedBy, connection, transaction, cancellationToken))
        {
            return null;
        }

        var changed = false;
        foreach (var model in models)
        {
            if (await ReplacedRows.StageAsync(model, partition, replacedBy, leaseToken, connection, transaction, cancellationToken) is { } staged)
            {
                changed |= (await PublishAsync(staged, connection, transaction, cancellationToken)).Stores.Count > 0;
            }
        }

        return changed;
    }

    /// <summary>Deletes what was replaced longer ago, a batch at a time.</summary>
    /// <param name="age">How long it is kept.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    public async Task ForgetReplacedAsync(TimeSpan age, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var delete = new NpgsqlCommand(
            "DELETE FROM mart.replaced_rows WHERE ctid = ANY (ARRAY(SELECT ctid FROM mart.replaced_rows WHERE replaced_at < now() - $1 LIMIT 5000))", connection)
        {
            Parameters = { new() { Value = age } },
        };
        while (await delete.ExecuteNonQueryAsync(cancellationToken) > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Drops the staging tables of leases that are over.</summary>
    /// <param name="whichAreOver">
    /// Given the tokens that have staging tables, returns those whose lease is over. It is asked after the tables were
    /// listed, so a lease granted in between is not mistaken for a dead one.
    /// </param>
    /// <param name="cancellationToken">Stops between two tables.</param>
    /// <returns>How many tables were dropped.</returns>
    public async Task<int> SweepStagingAsync(
        Func<IReadOnlyCollection<long>, CancellationToken, Task<IReadOnlyCollection<long>>> whichAreOver, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(whichAreOver);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var tables = await StagingTable.ListAsync(connection, cancellationToken);
        var over = (await whichAreOver([.. tables.Select(table => table.LeaseToken).Distinct()], cancellationToken)).ToHashSet();
        var orphans = tables.Where(table => over.Contains(table.LeaseToken)).ToList();
        foreach (var (name, _) in orphans)
        {
            await using var drop = new NpgsqlCommand($"DROP TABLE IF EXISTS {name}", connection);
            await drop.ExecuteNonQueryAsync(cancellationToken);
        }

        return orphans.Count;
    }

    private const string RaiseVersion = """
        INSERT INTO mart.data_version AS current (tenant, version) VALUES ($1, 1)
        ON CONFLICT (tenant) DO UPDATE SET version = current.version + 1, changed_at = now()
        RETURNING version
        """;

    private const string ReadVersion = "SELECT version FROM mart.data_version WHERE tenant = $1";

    private static async Task<(long Written, long Deleted, string[] Stores)> SwapAsync(
        StagedModel staged, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        await using var swap = new NpgsqlCommand(PartitionSwap.Statement(staged.Model, staged.Table), connection, transaction)
        {
            Parameters =
            {
                new() { Value = staged.Partition.Tenant },
                new() { Value = staged.Partition.BusinessDate },
                new() { Value = staged.Partition.Stores.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                new() { Value = staged.LeaseToken },
            },
        };
        if (staged.Model.Publish?.ChangeTable is not null)
        {
            swap.Parameters.Add(new() { Value = (object?)staged.DagRun ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        }

        await using var counts = await swap.ExecuteReaderAsync(cancellationToken);
        await counts.ReadAsync(cancellationToken);

        // A server that crashed since has emptied the unlogged table: an empty result must not empty the partition.
        if (counts.GetInt64(2) != staged.Rows)
        {
            throw new InvalidOperationException($"{staged.Table} holds {counts.GetInt64(2)} of the {staged.Rows} rows staged for '{staged.Model.Name}'; the attempt has to be repeated.");
        }

        return (counts.GetInt64(0), counts.GetInt64(1), counts.GetFieldValue<string[]>(3));
    }
}
