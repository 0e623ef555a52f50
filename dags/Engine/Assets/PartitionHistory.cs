using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Dags.Engine.Assets;

/// <summary>A partition as it stands.</summary>
public sealed record PartitionState
{
    /// <summary>The asset.</summary>
    public required string Asset { get; init; }

    /// <summary>Whose.</summary>
    public required string Tenant { get; init; }

    /// <summary>Trading day.</summary>
    public required DateOnly BusinessDate { get; init; }

    /// <summary>Store code; empty for an asset cut by day alone.</summary>
    public required string Store { get; init; }

    /// <summary>The version that stands.</summary>
    public required long Version { get; init; }

    /// <summary>When its content last changed, UTC.</summary>
    public required DateTime PublishedAt { get; init; }

    /// <summary>When it was last computed, UTC; the content was the same if that is later.</summary>
    public required DateTime CheckedAt { get; init; }

    /// <summary>Since when something it is made of has changed, UTC; null while it is up to date.</summary>
    public DateTime? StaleSince { get; init; }

    /// <summary>What has changed: a JSON object; null while it is up to date.</summary>
    public string? StaleCause { get; init; }

    /// <summary>Who holds its content; null for nobody.</summary>
    public string? PinnedBy { get; init; }

    /// <summary>Its main figures as a JSON object; null where it has none.</summary>
    public string? Kpi { get; init; }
}

/// <summary>How the partitions of an asset stand.</summary>
/// <param name="Asset">The asset, or data that comes in.</param>
/// <param name="Partitions">How many there are.</param>
/// <param name="Stale">How many of them are made of something that has changed since.</param>
/// <param name="Held">How many of them somebody holds.</param>
/// <param name="StaleSince">Since when the first of those is stale, UTC; null for none.</param>
public sealed record AssetCount(string Asset, long Partitions, long Stale, long Held, DateTime? StaleSince);

/// <summary>A version of a partition.</summary>
public sealed record PartitionVersion
{
    /// <summary>From 1.</summary>
    public required long Version { get; init; }

    /// <summary>UTC.</summary>
    public required DateTime PublishedAt { get; init; }

    /// <summary>Why: <c>asset</c> (data came in), <c>scheduled</c>, <c>manual</c>, <c>backfill</c> or <c>restored</c>.</summary>
    public required string Reason { get; init; }

    /// <summary>The run that published it; null for one that was restored.</summary>
    public long? RunId { get; init; }

    /// <summary>What caused that run: a JSON object.</summary>
    public string? Cause { get; init; }

    /// <summary>The version of the DAG it was computed by.</summary>
    public long? CodeVersion { get; init; }

    /// <summary>The lease it was published under: it orders all publications.</summary>
    public required long Fence { get; init; }

    /// <summary>Of which versions of its inputs it is made: a JSON object.</summary>
    public required string Inputs { get; init; }

    /// <summary>Its main figures as a JSON object; null where it has none.</summary>
    public string? Kpi { get; init; }
}

/// <summary>Reads what the engine knows of partitions: what stands, what stood before and why, and what is made of what.</summary>
/// <param name="database">Connects as <see cref="DatabaseRole.Job"/>.</param>
public sealed class PartitionHistory([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database)
{
    private const int ForgottenAtOnce = 5_000;

    private const string Columns = """
        asset AS Asset, tenant AS Tenant, business_date AS BusinessDate, store AS Store, version AS Version, published_at AS PublishedAt, checked_at AS CheckedAt,
        stale_since AS StaleSince, stale_cause::text AS StaleCause, pinned_by AS PinnedBy, kpi::text AS Kpi
        """;

    /// <summary>Partitions of a span of days as they stand, by day, asset and store.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="from">First trading day.</param>
    /// <param name="to">Last trading day.</param>
    /// <param name="asset">One asset; null for all, data that comes in among them.</param>
    /// <param name="store">One store, and what stands for the day as a whole; null for all.</param>
    /// <param name="onlyStale">Only what is stale.</param>
    /// <param name="limit">The most rows.</param>
    /// <param name="cancellationToken">Stops the read.</param>
    public async Task<IReadOnlyList<PartitionState>> ListAsync(
        string tenant, DateOnly from, DateOnly to, string? asset, string? store, bool onlyStale, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return (await connection.QueryAsync<PartitionState>(new CommandDefinition(
            $"""
            SELECT {Columns} FROM dags.asset_partition
            WHERE tenant = @tenant AND business_date BETWEEN @from AND @to AND (@asset::text IS NULL OR asset = @asset)
              AND (@store::text IS NULL OR store IN (@store, '')) AND (NOT @onlyStale OR stale_since IS NOT NULL)
            ORDER BY business_date DESC, asset, store LIMIT @limit
            """,
            new { tenant, from, to, asset, store, onlyStale, limit },
            cancellationToken: cancellationToken))).AsList();
    }

    /// <summary>Partitions of a span of days that are stale or held, by day, asset and store.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="from">First trading day.</param>
    /// <param name="to">Last trading day.</param>
    /// <param name="store">One store, and what stands for the day as a whole; null for all.</param>
    /// <param name="limit">The most rows.</param>
    /// <param name="cancellationToken">Stops the read.</param>
    public async Task<IReadOnlyList<PartitionState>> OpenAsync(string tenant, DateOnly from, DateOnly to, string? store, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return (await connection.QueryAsync<PartitionState>(new CommandDefinition(
            $"""
            SELECT {Columns} FROM dags.asset_partition
            WHERE tenant = @tenant AND business_date BETWEEN @from AND @to AND (@store::text IS NULL OR store IN (@store, '')) AND (stale_since IS NOT NULL OR pinned_by IS NOT NULL)
            ORDER BY business_date DESC, asset, store LIMIT @limit
            """,
            new { tenant, from, to, store, limit },
            cancellationToken: cancellationToken))).AsList();
    }

    /// <summary>How the partitions of a span of days stand, by asset.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="from">First trading day.</param>
    /// <param name="to">Last trading day.</param>
    /// <param name="cancellationToken">Stops the read.</param>
    public async Task<IReadOnlyList<AssetCount>> CountAsync(string tenant, DateOnly from, DateOnly to, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return (await connection.QueryAsync<AssetCount>(new CommandDefinition(
            """
            SELECT asset AS Asset, count(*) AS Partitions, count(stale_since) AS Stale, count(pinned_by) AS Held, min(stale_since) AS StaleSince
            FROM dags.asset_partition WHERE tenant = @tenant AND business_date BETWEEN @from AND @to GROUP BY asset ORDER BY asset
            """,
            new { tenant, from, to },
            cancellationToken: cancellationToken))).AsList();
    }

    /// <summary>A partition with its versions, newest first.</summary>
    /// <returns>Null where there is no such partition.</returns>
    public async Task<(PartitionState State, IReadOnlyList<PartitionVersion> Versions)?> OfAsync(AssetPartition partition, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var read = await connection.QueryMultipleAsync(new CommandDefinition(
            $"""
            SELECT {Columns} FROM dags.asset_partition WHERE tenant = @Tenant AND asset = @Asset AND business_date = @BusinessDate AND store = @Store;
            SELECT v.version AS Version, v.published_at AS PublishedAt, v.reason AS Reason, v.run_id AS RunId, r.cause::text AS Cause, v.code_version AS CodeVersion,
              v.fence AS Fence, v.inputs::text AS Inputs, v.kpi::text AS Kpi
            FROM dags.asset_version v LEFT JOIN dags.dag_run r USING (run_id)
            WHERE v.tenant = @Tenant AND v.asset = @Asset AND v.business_date = @BusinessDate AND v.store = @Store ORDER BY v.version DESC LIMIT 200;
            """,
            partition,
            cancellationToken: cancellationToken));
        return await read.ReadSingleOrDefaultAsync<PartitionState>() is { } state ? (state, (await read.ReadAsync<PartitionVersion>()).AsList()) : null;
    }

    /// <summary>What is made of what.</summary>
    public async Task<IReadOnlyList<AssetLineage>> LineageAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<(string Asset, string Grain, string? Dag, string? Task, string[] Tables, string[] Upstreams, int[] DaysBefore)>(new CommandDefinition(
            """
            SELECT a.asset AS Asset, a.grain AS Grain, a.dag_id AS DagId, a.task_id AS TaskId, a.tables AS Tables,
              ARRAY(SELECT i.upstream FROM dags.asset_input i WHERE i.asset = a.asset ORDER BY i.upstream) AS Upstreams,
              ARRAY(SELECT i.days_before FROM dags.asset_input i WHERE i.asset = a.asset ORDER BY i.upstream) AS DaysBefore
            FROM dags.asset a ORDER BY a.asset
            """,
            cancellationToken: cancellationToken));
        return [.. rows.Select(row => new AssetLineage(row.Asset, row.Grain, row.Dag, row.Task, row.Tables, row.Upstreams, row.DaysBefore))];
    }

    /// <summary>
    /// Deletes versions of long ago, and those a running day went through in the days before: what was only the sum so far explains nothing.
    /// What stands is never deleted.
    /// </summary>
    /// <param name="keep">How long versions are kept.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    public async Task ForgetAsync(TimeSpan keep, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        while (await connection.ExecuteAsync(new CommandDefinition(
            """
            DELETE FROM dags.asset_version WHERE ctid = ANY(ARRAY(
              SELECT v.ctid FROM dags.asset_version v
              JOIN dags.asset_version n ON (n.tenant, n.asset, n.business_date, n.store, n.version) = (v.tenant, v.asset, v.business_date, v.store, v.version + 1)
              WHERE v.published_at < now() - @keep OR (v.published_at < now() - interval '2 days' AND n.reason = 'asset' AND n.published_at < v.business_date + 1)
              LIMIT @ForgottenAtOnce))
            """,
            new { keep, ForgottenAtOnce },
            cancellationToken: cancellationToken)) > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}
