using System.Text.Json;
using Npgsql;

namespace RetailInsight.Ml.Registry;

/// <summary>
/// Which model of a name is champion, the one that is used, and which is challenger, the one that is tried beside it. An alias is moved by
/// compare-and-set: whoever moves it names the version he saw, so of two at once one wins and the other learns of it. Every move, and every
/// promotion the gate refused, stays in the history and in the tenant's audit chain.
/// </summary>
public sealed class ModelAliases
{
    private const string Champion = "champion";
    private const string Challenger = "challenger";
    private const string Untouched = "untouched";

    // Both rows exist from the first question on, so that there is always something to lock.
    private const string Ensure = """
        INSERT INTO ml.model_alias (tenant, name, alias, sha256, version, since)
        SELECT $1, $2, alias, NULL, 0, $3 FROM unnest(ARRAY['challenger', 'champion']) alias ON CONFLICT DO NOTHING
        """;

    private const string Lock = "SELECT alias, sha256, version, since FROM ml.model_alias WHERE tenant = $1 AND name = $2 ORDER BY alias FOR UPDATE";

    private readonly NpgsqlDataSource _database;
    private readonly TimeProvider _clock;

    /// <summary>Over the job role's database.</summary>
    internal ModelAliases(NpgsqlDataSource database, TimeProvider clock)
    {
        _database = database;
        _clock = clock;
    }

    /// <summary>Where both aliases stand now; without a lock, and without making anything.</summary>
    public async Task<ModelStanding> CurrentAsync(string tenant, string name, CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand("SELECT alias, sha256, version, since FROM ml.model_alias WHERE tenant = $1 AND name = $2");
        command.Parameters.With(tenant, name);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        return await StandingAsync(rows, cancellationToken);
    }

    /// <summary>Every tenant's champions.</summary>
    public async Task<IReadOnlyList<(string Tenant, string Name, AliasState Champion)>> ChampionsAsync(CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand(
            "SELECT tenant, name, sha256, version, since FROM ml.model_alias WHERE alias = 'champion' AND sha256 IS NOT NULL ORDER BY tenant, name");
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var champions = new List<(string, string, AliasState)>();
        while (await row.ReadAsync(cancellationToken))
        {
            champions.Add((row.GetString(0), row.GetString(1), new(row.GetString(2), row.GetInt64(3), row.GetFieldValue<DateTimeOffset>(4))));
        }

        return champions;
    }

    /// <summary>Makes a registered model the challenger: its shadow time begins.</summary>
    /// <param name="move">Whose and which, and the version of the challenger the caller saw.</param>
    /// <param name="sha256">The model; null withdraws the challenger.</param>
    /// <param name="cancellationToken">Rolls back.</param>
    /// <exception cref="InvalidOperationException">The model is not registered.</exception>
    public async Task<AliasOutcome> ChallengeAsync(AliasMove move, string? sha256, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(move);
        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var standing = await LockAsync(connection, move, cancellationToken);
        if (standing.Challenger.Version != move.SeenVersion)
        {
            return new(AliasResult.Conflict, standing, []);
        }

        try
        {
            standing = standing with { Challenger = await MoveAsync(connection, move, sha256 is null ? "withdraw" : "challenge", Challenger, standing.Challenger, sha256, cancellationToken) };
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            throw new InvalidOperationException($"Model {move.Name} {sha256} is not registered for {move.Tenant}.", refused);
        }

        await transaction.CommitAsync(cancellationToken);
        return new(AliasResult.Done, standing, []);
    }

    /// <summary>
    /// Makes the challenger champion if the gate lets it pass; a refusal is recorded with its reasons. A conflict too when the challenger is another
    /// than the caller means.
    /// </summary>
    /// <param name="move">Whose and which, and the version of the champion the caller saw.</param>
    /// <param name="sha256">The challenger the caller means.</param>
    /// <param name="gate">What the challenger must show.</param>
    /// <param name="cancellationToken">Rolls back.</param>
    public async Task<AliasOutcome> PromoteAsync(AliasMove move, string sha256, PromotionGate gate, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(move);
        ArgumentNullException.ThrowIfNull(gate);
        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var standing = await LockAsync(connection, move, cancellationToken);
        if (standing.Champion.Version != move.SeenVersion || standing.Challenger.Sha256 != sha256)
        {
            return new(AliasResult.Conflict, standing, []);
        }

        IReadOnlyList<GateRefusal> refusals = sha256 == standing.Champion.Sha256
            ? [new("champion_already", "The challenger is the champion already.")]
            : gate.Judge(await EvidenceAsync(connection, move, standing, cancellationToken));
        if (refusals.Count > 0)
        {
            await RecordAsync(connection, move, new("promote", "refused", Champion, standing.Champion.Sha256, sha256, standing.Champion.Version), refusals, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return new(AliasResult.Refused, standing, refusals);
        }

        standing = new(
            await MoveAsync(connection, move, "promote", Champion, standing.Champion, sha256, cancellationToken),
            await MoveAsync(connection, move, "withdraw", Challenger, standing.Challenger, null, cancellationToken));
        await transaction.CommitAsync(cancellationToken);
        return new(AliasResult.Done, standing, []);
    }

    /// <summary>
    /// Makes the champion before this one champion again, at once and without a gate. Twice goes back two champions; the one that was left can come
    /// back through the gate alone.
    /// </summary>
    /// <param name="move">Whose and which, and the version of the champion the caller saw.</param>
    /// <param name="beside">What belongs into the same transaction; null for nothing.</param>
    /// <param name="cancellationToken">Rolls back.</param>
    public async Task<AliasOutcome> RollBackAsync(AliasMove move, BesideMove? beside, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(move);
        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await transaction.SaveAsync(Untouched, cancellationToken);
        if (beside is not null)
        {
            await beside.Before(connection, cancellationToken);
        }

        var standing = await LockAsync(connection, move, cancellationToken);
        if (standing.Champion.Version != move.SeenVersion)
        {
            return new(AliasResult.Conflict, standing, []);
        }

        if (Predecessor(await AliasHistory.ReadAsync(connection, move.Tenant, move.Name, cancellationToken)) is not { } before)
        {
            // What was refused is recorded, and nothing else of it stays.
            GateRefusal[] none = [new("no_predecessor", "There was no champion before this one.")];
            await transaction.RollbackAsync(Untouched, cancellationToken);
            await RecordAsync(connection, move, new("roll_back", "refused", Champion, standing.Champion.Sha256, null, standing.Champion.Version), none, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return new(AliasResult.Refused, standing, none);
        }

        standing = standing with { Champion = await MoveAsync(connection, move, "roll_back", Champion, standing.Champion, before, cancellationToken) };
        var outcome = new AliasOutcome(AliasResult.Done, standing, []);
        if (beside is not null)
        {
            await beside.After(connection, outcome, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return outcome;
    }

    /// <summary>Everything that was done to, or refused for, the aliases of a model, oldest first.</summary>
    public async Task<IReadOnlyList<AliasChange>> HistoryAsync(string tenant, string name, CancellationToken cancellationToken)
    {
        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        return await AliasHistory.ReadAsync(connection, tenant, name, cancellationToken);
    }

    /// <summary>The champion a roll back would bring back, the one under that at the top: a promotion lays one on, a roll back takes one off. Null for none.</summary>
    /// <param name="history">Everything that was done, oldest first.</param>
    public static string? Predecessor(IReadOnlyList<AliasChange> history)
    {
        ArgumentNullException.ThrowIfNull(history);
        var champions = new Stack<string>();
        foreach (var change in history.Where(change => change is { Alias: Champion, IsDone: true }))
        {
            if (change.Action == "promote")
            {
                champions.Push(change.To!);
            }
            else
            {
                champions.Pop();
            }
        }

        return champions.Skip(1).FirstOrDefault();
    }

    private static async Task<ModelStanding> StandingAsync(NpgsqlDataReader rows, CancellationToken cancellationToken)
    {
        var standing = ModelStanding.None;
        while (await rows.ReadAsync(cancellationToken))
        {
            var state = new AliasState(await rows.IsDBNullAsync(1, cancellationToken) ? null : rows.GetString(1), rows.GetInt64(2), rows.GetFieldValue<DateTimeOffset>(3));
            standing = rows.GetString(0) == Champion ? standing with { Champion = state } : standing with { Challenger = state };
        }

        return standing;
    }

    private static async Task<(int Shared, IReadOnlyDictionary<string, double>? Challenger, IReadOnlyDictionary<string, double>? Champion)> NewestComparisonAsync(
        NpgsqlConnection connection, AliasMove move, ModelStanding standing, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT mine.metrics::text, theirs.metrics::text, count(*) FILTER (WHERE mine.evaluated_at >= $5) OVER ()
            FROM ml.model_evaluation mine
            JOIN ml.data_set USING (tenant)
            LEFT JOIN ml.model_evaluation theirs ON theirs.sha256 = $4
              AND (theirs.tenant, theirs.name, theirs.data_set, theirs.data_set_sha256) = (mine.tenant, mine.name, mine.data_set, mine.data_set_sha256)
            WHERE (mine.tenant, mine.name, mine.sha256) = ($1, $2, $3) AND (data_set.name, data_set.sha256) = (mine.data_set, mine.data_set_sha256)
              AND ($4 IS NULL OR theirs.sha256 IS NOT NULL)
            ORDER BY data_set.registered_at DESC, data_set.name, data_set.sha256 LIMIT 1
            """,
            connection);
        command.Parameters.With(move.Tenant, move.Name, standing.Challenger.Sha256, standing.Champion.Sha256, standing.Challenger.Since);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return !await row.ReadAsync(cancellationToken)
            ? (0, null, null)
            : (checked((int)row.GetInt64(2)), Metrics(row.GetString(0)), await row.IsDBNullAsync(1, cancellationToken) ? null : Metrics(row.GetString(1)));
    }

    private static Dictionary<string, double> Metrics(string json) => JsonSerializer.Deserialize<Dictionary<string, double>>(json)!;

    private async Task<GateEvidence> EvidenceAsync(NpgsqlConnection connection, AliasMove move, ModelStanding standing, CancellationToken cancellationToken)
    {
        var (shared, challenger, champion) = await NewestComparisonAsync(connection, move, standing, cancellationToken);
        return new(challenger, champion, standing.Champion.Sha256 is not null, _clock.GetUtcNow() - standing.Challenger.Since, shared);
    }

    private async Task<ModelStanding> LockAsync(NpgsqlConnection connection, AliasMove move, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(move.Why);
        await using var batch = new NpgsqlBatch(connection);
        foreach (var sql in (string[])[Ensure, Lock])
        {
            var command = new NpgsqlBatchCommand(sql);
            command.Parameters.With(move.Tenant, move.Name);
            if (sql == Ensure)
            {
                command.Parameters.With(_clock.GetUtcNow());
            }

            batch.BatchCommands.Add(command);
        }

        await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
        return await StandingAsync(rows, cancellationToken);
    }

    private async Task<AliasState> MoveAsync(NpgsqlConnection connection, AliasMove move, string action, string alias, AliasState from, string? to, CancellationToken cancellationToken)
    {
        var state = new AliasState(to, from.Version + 1, _clock.GetUtcNow());
        await using var command = new NpgsqlCommand("UPDATE ml.model_alias SET sha256 = $4, version = $5, since = $6 WHERE (tenant, name, alias) = ($1, $2, $3)", connection);
        command.Parameters.With(move.Tenant, move.Name, alias, to, state.Version, state.Since);
        await command.ExecuteNonQueryAsync(cancellationToken);
        await RecordAsync(connection, move, new(action, "done", alias, from.Sha256, to, state.Version), [], cancellationToken);
        return state;
    }

    private async Task RecordAsync(
        NpgsqlConnection connection,
        AliasMove move,
        (string Action, string Outcome, string Alias, string? From, string? To, long Version) change,
        IReadOnlyList<GateRefusal> reasons,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            INSERT INTO ml.model_alias_change (tenant, name, alias, action, outcome, from_sha256, to_sha256, version, actor, at, why, detail)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            """,
            connection);
        command.Parameters.With(move.Tenant, move.Name, change.Alias, change.Action, change.Outcome, change.From, change.To, change.Version, move.By, _clock.GetUtcNow(), move.Why, RegistryParameters.Json(AliasHistory.Detail(reasons)));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
