using System.Text.Json;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RetailInsight.Core.Tenancy;
using RetailInsight.Dags.Engine;

namespace RetailInsight.Dags.Operations;

/// <summary>Starts runs by hand.</summary>
internal sealed class RunTrigger([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database)
{
    /// <summary>Queues a run.</summary>
    /// <param name="dag">A DAG there is.</param>
    /// <param name="partitioned">Whether it works on partitions of tenants.</param>
    /// <param name="request">What to work on.</param>
    /// <param name="actor">Who asks; recorded as the cause.</param>
    /// <param name="alongside">What belongs into the same transaction.</param>
    /// <param name="cancellationToken">Stops before the run exists.</param>
    /// <returns>Null when it is queued; otherwise what is wrong: a field of the request and a sentence.</returns>
    public async Task<(string Field, string Complaint)?> TriggerAsync(
        string dag, bool partitioned, TriggerRequest request, string actor, Alongside<RunView> alongside, CancellationToken cancellationToken)
    {
        switch (partitioned, request)
        {
            case (true, { Tenant: null }):
                return ("tenant", $"{dag} works on one trading day of one tenant: name the tenant.");
            case (true, { BusinessDate: null }):
                return ("business_date", $"{dag} works on one trading day of one tenant: give the date as yyyy-MM-dd.");
            case (false, not { Tenant: null, BusinessDate: null, Stores: null }):
                return ("tenant", $"{dag} has no partitions: name neither tenant nor day nor stores.");
            case (_, { Stores: { } named }) when named.Count == 0 || named.Any(string.IsNullOrWhiteSpace):
                return ("stores", "Name at least one store, or leave the field out for all of them.");
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await alongside.Before(connection, cancellationToken);
        if (request.Tenant is { } tenant && !await connection.QuerySingleAsync<bool>(new CommandDefinition(
            "SELECT EXISTS (SELECT FROM tenancy.tenant WHERE tenant = @tenant)", new { tenant }, transaction, cancellationToken: cancellationToken)))
        {
            return ("tenant", $"There is no tenant '{tenant}'.");
        }

        var parameters = await DagVersions.ParametersAsync(dag, connection, transaction, cancellationToken);
        var conf = new SortedDictionary<string, object>(StringComparer.Ordinal);
        foreach (var (name, value) in request.Parameters ?? new Dictionary<string, string>())
        {
            if (parameters.FirstOrDefault(parameter => parameter.Name == name) is not { } parameter)
            {
                return ($"parameters.{name}", parameters.Count == 0 ? $"{dag} takes no parameters." : $"{dag} has no parameter '{name}'; it has {string.Join(", ", parameters.Select(one => one.Name))}.");
            }

            if (parameter.Fault(value) is { } fault)
            {
                return ($"parameters.{name}", fault);
            }

            conf[name] = parameter.Value(value);
        }

        if (request.Stores is { } stores)
        {
            conf[DagParameter.Stores] = stores.Distinct().Order(StringComparer.Ordinal);
        }

        var key = partitioned ? new DayPartition(request.Tenant!, request.BusinessDate!.Value).ToString() : "";
        var configuration = JsonSerializer.Serialize(conf);
        var cause = JsonSerializer.Serialize(new { actor });
        var (run, created) = await connection.QuerySingleAsync<(long, DateTime)>(new CommandDefinition(
            """
            INSERT INTO dags.dag_run (dag_id, version_id, run_type, tenant, partition_key, state, conf, cause)
            SELECT dag_id, current_version, 'manual', @Tenant, @key, 'queued', @configuration::jsonb, @cause::jsonb
            FROM dags.dag WHERE dag_id = @dag RETURNING run_id, created_at
            """,
            new { dag, request.Tenant, key, configuration, cause },
            transaction,
            cancellationToken: cancellationToken));
        await alongside.After(
            connection,
            new RunView(run, dag, "manual", request.Tenant, key, "queued", JsonElement.Parse(configuration), JsonElement.Parse(cause), new DateTimeOffset(created, TimeSpan.Zero), null, null),
            cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return null;
    }
}
