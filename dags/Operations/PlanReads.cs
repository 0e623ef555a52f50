using System.Text.Json;
using Dapper;
using Npgsql;
using RetailInsight.Dags.Engine;

namespace RetailInsight.Dags.Operations;

/// <summary>A task a plan touches, as it stood when the plan was made.</summary>
internal sealed record PlannedTaskView(string Task, string? Key, string State);

/// <summary>What somebody means to do.</summary>
/// <param name="PlanId">Apply it by this number.</param>
/// <param name="RunId">The run.</param>
/// <param name="DagId">Its DAG.</param>
/// <param name="Kind"><c>clear</c>, <c>mark</c> or <c>cancel</c>.</param>
/// <param name="As">What tasks are marked as; null for the other kinds.</param>
/// <param name="State"><c>open</c>, <c>applied</c> or <c>expired</c>.</param>
/// <param name="Actor">Who made it.</param>
/// <param name="CreatedAt">UTC.</param>
/// <param name="ExpiresAt">Until when it can be applied, UTC.</param>
/// <param name="Tasks">What it touches.</param>
/// <param name="Estimate">What it would cost.</param>
internal sealed record PlanView(
    long PlanId,
    long RunId,
    string DagId,
    string Kind,
    string? As,
    string State,
    string Actor,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt,
    IReadOnlyList<PlannedTaskView> Tasks,
    PlanEstimate Estimate);

/// <summary>Reads plans.</summary>
internal static class PlanReads
{
    /// <summary>A plan of a run the person sees; null where there is none.</summary>
    /// <param name="connection">Reads here, also within the transaction that makes it.</param>
    /// <param name="plan">Its number.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async Task<PlanView?> FindAsync(NpgsqlConnection connection, long plan, Caller caller, CancellationToken cancellationToken)
    {
        if (await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            """
            SELECT p.run_id AS RunId, r.dag_id AS DagId, p.kind AS Kind, p.selection::text AS Selection, p.touched::text AS Touched, p.actor AS Actor, p.created_at AS CreatedAt, p.expires_at AS ExpiresAt,
              CASE WHEN p.applied_at IS NOT NULL THEN 'applied' WHEN p.expires_at < now() THEN 'expired' ELSE 'open' END AS State
            FROM dags.plan p JOIN dags.dag_run r USING (run_id) WHERE p.plan_id = @plan AND (@Tenant::text IS NULL OR r.tenant = @Tenant)
            """,
            new { plan, caller.Tenant },
            cancellationToken: cancellationToken)) is not { } row)
        {
            return null;
        }

        var selection = JsonSerializer.Deserialize<PlanSelection>(row.Selection)!;
        var tasks = JsonSerializer.Deserialize<List<PlannedTask>>(row.Touched)!;
        return new PlanView(
            plan,
            row.RunId,
            row.DagId,
            row.Kind,
            selection.Kind == PlanKind.Mark ? selection.As : null,
            row.State,
            row.Actor,
            new DateTimeOffset(row.CreatedAt, TimeSpan.Zero),
            new DateTimeOffset(row.ExpiresAt, TimeSpan.Zero),
            [.. tasks.Select(task => new PlannedTaskView(task.TaskId, task.MapKey, task.State))],
            await PlanEstimates.OfAsync(connection, row.RunId, [.. tasks.Select(task => task.TaskId)], selection.Kind == PlanKind.Clear, cancellationToken));
    }

    /// <summary>Whether there is such a plan of a run the person sees.</summary>
    public static Task<bool> HasAsync(NpgsqlConnection connection, long plan, Caller caller, CancellationToken cancellationToken) => connection.QuerySingleAsync<bool>(new CommandDefinition(
        "SELECT EXISTS (SELECT FROM dags.plan p JOIN dags.dag_run r USING (run_id) WHERE p.plan_id = @plan AND (@Tenant::text IS NULL OR r.tenant = @Tenant))",
        new { plan, caller.Tenant },
        cancellationToken: cancellationToken));

    private sealed record Row
    {
        public required long RunId { get; init; }

        public required string DagId { get; init; }

        public required string Kind { get; init; }

        public required string Selection { get; init; }

        public required string Touched { get; init; }

        public required string Actor { get; init; }

        public required DateTime CreatedAt { get; init; }

        public required DateTime ExpiresAt { get; init; }

        public required string State { get; init; }
    }
}
