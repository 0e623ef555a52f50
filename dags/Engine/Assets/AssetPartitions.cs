using System.Text.Json;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Dags.Engine.Assets;

/// <summary>What a task publishes was published by somebody else since it began, or pinned: it is tried again on what stands now.</summary>
internal sealed class PartitionMovedException(string message) : Exception(message);

/// <summary>How the partitions a task is going to publish stood when it began.</summary>
/// <param name="Made">By store the versions of its inputs as a JSON object: the sum over all partitions it reads, which grows with each of them.</param>
/// <param name="Pinned">Stores whose content somebody holds.</param>
internal sealed record PartitionInputs(IReadOnlyDictionary<string, string> Made, IReadOnlySet<string> Pinned);

/// <summary>
/// The partitions of what tasks publish: which version stands, of which versions of its inputs it is made, and whether those have changed
/// since. Everything is written in the transaction of what causes it.
/// </summary>
internal sealed class AssetPartitions([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database)
{
    private const string Made = """
        SELECT made.store AS Store, jsonb_object_agg(made.upstream, made.version)::text AS Inputs FROM (
          SELECT p.store, i.upstream, coalesce(sum(u.version), 0)::bigint AS version
          FROM unnest(@stores) AS p(store) CROSS JOIN dags.asset_input i
          LEFT JOIN dags.asset_partition u ON u.tenant = @Tenant AND u.asset = i.upstream
            AND u.business_date BETWEEN @BusinessDate - i.days_before AND @BusinessDate AND (p.store = '' OR u.store IN (p.store, ''))
          WHERE i.asset = @Id GROUP BY 1, 2) made
        GROUP BY 1
        """;

    // From the rows of "changed" down to everything made of them: an asset, a span of its days and its store, null for all stores.
    private const string MarkBehind = """
        behind AS (
          SELECT asset, business_date AS first, business_date AS last, store, false AS made_of_it FROM changed
          UNION
          SELECT i.asset, b.first, b.last + i.days_before, CASE WHEN a.grain = 'day' THEN '' ELSE nullif(b.store, '') END, true
          FROM behind b JOIN dags.asset_input i ON i.upstream = b.asset JOIN dags.asset a ON a.asset = i.asset),
        hit AS MATERIALIZED (
          SELECT p.asset, p.business_date, p.store FROM dags.asset_partition p
          WHERE p.tenant = @tenant AND p.stale_since IS NULL AND EXISTS (
            SELECT FROM behind b WHERE b.made_of_it AND b.asset = p.asset AND p.business_date BETWEEN b.first AND b.last AND (b.store IS NULL OR b.store = p.store))
          ORDER BY p.asset, p.business_date, p.store FOR NO KEY UPDATE)
        UPDATE dags.asset_partition p SET stale_since = clock_timestamp(), stale_cause = @cause::jsonb
        FROM hit WHERE p.tenant = @tenant AND (p.asset, p.business_date, p.store) = (hit.asset, hit.business_date, hit.store) AND p.stale_since IS NULL;
        """;

    /// <summary>Notes new versions of data that came in and marks as stale what is made of it, inside the caller's transaction.</summary>
    public static async Task ArrivedAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<PartitionChange> changes, CancellationToken cancellationToken)
    {
        foreach (var tenant in changes.GroupBy(change => change.Key.Tenant).OrderBy(tenant => tenant.Key, StringComparer.Ordinal))
        {
            var datasets = tenant.Select(change => change.Key.Dataset).Distinct().Order(StringComparer.Ordinal);
            await connection.ExecuteAsync(new CommandDefinition(
                $"""
                INSERT INTO dags.asset_partition AS p (tenant, asset, business_date, store, version, reason)
                SELECT @tenant, c.asset, c.business_date, c.store, c.version, 'received'
                FROM unnest(@assets, @dates, @stores, @versions) AS c(asset, business_date, store, version) ORDER BY 2, 3, 4
                ON CONFLICT (tenant, asset, business_date, store) DO UPDATE SET
                  version = greatest(excluded.version, p.version + 1), published_at = clock_timestamp(), checked_at = clock_timestamp();
                WITH RECURSIVE changed AS (SELECT * FROM unnest(@assets, @dates, @stores) AS c(asset, business_date, store)),
                {MarkBehind}
                """,
                new
                {
                    tenant = tenant.Key,
                    cause = JsonSerializer.Serialize(new { data = datasets }),
                    assets = tenant.Select(change => change.Key.Dataset).ToArray(),
                    dates = tenant.Select(change => change.Key.BusinessDate).ToArray(),
                    stores = tenant.Select(change => change.Key.Store).ToArray(),
                    versions = tenant.Select(change => change.Version).ToArray(),
                },
                transaction,
                cancellationToken: cancellationToken));
        }
    }

    /// <summary>What the partitions are made of at this moment. Data that comes later makes them stale again, even if the task happens to read it.</summary>
    /// <param name="asset">What the task publishes.</param>
    /// <param name="day">Whose day.</param>
    /// <param name="stores">Which stores; null for all that have data of it, or had a partition of it before.</param>
    /// <param name="cancellationToken">Stops the read.</param>
    public async Task<PartitionInputs> ReadAsync(Asset asset, DayPartition day, IReadOnlyList<string>? stores, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var read = await connection.QueryMultipleAsync(new CommandDefinition(
            """
            SELECT store FROM dags.asset_partition WHERE tenant = @Tenant AND asset = @Id AND business_date = @BusinessDate AND pinned_by IS NOT NULL;
            SELECT u.store FROM dags.asset_input i JOIN dags.asset_partition u ON u.asset = i.upstream
            WHERE i.asset = @Id AND u.tenant = @Tenant AND u.business_date = @BusinessDate AND u.store <> '' AND @every
            UNION
            SELECT p.store FROM dags.asset_partition p WHERE p.tenant = @Tenant AND p.asset = @Id AND p.business_date = @BusinessDate AND p.store <> '' AND @every;
            """,
            new { day.Tenant, day.BusinessDate, asset.Id, every = asset.Grain == PartitionGrain.StoreDay && stores is null },
            cancellationToken: cancellationToken));
        var pinned = (await read.ReadAsync<string>()).ToHashSet(StringComparer.Ordinal);
        var every = await read.ReadAsync<string>();
        return new PartitionInputs(
            await MadeAsync(connection, null, asset, day, asset.Grain == PartitionGrain.Day ? [""] : [.. stores ?? every], cancellationToken), pinned);
    }

    /// <summary>Holds the partitions until the transaction ends; nothing older publishes there any more.</summary>
    /// <returns>The versions there are, by store.</returns>
    /// <exception cref="PartitionMovedException">A younger lease has published one of them, or somebody holds one.</exception>
    public static async Task<IReadOnlyDictionary<string, long>> HoldAsync(
        Publication publication, Asset asset, DayPartition day, IReadOnlyList<string> stores, CancellationToken cancellationToken)
    {
        var rows = (await publication.Connection.QueryAsync<(string Store, long Version, long Fence, string? PinnedBy)>(new CommandDefinition(
            """
            SELECT store, version, fence, pinned_by FROM dags.asset_partition
            WHERE tenant = @Tenant AND asset = @Id AND business_date = @BusinessDate AND store = ANY(@stores) ORDER BY store FOR NO KEY UPDATE
            """,
            new { day.Tenant, day.BusinessDate, asset.Id, stores = stores.ToArray() },
            publication.Transaction,
            cancellationToken: cancellationToken))).AsList();
        foreach (var (store, _, fence, pinnedBy) in rows)
        {
            if (fence > publication.LeaseToken || pinnedBy is not null)
            {
                throw new PartitionMovedException(pinnedBy is null
                    ? $"{asset.Id} of {day} {store} was published by a younger lease ({fence}) than {publication.LeaseToken}."
                    : $"{asset.Id} of {day} {store} is held by {pinnedBy}.");
            }
        }

        return rows.ToDictionary(row => row.Store, row => row.Version, StringComparer.Ordinal);
    }

    /// <summary>Notes what was published: a new version where the content changed, and what is made of it is stale; where it is the same, only that it was looked at.</summary>
    /// <param name="publication">The transaction, with the partitions noted in it.</param>
    /// <param name="asset">What was published.</param>
    /// <param name="day">Whose day.</param>
    /// <param name="stores">Every partition that was computed.</param>
    /// <param name="versions">From <see cref="HoldAsync"/>.</param>
    /// <param name="made">What it was made of, by store.</param>
    /// <param name="run">The run.</param>
    /// <param name="reason">Why: the kind of run, or <c>restored</c>.</param>
    /// <param name="cancellationToken">The caller rolls back.</param>
    public static async Task RecordAsync(
        Publication publication,
        Asset asset,
        DayPartition day,
        IReadOnlyList<string> stores,
        IReadOnlyDictionary<string, long> versions,
        IReadOnlyDictionary<string, string> made,
        long? run,
        string? reason,
        CancellationToken cancellationToken)
    {
        var connection = publication.Connection;
        var transaction = publication.Transaction;
        var now = await MadeAsync(connection, transaction, asset, day, stores, cancellationToken);

        // A partition that was there before the engine kept books begins with version 1, changed or not.
        var changed = stores.Select(store => publication.Partitions.ContainsKey(store) || !versions.ContainsKey(store)).ToArray();
        await connection.ExecuteAsync(new CommandDefinition(
            $"""
            INSERT INTO dags.asset_partition AS p (
              tenant, asset, business_date, store, version, fence, run_id, code_version, inputs, kpi, reason, published_at, checked_at, stale_since, stale_cause)
            SELECT @tenant, @asset, @date, n.store, n.version, @token, @run, r.version_id, n.inputs::jsonb, n.kpi::jsonb, coalesce(@reason, r.run_type, ''),
              clock_timestamp(), clock_timestamp(), CASE WHEN n.stale THEN clock_timestamp() END, CASE WHEN n.stale THEN '{JustArrived}'::jsonb END
            FROM unnest(@stores, @versions, @inputs, @kpis, @stale) AS n(store, version, inputs, kpi, stale) LEFT JOIN dags.dag_run r ON r.run_id = @run
            ORDER BY n.store
            ON CONFLICT (tenant, asset, business_date, store) DO UPDATE SET
              version = excluded.version, fence = excluded.fence, inputs = excluded.inputs, checked_at = excluded.checked_at,
              kpi = CASE WHEN p.version = excluded.version THEN p.kpi ELSE excluded.kpi END,
              run_id = CASE WHEN p.version = excluded.version THEN p.run_id ELSE excluded.run_id END,
              code_version = CASE WHEN p.version = excluded.version THEN p.code_version ELSE excluded.code_version END,
              reason = CASE WHEN p.version = excluded.version THEN p.reason ELSE excluded.reason END,
              published_at = CASE WHEN p.version = excluded.version THEN p.published_at ELSE excluded.published_at END,
              stale_since = CASE WHEN excluded.stale_since IS NOT NULL THEN coalesce(p.stale_since, excluded.stale_since) END,
              stale_cause = CASE WHEN excluded.stale_since IS NOT NULL THEN coalesce(p.stale_cause, excluded.stale_cause) END;
            INSERT INTO dags.asset_version (tenant, asset, business_date, store, version, fence, run_id, code_version, inputs, kpi, reason, published_at)
            SELECT p.tenant, p.asset, p.business_date, p.store, p.version, p.fence, p.run_id, p.code_version, p.inputs, p.kpi, p.reason, p.published_at
            FROM dags.asset_partition p
            WHERE p.tenant = @tenant AND p.asset = @asset AND p.business_date = @date AND p.store = ANY(@changed);
            WITH RECURSIVE changed AS (SELECT @asset AS asset, @date AS business_date, unnest(@changed) AS store),
            {MarkBehind}
            """,
            new
            {
                tenant = day.Tenant,
                asset = asset.Id,
                date = day.BusinessDate,
                token = publication.LeaseToken,
                run,
                reason,
                stores = stores.ToArray(),
                versions = stores.Select((store, index) => versions.GetValueOrDefault(store) + (changed[index] ? 1 : 0)).ToArray(),
                inputs = stores.Select(store => made.GetValueOrDefault(store, "{}")).ToArray(),
                kpis = stores.Select(store => publication.Partitions.GetValueOrDefault(store)?.Kpi).ToArray(),
                stale = stores.Select(store => now.GetValueOrDefault(store, "{}") != made.GetValueOrDefault(store, "{}")).ToArray(),
                changed = stores.Where((_, index) => changed[index]).ToArray(),
                cause = JsonSerializer.Serialize(new { asset = asset.Id, run }),
            },
            transaction,
            cancellationToken: cancellationToken));
    }

    private const string JustArrived = """{"data":"while it was computed"}""";

    private static async Task<IReadOnlyDictionary<string, string>> MadeAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, Asset asset, DayPartition day, IReadOnlyList<string> stores, CancellationToken cancellationToken) =>
        (await connection.QueryAsync<(string Store, string Inputs)>(new CommandDefinition(
            Made,
            new { day.Tenant, day.BusinessDate, asset.Id, stores = stores.ToArray() },
            transaction,
            cancellationToken: cancellationToken))).ToDictionary(row => row.Store, row => row.Inputs, StringComparer.Ordinal);
}
