using System.Globalization;
using System.Text.Json;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RetailInsight.Core.Tenancy;
using RetailInsight.Dags.Engine;

namespace RetailInsight.Dags.Operations;

/// <summary>Reads the state of the engine for people and programs. Times are UTC.</summary>
/// <param name="database">Connects as <see cref="DatabaseRole.Job"/>.</param>
public sealed class RunQueries([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database)
{
    private const string RunColumns = """
        run_id AS RunId, dag_id AS DagId, run_type AS RunType, tenant AS Tenant, partition_key AS PartitionKey, state AS State,
        conf::text AS Conf, cause::text AS Cause, created_at AS CreatedAt, started_at AS StartedAt, ended_at AS EndedAt,
        deadline_at AS DeadlineAt, likely_late_at AS LikelyLateAt, missed_at AS MissedAt
        """;

    /// <summary>Every DAG.</summary>
    /// <param name="tenant">Counts runs of this tenant alone; null counts all.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<IReadOnlyList<DagView>> DagsAsync(string? tenant, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<DagRow>(new CommandDefinition(
            """
            SELECT d.dag_id AS DagId, d.schedule AS Schedule, d.time_zone AS TimeZone, d.next_run_after AS NextRunAfter, d.paused AS Paused,
              v.spec::text AS Spec,
              (SELECT count(*) FROM dags.dag_run r WHERE r.dag_id = d.dag_id AND r.state = 'queued' AND (@tenant::text IS NULL OR r.tenant = @tenant)) AS Queued,
              (SELECT count(*) FROM dags.dag_run r WHERE r.dag_id = d.dag_id AND r.state = 'running' AND (@tenant::text IS NULL OR r.tenant = @tenant)) AS Running
            FROM dags.dag d JOIN dags.dag_version v ON v.version_id = d.current_version
            ORDER BY d.dag_id
            """,
            new { tenant },
            cancellationToken: cancellationToken));
        return [.. rows.Select(row => new DagView(
            row.DagId, row.Schedule, row.TimeZone, Utc(row.NextRunAfter), row.Paused, row.Queued, row.Running, Json(row.Spec)))];
    }

    /// <summary>Runs, newest first.</summary>
    /// <param name="dag">Of this DAG alone; null for all.</param>
    /// <param name="state">In this state alone; null for all.</param>
    /// <param name="tenant">Of this tenant alone; null for all.</param>
    /// <param name="before">Older than this run; null for the newest.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public Task<RunPage> RunsAsync(string? dag, string? state, string? tenant, long? before, int limit, CancellationToken cancellationToken) =>
        RunsAsync(dag, state, tenant, null, before, limit, cancellationToken);

    /// <summary>Runs, newest first.</summary>
    /// <param name="dag">Of this DAG alone; null for all.</param>
    /// <param name="state">In this state alone; null for all.</param>
    /// <param name="tenant">Of this tenant alone; null for all.</param>
    /// <param name="day">Whose partition is this trading day; null for all.</param>
    /// <param name="before">Older than this run; null for the newest.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<RunPage> RunsAsync(string? dag, string? state, string? tenant, DateOnly? day, long? before, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = (await connection.QueryAsync<RunRow>(new CommandDefinition(
            $"""
            SELECT {RunColumns} FROM dags.dag_run
            WHERE (@dag::text IS NULL OR dag_id = @dag) AND (@state::text IS NULL OR state = @state)
              AND (@tenant::text IS NULL OR tenant = @tenant) AND (@ending::text IS NULL OR right(partition_key, 11) = @ending) AND run_id < coalesce(@before, 9223372036854775807)
            ORDER BY run_id DESC LIMIT @limit + 1
            """,
            new { dag, state, tenant, before, limit, ending = day?.ToString("'/'yyyy-MM-dd", CultureInfo.InvariantCulture) },
            cancellationToken: cancellationToken))).AsList();
        var page = rows.Take(limit).Select(View).ToList();
        return new RunPage(page, rows.Count > limit ? page[^1].RunId : null);
    }

    /// <summary>A run with its tasks.</summary>
    /// <returns>Null where there is none; whose it is is not looked at.</returns>
    public async Task<RunDetail?> RunAsync(long run, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var answers = await connection.QueryMultipleAsync(new CommandDefinition(
            $"""
            SELECT {RunColumns} FROM dags.dag_run WHERE run_id = @run;
            SELECT t.ti_id AS TiId, t.task_id AS TaskId, t.state AS State, t.try_number AS TryNumber, t.max_tries AS MaxTries,
              t.crash_count AS CrashCount, t.reason AS Reason, t.eligible_at AS EligibleAt, t.started_at AS StartedAt, t.ended_at AS EndedAt,
              ARRAY(SELECT e.upstream FROM dags.task_edge e JOIN dags.dag_run r ON r.version_id = e.version_id
                WHERE r.run_id = @run AND e.downstream = t.task_id ORDER BY e.upstream) AS Upstreams
            FROM dags.task_instance t WHERE t.run_id = @run ORDER BY t.ti_id;
            SELECT y.ti_id AS TiId, y.lease_token AS LeaseToken, y.try_number AS TryNumber, y.outcome AS Outcome, y.started_at AS StartedAt,
              y.ended_at AS EndedAt, y.error_class AS ErrorClass, y.error AS Error
            FROM dags.task_try y JOIN dags.task_instance t USING (ti_id) WHERE t.run_id = @run ORDER BY y.lease_token;
            """,
            new { run },
            cancellationToken: cancellationToken));
        if (await answers.ReadSingleOrDefaultAsync<RunRow>() is not { } row)
        {
            return null;
        }

        var tasks = (await answers.ReadAsync<TaskRow>()).ToList();
        var tries = (await answers.ReadAsync<TryRow>()).ToLookup(attempt => attempt.TiId);
        return new RunDetail(View(row), [.. tasks.Select(task => new TaskView(
            task.TaskId,
            task.State,
            task.Upstreams,
            task.TryNumber,
            task.MaxTries,
            task.CrashCount,
            task.Reason,
            Utc(task.EligibleAt)!.Value,
            Utc(task.StartedAt),
            Utc(task.EndedAt),
            [.. tries[task.TiId].Select(attempt => new TryView(
                attempt.LeaseToken,
                attempt.TryNumber,
                attempt.Outcome,
                Utc(attempt.StartedAt)!.Value,
                Utc(attempt.EndedAt)!.Value,
                attempt.ErrorClass,
                FirstLine(attempt.Error)))]))], await DeadlineAsync(connection, row, cancellationToken));
    }

    private static async Task<DeadlineView?> DeadlineAsync(NpgsqlConnection connection, RunRow row, CancellationToken cancellationToken) => row.DeadlineAt is not { } at
        ? null : new DeadlineView(Utc(at)!.Value, Utc(await Deadlines.ExpectedEndAsync(connection, row.RunId, cancellationToken)), Utc(row.LikelyLateAt), Utc(row.MissedAt));

    // The rest of an error is a stack trace, which is for the log and not for a caller.
    private static string? FirstLine(string? error) => error?.Split('\n', 2)[0].TrimEnd();

    private static RunView View(RunRow row) => new(
        row.RunId,
        row.DagId,
        row.RunType,
        row.Tenant,
        row.PartitionKey,
        row.State,
        Json(row.Conf),
        Json(row.Cause),
        Utc(row.CreatedAt)!.Value,
        Utc(row.StartedAt),
        Utc(row.EndedAt));

    private static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    private static DateTimeOffset? Utc(DateTime? instant) => instant is { } at ? new DateTimeOffset(at, TimeSpan.Zero) : null;

    private sealed record DagRow
    {
        public required string DagId { get; init; }

        public string? Schedule { get; init; }

        public string? TimeZone { get; init; }

        public DateTime? NextRunAfter { get; init; }

        public required bool Paused { get; init; }

        public required string Spec { get; init; }

        public required long Queued { get; init; }

        public required long Running { get; init; }
    }

    private sealed record RunRow
    {
        public required long RunId { get; init; }

        public required string DagId { get; init; }

        public required string RunType { get; init; }

        public string? Tenant { get; init; }

        public required string PartitionKey { get; init; }

        public required string State { get; init; }

        public required string Conf { get; init; }

        public required string Cause { get; init; }

        public required DateTime CreatedAt { get; init; }

        public DateTime? StartedAt { get; init; }

        public DateTime? EndedAt { get; init; }

        public DateTime? DeadlineAt { get; init; }

        public DateTime? LikelyLateAt { get; init; }

        public DateTime? MissedAt { get; init; }
    }

    private sealed record TaskRow
    {
        public required long TiId { get; init; }

        public required string TaskId { get; init; }

        public required string State { get; init; }

        public required string[] Upstreams { get; init; }

        public required int TryNumber { get; init; }

        public required int MaxTries { get; init; }

        public required int CrashCount { get; init; }

        public required string Reason { get; init; }

        public required DateTime EligibleAt { get; init; }

        public DateTime? StartedAt { get; init; }

        public DateTime? EndedAt { get; init; }
    }

    private sealed record TryRow
    {
        public required long TiId { get; init; }

        public required long LeaseToken { get; init; }

        public required int TryNumber { get; init; }

        public required string Outcome { get; init; }

        public required DateTime StartedAt { get; init; }

        public required DateTime EndedAt { get; init; }

        public string? ErrorClass { get; init; }

        public string? Error { get; init; }
    }
}
