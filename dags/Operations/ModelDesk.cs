using System.Text.Json;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RetailInsight.Core.Tenancy;
using RetailInsight.Dags.Engine;
using RetailInsight.Ml.Registry;

namespace RetailInsight.Dags.Operations;

/// <summary>Where people see which models there are and which of them is used, and take the last promotion back.</summary>
/// <param name="database">Connects as <see cref="DatabaseRole.Job"/>.</param>
/// <param name="aliases">Moves champions.</param>
public sealed class ModelDesk([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, ModelAliases aliases)
{
    private const int MostModels = 12;
    private const int MostEvaluations = 12;
    private const int MostMoves = 50;

    /// <summary>The tenant's models by name.</summary>
    public async Task<IReadOnlyList<ModelHistoryView>> ListAsync(string tenant, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var names = await connection.QueryAsync<string>(new CommandDefinition("SELECT DISTINCT name FROM ml.model WHERE tenant = @tenant ORDER BY name", new { tenant }, cancellationToken: cancellationToken));
        var found = new List<ModelHistoryView>();
        foreach (var name in names)
        {
            found.Add(await ReadAsync(connection, tenant, name, cancellationToken));
        }

        return found;
    }

    /// <summary>Whether the tenant has a model of the name.</summary>
    public async Task<bool> HasAsync(string tenant, string name, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            "SELECT EXISTS (SELECT FROM ml.model WHERE tenant = @tenant AND name = @name)", new { tenant, name }, cancellationToken: cancellationToken));
    }

    /// <summary>Makes the champion before this one champion again, at once.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="name">Which question it answers.</param>
    /// <param name="seen">Version of the champion alias the person saw.</param>
    /// <param name="actor">Who.</param>
    /// <param name="reason">Why.</param>
    /// <param name="alongside">What belongs into the same transaction.</param>
    /// <param name="cancellationToken">Nothing is moved.</param>
    /// <returns>Null when it was moved, or why not, and whether somebody else moved it meanwhile.</returns>
    public async Task<(string Sentence, bool IsOutdated)?> RollBackAsync(
        string tenant, string name, long seen, string actor, string reason, Alongside<AliasView> alongside, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(alongside);
        var outcome = await aliases.RollBackAsync(
            new AliasMove(tenant, name, seen, actor, reason),
            new BesideMove(alongside.Before, (connection, moved, token) => alongside.After(connection, View(moved.Standing.Champion), token)), cancellationToken);
        return outcome.Result switch
        {
            AliasResult.Done => null,
            AliasResult.Refused => (string.Join(" ", outcome.Reasons.Select(why => why.Detail)), false),
            _ => ($"The champion was moved since you looked: it is at version {outcome.Standing.Champion.Version} now. Look again.", true),
        };
    }

    private static AliasView View(AliasState state) => new(state.Sha256, state.Version, state.Version == 0 ? null : state.Since);

    private async Task<ModelHistoryView> ReadAsync(NpgsqlConnection connection, string tenant, string name, CancellationToken cancellationToken)
    {
        var standing = await aliases.CurrentAsync(tenant, name, cancellationToken);
        var history = await aliases.HistoryAsync(tenant, name, cancellationToken);
        var before = ModelAliases.Predecessor(history);
        string[] named = [.. new[] { standing.Champion.Sha256, standing.Challenger.Sha256, before }.OfType<string>()];
        var models = (await connection.QueryAsync<ModelRow>(new CommandDefinition(
            """
            SELECT m.sha256 AS Sha256, m.version AS Label, m.data_set AS DataSet, m.data_set_sha256 AS DataSetSha256, d.row_count AS DataSetRows, m.code_version AS CodeVersion,
              m.parameters::text AS Parameters, m.bytes AS Bytes, m.registered_by AS RegisteredBy, m.registered_at AS RegisteredAt, m.registered AS Registered
            FROM (SELECT *, row_number() OVER (ORDER BY registered_at DESC, sha256) AS place, count(*) OVER () AS registered FROM ml.model WHERE tenant = @tenant AND name = @name) m
            JOIN ml.data_set d ON d.tenant = @tenant AND d.name = m.data_set AND d.sha256 = m.data_set_sha256
            WHERE m.place <= @MostModels OR m.sha256 = ANY(@named) ORDER BY m.place
            """,
            new { tenant, name, named, MostModels },
            cancellationToken: cancellationToken))).AsList();
        var evaluations = (await connection.QueryAsync<EvaluationRow>(new CommandDefinition(
            """
            SELECT e.sha256 AS Sha256, e.data_set AS DataSet, e.data_set_sha256 AS DataSetSha256, e.evaluated_at AS EvaluatedAt, e.metrics::text AS Metrics
            FROM ml.model_evaluation e JOIN ml.data_set d ON d.tenant = @tenant AND d.name = e.data_set AND d.sha256 = e.data_set_sha256
            WHERE e.tenant = @tenant AND e.name = @name AND e.sha256 = ANY(@shown) ORDER BY d.registered_at DESC, d.name, d.sha256
            """,
            new { tenant, name, shown = models.Select(model => model.Sha256).ToArray() },
            cancellationToken: cancellationToken))).ToLookup(row => row.Sha256, row => new EvaluationView(row.DataSet, row.DataSetSha256, Utc(row.EvaluatedAt), Json<double>(row.Metrics)));
        return new ModelHistoryView(
            name, View(standing.Champion), View(standing.Challenger), before, models[0].Registered,
            [.. models.Select(row => new ModelView(
                row.Sha256, row.Label, row.DataSet, row.DataSetSha256, row.DataSetRows, row.CodeVersion, Json<string>(row.Parameters), row.Bytes, row.RegisteredBy, Utc(row.RegisteredAt),
                [.. evaluations[row.Sha256].Take(MostEvaluations)]))],
            [.. history.Reverse().Take(MostMoves).Select(move => new AliasMoveView(
                move.Alias, move.Action, move.IsDone ? "done" : "refused", move.From, move.To, move.Version, move.By, move.At, move.Why,
                [.. move.Reasons.Select(why => new MoveRefusalView(why.Code, why.Detail, why.Metric, why.Found, why.Wanted))]))]);
    }

    private static Dictionary<string, T> Json<T>(string json) => JsonSerializer.Deserialize<Dictionary<string, T>>(json)!;

    private static DateTimeOffset Utc(DateTime at) => PartitionView.Utc(at);

    private sealed record ModelRow(
        string Sha256, string Label, string DataSet, string DataSetSha256, int DataSetRows, string CodeVersion, string Parameters, long Bytes, string RegisteredBy, DateTime RegisteredAt, long Registered);

    private sealed record EvaluationRow(string Sha256, string DataSet, string DataSetSha256, DateTime EvaluatedAt, string Metrics);
}
