using System.Globalization;
using Dapper;
using Npgsql;
using RetailInsight.Dags.Engine;

namespace RetailInsight.Dags.Operations;

/// <summary>The latest run of a DAG on a day, and how many there were.</summary>
/// <param name="DagId">The DAG.</param>
/// <param name="Tenant">Whose day; null for a DAG that belongs to none.</param>
/// <param name="Day">The trading day of its partition; for a run without one the day of the clock that caused it.</param>
/// <param name="RunId">The latest run.</param>
/// <param name="State">How that stands: queued, running, success, failed or canceled.</param>
/// <param name="Runs">How many runs the day has had.</param>
/// <param name="StartedAt">When the latest began, UTC; null before.</param>
/// <param name="EndedAt">When it ended, UTC; null before.</param>
public sealed record GridCell(string DagId, string? Tenant, DateOnly Day, long RunId, string State, long Runs, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt);

/// <summary>A run that has not ended.</summary>
/// <param name="RunId">The run.</param>
/// <param name="DagId">Its DAG.</param>
/// <param name="Tenant">Whose; null for none.</param>
/// <param name="PartitionKey"><c>tenant/yyyy-MM-dd</c>, or empty.</param>
/// <param name="IsRunning">False while it waits to begin.</param>
/// <param name="Since">When it began, or since when it waits, UTC.</param>
/// <param name="Tasks">How many tasks it has; 0 before it began.</param>
/// <param name="Ended">How many of them have ended.</param>
/// <param name="Failed">How many of those did not succeed.</param>
/// <param name="Active">Names of tasks that run at the moment, at most three.</param>
/// <param name="Blocker">What it waits for; null while a task of it runs.</param>
public sealed record OpenRun(
    long RunId, string DagId, string? Tenant, string PartitionKey, bool IsRunning, DateTimeOffset Since, long Tasks, long Ended, long Failed, IReadOnlyList<string> Active, Blocker? Blocker);

/// <summary>Reads what runs of many days have come to, and what runs and waits now.</summary>
public sealed class RunGridQueries
{
    private readonly NpgsqlDataSource _database;
    private readonly Blockers _blockers;

    internal RunGridQueries(NpgsqlDataSource database, Blockers blockers) => (_database, _blockers) = (database, blockers);

    /// <summary>The latest run of each DAG on each day.</summary>
    /// <param name="tenant">Of this tenant alone; null for every run.</param>
    /// <param name="dag">Of this DAG alone; null for all.</param>
    /// <param name="from">First trading day.</param>
    /// <param name="to">Last trading day.</param>
    /// <param name="timeZone">IANA zone the days of runs without a partition are told in.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>By DAG, tenant and day.</returns>
    public async Task<IReadOnlyList<GridCell>> GridAsync(string? tenant, string? dag, DateOnly from, DateOnly to, string timeZone, CancellationToken cancellationToken)
    {
        await using var connection = await _database.OpenConnectionAsync(cancellationToken);

        // No run of a day is older than the day, whatever its zone. Days are compared as texts, so that no odd key breaks the page.
        var rows = await connection.QueryAsync<CellRow>(new CommandDefinition(
            """
            WITH known AS (
              SELECT dag_id, tenant, run_id,
                CASE WHEN partition_key = '' THEN to_char(coalesce(interval_end, created_at) AT TIME ZONE @timeZone, 'YYYY-MM-DD') ELSE right(partition_key, 10) END COLLATE "C" AS day
              FROM dags.dag_run
              WHERE (@tenant::text IS NULL OR tenant = @tenant) AND (@dag::text IS NULL OR dag_id = @dag) AND created_at >= @earliest),
            latest AS (
              SELECT dag_id, tenant, day, max(run_id) AS run_id, count(*) AS runs FROM known
              WHERE day BETWEEN @first AND @last GROUP BY dag_id, tenant, day)
            SELECT l.dag_id AS DagId, l.tenant AS Tenant, l.day AS Day, l.run_id AS RunId, r.state AS State, l.runs AS Runs, r.started_at AS StartedAt, r.ended_at AS EndedAt
            FROM latest l JOIN dags.dag_run r USING (run_id) ORDER BY l.dag_id, l.tenant, l.day
            """,
            new { tenant, dag, timeZone, first = Text(from), last = Text(to), earliest = from.AddDays(-1).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc) },
            cancellationToken: cancellationToken));
        return [.. rows.Select(row => (Row: row, Day: DateOf(row.Day))).Where(pair => pair.Day is not null).Select(pair => new GridCell(
            pair.Row.DagId, pair.Row.Tenant, pair.Day!.Value, pair.Row.RunId, pair.Row.State, pair.Row.Runs, pair.Row.StartedAt.Utc(), pair.Row.EndedAt.Utc()))];
    }

    /// <summary>What runs and what waits, what runs first, the oldest of each on top.</summary>
    /// <param name="tenant">Of this tenant alone; null for every run.</param>
    /// <param name="most">At most so many.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<IReadOnlyList<OpenRun>> OpenAsync(string? tenant, int most, CancellationToken cancellationToken)
    {
        List<OpenRow> rows;
        await using (var connection = await _database.OpenConnectionAsync(cancellationToken))
        {
            rows = (await connection.QueryAsync<OpenRow>(new CommandDefinition(
                $"""
                SELECT r.run_id AS RunId, r.dag_id AS DagId, r.tenant AS Tenant, r.partition_key AS PartitionKey, r.state = 'running' AS IsRunning,
                  CASE WHEN r.state = 'running' THEN r.started_at ELSE r.created_at END AS Since, t.*
                FROM (SELECT * FROM dags.dag_run WHERE state IN ('running', 'queued') AND (@tenant::text IS NULL OR tenant = @tenant)
                  ORDER BY state DESC, run_id LIMIT @most) r
                CROSS JOIN LATERAL (
                  SELECT count(*) AS Tasks, count(*) FILTER (WHERE state NOT IN {TaskStates.Open}) AS Ended, count(*) FILTER (WHERE state IN {TaskStates.Failed}) AS Failed,
                    (array_agg(DISTINCT task_id) FILTER (WHERE state = 'running'))[1:3] AS Active,
                    (array_agg(task_id ORDER BY state <> 'ready', state <> 'retry_wait', ti_id) FILTER (WHERE state IN {TaskStates.Open}))[1] AS Next
                  FROM dags.task_instance WHERE run_id = r.run_id AND state <> 'removed') t
                ORDER BY IsRunning DESC, r.run_id
                """,
                new { tenant, most },
                cancellationToken: cancellationToken))).AsList();
        }

        var queued = await _blockers.OfQueuedAsync([.. rows.Where(row => !row.IsRunning).Select(row => row.RunId)], cancellationToken);
        var open = new List<OpenRun>(rows.Count);
        foreach (var row in rows)
        {
            var blocker = row switch
            {
                { IsRunning: false } => queued.GetValueOrDefault(row.RunId),
                { Active: null, Next: { } next } => await _blockers.OfAsync(row.RunId, next, null, cancellationToken),
                _ => null,
            };
            open.Add(new OpenRun(
                row.RunId, row.DagId, row.Tenant, row.PartitionKey, row.IsRunning, row.Since.Utc(), row.Tasks, row.Ended, row.Failed, row.Active ?? [], blocker));
        }

        return open;
    }

    private static string Text(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static DateOnly? DateOf(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : null;

    private sealed record CellRow
    {
        public required string DagId { get; init; }

        public string? Tenant { get; init; }

        public required string Day { get; init; }

        public required long RunId { get; init; }

        public required string State { get; init; }

        public required long Runs { get; init; }

        public DateTime? StartedAt { get; init; }

        public DateTime? EndedAt { get; init; }
    }

    private sealed record OpenRow
    {
        public required long RunId { get; init; }

        public required string DagId { get; init; }

        public string? Tenant { get; init; }

        public required string PartitionKey { get; init; }

        public required bool IsRunning { get; init; }

        public required DateTime Since { get; init; }

        public required long Tasks { get; init; }

        public required long Ended { get; init; }

        public required long Failed { get; init; }

        public string[]? Active { get; init; }

        public string? Next { get; init; }
    }
}
