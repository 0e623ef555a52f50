using System.Text.Json;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RetailInsight.Core.Tenancy;
using RetailInsight.Dags.Engine;

namespace RetailInsight.Dags.Operations;

/// <summary>Starts runs by hand.</summary>
/// <param name="database">Connects as <see cref="DatabaseRole.Job"/>.</param>
public sealed class RunTrigger([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database)
{
    /// <summary>The DAGs that work on one trading day of a tenant.</summary>
    public async Task<IReadOnlyList<string>> DailyAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return (await connection.QueryAsync<string>(new CommandDefinition(
            "SELECT d.dag_id FROM dags.dag d JOIN dags.dag_version v ON v.version_id = d.current_version WHERE jsonb_typeof(v.spec -> 'datasets') = 'array' ORDER BY d.dag_id",
            cancellationToken: cancellationToken))).AsList();
    }

    /// <summary>Queues a run.</summary>
    /// <param name="dag">The DAG.</param>
    /// <param name="request">What to work on.</param>
    /// <param name="actor">Who asks; recorded as the cause.</param>
    /// <param name="cancellationToken">Stops before the run exists.</param>
    /// <returns>The run, or why there is none: a field of the request and a sentence.</returns>
    public async Task<(long? Run, string Field, string Complaint)> TriggerAsync(
        string dag, TriggerRequest request, string actor, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var (partitioned, known) = await connection.QuerySingleOrDefaultAsync<(bool?, bool)>(new CommandDefinition(
            """
            SELECT jsonb_typeof(v.spec -> 'datasets') = 'array', @tenant::text IS NULL OR EXISTS (SELECT FROM tenancy.tenant t WHERE t.tenant = @tenant)
            FROM dags.dag d JOIN dags.dag_version v ON v.version_id = d.current_version WHERE d.dag_id = @dag
            """,
            new { dag, tenant = request.Tenant },
            cancellationToken: cancellationToken));
        switch (partitioned, request)
        {
            case (null, _):
                return (null, "", $"There is no DAG '{dag}'.");
            case (true, { Tenant: null }):
                return (null, "tenant", $"{dag} works on one trading day of one tenant: name the tenant.");
            case (true, { BusinessDate: null }):
                return (null, "businessDate", $"{dag} works on one trading day of one tenant: give the date as yyyy-MM-dd.");
            case (false, not { Tenant: null, BusinessDate: null, Stores: null }):
                return (null, "tenant", $"{dag} has no partitions: send an empty object.");
            case (_, { Stores.Count: 0 }):
                return (null, "stores", "Name at least one store, or leave the field out for all of them.");
        }

        if (!known)
        {
            return (null, "tenant", $"There is no tenant '{request.Tenant}'.");
        }

        var key = partitioned == true ? new DayPartition(request.Tenant!, request.BusinessDate!.Value).ToString() : "";
        var conf = request.Stores is { } stores ? JsonSerializer.Serialize(new { stores = stores.Distinct().Order(StringComparer.Ordinal) }) : "{}";
        var run = await connection.QuerySingleAsync<long>(new CommandDefinition(
            """
            INSERT INTO dags.dag_run (dag_id, version_id, run_type, tenant, partition_key, state, conf, cause)
            SELECT dag_id, current_version, 'manual', @tenant, @key, 'queued', @conf::jsonb, jsonb_build_object('actor', @actor)
            FROM dags.dag WHERE dag_id = @dag RETURNING run_id
            """,
            new { dag, tenant = request.Tenant, key, conf, actor },
            cancellationToken: cancellationToken));
        return (run, "", "");
    }
}
