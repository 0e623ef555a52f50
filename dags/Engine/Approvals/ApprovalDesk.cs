using Dapper;
using Npgsql;

namespace RetailInsight.Dags.Engine.Approvals;

/// <summary>A question that waits for a person.</summary>
/// <param name="ApprovalId">Names it.</param>
/// <param name="Tenant">Whose data.</param>
/// <param name="RunId">The run.</param>
/// <param name="DagId">Its DAG.</param>
/// <param name="PartitionKey">What it works on.</param>
/// <param name="TaskId">The task that asks.</param>
/// <param name="Question">One sentence.</param>
/// <param name="Detail">What would change: a JSON object.</param>
/// <param name="AskedAt">When, UTC.</param>
public sealed record OpenApproval(
    long ApprovalId, string Tenant, long RunId, string DagId, string PartitionKey, string TaskId, string Question, string Detail, DateTime AskedAt);

/// <summary>A question somebody has answered.</summary>
/// <param name="ApprovalId">Names it.</param>
/// <param name="RunId">The run.</param>
/// <param name="DagId">Its DAG.</param>
/// <param name="PartitionKey">What it works on.</param>
/// <param name="TaskId">The task that asked.</param>
/// <param name="IsApproved">The answer.</param>
/// <param name="AnsweredBy">Who.</param>
/// <param name="AnsweredAt">When, UTC.</param>
/// <param name="Reason">Why.</param>
public sealed record AnsweredApproval(
    long ApprovalId, long RunId, string DagId, string PartitionKey, string TaskId, bool IsApproved, string AnsweredBy, DateTime AnsweredAt, string Reason);

/// <summary>From which difference on a tenant is asked before figures are published again.</summary>
/// <param name="TolerancePerMille">Net sales, receipts or visitors of a store may differ by so much without a question; 0 asks for every difference.</param>
/// <param name="OlderThanDays">Days so many days back and older are asked about; 0 for yesterday and before.</param>
public sealed record ApprovalGate(int TolerancePerMille, int OlderThanDays);

/// <summary>Where people answer what tasks ask before they publish.</summary>
public sealed class ApprovalDesk
{
    private readonly NpgsqlDataSource _database;
    private readonly EngineSignals _signals;

    internal ApprovalDesk(NpgsqlDataSource database, EngineSignals signals) => (_database, _signals) = (database, signals);

    /// <summary>What waits for an answer, oldest first.</summary>
    public async Task<IReadOnlyList<OpenApproval>> OpenAsync(string? tenant, CancellationToken cancellationToken)
    {
        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        return (await connection.QueryAsync<OpenApproval>(new CommandDefinition(
            """
            SELECT a.approval_id AS ApprovalId, a.tenant AS Tenant, a.run_id AS RunId, r.dag_id AS DagId, r.partition_key AS PartitionKey, t.task_id AS TaskId,
              a.question AS Question, a.detail::text AS Detail, a.asked_at AS AskedAt
            FROM dags.approval a JOIN dags.task_instance t USING (ti_id) JOIN dags.dag_run r ON r.run_id = a.run_id
            WHERE a.state = 'open' AND t.state = 'awaiting_input' AND (@tenant::text IS NULL OR a.tenant = @tenant) ORDER BY a.approval_id LIMIT 500
            """,
            new { tenant },
            cancellationToken: cancellationToken))).AsList();
    }

    /// <summary>What was answered, the latest first.</summary>
    public async Task<IReadOnlyList<AnsweredApproval>> AnsweredAsync(string? tenant, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        return (await connection.QueryAsync<AnsweredApproval>(new CommandDefinition(
            """
            SELECT a.approval_id AS ApprovalId, a.run_id AS RunId, r.dag_id AS DagId, r.partition_key AS PartitionKey, t.task_id AS TaskId, a.state = 'approved' AS IsApproved,
              a.answered_by AS AnsweredBy, a.answered_at AS AnsweredAt, a.reason AS Reason
            FROM dags.approval a JOIN dags.task_instance t USING (ti_id) JOIN dags.dag_run r ON r.run_id = a.run_id
            WHERE a.state IN ('approved', 'refused') AND (@tenant::text IS NULL OR a.tenant = @tenant) ORDER BY a.answered_at DESC LIMIT @limit
            """,
            new { tenant, limit },
            cancellationToken: cancellationToken))).AsList();
    }

    /// <summary>Whether there is such a question, open or not, of this tenant or of any.</summary>
    public async Task<bool> HasAsync(long approval, string? tenant, CancellationToken cancellationToken)
    {
        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            "SELECT EXISTS (SELECT FROM dags.approval WHERE approval_id = @approval AND (@tenant::text IS NULL OR tenant = @tenant))",
            new { approval, tenant },
            cancellationToken: cancellationToken));
    }

    /// <summary>Says yes or no. After a yes the task runs again and publishes if it still asks the same; after a no it has failed.</summary>
    /// <param name="approval">The question.</param>
    /// <param name="tenant">Who may answer: people of this tenant; null for all.</param>
    /// <param name="yes">The answer.</param>
    /// <param name="actor">Who answers.</param>
    /// <param name="reason">Why.</param>
    /// <param name="alongside">What belongs into the same transaction; null for nothing.</param>
    /// <param name="cancellationToken">Nothing is answered.</param>
    /// <returns>Null when it was answered, or why not: there is no such question any more.</returns>
    public async Task<string?> AnswerAsync(long approval, string? tenant, bool yes, string actor, string reason, Alongside<string>? alongside, CancellationToken cancellationToken)
    {
        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (alongside is not null)
        {
            await alongside.Before(connection, cancellationToken);
        }

        var asked = await connection.QuerySingleOrDefaultAsync<(long TiId, long RunId)?>(new CommandDefinition(
            "SELECT ti_id, run_id FROM dags.approval WHERE approval_id = @approval AND state = 'open' AND (@tenant::text IS NULL OR tenant = @tenant)",
            new { approval, tenant },
            transaction,
            cancellationToken: cancellationToken));
        if (asked is not var (task, run))
        {
            return $"There is no open question {approval}.";
        }

        // The task's row orders this with clearing, canceling and asking anew.
        var waits = await connection.QuerySingleOrDefaultAsync<bool>(new CommandDefinition(
            """
            SELECT t.state = 'awaiting_input' AND EXISTS (SELECT FROM dags.approval a WHERE a.approval_id = @approval AND a.state = 'open')
            FROM dags.task_instance t WHERE ti_id = @task FOR NO KEY UPDATE OF t
            """,
            new { approval, task },
            transaction,
            cancellationToken: cancellationToken));
        if (!waits)
        {
            return $"Question {approval} is void: its task does not wait any more.";
        }

        await connection.ExecuteAsync(new CommandDefinition(
            $"""
            UPDATE dags.approval SET state = CASE WHEN @yes THEN 'approved' ELSE 'refused' END, answered_at = now(), answered_by = @actor, reason = @reason
            WHERE approval_id = @approval;
            WITH ready AS (UPDATE dags.task_instance SET state = 'ready', reason = 'approved by ' || @actor WHERE ti_id = @task AND @yes RETURNING *)
            {TaskQueue.InsertReady};
            UPDATE dags.task_instance SET state = 'failed', ended_at = clock_timestamp(), reason = 'refused by ' || @actor || ': ' || @reason WHERE ti_id = @task AND NOT @yes;
            INSERT INTO dags.ti_event (run_id, ti_id, kind) SELECT @run, @task, 'failed' WHERE NOT @yes;
            INSERT INTO dags.action (actor, kind, tenant, dag_id, run_id, reason, before)
            SELECT @actor, CASE WHEN @yes THEN 'approve' ELSE 'refuse' END, a.tenant, r.dag_id, r.run_id, @reason, jsonb_build_array(a.detail)
            FROM dags.approval a JOIN dags.dag_run r USING (run_id) WHERE a.approval_id = @approval;
            """,
            new { approval, task, run, yes, actor, reason },
            transaction,
            cancellationToken: cancellationToken));
        if (alongside is not null)
        {
            await alongside.After(connection, yes ? "approved" : "refused", cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        _signals.RingAll();
        return null;
    }

    /// <summary>What the tenant has set; null when it is never asked.</summary>
    public async Task<ApprovalGate?> GateAsync(string tenant, CancellationToken cancellationToken)
    {
        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<ApprovalGate>(new CommandDefinition(
            "SELECT tolerance_per_mille AS TolerancePerMille, older_than_days AS OlderThanDays FROM dags.approval_gate WHERE tenant = @tenant",
            new { tenant },
            cancellationToken: cancellationToken));
    }

    /// <summary>Sets from when on the tenant is asked.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="gate">Null to ask never; questions that are open stay.</param>
    /// <param name="actor">Who sets it.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cancellationToken">Nothing is set.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative.</exception>
    public async Task SetGateAsync(string tenant, ApprovalGate? gate, string actor, string reason, CancellationToken cancellationToken)
    {
        if (gate is { TolerancePerMille: < 0 } or { OlderThanDays: < 0 })
        {
            throw new ArgumentOutOfRangeException(nameof(gate), "Tolerance and days are 0 or more.");
        }

        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(
            (gate is null
                ? "DELETE FROM dags.approval_gate WHERE tenant = @tenant"
                : """
                  INSERT INTO dags.approval_gate (tenant, tolerance_per_mille, older_than_days, set_by) VALUES (@tenant, @TolerancePerMille, @OlderThanDays, @actor)
                  ON CONFLICT (tenant) DO UPDATE SET tolerance_per_mille = excluded.tolerance_per_mille, older_than_days = excluded.older_than_days,
                    set_by = excluded.set_by, set_at = now()
                  """) + """
                ;
                INSERT INTO dags.action (actor, kind, tenant, dag_id, reason, after)
                VALUES (@actor, 'set_gate', @tenant, '', @reason, jsonb_build_object('tolerance_per_mille', @TolerancePerMille::int, 'older_than_days', @OlderThanDays::int));
                """,
            new { tenant, gate?.TolerancePerMille, gate?.OlderThanDays, actor, reason },
            cancellationToken: cancellationToken));
    }
}
