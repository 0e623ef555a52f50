using System.Text.Json;
using System.Text.RegularExpressions;
using Dapper;
using Npgsql;
using RetailInsight.Dags.Engine;

namespace RetailInsight.Dags.Operations;

/// <summary>Reads one run with everything that belongs to it.</summary>
public sealed partial class RunGraphQueries
{
    // Which of the tasks that wait are asked why: each costs the database a question.
    private const int MostBlockers = 20;

    private static readonly string[] WaitingStates = ["waiting", "ready", "retry_wait"];

    private readonly NpgsqlDataSource _database;
    private readonly Blockers _blockers;
    private readonly TaskLogs _logs;

    internal RunGraphQueries(NpgsqlDataSource database, Blockers blockers, TaskLogs logs) =>
        (_database, _blockers, _logs) = (database, blockers, logs);

    /// <summary>A run.</summary>
    /// <param name="run">Its number.</param>
    /// <param name="tenant">Whose it has to be; null for anybody's.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>Null where there is none, or it is another tenant's.</returns>
    public async Task<RunGraph?> FindAsync(long run, string? tenant, CancellationToken cancellationToken)
    {
        HeadRow? head;
        DateTime? expected = null;
        List<InstanceRow> instances;
        List<TryRow> tries;
        await using (var connection = await _database.OpenConnectionAsync(cancellationToken))
        {
            await using var answers = await connection.QueryMultipleAsync(new CommandDefinition(
                """
                SELECT r.dag_id AS DagId, r.run_type AS RunType, r.tenant AS Tenant, r.partition_key AS PartitionKey, r.state AS State, r.priority_class::int AS PriorityClass,
                  r.generation AS Generation, r.version_id AS VersionId, v.created_at AS VersionAt, v.version_id = d.current_version AS IsCurrent,
                  (r.cause ->> 'schedule') || ' ' || (r.cause ->> 'time_zone') AS Schedule, (r.cause ->> 'partition_changes')::bigint AS Changes, r.cause ->> 'actor' AS Actor,
                  CASE WHEN jsonb_typeof(r.conf -> 'stores') = 'array' THEN ARRAY(SELECT jsonb_array_elements_text(r.conf -> 'stores')) END AS Stores,
                  r.created_at AS CreatedAt, r.started_at AS StartedAt, r.ended_at AS EndedAt, (v.spec -> 'tasks')::text AS Tasks,
                  r.deadline_at AS DeadlineAt, r.likely_late_at AS LikelyLateAt, r.missed_at AS MissedAt,
                  (SELECT max(a.at) FROM dags.action a WHERE a.run_id = r.run_id AND a.kind = 'clear') AS ClearedAt
                FROM dags.dag_run r JOIN dags.dag_version v USING (version_id) JOIN dags.dag d ON d.dag_id = r.dag_id
                WHERE r.run_id = @run AND (@tenant::text IS NULL OR r.tenant = @tenant);
                SELECT ti_id AS TiId, task_id AS TaskId, map_key AS MapKey, state AS State, try_number AS TryNumber, max_tries AS MaxTries, reason AS Reason,
                  eligible_at AS EligibleAt, started_at AS StartedAt, ended_at AS EndedAt, lease_token AS LeaseToken
                FROM dags.task_instance WHERE run_id = @run AND state <> 'removed' ORDER BY ti_id;
                SELECT y.lease_token AS LeaseToken, y.ti_id AS TiId, y.try_number AS TryNumber, y.outcome AS Outcome, y.started_at AS StartedAt, y.ended_at AS EndedAt, y.error AS Error
                FROM dags.task_try y JOIN dags.task_instance t USING (ti_id) WHERE t.run_id = @run ORDER BY y.started_at, y.lease_token;
                """,
                new { run, tenant },
                cancellationToken: cancellationToken));
            head = await answers.ReadSingleOrDefaultAsync<HeadRow>();
            instances = (await answers.ReadAsync<InstanceRow>()).AsList();
            tries = (await answers.ReadAsync<TryRow>()).AsList();
            if (head?.DeadlineAt is not null)
            {
                expected = await Deadlines.ExpectedEndAsync(connection, run, cancellationToken);
            }
        }

        if (head is null)
        {
            return null;
        }

        var nodes = JsonSerializer.Deserialize<List<SpecTask>>(head.Tasks, JsonSerializerOptions.Web)!;
        var why = await WhyAsync(run, head.State, nodes, instances, cancellationToken);
        var blocker = head.State == "queued" ? (await _blockers.OfQueuedAsync([run], cancellationToken)).GetValueOrDefault(run) : null;
        return new RunGraph(
            new RunHead(
                run, head.DagId, head.RunType, head.Tenant, head.PartitionKey, head.State, head.PriorityClass, head.Generation, head.VersionId, head.VersionAt.Utc(), head.IsCurrent,
                head.Schedule, head.Changes, head.Actor, head.Stores, head.CreatedAt.Utc(), head.StartedAt.Utc(), head.EndedAt.Utc(), head.ClearedAt.Utc(), blocker,
                head.DeadlineAt is { } deadline ? new DeadlineView(deadline.Utc(), expected.Utc(), head.LikelyLateAt.Utc(), head.MissedAt.Utc()) : null),
            [.. nodes.Select(node => new GraphNode(node.Id, node.Upstreams ?? [], node.Rule ?? "all_success", node.Map is not null, node.Pool ?? "", why.GetValueOrDefault(node.Id)))],
            [.. instances.Select(row => new NodeInstance(
                row.TiId, row.TaskId, row.MapKey, row.State, row.TryNumber, row.MaxTries, row.Reason, row.EligibleAt.Utc(), row.StartedAt.Utc(), row.EndedAt.Utc()))],
            [.. tries.Select(Ended), .. instances.Where(row => row.LeaseToken is not null).Select(Running)]);
    }

    /// <summary>What a try has logged behind a line.</summary>
    /// <param name="run">The run.</param>
    /// <param name="leaseToken">The try.</param>
    /// <param name="tenant">Whose run it has to be; null for anybody's.</param>
    /// <param name="after">The last line known; 0 for none.</param>
    /// <param name="most">At most so many lines.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>Null where there is no such try, or it is another tenant's.</returns>
    public async Task<TryLog?> LogAsync(long run, long leaseToken, string? tenant, int after, int most, CancellationToken cancellationToken)
    {
        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        var (row, attempt) = (await connection.QueryAsync<LogRow, TryRow, (LogRow, TryRow)>(
            new CommandDefinition(
                """
                SELECT r.dag_id AS DagId, r.partition_key AS PartitionKey, t.task_id AS TaskId, t.map_key AS MapKey, y.lease_token AS LeaseToken, y.ti_id AS TiId,
                  y.try_number AS TryNumber, y.outcome AS Outcome, y.started_at AS StartedAt, y.ended_at AS EndedAt, y.error AS Error
                FROM (
                  SELECT lease_token, ti_id, try_number, outcome, started_at, ended_at, error FROM dags.task_try WHERE lease_token = @leaseToken
                  UNION ALL
                  SELECT lease_token, ti_id, try_number, 'running', started_at, NULL, NULL FROM dags.task_instance WHERE run_id = @run AND lease_token = @leaseToken) y
                JOIN dags.task_instance t USING (ti_id) JOIN dags.dag_run r USING (run_id)
                WHERE r.run_id = @run AND (@tenant::text IS NULL OR r.tenant = @tenant)
                """,
                new { run, leaseToken, tenant },
                cancellationToken: cancellationToken),
            (head, attempt) => (head, attempt),
            splitOn: "LeaseToken")).SingleOrDefault();
        return row is null ? null
            : new TryLog(run, row.DagId, row.PartitionKey, row.TaskId, row.MapKey, Ended(attempt), await _logs.ReadAsync(leaseToken, after, most, cancellationToken));
    }

    private async Task<Dictionary<string, Blocker>> WhyAsync(long run, string state, List<SpecTask> nodes, List<InstanceRow> instances, CancellationToken cancellationToken)
    {
        var why = new Dictionary<string, Blocker>(StringComparer.Ordinal);
        var open = state == "running" ? nodes.Where(node => instances.Any(row => row.TaskId == node.Id && WaitingStates.Contains(row.State))) : [];
        foreach (var node in open.Take(MostBlockers))
        {
            var first = instances.First(row => row.TaskId == node.Id && WaitingStates.Contains(row.State));
            if (await _blockers.OfAsync(run, node.Id, first.MapKey, cancellationToken) is { Kind: not (BlockerKind.Running or BlockerKind.Ended) } blocker)
            {
                why[node.Id] = blocker;
            }
        }

        return why;
    }

    private static NodeTry Ended(TryRow row) => new(row.LeaseToken, row.TiId, row.TryNumber, row.Outcome, row.StartedAt.Utc(), row.EndedAt.Utc(), row.Error is null ? null : FirstLine(row.Error));

    // Without the namespace of the exception; the rest of an error is a stack trace, which is for the log.
    private static string FirstLine(string error) => Namespace().Replace(error.Split('\n', 2)[0].TrimEnd(), "");

    [GeneratedRegex(@"^(?:\w+\.)+(?=\w+Exception\b)")]
    private static partial Regex Namespace();

    private static NodeTry Running(InstanceRow row) => new(row.LeaseToken!.Value, row.TiId, row.TryNumber, "running", row.StartedAt!.Value.Utc(), null, null);

    private sealed record SpecTask(string Id, List<string>? Upstreams, string? Rule, string? Map, string? Pool);

    private sealed record HeadRow
    {
        public required string DagId { get; init; }

        public required string RunType { get; init; }

        public string? Tenant { get; init; }

        public required string PartitionKey { get; init; }

        public required string State { get; init; }

        public required int PriorityClass { get; init; }

        public required int Generation { get; init; }

        public required long VersionId { get; init; }

        public required DateTime VersionAt { get; init; }

        public required bool IsCurrent { get; init; }

        public string? Schedule { get; init; }

        public long? Changes { get; init; }

        public string? Actor { get; init; }

        public string[]? Stores { get; init; }

        public required DateTime CreatedAt { get; init; }

        public DateTime? StartedAt { get; init; }

        public DateTime? EndedAt { get; init; }

        public DateTime? ClearedAt { get; init; }

        public DateTime? DeadlineAt { get; init; }

        public DateTime? LikelyLateAt { get; init; }

        public DateTime? MissedAt { get; init; }

        public required string Tasks { get; init; }
    }

    private sealed record InstanceRow
    {
        public required long TiId { get; init; }

        public required string TaskId { get; init; }

        public string? MapKey { get; init; }

        public required string State { get; init; }

        public required int TryNumber { get; init; }

        public required int MaxTries { get; init; }

        public required string Reason { get; init; }

        public required DateTime EligibleAt { get; init; }

        public DateTime? StartedAt { get; init; }

        public DateTime? EndedAt { get; init; }

        public long? LeaseToken { get; init; }
    }

    private sealed record TryRow
    {
        public required long LeaseToken { get; init; }

        public required long TiId { get; init; }

        public required int TryNumber { get; init; }

        public required string Outcome { get; init; }

        public required DateTime StartedAt { get; init; }

        public DateTime? EndedAt { get; init; }

        public string? Error { get; init; }
    }

    private sealed record LogRow
    {
        public required string DagId { get; init; }

        public required string PartitionKey { get; init; }

        public required string TaskId { get; init; }

        public string? MapKey { get; init; }
    }
}
