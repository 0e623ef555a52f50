using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RetailInsight.Core.Tenancy;
using RetailInsight.Dags.Engine.Assets;

namespace RetailInsight.Dags.Engine;

/// <summary>Brings the definitions of this process into the database; each changed graph becomes a new version.</summary>
internal sealed class DagRegistration([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, DagCatalogue catalogue, EngineOptions options, TimeProvider clock)
{
    /// <summary>Registers every DAG. The clock of a DAG starts at now when it is new or its schedule has changed.</summary>
    public async Task RegisterAsync(CancellationToken cancellationToken)
    {
        var pools = catalogue.Dags.SelectMany(dag => dag.Tasks).Select(task => task.Pool).Concat(options.Pools.Keys).Distinct().Order(StringComparer.Ordinal).ToArray();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO dags.pool (pool, slots) SELECT pool, slots FROM unnest(@pools, @slots) AS p(pool, slots) ON CONFLICT (pool) DO NOTHING
            """,
            new { pools, slots = pools.Select(pool => options.Pools.TryGetValue(pool, out var slots) ? slots : (int?)null).ToArray() },
            cancellationToken: cancellationToken));
        foreach (var dag in catalogue.Dags)
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            var version = await VersionAsync(connection, transaction, dag, cancellationToken);
            await connection.ExecuteAsync(new CommandDefinition(
                """
                INSERT INTO dags.dag AS d (dag_id, current_version, schedule, time_zone, next_run_after, max_active_runs, max_active_repairs)
                VALUES (@Id, @version, @Cron, @TimeZone, @next, @MaxActiveRuns, @MaxActiveRepairs)
                ON CONFLICT (dag_id) DO UPDATE SET
                  current_version = excluded.current_version, schedule = excluded.schedule, time_zone = excluded.time_zone,
                  max_active_runs = excluded.max_active_runs, max_active_repairs = excluded.max_active_repairs,
                  next_run_after = CASE WHEN (d.schedule, d.time_zone) IS DISTINCT FROM (excluded.schedule, excluded.time_zone)
                    THEN excluded.next_run_after ELSE d.next_run_after END
                """,
                new
                {
                    dag.Id,
                    version,
                    dag.Schedule?.Cron,
                    dag.Schedule?.TimeZone,
                    next = dag.Schedule?.NextAfter(clock.GetUtcNow())?.UtcDateTime,
                    dag.MaxActiveRuns,
                    dag.MaxActiveRepairs,
                },
                transaction,
                cancellationToken: cancellationToken));
            foreach (var task in dag.Tasks.Where(task => task.Produces is not null))
            {
                await RegisterAsync(connection, transaction, dag.Id, task.Id, task.Produces!, cancellationToken);
            }

            await transaction.CommitAsync(cancellationToken);
        }
    }

    private static Task<int> RegisterAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string dag, string task, Asset asset, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO dags.asset (asset, grain) SELECT upstream, 'store_day' FROM unnest(@upstreams) AS u(upstream) ON CONFLICT DO NOTHING;
            INSERT INTO dags.asset (asset, grain, dag_id, task_id, tables) VALUES (@Id, @GrainName, @dag, @task, @tables)
            ON CONFLICT (asset) DO UPDATE SET grain = excluded.grain, dag_id = excluded.dag_id, task_id = excluded.task_id, tables = excluded.tables;
            DELETE FROM dags.asset_input WHERE asset = @Id AND NOT upstream = ANY(@upstreams);
            INSERT INTO dags.asset_input (asset, upstream, days_before) SELECT @Id, u.upstream, u.days FROM unnest(@upstreams, @days) AS u(upstream, days)
            ON CONFLICT (asset, upstream) DO UPDATE SET days_before = excluded.days_before;
            """,
            new
            {
                asset.Id,
                asset.GrainName,
                dag,
                task,
                tables = asset.Tables.ToArray(),
                upstreams = asset.Inputs.Select(input => input.Upstream).ToArray(),
                days = asset.Inputs.Select(input => input.DaysBefore).ToArray(),
            },
            transaction,
            cancellationToken: cancellationToken));

    // Siblings of one mapping wait for each other key by key.
    private static bool IsSibling(Dag dag, DagTask task, string upstream) =>
        DagCatalogue.MapRoot(dag, task) is { } root && root == DagCatalogue.MapRoot(dag, dag.Tasks.First(other => other.Id == upstream));

    private static async Task<long> VersionAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Dag dag, CancellationToken cancellationToken)
    {
        var spec = JsonSerializer.Serialize(new
        {
            tasks = dag.Tasks.Select(task => new
            {
                id = task.Id,
                upstreams = task.Upstreams,
                siblings = task.Upstreams.Where(upstream => IsSibling(dag, task, upstream)),
                rule = TriggerRuleNames.NameOf(task.Rule),
                tolerated = task.Tolerated,
                map = DagCatalogue.MapRoot(dag, task),
                pool = task.Pool,
                slots = task.Slots,
                needs = task.Needs,
                priority = task.Priority,
                max_tries = task.Retry.MaxTries,
                timeout_seconds = (long)task.Timeout.TotalSeconds,
                asset = task.Produces?.Id,
            }),
            datasets = dag.Partitions?.Datasets,
            partitioned = dag.IsPartitioned,
            parameters = dag.Parameters.Count > 0 ? DagParameter.Spec(dag.Parameters) : (JsonElement?)null,
            depends_on_past = dag.DependsOnPast,
        });
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(spec)));
        await connection.ExecuteAsync(new CommandDefinition(
            """
            WITH added AS (
              INSERT INTO dags.dag_version (dag_id, spec_hash, spec) VALUES (@Id, @hash, @spec::jsonb)
              ON CONFLICT DO NOTHING RETURNING version_id, spec)
            INSERT INTO dags.task_edge (version_id, upstream, downstream, align)
            SELECT added.version_id, upstream, task ->> 'id', CASE WHEN task -> 'siblings' ? upstream THEN 'same_index' ELSE 'all' END
            FROM added, jsonb_array_elements(spec -> 'tasks') task, jsonb_array_elements_text(task -> 'upstreams') upstream
            """,
            new { dag.Id, hash, spec },
            transaction,
            cancellationToken: cancellationToken));
        return await connection.QuerySingleAsync<long>(new CommandDefinition(
            "SELECT version_id FROM dags.dag_version WHERE dag_id = @Id AND spec_hash = @hash",
            new { dag.Id, hash },
            transaction,
            cancellationToken: cancellationToken));
    }
}
