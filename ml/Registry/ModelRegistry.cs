using System.Text.Json;
using Npgsql;
using RetailInsight.Core.Ports;

namespace RetailInsight.Ml.Registry;

/// <summary>
/// Data sets, models and evaluations, each registered once and never changed. Bytes lie in the lake under <c>data-sets/TENANT/NAME/SHA256</c> and
/// <c>models/TENANT/NAME/SHA256</c>; what they are and what they came from stands in the schema <c>ml</c>. Which model is used is said by
/// <see cref="ModelAliases"/>.
/// </summary>
public sealed class ModelRegistry
{
    private readonly NpgsqlDataSource _database;
    private readonly ContentStore _store;
    private readonly TimeProvider _clock;

    /// <summary>Over the job role's database.</summary>
    internal ModelRegistry(NpgsqlDataSource database, ILake lake, TimeProvider clock)
    {
        _database = database;
        _store = new ContentStore(lake);
        _clock = clock;
    }

    /// <summary>Keeps a data set; the same bytes under the same name again change nothing.</summary>
    /// <param name="tenant">Whose it is.</param>
    /// <param name="name">What it is.</param>
    /// <param name="content">Its bytes, written the same way each time, so that the same data have the same hash.</param>
    /// <param name="rows">How many rows it has.</param>
    /// <param name="parameters">How it was cut.</param>
    /// <param name="cancellationToken">Stops; to be called again.</param>
    /// <exception cref="ArgumentException">The name cannot be part of a key.</exception>
    public async Task<DataSetReference> RegisterDataSetAsync(
        string tenant, string name, ReadOnlyMemory<byte> content, int rows, IReadOnlyDictionary<string, string> parameters, CancellationToken cancellationToken)
    {
        var (sha256, key) = await _store.PutAsync("data-sets", tenant, name, content, cancellationToken);
        await using var command = _database.CreateCommand(
            "INSERT INTO ml.data_set (tenant, name, sha256, object, bytes, row_count, parameters, registered_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING");
        command.Parameters.With(tenant, name, sha256, key, (long)content.Length, rows, RegistryParameters.Json(parameters), _clock.GetUtcNow());
        await command.ExecuteNonQueryAsync(cancellationToken);
        return new(name, sha256);
    }

    /// <summary>Keeps a model; the same file under the same name again changes nothing: what it came from stays what it was first said to be.</summary>
    /// <returns>SHA-256 of the file.</returns>
    /// <exception cref="ArgumentException">The name cannot be part of a key.</exception>
    /// <exception cref="InvalidOperationException">The data set is not registered.</exception>
    public async Task<string> RegisterModelAsync(NewModel model, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(model);
        var (sha256, key) = await _store.PutAsync("models", model.Tenant, model.Name, model.Content, cancellationToken);
        await using var command = _database.CreateCommand(
            """
            INSERT INTO ml.model (tenant, name, sha256, object, bytes, version, data_set, data_set_sha256, code_version, parameters, registered_by, registered_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING
            """);
        command.Parameters.With(model.Tenant, model.Name, sha256, key, (long)model.Content.Length, model.Version, model.TrainedOn.Name, model.TrainedOn.Sha256, model.CodeVersion, RegistryParameters.Json(model.Parameters), model.By, _clock.GetUtcNow());
        await ExecuteAsync(command, $"Model {model.Name} was trained on {model.TrainedOn}, which is not registered for {model.Tenant}.", cancellationToken);
        return sha256;
    }

    /// <summary>Records how a model did on a data set.</summary>
    /// <param name="tenant">Whose both are.</param>
    /// <param name="name">Of the model.</param>
    /// <param name="sha256">Of the model.</param>
    /// <param name="dataSet">What it was evaluated on.</param>
    /// <param name="metrics">Finite figures by name.</param>
    /// <param name="cancellationToken">Stops; to be called again.</param>
    /// <exception cref="ArgumentException">A figure is not finite, or there is none.</exception>
    /// <exception cref="InvalidOperationException">Model or data set is not registered, or the model was evaluated on it before and came out differently.</exception>
    public async Task RecordEvaluationAsync(
        string tenant, string name, string sha256, DataSetReference dataSet, IReadOnlyDictionary<string, double> metrics, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(dataSet);
        if (metrics is not { Count: > 0 } || !metrics.Values.All(double.IsFinite))
        {
            throw new ArgumentException("Every metric must be a finite number, and there must be one.", nameof(metrics));
        }

        await using var command = _database.CreateCommand(
            """
            WITH added AS (
              INSERT INTO ml.model_evaluation (tenant, name, sha256, data_set, data_set_sha256, metrics, evaluated_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
              ON CONFLICT DO NOTHING RETURNING 1)
            SELECT count(*) > 0 OR coalesce((
              SELECT metrics = $6 FROM ml.model_evaluation WHERE (tenant, name, sha256, data_set, data_set_sha256) = ($1, $2, $3, $4, $5)), true) FROM added
            """);
        command.Parameters.With(tenant, name, sha256, dataSet.Name, dataSet.Sha256, RegistryParameters.Json(metrics), _clock.GetUtcNow());
        if (!await ExecuteAsync(command, $"Model {name} {sha256} or {dataSet} is not registered for {tenant}.", cancellationToken))
        {
            throw new InvalidOperationException($"Model {name} {sha256} was evaluated on {dataSet} before, with other figures: evaluation must not depend on anything but the two.");
        }
    }

    /// <summary>A model and what it came from; null when it is not registered.</summary>
    public async Task<RegisteredModel?> FindAsync(string tenant, string name, string sha256, CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand(
            """
            SELECT object, bytes, version, data_set, data_set_sha256, code_version, parameters::text, registered_by, registered_at
            FROM ml.model WHERE (tenant, name, sha256) = ($1, $2, $3)
            """);
        command.Parameters.With(tenant, name, sha256);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return !await row.ReadAsync(cancellationToken)
            ? null
            : new(tenant, name, sha256, row.GetString(0), row.GetInt64(1), row.GetString(2), new(row.GetString(3), row.GetString(4)), row.GetString(5),
                JsonSerializer.Deserialize<Dictionary<string, string>>(row.GetString(6))!, row.GetString(7), row.GetFieldValue<DateTimeOffset>(8));
    }

    /// <summary>The file of a model, verified.</summary>
    /// <exception cref="InvalidOperationException">The model is not registered.</exception>
    /// <exception cref="LakeCorruptException">What lies in the lake is another file.</exception>
    public async Task<byte[]> ReadModelAsync(string tenant, string name, string sha256, CancellationToken cancellationToken)
    {
        var model = await FindAsync(tenant, name, sha256, cancellationToken) ?? throw new InvalidOperationException($"Model {name} {sha256} is not registered for {tenant}.");
        return await _store.ReadAsync(model.Object, model.Bytes, cancellationToken);
    }

    /// <summary>The bytes of a data set, verified.</summary>
    /// <exception cref="InvalidOperationException">The data set is not registered.</exception>
    /// <exception cref="LakeCorruptException">What lies in the lake are other bytes.</exception>
    public async Task<byte[]> ReadDataSetAsync(string tenant, DataSetReference dataSet, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(dataSet);
        await using var command = _database.CreateCommand("SELECT object, bytes FROM ml.data_set WHERE (tenant, name, sha256) = ($1, $2, $3)");
        command.Parameters.With(tenant, dataSet.Name, dataSet.Sha256);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken)
            ? await _store.ReadAsync(row.GetString(0), row.GetInt64(1), cancellationToken)
            : throw new InvalidOperationException($"{dataSet} is not registered for {tenant}.");
    }

    private static async Task<bool> ExecuteAsync(NpgsqlCommand command, string notRegistered, CancellationToken cancellationToken)
    {
        try
        {
            return await command.ExecuteScalarAsync(cancellationToken) is not false;
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            throw new InvalidOperationException(notRegistered, refused);
        }
    }
}
