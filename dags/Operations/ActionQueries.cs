using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RetailInsight.Core.Tenancy;
using RetailInsight.Dags.Engine.Assets;

namespace RetailInsight.Dags.Operations;

/// <summary>What somebody did.</summary>
/// <param name="ActionId">Its number; null for a run by hand.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Actor">Who.</param>
/// <param name="Kind">clear, mark, cancel and what else the engine enters; start for a run by hand.</param>
/// <param name="DagId">The DAG.</param>
/// <param name="RunId">The run; null where it was about the DAG.</param>
/// <param name="Tenant">Whose run; null for none.</param>
/// <param name="PartitionKey"><c>tenant/yyyy-MM-dd</c>, or empty.</param>
/// <param name="Reason">Why; empty where nothing was said.</param>
/// <param name="Tasks">Names of the tasks it touched, each once.</param>
/// <param name="Touched">How many tasks it touched, each key of a mapped one counting.</param>
/// <param name="Marked">What a mark made of them: success or failed; null otherwise.</param>
/// <param name="IsUndone">Whether it was taken back.</param>
/// <param name="BackfillId">The backfill it was about; null for none.</param>
/// <param name="Partition">The partition it was about; null for none.</param>
public sealed record ActionEntry(
    long? ActionId, DateTimeOffset At, string Actor, string Kind, string DagId, long? RunId, string? Tenant, string PartitionKey, string Reason, IReadOnlyList<string> Tasks, long Touched, string? Marked,
    bool IsUndone, long? BackfillId, AssetPartition? Partition);

/// <summary>Reads who did what, and why.</summary>
/// <param name="database">Connects as <see cref="DatabaseRole.Job"/>.</param>
public sealed class ActionQueries([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database)
{
    /// <summary>A mark.</summary>
    /// <param name="action">Its number.</param>
    /// <param name="tenant">About a run of this tenant alone; null for anybody's.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>Null where there is no such mark, or it is another tenant's.</returns>
    public async Task<ActionEntry?> FindMarkAsync(long action, string? tenant, CancellationToken cancellationToken) =>
        (await ReadAsync(tenant, "mark", null, null, 1, action, cancellationToken)).SingleOrDefault();

    /// <summary>Actions and runs started by hand, newest first.</summary>
    /// <param name="tenant">About runs of this tenant alone; null for all.</param>
    /// <param name="kind">Of this kind alone; null for all.</param>
    /// <param name="run">About this run alone; null for all.</param>
    /// <param name="before">Older than this, UTC; null for the newest.</param>
    /// <param name="most">At most so many.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public Task<IReadOnlyList<ActionEntry>> ListAsync(string? tenant, string? kind, long? run, DateTimeOffset? before, int most, CancellationToken cancellationToken) =>
        ReadAsync(tenant, kind, run, before, most, null, cancellationToken);

    private async Task<IReadOnlyList<ActionEntry>> ReadAsync(
        string? tenant, string? kind, long? run, DateTimeOffset? before, int most, long? action, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<ActionRow>(new CommandDefinition(
            """
            SELECT a.action_id AS ActionId, a.at AS At, a.actor AS Actor, a.kind AS Kind, a.dag_id AS DagId, a.run_id AS RunId, a.tenant AS Tenant, coalesce(r.partition_key, '') AS PartitionKey, a.reason AS Reason,
              CASE WHEN jsonb_typeof(a.before) = 'array' THEN ARRAY(SELECT DISTINCT t ->> 'TaskId' FROM jsonb_array_elements(a.before) t WHERE t ->> 'TaskId' IS NOT NULL ORDER BY 1) END AS Tasks,
              CASE WHEN jsonb_typeof(a.before) = 'array' THEN (SELECT count(*) FROM jsonb_array_elements(a.before) t WHERE t ->> 'TaskId' IS NOT NULL) ELSE 0 END AS Touched,
              CASE WHEN a.kind = 'mark' THEN p.selection ->> 'As' END AS Marked,
              a.kind = 'mark' AND EXISTS (SELECT FROM dags.action u WHERE u.run_id = a.run_id AND u.undoes = a.action_id) AS IsUndone,
              (a.after ->> 'backfill')::bigint AS BackfillId, a.after ->> 'asset' AS Asset, (a.after ->> 'business_date')::date AS BusinessDate, a.after ->> 'store' AS Store
            FROM (
              (SELECT action_id, at, actor, kind, dag_id, run_id, tenant, reason, before, after, plan_id FROM dags.action
               WHERE (@tenant::text IS NULL OR tenant = @tenant) AND (@kind::text IS NULL OR kind = @kind) AND (@run::bigint IS NULL OR run_id = @run)
                 AND (@before::timestamptz IS NULL OR at < @before) AND (@action::bigint IS NULL OR action_id = @action)
               ORDER BY at DESC LIMIT @most)
              UNION ALL
              (SELECT NULL, created_at, coalesce(cause ->> 'actor', ''), 'start', dag_id, run_id, tenant, '', '[]', NULL, NULL FROM dags.dag_run
               WHERE run_type = 'manual' AND NOT EXISTS (SELECT FROM dags.action e WHERE e.run_id = dag_run.run_id AND e.kind IN ('restore', 'release')) AND (@tenant::text IS NULL OR tenant = @tenant) AND (@kind::text IS NULL OR @kind = 'start') AND (@run::bigint IS NULL OR run_id = @run)
                 AND (@before::timestamptz IS NULL OR created_at < @before)
               ORDER BY created_at DESC LIMIT @most)) a
            LEFT JOIN dags.dag_run r USING (run_id) LEFT JOIN dags.plan p ON p.plan_id = a.plan_id
            ORDER BY a.at DESC LIMIT @most
            """,
            new { tenant, kind, run, before = before?.UtcDateTime, most, action },
            cancellationToken: cancellationToken));
        return [.. rows.Select(row => new ActionEntry(
            row.ActionId, row.At.Utc(), row.Actor, row.Kind, row.DagId, row.RunId, row.Tenant, row.PartitionKey, row.Reason, row.Tasks ?? [], row.Touched, row.Marked, row.IsUndone, row.BackfillId,
            row is { Tenant: { } whose, Asset: { } asset, BusinessDate: { } date } ? new AssetPartition(whose, asset, date, row.Store ?? "") : null))];
    }

    private sealed record ActionRow
    {
        public long? ActionId { get; init; }

        public required DateTime At { get; init; }

        public required string Actor { get; init; }

        public required string Kind { get; init; }

        public required string DagId { get; init; }

        public long? RunId { get; init; }

        public string? Tenant { get; init; }

        public required string PartitionKey { get; init; }

        public required string Reason { get; init; }

        public string[]? Tasks { get; init; }

        public required long Touched { get; init; }

        public string? Marked { get; init; }

        public required bool IsUndone { get; init; }

        public long? BackfillId { get; init; }

        public string? Asset { get; init; }

        public DateOnly? BusinessDate { get; init; }

        public string? Store { get; init; }
    }
}
