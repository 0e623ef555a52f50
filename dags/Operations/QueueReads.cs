using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Dags.Operations;

/// <summary>A pool and what is in it.</summary>
/// <param name="Pool">Its name.</param>
/// <param name="Slots">How many there are; null for no limit.</param>
/// <param name="Leased">Slots that running tasks take.</param>
/// <param name="Running">Tasks that run.</param>
/// <param name="Waiting">Tasks that wait for a slot or a worker.</param>
/// <param name="WaitingSince">Since when the first of them does, UTC.</param>
internal sealed record PoolView(string Pool, int? Slots, long Leased, long Running, long Waiting, DateTimeOffset? WaitingSince);

/// <summary>A process that runs tasks.</summary>
/// <param name="Session">Its number.</param>
/// <param name="Host">Machine; null for people of a tenant.</param>
/// <param name="ProcessId">On that machine; null for people of a tenant.</param>
/// <param name="State"><c>alive</c>, or <c>draining</c> while it takes no more tasks.</param>
/// <param name="Capacity">How many tasks it runs at once.</param>
/// <param name="Running">How many of those it runs that the person sees.</param>
/// <param name="HeartbeatAt">When it last said that it lives, UTC.</param>
internal sealed record WorkerView(long Session, string? Host, int? ProcessId, string State, int Capacity, long Running, DateTimeOffset HeartbeatAt);

/// <summary>What waits and what works on it. People of a tenant see the pools their tasks are in and count those alone.</summary>
internal sealed record QueueView(IReadOnlyList<PoolView> Pools, IReadOnlyList<WorkerView> Workers);

/// <summary>Reads pools and workers.</summary>
internal sealed class QueueReads([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database)
{
    /// <summary>As the person sees it.</summary>
    public async Task<QueueView> ReadAsync(Caller caller, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var answers = await connection.QueryMultipleAsync(new CommandDefinition(
            """
            SELECT p.pool, p.slots, coalesce(sum(q.slots) FILTER (WHERE q.state = 'leased'), 0), count(*) FILTER (WHERE q.state = 'leased'), count(*) FILTER (WHERE q.state = 'ready'),
              min(q.enqueued_at) FILTER (WHERE q.state = 'ready')
            FROM dags.pool p LEFT JOIN dags.task_queue q ON q.pool = p.pool AND (@Tenant::text IS NULL OR q.tenant = @Tenant)
            WHERE @Tenant::text IS NULL OR q.pool IS NOT NULL
            GROUP BY p.pool, p.slots ORDER BY p.pool;
            SELECT s.session_id, CASE WHEN @Tenant::text IS NULL THEN s.host END, CASE WHEN @Tenant::text IS NULL THEN s.process_id END, s.state, s.capacity,
              (SELECT count(*) FROM dags.task_queue q WHERE q.session_id = s.session_id AND q.state = 'leased' AND (@Tenant::text IS NULL OR q.tenant = @Tenant)), s.heartbeat_at
            FROM dags.worker_session s WHERE s.state <> 'dead' ORDER BY s.session_id
            """,
            new { caller.Tenant },
            cancellationToken: cancellationToken));
        var pools = await answers.ReadAsync<(string Pool, int? Slots, long Leased, long Running, long Waiting, DateTime? Since)>();
        var workers = await answers.ReadAsync<(long Session, string? Host, int? Process, string State, int Capacity, long Running, DateTime At)>();
        return new QueueView(
            [.. pools.Select(row => new PoolView(row.Pool, row.Slots, row.Leased, row.Running, row.Waiting, row.Since is { } since ? new DateTimeOffset(since, TimeSpan.Zero) : null))],
            [.. workers.Select(row => new WorkerView(row.Session, row.Host, row.Process, row.State, row.Capacity, row.Running, new DateTimeOffset(row.At, TimeSpan.Zero)))]);
    }
}
