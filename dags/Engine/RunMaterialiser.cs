using System.Text.Json;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RetailInsight.Core.Tenancy;
using RetailInsight.Dags.Engine.Assets;

namespace RetailInsight.Dags.Engine;

/// <summary>Makes runs out of the clock and out of changed partitions: cause and run are one transaction.</summary>
internal sealed class RunMaterialiser([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, DagCatalogue catalogue, TimeProvider clock)
{
    /// <summary>Creates the runs of every schedule that is due and moves its clock on.</summary>
    /// <returns>How many runs were created.</returns>
    public async Task<int> FromClockAsync(CancellationToken cancellationToken)
    {
        var created = 0;
        foreach (var dag in catalogue.Dags.Where(dag => dag.Schedule is not null))
        {
            created += await FromClockAsync(dag, dag.Schedule!, cancellationToken);
        }

        return created;
    }

    /// <summary>Takes changes from every queue until it is empty and gathers them in waiting runs.</summary>
    /// <returns>How many changes were taken.</returns>
    public async Task<int> FromPartitionsAsync(CancellationToken cancellationToken)
    {
        var taken = 0;
        foreach (var queue in catalogue.Dags.Where(dag => dag.Partitions is not null).GroupBy(dag => dag.Partitions!.Take))
        {
            int batch;
            do
            {
                batch = await FromPartitionsAsync(queue.Key, [.. queue], cancellationToken);
                taken += batch;
            }
            while (batch > 0);
        }

        return taken;
    }

    private async Task<int> FromClockAsync(Dag dag, CronSchedule schedule, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        // Another scheduler that holds the row is doing just this.
        var due = await connection.QuerySingleOrDefaultAsync<DateTime?>(new CommandDefinition(
            """
            SELECT next_run_after FROM dags.dag WHERE dag_id = @Id AND next_run_after <= @now AND NOT paused
            FOR NO KEY UPDATE SKIP LOCKED
            """,
            new { dag.Id, now = now.UtcDateTime },
            transaction,
            cancellationToken: cancellationToken));
        if (due is null)
        {
            return 0;
        }

        // Cron counts in seconds and looks strictly before; a firing at this very second counts.
        var fire = schedule.LastBefore(DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds() + 1)) ?? new DateTimeOffset(due.Value);
        var runs = schedule.Runs is { } list ? await list(connection, transaction, cancellationToken) : [new RunRequest(null, "", "{}")];
        var created = await connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO dags.dag_run (dag_id, version_id, run_type, tenant, partition_key, interval_start, interval_end, state, conf, cause, deadline_at)
            SELECT d.dag_id, d.current_version, 'scheduled', r.tenant, r.partition_key, @start, @fire, 'queued', r.conf::jsonb,
              jsonb_build_object('schedule', d.schedule, 'time_zone', d.time_zone), @fire + @Deadline
            FROM dags.dag d, unnest(@tenants, @keys, @confs) WITH ORDINALITY AS r(tenant, partition_key, conf, position)
            WHERE d.dag_id = @Id
            ORDER BY r.position
            ON CONFLICT (dag_id, partition_key, interval_end) WHERE run_type = 'scheduled' DO NOTHING
            """,
            new
            {
                dag.Id,
                start = schedule.LastBefore(fire)?.UtcDateTime,
                fire = fire.UtcDateTime,
                dag.Deadline,
                tenants = runs.Select(run => run.Tenant).ToArray(),
                keys = runs.Select(run => run.PartitionKey).ToArray(),
                confs = runs.Select(run => run.Conf).ToArray(),
            },
            transaction,
            cancellationToken: cancellationToken));
        await connection.ExecuteAsync(new CommandDefinition(
            "UPDATE dags.dag SET next_run_after = @next WHERE dag_id = @Id",
            new { dag.Id, next = schedule.NextAfter(now)?.UtcDateTime },
            transaction,
            cancellationToken: cancellationToken));
        await transaction.CommitAsync(cancellationToken);
        return created;
    }

    private async Task<int> FromPartitionsAsync(TakePartitionChanges take, IReadOnlyList<Dag> dags, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var changes = await take(connection, transaction, cancellationToken);
        await AssetPartitions.ArrivedAsync(connection, transaction, changes, cancellationToken);
        foreach (var dag in dags)
        {
            await GatherAsync(connection, transaction, dag, changes, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return changes.Count;
    }

    private async Task GatherAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        Dag dag,
        IReadOnlyList<PartitionChange> changes,
        CancellationToken cancellationToken)
    {
        var trigger = dag.Partitions!;

        // Somewhere on Earth it is still the day before.
        var yesterday = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime.AddHours(-12)).AddDays(-1);

        // Every scheduler locks waiting runs in the order of their keys.
        var runs = changes.Where(change => trigger.Datasets.Contains(change.Key.Dataset))
            .GroupBy(change => new DayPartition(change.Key.Tenant, change.Key.BusinessDate))
            .OrderBy(day => day.Key.ToString(), StringComparer.Ordinal).ToList();
        if (runs.Count == 0)
        {
            return;
        }

        await connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO dags.dag_run AS w (dag_id, version_id, run_type, tenant, partition_key, state, conf, cause, eligible_at, priority_class, deadline_at)
            SELECT d.dag_id, d.current_version, 'asset', r.tenant, r.partition_key, 'queued', jsonb_build_object('stores', r.stores::jsonb),
              jsonb_build_object('partition_changes', r.changes), now() + CASE WHEN r.old THEN @SettleOld ELSE @Settle END, CASE WHEN r.old THEN 2 ELSE 0 END, CASE WHEN NOT r.old THEN now() + @Deadline END
            FROM dags.dag d, unnest(@tenants, @keys, @stores, @counts, @old) WITH ORDINALITY AS r(tenant, partition_key, stores, changes, old, position)
            WHERE d.dag_id = @Id
            ORDER BY r.position
            ON CONFLICT (dag_id, partition_key) WHERE run_type = 'asset' AND state = 'queued' AND started_at IS NULL DO UPDATE SET
              conf = jsonb_build_object('stores', (
                SELECT jsonb_agg(store ORDER BY store) FROM (
                  SELECT jsonb_array_elements_text(w.conf -> 'stores') UNION SELECT jsonb_array_elements_text(excluded.conf -> 'stores')) s(store))),
              cause = jsonb_build_object('partition_changes',
                (w.cause ->> 'partition_changes')::bigint + (excluded.cause ->> 'partition_changes')::bigint),
              eligible_at = least(excluded.eligible_at, w.created_at + CASE WHEN excluded.priority_class = 2 THEN 6 * @SettleAtMost ELSE @SettleAtMost END)
            """,
            new
            {
                dag.Id,
                trigger.Settle,
                trigger.SettleAtMost,
                trigger.SettleOld,
                dag.Deadline,
                tenants = runs.Select(day => day.Key.Tenant).ToArray(),
                keys = runs.Select(day => day.Key.ToString()).ToArray(),
                stores = runs.Select(day => JsonSerializer.Serialize(
                    day.Select(change => change.Key.Store).Distinct().Order(StringComparer.Ordinal))).ToArray(),
                counts = runs.Select(day => day.LongCount()).ToArray(),
                old = runs.Select(day => day.Key.BusinessDate < yesterday).ToArray(),
            },
            transaction,
            cancellationToken: cancellationToken));
    }
}
