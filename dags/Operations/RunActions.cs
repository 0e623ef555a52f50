using System.Text.Json;
using Dapper;
using Npgsql;
using RetailInsight.Dags.Engine;

namespace RetailInsight.Dags.Operations;

/// <summary>A plan as it was made, and whether it can still be applied.</summary>
/// <param name="Plan">What would be done.</param>
/// <param name="IsApplied">Whether it was applied.</param>
/// <param name="IsExpired">Whether its time is over.</param>
/// <param name="IsRunOpen">Whether its run has not ended.</param>
/// <param name="Estimate">What it would cost.</param>
public sealed record KeptPlan(ActionPlan Plan, bool IsApplied, bool IsExpired, bool IsRunOpen, PlanEstimate Estimate);

/// <summary>What a run by hand may be told.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it does, in English.</param>
/// <param name="Japanese">The same in Japanese.</param>
/// <param name="Choices">What it may be; empty where a text or number is to be written.</param>
public sealed record ParameterView(string Name, string Description, string Japanese, IReadOnlyList<string> Choices);

/// <summary>A DAG that works on one trading day of a tenant.</summary>
/// <param name="Dag">Its name.</param>
/// <param name="Parameters">What a run by hand may be told beside its day.</param>
public sealed record DailyDag(string Dag, IReadOnlyList<ParameterView> Parameters);

/// <summary>What a person does to runs, and only to those of the person's tenant.</summary>
public sealed class RunActions
{
    private static readonly string[] YesNo = ["true", "false"];

    private readonly NpgsqlDataSource _database;
    private readonly RunPlans _plans;
    private readonly RunTrigger _trigger;
    private readonly MarkUndo _undo;
    private readonly EngineSignals _signals;

    internal RunActions(NpgsqlDataSource database, RunPlans plans, RunTrigger trigger, MarkUndo undo, EngineSignals signals) =>
        (_database, _plans, _trigger, _undo, _signals) = (database, plans, trigger, undo, signals);

    /// <summary>The DAGs that work on one trading day of a tenant.</summary>
    public async Task<IReadOnlyList<DailyDag>> DailyAsync(CancellationToken cancellationToken)
    {
        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<(string Dag, string? Parameters)>(new CommandDefinition(
            """
            SELECT d.dag_id, v.spec ->> 'parameters' FROM dags.dag d JOIN dags.dag_version v ON v.version_id = d.current_version
            WHERE (v.spec ->> 'partitioned')::boolean ORDER BY d.dag_id
            """,
            cancellationToken: cancellationToken));
        return [.. rows.Select(row => new DailyDag(
            row.Dag, row.Parameters is null ? [] : [.. DagParameter.OfSpec(row.Parameters).Select(one => new ParameterView(one.Name, one.Description, one.Japanese, one.Kind == ParameterKind.YesNo ? YesNo : one.Choices))]))];
    }

    /// <summary>Queues a run and has the scheduler look at it.</summary>
    /// <param name="dag">A DAG of <see cref="DailyAsync"/>.</param>
    /// <param name="request">What to work on.</param>
    /// <param name="actor">Who asks; recorded as the cause.</param>
    /// <param name="alongside">What belongs into the same transaction.</param>
    /// <param name="cancellationToken">Stops before the run exists.</param>
    /// <returns>The run, or a sentence that says why there is none.</returns>
    public async Task<(long? Run, string Complaint)> StartAsync(string dag, TriggerRequest request, string actor, Alongside<RunView> alongside, CancellationToken cancellationToken)
    {
        long? run = null;
        var noted = alongside with
        {
            After = (connection, made, token) =>
            {
                run = made.RunId;
                return alongside.After(connection, made, token);
            },
        };
        var fault = await _trigger.TriggerAsync(dag, partitioned: true, request, actor, noted, cancellationToken);
        _signals.Scheduler.Ring();
        return fault is { Complaint: var complaint } ? (null, complaint) : (run, "");
    }

    /// <summary>Makes a plan.</summary>
    /// <param name="run">The run.</param>
    /// <param name="tenant">Whose it has to be; null for anybody's.</param>
    /// <param name="selection">Which tasks, and what is to be done to them.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="cancellationToken">Stops before the plan exists.</param>
    /// <returns>Null where there is no such run, or it is another tenant's.</returns>
    /// <exception cref="ArgumentException">The selection names a task the run does not have, or marks tasks as something else than success or failed.</exception>
    public async Task<ActionPlan?> PlanAsync(long run, string? tenant, PlanSelection selection, string actor, CancellationToken cancellationToken)
    {
        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        var isThere = await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            "SELECT EXISTS (SELECT FROM dags.dag_run WHERE run_id = @run AND (@tenant::text IS NULL OR tenant = @tenant))", new { run, tenant }, cancellationToken: cancellationToken));
        return isThere ? await _plans.PlanAsync(run, selection, actor, cancellationToken) : null;
    }

    /// <summary>A plan that was made.</summary>
    /// <param name="run">Its run.</param>
    /// <param name="plan">Its number.</param>
    /// <param name="tenant">Whose run it has to be; null for anybody's.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>Null where there is none of that run, or it is another tenant's.</returns>
    public async Task<KeptPlan?> FindAsync(long run, long plan, string? tenant, CancellationToken cancellationToken)
    {
        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<PlanRow>(new CommandDefinition(
            """
            SELECT p.selection::text AS Selection, p.touched::text AS Touched, p.expires_at AS ExpiresAt, p.applied_at IS NOT NULL AS Applied, p.expires_at < now() AS Expired, r.state IN ('queued', 'running') AS RunOpen
            FROM dags.plan p JOIN dags.dag_run r USING (run_id) WHERE p.plan_id = @plan AND p.run_id = @run AND (@tenant::text IS NULL OR r.tenant = @tenant)
            """,
            new { run, plan, tenant },
            cancellationToken: cancellationToken));
        if (row is null)
        {
            return null;
        }

        var made = new ActionPlan(plan, run, JsonSerializer.Deserialize<PlanSelection>(row.Selection)!, JsonSerializer.Deserialize<List<PlannedTask>>(row.Touched)!, row.ExpiresAt.Utc());
        var estimate = await PlanEstimates.OfAsync(connection, run, [.. made.Tasks.Select(task => task.TaskId)], made.Selection.Kind == PlanKind.Clear, cancellationToken);
        return new KeptPlan(made, row.Applied, row.Expired, row.RunOpen, estimate);
    }

    /// <summary>Does what a plan says, if the tasks still stand as it found them.</summary>
    /// <param name="plan">A plan that <see cref="FindAsync"/> gave, so that its tenant is known to be the person's.</param>
    /// <param name="actor">Who applies it.</param>
    /// <param name="reason">Why; asked for by marks.</param>
    /// <param name="alongside">What belongs into the same transaction.</param>
    /// <param name="cancellationToken">Stops before anything is done.</param>
    public Task<PlanResult> ApplyAsync(KeptPlan plan, string actor, string reason, Alongside<PlanResult> alongside, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return _plans.ApplyAsync(plan.Plan.PlanId, actor, reason, alongside, cancellationToken);
    }

    /// <summary>Takes a mark back, as long as nothing has changed since.</summary>
    /// <param name="mark">A mark <see cref="ActionQueries.FindMarkAsync"/> gave, so that its tenant is known to be the person's.</param>
    /// <param name="actor">Who takes it back.</param>
    /// <param name="reason">Why.</param>
    /// <param name="alongside">What belongs into the same transaction.</param>
    /// <param name="cancellationToken">Stops before anything is done.</param>
    public Task<PlanResult> UndoAsync(ActionEntry mark, string actor, string reason, Alongside<PlanResult> alongside, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(mark);
        return _undo.UndoAsync(mark.ActionId!.Value, actor, reason, alongside, cancellationToken);
    }

    private sealed record PlanRow
    {
        public required string Selection { get; init; }

        public required string Touched { get; init; }

        public required DateTime ExpiresAt { get; init; }

        public required bool Applied { get; init; }

        public required bool Expired { get; init; }

        public required bool RunOpen { get; init; }
    }
}
