using System.Text.Json;
using Npgsql;

namespace RetailInsight.Ml.Registry;

/// <summary>Something that was done to an alias, or refused.</summary>
/// <param name="Alias"><c>champion</c> or <c>challenger</c>.</param>
/// <param name="Action"><c>challenge</c>, <c>withdraw</c>, <c>promote</c> or <c>roll_back</c>.</param>
/// <param name="IsDone">False: it was refused.</param>
/// <param name="From">The model before; null for none.</param>
/// <param name="To">The model after, or the one that was refused; null for none.</param>
/// <param name="Version">Of the alias after it.</param>
/// <param name="By">Who or what.</param>
/// <param name="At">When.</param>
/// <param name="Why">In the words of whoever asked.</param>
/// <param name="Reasons">Why it was refused.</param>
public sealed record AliasChange(
    string Alias, string Action, bool IsDone, string? From, string? To, long Version, string By, DateTimeOffset At, string Why, IReadOnlyList<GateRefusal> Reasons);

/// <summary>Reads and writes what <c>ml.model_alias_change</c> holds.</summary>
internal static class AliasHistory
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The column <c>detail</c>.</summary>
    public static string Detail(IReadOnlyList<GateRefusal> reasons) => JsonSerializer.Serialize(new Details(reasons), Json);

    /// <summary>All changes of a model's aliases, oldest first.</summary>
    public static async Task<IReadOnlyList<AliasChange>> ReadAsync(NpgsqlConnection connection, string tenant, string name, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT alias, action, outcome, from_sha256, to_sha256, version, actor, at, why, detail::text
            FROM ml.model_alias_change WHERE tenant = $1 AND name = $2 ORDER BY change_id
            """,
            connection);
        command.Parameters.With(tenant, name);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var changes = new List<AliasChange>();
        while (await row.ReadAsync(cancellationToken))
        {
            changes.Add(new(
                row.GetString(0),
                row.GetString(1),
                row.GetString(2) == "done",
                await row.IsDBNullAsync(3, cancellationToken) ? null : row.GetString(3),
                await row.IsDBNullAsync(4, cancellationToken) ? null : row.GetString(4),
                row.GetInt64(5),
                row.GetString(6),
                row.GetFieldValue<DateTimeOffset>(7),
                row.GetString(8),
                JsonSerializer.Deserialize<Details>(row.GetString(9), Json)!.Reasons));
        }

        return changes;
    }

    private sealed record Details(IReadOnlyList<GateRefusal> Reasons);
}
