using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Dags.Engine;

/// <summary>Pauses and resumes a DAG. What runs goes on; nothing new of it begins, neither runs nor tasks of runs under way.</summary>
internal sealed class DagSwitch([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, EngineSignals signals)
{
    /// <summary>Sets whether a DAG is paused.</summary>
    /// <param name="dag">The DAG.</param>
    /// <param name="paused">Whether nothing of it shall begin.</param>
    /// <param name="actor">Who says so.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cancellationToken">Stops before anything changed.</param>
    /// <returns>False where there is no such DAG. Saying what already holds changes nothing.</returns>
    public Task<bool> SetAsync(string dag, bool paused, string actor, string reason, CancellationToken cancellationToken) => SetAsync(dag, paused, actor, reason, null, cancellationToken);

    /// <inheritdoc cref="SetAsync(string, bool, string, string, CancellationToken)"/>
    public async Task<bool> SetAsync(string dag, bool paused, string actor, string reason, Alongside<long>? alongside, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (alongside is not null)
        {
            await alongside.Before(connection, cancellationToken);
        }

        if (await connection.QuerySingleOrDefaultAsync<bool?>(new CommandDefinition(
            "SELECT paused FROM dags.dag WHERE dag_id = @dag FOR NO KEY UPDATE", new { dag }, transaction, cancellationToken: cancellationToken)) is not { } now)
        {
            return false;
        }

        if (now != paused)
        {
            var action = await connection.QuerySingleAsync<long>(new CommandDefinition(
                """
                UPDATE dags.dag SET paused = @paused WHERE dag_id = @dag;
                INSERT INTO dags.ti_event (run_id, ti_id, kind) SELECT run_id, 0, 'resumed' FROM dags.dag_run WHERE dag_id = @dag AND state = 'running' AND NOT @paused;
                INSERT INTO dags.action (actor, kind, dag_id, reason, before, after)
                VALUES (@actor, CASE WHEN @paused THEN 'pause' ELSE 'resume' END, @dag, @reason, to_jsonb(NOT @paused), to_jsonb(@paused))
                RETURNING action_id
                """,
                new { dag, paused, actor, reason },
                transaction,
                cancellationToken: cancellationToken));
            if (alongside is not null)
            {
                await alongside.After(connection, action, cancellationToken);
            }

            await transaction.CommitAsync(cancellationToken);
            signals.RingAll();
        }

        return true;
    }
}
