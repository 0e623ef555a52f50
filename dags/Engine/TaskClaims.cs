using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Dags.Engine;

/// <summary>One try of a task that this worker holds.</summary>
internal sealed record ClaimedTask(
    long TiId,
    long RunId,
    string DagId,
    string TaskId,
    string Tenant,
    string PartitionKey,
    string Conf,
    short PriorityClass,
    string MapKey,
    long LeaseToken,
    int TryNumber,
    int MaxTries);

/// <summary>
/// Hands ready tasks to workers, each to one. Slots of a pool are counted from the leases there are, under the lock of the pool's
/// row: nothing is kept that could drift. Within a priority tenants take turns, so that the long queue of one holds nobody up.
/// </summary>
internal sealed class TaskClaims([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, TimeProvider clock)
{
    private static readonly TimeSpan LimitsKnown = TimeSpan.FromSeconds(1);

    // Workers that look at the same moment see the same tasks first: each looks a little further than it needs.
    private const int Ahead = 4;

    private const int MostTenants = 1_000;

    // A worker that freezes while it claims is ended by the server, and what it had locked is free.
    private const string EndWhenFrozen = "SET LOCAL idle_in_transaction_session_timeout = '10s';\n";

    private readonly Lock _gate = new();

    // When this worker last took a task of a tenant, as a count of its claims.
    private readonly Dictionary<string, long> _served = new(StringComparer.Ordinal);
    private long _claims;

    // Whether any pool had a limit when it was last looked.
    private bool _limited;
    private long? _looked;

    /// <summary>Claims up to <paramref name="most"/> ready tasks among the named ones.</summary>
    /// <param name="session">The worker's session.</param>
    /// <param name="tasks">What the worker can run, as <c>dag/task</c>.</param>
    /// <param name="most">How many it has room for.</param>
    /// <param name="cancellationToken">Stops before the claim.</param>
    public async Task<IReadOnlyList<ClaimedTask>> ClaimAsync(long session, string[] tasks, int most, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var limited = await IsLimitedAsync(connection, cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        // A pool that another worker counts at this moment is left to it. The count comes in a statement of its own: one that waited
        // for the lock would count what it saw before it waited.
        string[] locked = !limited ? [] : (await connection.QueryAsync<string>(new CommandDefinition(
            EndWhenFrozen + """
            SELECT pool FROM dags.pool WHERE slots IS NOT NULL ORDER BY pool FOR NO KEY UPDATE SKIP LOCKED
            """,
            transaction: transaction,
            cancellationToken: cancellationToken))).ToArray();
        var claimed = await ClaimAsync(connection, transaction, session, tasks, most, locked, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return claimed;
    }

    // Without a limit anywhere there is nothing to lock. A pool that has got a limit since is left alone until that is known, and never overdrawn.
    private async Task<bool> IsLimitedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (_looked is not { } looked || clock.GetElapsedTime(looked) > LimitsKnown)
        {
            _limited = await connection.ExecuteScalarAsync<bool>(new CommandDefinition("SELECT EXISTS (SELECT FROM dags.pool WHERE slots IS NOT NULL)", cancellationToken: cancellationToken));
            _looked = clock.GetTimestamp();
        }

        return _limited;
    }

    private async Task<List<ClaimedTask>> ClaimAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long session, string[] tasks, int most, string[] locked, CancellationToken cancellationToken)
    {
        // Whatever the server thinks of the number of rows, each step is computed once and one row of the queue is locked at a time,
        // in order, until there are enough. Rows are found by arrays of their numbers: a join of what it takes for one row with one row
        // would be made by reading all that is open, and so would a state that an index of open tasks could be used for.
        var (tenants, served) = Served();
        var claimed = (await connection.QueryAsync<ClaimedTask>(new CommandDefinition(
            EndWhenFrozen + Planning.ByIndex + """
            WITH RECURSIVE pair AS (
              (SELECT pool, tenant FROM dags.task_queue WHERE state = 'ready' ORDER BY pool, tenant LIMIT 1)
              UNION ALL
              SELECT n.pool, n.tenant FROM pair, LATERAL (
                SELECT q.pool, q.tenant FROM dags.task_queue q WHERE q.state = 'ready' AND (q.pool, q.tenant) > (pair.pool, pair.tenant)
                ORDER BY q.pool, q.tenant LIMIT 1) n),
            busy AS MATERIALIZED (
              SELECT pool, tenant, sum(slots) AS slots FROM dags.task_queue WHERE state = 'leased' GROUP BY pool, tenant),
            open AS MATERIALIZED (
              SELECT p.pool, CASE WHEN p.slots IS NULL THEN 2147483647 ELSE p.slots - coalesce((SELECT sum(slots) FROM busy b WHERE b.pool = p.pool), 0) END AS free
              FROM dags.pool p WHERE p.slots IS NULL OR p.pool = ANY(@locked)),
            offered AS MATERIALIZED (
              SELECT q.ti_id, q.pool, q.slots, q.prio, q.enqueued_at, open.free, coalesce(v.served, 0) AS served,
                row_number() OVER (PARTITION BY q.pool, q.tenant, q.prio ORDER BY q.enqueued_at, q.ti_id) + coalesce(b.slots, 0) AS turn
              FROM pair JOIN open USING (pool) LEFT JOIN busy b USING (pool, tenant) LEFT JOIN unnest(@tenants, @served) AS v(tenant, served) USING (tenant)
              CROSS JOIN LATERAL (
                SELECT * FROM dags.task_queue r WHERE r.pool = pair.pool AND r.tenant = pair.tenant AND r.state = 'ready' AND r.task = ANY(@tasks)
                ORDER BY r.prio DESC, r.enqueued_at, r.ti_id LIMIT @most * @Ahead) q
              WHERE open.free > 0),
            fitting AS MATERIALIZED (
              SELECT *, sum(slots) OVER (PARTITION BY pool ORDER BY prio DESC, turn, served, enqueued_at, ti_id) AS taken FROM offered),
            free AS MATERIALIZED (
              SELECT q.ti_id FROM (SELECT * FROM fitting WHERE taken <= free ORDER BY prio DESC, turn, served, enqueued_at, ti_id) f
              CROSS JOIN LATERAL (SELECT r.ti_id FROM dags.task_queue r WHERE r.ti_id = f.ti_id AND r.state || '' = 'ready' FOR UPDATE SKIP LOCKED) q
              LIMIT @most),
            held AS MATERIALIZED (
              SELECT t.ti_id, nextval('dags.fence_seq') AS token FROM dags.task_instance t
              WHERE t.ti_id = ANY(ARRAY(SELECT ti_id FROM free)) AND t.state || '' = 'ready'
                AND EXISTS (SELECT FROM dags.worker_session WHERE session_id = @session AND state = 'alive')
              FOR NO KEY UPDATE OF t SKIP LOCKED),
            leased AS (
              UPDATE dags.task_queue q SET state = 'leased', lease_token = held.token, session_id = @session
              FROM held WHERE q.ti_id = held.ti_id AND q.ti_id = ANY(ARRAY(SELECT ti_id FROM held)))
            UPDATE dags.task_instance t SET state = 'running', try_number = t.try_number + 1, lease_token = held.token,
              session_id = @session, started_at = clock_timestamp(), ended_at = NULL, reason = ''
            FROM held, dags.dag_run r
            WHERE t.ti_id = held.ti_id AND r.run_id = t.run_id
            RETURNING t.ti_id AS TiId, t.run_id AS RunId, r.dag_id AS DagId, t.task_id AS TaskId, coalesce(r.tenant, '') AS Tenant,
              r.partition_key AS PartitionKey, r.conf::text AS Conf, r.priority_class AS PriorityClass, coalesce(t.map_key, '') AS MapKey, t.lease_token AS LeaseToken, t.try_number AS TryNumber,
              t.max_tries AS MaxTries
            """,
            new { session, tasks, most, locked, Ahead, tenants, served },
            transaction,
            cancellationToken: cancellationToken))).AsList();
        Serve(claimed);
        return claimed;
    }

    /// <summary>Those of the tokens whose lease is over: what was staged under them will never be published.</summary>
    public async Task<IReadOnlyCollection<long>> OverAsync(IReadOnlyCollection<long> tokens, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return (await connection.QueryAsync<long>(new CommandDefinition(
            "SELECT unnest(@tokens) EXCEPT SELECT lease_token FROM dags.task_instance WHERE state = 'running'",
            new { tokens = tokens.ToArray() },
            cancellationToken: cancellationToken))).AsList();
    }

    private (string[] Tenants, long[] Served) Served()
    {
        lock (_gate)
        {
            return ([.. _served.Keys], [.. _served.Values]);
        }
    }

    // Who is not among the last is as one who was never served.
    private void Serve(List<ClaimedTask> claimed)
    {
        lock (_gate)
        {
            _claims++;
            foreach (var task in claimed)
            {
                _served[task.Tenant] = _claims;
            }

            while (_served.Count > MostTenants)
            {
                _served.Remove(_served.MinBy(tenant => tenant.Value).Key);
            }
        }
    }
}
