using System.Text.Json;
using Dapper;
using Npgsql;

namespace RetailInsight.Dags.Operations;

/// <summary>What was done.</summary>
/// <param name="ActionId">Its number; larger is later.</param>
/// <param name="At">UTC.</param>
/// <param name="Actor">Who did it.</param>
/// <param name="Kind"><c>clear</c>, <c>mark</c>, <c>cancel</c>, <c>undo</c>, <c>pause</c>, <c>resume</c>.</param>
/// <param name="Tenant">Whose run it was; null for what concerns all tenants.</param>
/// <param name="DagId">The DAG.</param>
/// <param name="RunId">The run; null for what concerns the whole DAG.</param>
/// <param name="PlanId">The plan it followed.</param>
/// <param name="Undoes">The action it took back.</param>
/// <param name="Reason">Why.</param>
/// <param name="Tasks">How many tasks it touched.</param>
internal sealed record ActionView(
    long ActionId, DateTimeOffset At, string Actor, string Kind, string? Tenant, string DagId, long? RunId, long? PlanId, long? Undoes, string Reason, int Tasks);

/// <summary>How a task stood before an action and right after it.</summary>
internal sealed record TaskChangeView(string Task, string? Key, string Was, string Is);

/// <summary>An action with each task it touched.</summary>
internal sealed record ActionDetail(ActionView Action, IReadOnlyList<TaskChangeView> Changes);

/// <summary>Actions, newest first.</summary>
/// <param name="Items">The actions.</param>
/// <param name="Before">Pass it on to get the next page; null on the last one.</param>
internal sealed record ActionPage(IReadOnlyList<ActionView> Items, long? Before);

/// <summary>Which actions.</summary>
internal sealed record ActionFilter(string? Dag, long? Run, string? Actor, long? Before, int Limit);

/// <summary>Reads what people did.</summary>
internal static class ActionReads
{
    private const string Columns = """
        action_id AS ActionId, at AS At, actor AS Actor, kind AS Kind, tenant AS Tenant, dag_id AS DagId, run_id AS RunId, plan_id AS PlanId, undoes AS Undoes, reason AS Reason,
        CASE jsonb_typeof(before) WHEN 'array' THEN jsonb_array_length(before) ELSE 0 END AS Tasks
        """;

    /// <summary>A page of the actions a person sees.</summary>
    public static async Task<ActionPage> ListAsync(NpgsqlConnection connection, ActionFilter filter, Caller caller, CancellationToken cancellationToken)
    {
        var rows = (await connection.QueryAsync<Row>(new CommandDefinition(
            $"""
            SELECT {Columns} FROM dags.action
            WHERE (@Tenant::text IS NULL OR tenant = @Tenant) AND (@Dag::text IS NULL OR dag_id = @Dag) AND (@Run::bigint IS NULL OR run_id = @Run) AND (@Actor::text IS NULL OR actor = @Actor)
              AND action_id < coalesce(@Before, 9223372036854775807)
            ORDER BY action_id DESC LIMIT @Limit + 1
            """,
            new { caller.Tenant, filter.Dag, filter.Run, filter.Actor, filter.Before, filter.Limit },
            cancellationToken: cancellationToken))).AsList();
        var page = rows.Take(filter.Limit).Select(row => row.View).ToList();
        return new ActionPage(page, rows.Count > filter.Limit ? page[^1].ActionId : null);
    }

    /// <summary>One of them; null where there is none.</summary>
    public static async Task<ActionDetail?> FindAsync(NpgsqlConnection connection, long action, Caller caller, CancellationToken cancellationToken)
    {
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            $"SELECT {Columns}, before::text AS Before, after::text AS After FROM dags.action WHERE action_id = @action AND (@Tenant::text IS NULL OR tenant = @Tenant)",
            new { action, caller.Tenant },
            cancellationToken: cancellationToken));
        return row is null ? null : new ActionDetail(row.View, row.Tasks == 0 ? [] : [.. Changes(row.Before!, row.After!)]);
    }

    private static IEnumerable<TaskChangeView> Changes(string before, string after)
    {
        var now = JsonSerializer.Deserialize<JsonElement>(after).EnumerateArray().ToDictionary(task => task.GetProperty("TiId").GetInt64(), task => task.GetProperty("State").GetString()!);
        return JsonSerializer.Deserialize<List<Engine.PlannedTask>>(before)!.Select(task => new TaskChangeView(task.TaskId, task.MapKey, task.State, now.GetValueOrDefault(task.TiId, "removed")));
    }

    private sealed record Row
    {
        public required long ActionId { get; init; }

        public required DateTime At { get; init; }

        public required string Actor { get; init; }

        public required string Kind { get; init; }

        public string? Tenant { get; init; }

        public required string DagId { get; init; }

        public long? RunId { get; init; }

        public long? PlanId { get; init; }

        public long? Undoes { get; init; }

        public required string Reason { get; init; }

        public required int Tasks { get; init; }

        public string? Before { get; init; }

        public string? After { get; init; }

        public ActionView View => new(ActionId, new DateTimeOffset(At, TimeSpan.Zero), Actor, Kind, Tenant, DagId, RunId, PlanId, Undoes, Reason, Tasks);
    }
}
