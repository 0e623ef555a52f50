using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Dags.Engine;

/// <summary>Lets waiting runs begin: as many as the DAG may have, and one a partition.</summary>
internal sealed class RunStarter([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, DagCatalogue catalogue)
{
    // A backfill has a limit of its own, which it keeps itself; this one only bounds a round.
    private const int Window = 500;

    // The run of the tenant's partition before, as far as there is one, counts as it stands last.
    private const string PastIsWell = """
        coalesce((SELECT p.state = 'success' FROM dags.dag_run p
          WHERE p.dag_id = q.dag_id AND p.tenant IS NOT DISTINCT FROM q.tenant AND p.partition_key < q.partition_key
          ORDER BY p.partition_key DESC, p.run_id DESC LIMIT 1), true)
        """;

    /// <summary>Starts what may start.</summary>
    /// <returns>How many runs were started.</returns>
    public async Task<int> StartAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var waiting = await connection.QueryAsync<string>(new CommandDefinition(
            """
            SELECT d.dag_id FROM dags.dag d WHERE d.dag_id = ANY(@ids) AND NOT d.paused AND EXISTS (
              SELECT FROM dags.dag_run r WHERE r.dag_id = d.dag_id AND r.state = 'queued' AND r.eligible_at <= now())
            ORDER BY d.dag_id
            """,
            new { ids = catalogue.Dags.Select(dag => dag.Id).ToArray() },
            cancellationToken: cancellationToken));
        var started = 0;
        foreach (var dag in waiting)
        {
            started += await StartAsync(connection, dag, cancellationToken);
        }

        return started;
    }

    private async Task<int> StartAsync(NpgsqlConnection connection, string dag, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        // Counting and starting must not overlap with another scheduler's; whoever holds the row does the work.
        var limits = await connection.QuerySingleOrDefaultAsync<(int Most, int MostRepairs)?>(new CommandDefinition(
            "SELECT max_active_runs, max_active_repairs FROM dags.dag WHERE dag_id = @dag FOR NO KEY UPDATE SKIP LOCKED",
            new { dag },
            transaction,
            cancellationToken: cancellationToken));
        if (limits is not { } limit)
        {
            return 0;
        }

        // A waiting run that just got another change has moved its eligible_at; the lock sees that, the inner select may not.
        var runs = (await connection.QueryAsync<long>(new CommandDefinition(
            $"""
            SELECT run_id FROM dags.dag_run
            WHERE state = 'queued' AND eligible_at <= now() AND run_id = ANY(ARRAY(
              SELECT run_id FROM (
                SELECT *, greatest(priority_class, 1) AS lane,
                  row_number() OVER (PARTITION BY greatest(priority_class, 1) ORDER BY priority_class, eligible_at, run_id) AS turn FROM (
                  SELECT DISTINCT ON (q.partition_key) q.run_id, q.eligible_at, q.priority_class FROM dags.dag_run q
                  WHERE q.dag_id = @dag AND q.state = 'queued' AND q.eligible_at <= now() AND NOT EXISTS (
                    SELECT FROM dags.dag_run b WHERE b.dag_id = @dag AND b.state = 'running' AND b.partition_key = q.partition_key) AND (NOT @past OR {PastIsWell})
                  ORDER BY q.partition_key, q.priority_class, q.run_id) first_of_partition) candidates
              WHERE turn <= CASE lane WHEN 1 THEN @Most WHEN 2 THEN @MostRepairs ELSE {Window} END - (
                SELECT count(*) FROM dags.dag_run b WHERE b.dag_id = @dag AND b.state = 'running' AND greatest(b.priority_class, 1) = lane)))
            ORDER BY run_id
            FOR NO KEY UPDATE
            """,
            new { dag, limit.Most, limit.MostRepairs, past = catalogue.Dags.First(one => one.Id == dag).DependsOnPast },
            transaction,
            cancellationToken: cancellationToken))).ToArray();
        if (runs.Length > 0)
        {
            await connection.ExecuteAsync(new CommandDefinition(
                """
                UPDATE dags.dag_run SET state = 'running', started_at = coalesce(started_at, now()) WHERE run_id = ANY(@runs);
                INSERT INTO dags.task_instance (run_id, task_id, state, max_tries, trigger_rule, tolerated, mapped, pool, slots, prio)
                SELECT r.run_id, t.id, 'waiting', t.max_tries, t.rule, t.tolerated, t.map IS NOT NULL, t.pool, t.slots,
                  t.priority - r.priority_class * 1000000
                FROM dags.dag_run r
                JOIN dags.dag_version v USING (version_id),
                  jsonb_to_recordset(v.spec -> 'tasks') AS t(id text, max_tries int, rule text, tolerated boolean, map text, pool text, slots int, priority int)
                WHERE r.run_id = ANY(@runs) AND NOT EXISTS (SELECT FROM dags.task_instance t WHERE t.run_id = r.run_id)
                ORDER BY r.run_id;
                INSERT INTO dags.ti_event (run_id, ti_id, kind) SELECT run_id, 0, 'started' FROM unnest(@runs) AS r(run_id);
                """,
                new { runs },
                transaction,
                cancellationToken: cancellationToken));
        }

        await transaction.CommitAsync(cancellationToken);
        return runs.Length;
    }
}
