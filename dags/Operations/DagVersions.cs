using System.Text.Json;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RetailInsight.Core.Tenancy;
using RetailInsight.Dags.Engine;

namespace RetailInsight.Dags.Operations;

/// <summary>A version of a DAG's definition. A run keeps the one it was made with.</summary>
/// <param name="Version">Its number; larger is later.</param>
/// <param name="CreatedAt">When it was first registered, UTC.</param>
/// <param name="Current">Whether new runs are made with it.</param>
internal sealed record DagVersionView(long Version, DateTimeOffset CreatedAt, bool Current);

/// <summary>A DAG with its history.</summary>
/// <param name="Dag">Graph, clock and open runs.</param>
/// <param name="Edges">What waits for what.</param>
/// <param name="Versions">Newest first.</param>
internal sealed record DagDetail(DagView Dag, IReadOnlyList<EdgeView> Edges, IReadOnlyList<DagVersionView> Versions);

/// <summary>Reads the versions of DAGs.</summary>
internal sealed class DagVersions([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database)
{
    private const int MostListed = 100;

    /// <summary>Whether there is such a DAG, and whether it works on partitions of tenants; null where there is none.</summary>
    public async Task<bool?> IsPartitionedAsync(string dag, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<bool?>(new CommandDefinition(
            "SELECT coalesce((v.spec ->> 'partitioned')::boolean, false) FROM dags.dag d JOIN dags.dag_version v ON v.version_id = d.current_version WHERE d.dag_id = @dag",
            new { dag },
            cancellationToken: cancellationToken));
    }

    /// <summary>What a run by hand of a DAG may be told.</summary>
    /// <param name="dag">The DAG.</param>
    /// <param name="connection">Reads.</param>
    /// <param name="transaction">Within which it reads; null for none.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async Task<IReadOnlyList<DagParameter>> ParametersAsync(string dag, NpgsqlConnection connection, NpgsqlTransaction? transaction, CancellationToken cancellationToken) =>
        await connection.QuerySingleOrDefaultAsync<string?>(new CommandDefinition(
            "SELECT v.spec ->> 'parameters' FROM dags.dag d JOIN dags.dag_version v ON v.version_id = d.current_version WHERE d.dag_id = @dag",
            new { dag },
            transaction,
            cancellationToken: cancellationToken)) is { } parameters ? DagParameter.OfSpec(parameters) : [];

    /// <summary>Edges of the current version and the last hundred versions; of a DAG there is not, none.</summary>
    public async Task<(IReadOnlyList<EdgeView> Edges, IReadOnlyList<DagVersionView> Versions)> OfAsync(string dag, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var answers = await connection.QueryMultipleAsync(new CommandDefinition(
            """
            SELECT e.upstream, e.downstream, e.align = 'same_index' AS ByKey FROM dags.dag d JOIN dags.task_edge e ON e.version_id = d.current_version WHERE d.dag_id = @dag ORDER BY 1, 2;
            SELECT v.version_id, v.created_at, v.version_id = d.current_version FROM dags.dag_version v JOIN dags.dag d USING (dag_id) WHERE dag_id = @dag ORDER BY v.version_id DESC LIMIT @MostListed
            """,
            new { dag, MostListed },
            cancellationToken: cancellationToken));
        var edges = (await answers.ReadAsync<EdgeView>()).AsList();
        return (edges, [.. (await answers.ReadAsync<(long Version, DateTime At, bool Current)>()).Select(row => new DagVersionView(row.Version, Utc(row.At), row.Current))]);
    }

    /// <summary>What is different between two versions; null unless both are of the DAG.</summary>
    public async Task<VersionDifference?> DifferenceAsync(string dag, long older, long newer, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var found = (await connection.QueryAsync<(long Version, DateTime At, bool Current, string Spec)>(new CommandDefinition(
            """
            SELECT v.version_id, v.created_at, v.version_id = d.current_version, v.spec::text
            FROM dags.dag_version v JOIN dags.dag d USING (dag_id) WHERE dag_id = @dag AND v.version_id IN (@older, @newer)
            """,
            new { dag, older, newer },
            cancellationToken: cancellationToken))).ToDictionary(row => row.Version);
        if (!found.TryGetValue(older, out var one) || !found.TryGetValue(newer, out var other))
        {
            return null;
        }

        return VersionDifference.Of(
            new DagVersionView(one.Version, Utc(one.At), one.Current), JsonSerializer.Deserialize<JsonElement>(one.Spec),
            new DagVersionView(other.Version, Utc(other.At), other.Current), JsonSerializer.Deserialize<JsonElement>(other.Spec));
    }

    private static DateTimeOffset Utc(DateTime at) => new(at, TimeSpan.Zero);
}
