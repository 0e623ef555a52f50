using Dapper;
using Npgsql;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Dags.Engine.Backfills;

/// <summary>Works backfills off: makes the runs of as many days as may be under way at once, and no more. Fresh runs always go first.</summary>
public sealed class BackfillQueue
{
    private const string Columns = """
        b.backfill_id AS BackfillId, b.tenant AS Tenant, b.dag_id AS DagId, b.first_date AS FirstDate, b.last_date AS LastDate, b.selector AS Selector, b.ordering AS Ordering,
        b.max_active_runs AS MaxActiveRuns, b.state AS State, b.actor AS Actor, b.reason AS Reason, b.created_at AS CreatedAt, b.ended_at AS EndedAt,
        n.pending AS Pending, n.submitted AS Submitted, n.success AS Success, n.failed AS Failed, n.canceled AS Canceled
        """;

    private const string Counts = """
        CROSS JOIN LATERAL (
          SELECT count(*) FILTER (WHERE s.state = 'pending') AS pending, count(*) FILTER (WHERE s.state = 'submitted') AS submitted,
            count(*) FILTER (WHERE s.state = 'success') AS success, count(*) FILTER (WHERE s.state = 'failed') AS failed, count(*) FILTER (WHERE s.state = 'canceled') AS canceled
          FROM dags.backfill_slot s WHERE s.backfill_id = b.backfill_id) n
        """;

    private readonly NpgsqlDataSource _database;
    private readonly EngineSignals _signals;

    internal BackfillQueue(NpgsqlDataSource database, EngineSignals signals) => (_database, _signals) = (database, signals);

    /// <summary>Backfills, newest first.</summary>
    public async Task<IReadOnlyList<BackfillState>> ListAsync(string? tenant, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        return (await connection.QueryAsync<BackfillState>(new CommandDefinition(
            $"SELECT {Columns} FROM dags.backfill b {Counts} WHERE @tenant::text IS NULL OR b.tenant = @tenant ORDER BY b.backfill_id DESC LIMIT @limit",
            new { tenant, limit },
            cancellationToken: cancellationToken))).AsList();
    }

    /// <summary>One backfill; null where there is none or it is another tenant's.</summary>
    public async Task<BackfillState?> FindAsync(long backfill, string? tenant, CancellationToken cancellationToken)
    {
        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        return await FindAsync(connection, backfill, tenant, cancellationToken);
    }

    /// <summary>The same, within a transaction of the connection.</summary>
    public static Task<BackfillState?> FindAsync(NpgsqlConnection connection, long backfill, string? tenant, CancellationToken cancellationToken) =>
        connection.QuerySingleOrDefaultAsync<BackfillState?>(new CommandDefinition(
            $"SELECT {Columns} FROM dags.backfill b {Counts} WHERE b.backfill_id = @backfill AND (@tenant::text IS NULL OR b.tenant = @tenant)",
            new { backfill, tenant },
            cancellationToken: cancellationToken));

    /// <summary>The days of a backfill in its order.</summary>
    /// <param name="backfill">One that <see cref="FindAsync(long, string?, CancellationToken)"/> gave, so that its tenant is known to be the person's.</param>
    /// <param name="after">Behind this position; 0 for the first.</param>
    /// <param name="limit">The most days.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<IReadOnlyList<BackfillSlot>> DaysAsync(BackfillState backfill, int after, int limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(backfill);
        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<(int Position, DateOnly Date, string[]? Stores, string State, long? Run)>(new CommandDefinition(
            """
            SELECT position, right(partition_key, 10)::date, CASE WHEN conf ? 'stores' THEN ARRAY(SELECT jsonb_array_elements_text(conf -> 'stores')) END, state, run_id
            FROM dags.backfill_slot WHERE backfill_id = @BackfillId AND tenant = @Tenant AND position > @after ORDER BY position LIMIT @limit
            """,
            new { backfill.BackfillId, backfill.Tenant, after, limit },
            cancellationToken: cancellationToken));
        return [.. rows.Select(row => new BackfillSlot(row.Position, row.Date, row.Stores, row.State, row.Run))];
    }

    /// <summary>Pauses a backfill (what runs goes on), resumes it, or gives up what has not begun. Resuming tries days again that failed, if asked to.</summary>
    /// <param name="backfill">The backfill.</param>
    /// <param name="tenant">Who may: people of this tenant; null for all.</param>
    /// <param name="state"><c>paused</c>, <c>running</c> or <c>canceled</c>.</param>
    /// <param name="failedAgain">Whether days that failed get another run.</param>
    /// <param name="actor">Who says so.</param>
    /// <param name="reason">Why.</param>
    /// <param name="alongside">What belongs into the same transaction; null for nothing.</param>
    /// <param name="cancellationToken">Nothing has changed.</param>
    /// <returns>Null when it is so now, or why it cannot be.</returns>
    /// <exception cref="ArgumentException">The state is none of the three.</exception>
    public async Task<string?> SetAsync(long backfill, string? tenant, string state, bool failedAgain, string actor, string reason, Alongside<long>? alongside, CancellationToken cancellationToken)
    {
        if (state is not ("paused" or "running" or "canceled"))
        {
            throw new ArgumentException($"A backfill cannot be made '{state}': paused, running or canceled.", nameof(state));
        }

        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (alongside is not null)
        {
            await alongside.Before(connection, cancellationToken);
        }

        var now = await connection.QuerySingleOrDefaultAsync<string?>(new CommandDefinition(
            "SELECT state FROM dags.backfill WHERE backfill_id = @backfill AND (@tenant::text IS NULL OR tenant = @tenant) FOR NO KEY UPDATE",
            new { backfill, tenant },
            transaction,
            cancellationToken: cancellationToken));
        if (now is null || now == "canceled" || (now == "done" && !(failedAgain && state == "running")))
        {
            return now is null ? $"There is no backfill {backfill}." : $"Backfill {backfill} is {now}.";
        }

        await connection.ExecuteAsync(new CommandDefinition(
            """
            UPDATE dags.backfill SET state = @state, ended_at = CASE WHEN @state = 'canceled' THEN now() END WHERE backfill_id = @backfill;
            UPDATE dags.backfill_slot SET state = 'pending', run_id = NULL WHERE backfill_id = @backfill AND state = 'failed' AND @failedAgain AND @state = 'running';
            UPDATE dags.backfill_slot SET state = 'canceled' WHERE backfill_id = @backfill AND state = 'pending' AND @state = 'canceled';
            UPDATE dags.dag_run SET state = 'canceled', ended_at = now()
            WHERE backfill_id = @backfill AND state = 'queued' AND started_at IS NULL AND @state = 'canceled';
            INSERT INTO dags.action (actor, kind, tenant, dag_id, reason, before, after)
            SELECT @actor, CASE @state WHEN 'paused' THEN 'pause_backfill' WHEN 'running' THEN 'resume_backfill' ELSE 'cancel_backfill' END, tenant, dag_id, @reason,
              jsonb_build_object('backfill', backfill_id, 'state', @now), jsonb_build_object('backfill', backfill_id, 'state', @state)
            FROM dags.backfill WHERE backfill_id = @backfill;
            """,
            new { backfill, state, failedAgain, actor, reason, now },
            transaction,
            cancellationToken: cancellationToken));
        if (alongside is not null)
        {
            await alongside.After(connection, backfill, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        _signals.RingAll();
        return null;
    }

    /// <summary>Moves every backfill on: notes what has ended, makes the next runs, and ends those that are through.</summary>
    /// <returns>How many runs were made.</returns>
    public async Task<int> AdvanceAsync(CancellationToken cancellationToken)
    {
        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        var open = (await connection.QueryAsync<long>(new CommandDefinition(
            """
            SELECT backfill_id FROM dags.backfill b WHERE state = 'running' OR (state IN ('paused', 'canceled') AND EXISTS (
              SELECT FROM dags.backfill_slot s WHERE s.backfill_id = b.backfill_id AND s.state = 'submitted'))
            ORDER BY backfill_id
            """,
            cancellationToken: cancellationToken))).AsList();
        var made = 0;
        foreach (var backfill in open)
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

            // Whoever holds the row is doing just this.
            if (await connection.QuerySingleOrDefaultAsync<long?>(new CommandDefinition(
                "SELECT backfill_id FROM dags.backfill WHERE backfill_id = @backfill FOR NO KEY UPDATE SKIP LOCKED", new { backfill }, transaction, cancellationToken: cancellationToken)) is null)
            {
                continue;
            }

            made += await AdvanceAsync(connection, transaction, backfill, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        return made;
    }

    // A run that was cleared after it had ended counts as it ended first: the slot has had its turn.
    private static Task<int> AdvanceAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long backfill, CancellationToken cancellationToken) =>
        connection.ExecuteScalarAsync<int>(new CommandDefinition(
            """
            UPDATE dags.backfill_slot s SET state = r.state FROM dags.dag_run r
            WHERE s.backfill_id = @backfill AND s.state = 'submitted' AND r.run_id = s.run_id AND r.state IN ('success', 'failed', 'canceled');
            UPDATE dags.backfill b SET state = 'paused' WHERE backfill_id = @backfill AND state = 'running' AND ordering = 'sequential'
              AND EXISTS (SELECT FROM dags.backfill_slot s WHERE s.backfill_id = @backfill AND s.state = 'failed');
            WITH next AS (
              SELECT s.position, s.partition_key, s.conf, b.tenant, b.dag_id, b.actor, b.reason FROM dags.backfill b
              JOIN LATERAL (
                SELECT * FROM dags.backfill_slot p WHERE p.backfill_id = b.backfill_id AND p.state = 'pending' ORDER BY p.position
                LIMIT greatest(0, b.max_active_runs - (SELECT count(*) FROM dags.backfill_slot o WHERE o.backfill_id = b.backfill_id AND o.state = 'submitted'))) s ON true
              WHERE b.backfill_id = @backfill AND b.state = 'running'),
            made AS (
              INSERT INTO dags.dag_run (dag_id, version_id, run_type, tenant, partition_key, state, conf, cause, priority_class, backfill_id)
              SELECT n.dag_id, d.current_version, 'backfill', n.tenant, n.partition_key, 'queued', n.conf,
                jsonb_build_object('backfill', @backfill, 'actor', n.actor, 'reason', n.reason), 3, @backfill
              FROM next n JOIN dags.dag d USING (dag_id) ORDER BY n.position
              RETURNING run_id, partition_key)
            UPDATE dags.backfill_slot s SET state = 'submitted', run_id = made.run_id FROM made, next
            WHERE s.backfill_id = @backfill AND next.partition_key = made.partition_key AND s.position = next.position;
            UPDATE dags.backfill SET state = 'done', ended_at = now() WHERE backfill_id = @backfill AND state = 'running'
              AND NOT EXISTS (SELECT FROM dags.backfill_slot s WHERE s.backfill_id = @backfill AND s.state IN ('pending', 'submitted'));
            SELECT count(*)::int FROM dags.dag_run WHERE backfill_id = @backfill AND state = 'queued' AND created_at = now();
            """,
            new { backfill },
            transaction,
            cancellationToken: cancellationToken));
}
