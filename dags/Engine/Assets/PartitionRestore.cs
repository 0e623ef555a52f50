using System.Text.Json;
using Dapper;
using Npgsql;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Dags.Engine.Assets;

/// <summary>Why a partition was neither restored nor released.</summary>
public enum RestoreRefusal
{
    /// <summary>Earlier content of the asset is not kept at all.</summary>
    NotKept,

    /// <summary>There is no such partition or asset.</summary>
    Unknown,

    /// <summary>The version stands already.</summary>
    Stands,

    /// <summary>Another version stands than whoever asked had seen.</summary>
    Moved,

    /// <summary>There is no such version, or what it held is not kept any more.</summary>
    Forgotten,

    /// <summary>Nobody holds it, so there is nothing to release.</summary>
    NotHeld,
}

/// <summary>What restoring or releasing a partition led to.</summary>
/// <param name="Version">The version that stands now; null when nothing was done.</param>
/// <param name="Run">The run that computes what is made of it.</param>
/// <param name="Refusal">Why nothing was done; null otherwise.</param>
/// <param name="Sentence">The same as a sentence; empty otherwise.</param>
public sealed record RestoreResult(long? Version, long? Run, RestoreRefusal? Refusal = null, string Sentence = "");

/// <summary>
/// Brings an earlier version of a partition back and holds it until somebody releases it: no run publishes there meanwhile. What is made
/// of it is computed again.
/// </summary>
public sealed class PartitionRestore
{
    private readonly NpgsqlDataSource _database;
    private readonly DagCatalogue _catalogue;
    private readonly EngineSignals _signals;

    internal PartitionRestore(NpgsqlDataSource database, DagCatalogue catalogue, EngineSignals signals) => (_database, _catalogue, _signals) = (database, catalogue, signals);

    /// <summary>Whether earlier content of an asset is kept, so that it can be restored.</summary>
    public bool Keeps(string asset) => Find(asset) is { Asset.Restore: not null };

    /// <summary>Restores a version.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="version">An earlier version.</param>
    /// <param name="expected">Which version must stand for it; null for any.</param>
    /// <param name="actor">Who does it; shown as its holder.</param>
    /// <param name="reason">Why.</param>
    /// <param name="alongside">What belongs into the same transaction; null for nothing.</param>
    /// <param name="cancellationToken">Nothing is done.</param>
    public async Task<RestoreResult> RestoreAsync(
        AssetPartition partition, long version, long? expected, string actor, string reason, Alongside<RestoreResult>? alongside, CancellationToken cancellationToken)
    {
        if (Find(partition.Asset) is not { Asset: { Restore: { } restore } asset } found)
        {
            return Refused(RestoreRefusal.NotKept, $"Earlier content of {partition.Asset} is not kept.");
        }

        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (alongside is not null)
        {
            await alongside.Before(connection, cancellationToken);
        }

        // A lease younger than all there are: whoever is about to publish here finds it and begins anew.
        var row = await connection.QuerySingleOrDefaultAsync<HeldRow>(new CommandDefinition(
            """
            SELECT p.version AS Version, nextval('dags.fence_seq') AS Token, v.inputs::text AS Inputs, v.kpi::text AS Kpi,
              (SELECT n.fence FROM dags.asset_version n WHERE (n.tenant, n.asset, n.business_date, n.store) = (p.tenant, p.asset, p.business_date, p.store)
                AND n.version > @version ORDER BY n.version LIMIT 1) AS ReplacedBy
            FROM dags.asset_partition p
            LEFT JOIN dags.asset_version v ON (v.tenant, v.asset, v.business_date, v.store) = (p.tenant, p.asset, p.business_date, p.store) AND v.version = @version
            WHERE p.tenant = @Tenant AND p.asset = @Asset AND p.business_date = @BusinessDate AND p.store = @Store FOR NO KEY UPDATE OF p
            """,
            new { partition.Tenant, partition.Asset, partition.BusinessDate, partition.Store, version },
            transaction,
            cancellationToken: cancellationToken));
        if (row is null)
        {
            return Refused(RestoreRefusal.Unknown, "There is no such partition.");
        }

        if (expected is { } seen && seen != row.Version)
        {
            return Refused(RestoreRefusal.Moved, $"Version {row.Version} stands, not version {seen}: look again at what would change.");
        }

        if (row.Inputs is null || row.ReplacedBy is not { } replacedBy)
        {
            return row.Version == version
                ? Refused(RestoreRefusal.Stands, $"Version {version} is the one that stands.")
                : Refused(RestoreRefusal.Forgotten, $"There is no version {version}, or it is not kept any more.");
        }

        var publication = new Publication(connection, transaction, row.Token);
        if (!await restore(partition, replacedBy, publication, cancellationToken))
        {
            return Refused(RestoreRefusal.Forgotten, $"What version {version} held is not kept: it is from before the end of the business day, or too long ago.");
        }

        if (publication.Partitions.ContainsKey(partition.Store))
        {
            publication.Changed(partition.Store, row.Kpi);
        }

        var day = new DayPartition(partition.Tenant, partition.BusinessDate);
        await AssetPartitions.RecordAsync(
            publication,
            asset,
            day,
            [partition.Store],
            new Dictionary<string, long> { [partition.Store] = row.Version },
            new Dictionary<string, string> { [partition.Store] = row.Inputs },
            null,
            "restored",
            cancellationToken);
        return await EndAsync(connection, transaction, partition, found.Dag, new { was = row.Version, restored = version }, "restore", actor, reason, alongside, cancellationToken);
    }

    /// <summary>Lets runs publish the partition again, and computes it from what there is now.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="actor">Who does it.</param>
    /// <param name="reason">Why.</param>
    /// <param name="alongside">What belongs into the same transaction; null for nothing.</param>
    /// <param name="cancellationToken">Nothing is done.</param>
    public async Task<RestoreResult> ReleaseAsync(AssetPartition partition, string actor, string reason, Alongside<RestoreResult>? alongside, CancellationToken cancellationToken)
    {
        if (Find(partition.Asset) is not { } found)
        {
            return Refused(RestoreRefusal.Unknown, $"There is no asset '{partition.Asset}'.");
        }

        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (alongside is not null)
        {
            await alongside.Before(connection, cancellationToken);
        }

        var holder = await connection.QuerySingleOrDefaultAsync<string?>(new CommandDefinition(
            """
            SELECT pinned_by FROM dags.asset_partition
            WHERE tenant = @Tenant AND asset = @Asset AND business_date = @BusinessDate AND store = @Store AND pinned_by IS NOT NULL FOR NO KEY UPDATE
            """,
            partition,
            transaction,
            cancellationToken: cancellationToken));
        return holder is null
            ? Refused(RestoreRefusal.NotHeld, "Nobody holds this partition.")
            : await EndAsync(connection, transaction, partition, found.Dag, new { held_by = holder }, "release", actor, reason, alongside, cancellationToken);
    }

    private (string Dag, Asset Asset)? Find(string asset) =>
        _catalogue.Dags.SelectMany(dag => dag.Tasks, (dag, task) => (dag.Id, task.Produces)).Where(pair => pair.Produces?.Id == asset)
            .Select(pair => ((string, Asset)?)(pair.Id, pair.Produces!)).FirstOrDefault();

    // What it is made of is computed without this store, which is held, and what is made of it with what stands now.
    private async Task<RestoreResult> EndAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        AssetPartition partition,
        string dag,
        object before,
        string kind,
        string actor,
        string reason,
        Alongside<RestoreResult>? alongside,
        CancellationToken cancellationToken)
    {
        var (version, run) = await connection.QuerySingleAsync<(long, long)>(new CommandDefinition(
            """
            WITH held AS (
              UPDATE dags.asset_partition SET pinned_by = CASE WHEN @kind = 'restore' THEN @actor END,
                stale_since = CASE WHEN @kind = 'release' THEN coalesce(stale_since, now()) ELSE stale_since END,
                stale_cause = CASE WHEN @kind = 'release' THEN coalesce(stale_cause, jsonb_build_object('released_by', @actor)) ELSE stale_cause END
              WHERE tenant = @Tenant AND asset = @Asset AND business_date = @BusinessDate AND store = @Store RETURNING version),
            queued AS (
              INSERT INTO dags.dag_run (dag_id, version_id, run_type, tenant, partition_key, state, conf, cause, priority_class)
              SELECT dag_id, current_version, 'manual', @Tenant, @key, 'queued', CASE WHEN @Store = '' THEN '{}' ELSE jsonb_build_object('stores', jsonb_build_array(@Store)) END,
                jsonb_build_object('actor', @actor, 'reason', @reason, @kind, @Asset), 1
              FROM dags.dag WHERE dag_id = @dag RETURNING run_id),
            entry AS (
              INSERT INTO dags.action (actor, kind, tenant, dag_id, run_id, reason, before, after)
              SELECT @actor, @kind, @Tenant, @dag, queued.run_id, @reason, @before::jsonb,
                jsonb_build_object('asset', @Asset, 'business_date', @BusinessDate, 'store', @Store, 'version', held.version) FROM held, queued)
            SELECT held.version, queued.run_id FROM held, queued
            """,
            new
            {
                partition.Tenant,
                partition.Asset,
                partition.BusinessDate,
                partition.Store,
                key = new DayPartition(partition.Tenant, partition.BusinessDate).ToString(),
                dag,
                kind,
                actor,
                reason,
                before = JsonSerializer.Serialize(before),
            },
            transaction,
            cancellationToken: cancellationToken));
        var result = new RestoreResult(version, run);
        if (alongside is not null)
        {
            await alongside.After(connection, result, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        _signals.RingAll();
        return result;
    }

    private static RestoreResult Refused(RestoreRefusal refusal, string sentence) => new(null, null, refusal, sentence);

    private sealed record HeldRow
    {
        public required long Version { get; init; }

        public required long Token { get; init; }

        public string? Inputs { get; init; }

        public string? Kpi { get; init; }

        public long? ReplacedBy { get; init; }
    }
}
