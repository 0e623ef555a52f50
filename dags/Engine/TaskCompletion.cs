using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RetailInsight.Core.Tenancy;
using RetailInsight.Dags.Engine.Approvals;
using RetailInsight.Dags.Engine.Assets;

namespace RetailInsight.Dags.Engine;

/// <summary>
/// Ends a try. Every way to end one first locks the task's row and checks the lease token, so publishing, reaping and
/// cancelling are ordered by the database: a worker that lost its lease finds no row and writes nothing, whatever its clock says.
/// </summary>
internal sealed class TaskCompletion : IDisposable
{
    private readonly NpgsqlDataSource _database;
    private readonly Rounds<ClaimedTask, HashSet<long>> _plain;

    /// <summary>Creates it.</summary>
    public TaskCompletion([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database)
    {
        _database = database;
        _plain = new Rounds<ClaimedTask, HashSet<long>>(SucceedAsync);
    }

    /// <inheritdoc/>
    public void Dispose() => _plain.Dispose();

    /// <summary>Publishes the output and completes the task, both or neither; or parks it until later, or until somebody has said yes.</summary>
    /// <param name="task">The try.</param>
    /// <param name="output">What it left behind.</param>
    /// <param name="produces">What it publishes; null for nothing the engine keeps book of.</param>
    /// <param name="inputs">What that is made of; null with it.</param>
    /// <param name="cancellationToken">Rolls back.</param>
    /// <returns>False when the lease was lost: nothing was written.</returns>
    /// <exception cref="PartitionMovedException">Somebody else published what this would publish, or holds it; nothing was written.</exception>
    public async Task<bool> SucceedAsync(ClaimedTask task, TaskOutput output, Asset? produces, PartitionInputs? inputs, CancellationToken cancellationToken)
    {
        if (output.RetryAfter is { } delay)
        {
            return await EndAsync(task, new End("deferred", "deferred") { Delay = delay, Error = output.Reason, TryBack = 1 }, cancellationToken);
        }

        if (output.Publish is not { } publish)
        {
            return (await _plain.JoinAsync(task, cancellationToken)).Contains(task.LeaseToken);
        }

        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!await HoldsLeaseAsync(connection, transaction, task, cancellationToken))
        {
            return false;
        }

        if (output.Approval is { } question && !await Questions.IsApprovedAsync(connection, transaction, task, question, cancellationToken))
        {
            await EndAsync(connection, transaction, task, new End("awaiting_input", "asked") { Error = question.Question, TryBack = 1 }, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return true;
        }

        var publication = new Publication(connection, transaction, task.LeaseToken);
        if (produces is null || inputs is null || output.Stores.Count == 0)
        {
            await publish(publication, cancellationToken);
        }
        else
        {
            var day = DayPartition.Parse(task.PartitionKey);
            var versions = await AssetPartitions.HoldAsync(publication, produces, day, output.Stores, cancellationToken);
            await publish(publication, cancellationToken);
            await AssetPartitions.RecordAsync(publication, produces, day, output.Stores, versions, inputs.Made, task.RunId, null, cancellationToken);
        }

        await EndAsync(connection, transaction, task, new End("success", "success"), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>Records a failed try and either plans the next one or fails the task.</summary>
    /// <returns>False when the lease was lost.</returns>
    public Task<bool> FailAsync(
        ClaimedTask task, RetryPolicy retry, ErrorClass errorClass, string error, CancellationToken cancellationToken)
    {
        var end = errorClass == ErrorClass.Transient && task.TryNumber < task.MaxTries
            ? new End("retry_wait", "failed") { Delay = retry.DelayAfter(task.TryNumber, task.LeaseToken) }
            : new End("failed", "failed");
        return EndAsync(task, end with { ErrorClass = errorClass == ErrorClass.Fatal ? "fatal" : "transient", Error = error }, cancellationToken);
    }

    /// <summary>Gives a task back that the worker will not finish; the try does not count.</summary>
    /// <returns>False when the lease was lost.</returns>
    public Task<bool> ReleaseAsync(ClaimedTask task, CancellationToken cancellationToken) =>
        EndAsync(task, new End("ready", "released") { Error = "the worker stopped", TryBack = 1 }, cancellationToken);

    // Tasks that publish nothing end together; each is checked for itself: who has a lease token runs. All who end tasks lock them in the
    // order of their numbers.
    private async Task<HashSet<long>> SucceedAsync(IReadOnlyList<ClaimedTask> tasks, CancellationToken cancellationToken)
    {
        var ordered = tasks.OrderBy(task => task.TiId).ToList();
        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        return (await connection.QueryAsync<long>(new CommandDefinition(
            """
            WITH held AS MATERIALIZED (
              SELECT t.* FROM unnest(@ids, @tokens) AS c(ti_id, token)
              CROSS JOIN LATERAL (SELECT * FROM dags.task_instance i WHERE i.ti_id = c.ti_id AND i.lease_token = c.token FOR NO KEY UPDATE) t),
            tries AS (
              INSERT INTO dags.task_try (lease_token, ti_id, generation, try_number, session_id, outcome, started_at, ended_at)
              SELECT lease_token, ti_id, generation, try_number, session_id, 'success', started_at, clock_timestamp() FROM held),
            queue AS (
              DELETE FROM dags.task_queue WHERE ti_id = ANY(ARRAY(SELECT ti_id FROM held))),
            events AS (
              INSERT INTO dags.ti_event (run_id, ti_id, kind) SELECT run_id, ti_id, 'success' FROM held),
            ended AS (
              UPDATE dags.task_instance t SET state = 'success', lease_token = NULL, session_id = NULL, ended_at = clock_timestamp(), reason = ''
              FROM held WHERE t.ti_id = held.ti_id)
            SELECT lease_token FROM held
            """,
            new { ids = ordered.Select(task => task.TiId).ToArray(), tokens = ordered.Select(task => task.LeaseToken).ToArray() },
            cancellationToken: cancellationToken))).ToHashSet();
    }

    private async Task<bool> EndAsync(ClaimedTask task, End end, CancellationToken cancellationToken)
    {
        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!await HoldsLeaseAsync(connection, transaction, task, cancellationToken))
        {
            return false;
        }

        await EndAsync(connection, transaction, task, end, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private static async Task<bool> HoldsLeaseAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, ClaimedTask task, CancellationToken cancellationToken)
    {
        // A worker that freezes in here would keep the row locked: the server ends the transaction for it.
        await connection.ExecuteAsync(new CommandDefinition(
            "SET LOCAL lock_timeout = '10s'; SET LOCAL idle_in_transaction_session_timeout = '60s'",
            transaction: transaction,
            cancellationToken: cancellationToken));
        return await connection.QuerySingleOrDefaultAsync<bool>(new CommandDefinition(
            "SELECT true FROM dags.task_instance WHERE ti_id = @TiId AND state = 'running' AND lease_token = @LeaseToken FOR NO KEY UPDATE",
            task,
            transaction,
            cancellationToken: cancellationToken));
    }

    private static Task<int> EndAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, ClaimedTask task, End end, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO dags.task_try (lease_token, ti_id, generation, try_number, session_id, outcome, started_at, ended_at, error_class, error)
            SELECT lease_token, ti_id, generation, try_number, session_id, @Outcome, started_at, clock_timestamp(), @ErrorClass, @Error
            FROM dags.task_instance WHERE ti_id = @TiId;
            UPDATE dags.task_instance SET state = @State, lease_token = NULL, session_id = NULL, try_number = try_number - @TryBack,
              eligible_at = clock_timestamp() + @Delay, reason = coalesce(@Error, ''),
              ended_at = CASE WHEN @State IN ('success', 'failed') THEN clock_timestamp() END
            WHERE ti_id = @TiId;
            DELETE FROM dags.task_queue WHERE ti_id = @TiId;
            WITH ready AS (SELECT * FROM dags.task_instance WHERE ti_id = @TiId AND state = 'ready')
            """ + TaskQueue.InsertReady + """
            ;
            INSERT INTO dags.ti_event (run_id, ti_id, kind) SELECT @RunId, @TiId, @State WHERE @State IN ('success', 'failed');
            """,
            new { task.TiId, task.RunId, end.State, end.Outcome, end.Delay, end.TryBack, end.ErrorClass, end.Error },
            transaction,
            cancellationToken: cancellationToken));

    private sealed record End(string State, string Outcome)
    {
        public TimeSpan Delay { get; init; }

        public int TryBack { get; init; }

        public string? ErrorClass { get; init; }

        public string? Error { get; init; }
    }
}
