using Npgsql;
using NpgsqlTypes;
using RetailInsight.Core.Ports;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Gateway.Landing;

/// <summary>The rows of <c>gateway.ingestion</c>, one at a time.</summary>
internal sealed class IngestionLedger
{
    private const string Columns =
        "id, tenant, feed, vendor, profile, profile_version, stores, file_name, content_encoding, sha256, bytes, lake_object, lake_offset, received_at, state, attempts, answer";

    private const int RowsPerTransaction = 128;

    private readonly NpgsqlDataSource _database;
    private readonly Grouping<(string Tenant, Guid Id), Ingestion?> _finds;
    private readonly Grouping<(Ingestion Row, DateTimeOffset NextAttemptAt), bool> _opens;

    public IngestionLedger([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database)
    {
        _database = database;
        _finds = new(RowsPerTransaction, FindAsync);
        _opens = new(RowsPerTransaction, OpenAsync);
    }

    /// <summary>The row of a payload, or null when the tenant has none of that id.</summary>
    public Task<Ingestion?> FindAsync(string tenant, Guid id, CancellationToken cancellationToken) =>
        _finds.RunAsync((tenant, id)).WaitAsync(cancellationToken);

    /// <summary>Opens the row of a payload whose bytes are durable. From here on it will be converted, whatever happens.</summary>
    /// <param name="ingestion">The row.</param>
    /// <param name="nextAttemptAt">When a sweeper may take it up if no outcome has appeared.</param>
    /// <returns>False when another process has opened it already.</returns>
    public Task<bool> OpenAsync(Ingestion ingestion, DateTimeOffset nextAttemptAt) => _opens.RunAsync((ingestion, nextAttemptAt));

    /// <summary>Notes that a conversion failed for a reason of ours and when it may be tried again.</summary>
    public async Task PostponeAsync(Ingestion ingestion, string error, DateTimeOffset nextAttemptAt, CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand(
            """
            UPDATE gateway.ingestion SET attempts = attempts + 1, last_error = $3, next_attempt_at = $4
            WHERE tenant = $1 AND id = $2 AND state = 'landed'
            """);
        command.Parameters.Add(new() { Value = ingestion.Tenant });
        command.Parameters.Add(new() { Value = ingestion.Id });
        command.Parameters.Add(new() { Value = error });
        command.Parameters.Add(new() { Value = nextAttemptAt });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Payloads of every tenant that are due for another attempt, oldest first.</summary>
    public async Task<List<Ingestion>> DueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand(
            $"SELECT {Columns} FROM gateway.ingestion WHERE state = 'landed' AND next_attempt_at <= $1 ORDER BY next_attempt_at LIMIT $2");
        command.Parameters.Add(new() { Value = now });
        command.Parameters.Add(new() { Value = limit });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var due = new List<Ingestion>();
        while (await reader.ReadAsync(cancellationToken))
        {
            due.Add(Read(reader));
        }

        return due;
    }

    private async Task<IReadOnlyList<Ingestion?>> FindAsync(IReadOnlyList<(string Tenant, Guid Id)> wanted)
    {
        await using var batch = _database.CreateBatch();
        foreach (var (tenant, id) in wanted)
        {
            batch.BatchCommands.Add(new($"SELECT {Columns} FROM gateway.ingestion WHERE tenant = $1 AND id = $2")
            {
                Parameters = { new() { Value = tenant }, new() { Value = id } },
            });
        }

        await using var reader = await batch.ExecuteReaderAsync();
        var found = new List<Ingestion?>(wanted.Count);
        do
        {
            found.Add(await reader.ReadAsync() ? Read(reader) : null);
        }
        while (await reader.NextResultAsync());
        return found;
    }

    private async Task<IReadOnlyList<bool>> OpenAsync(IReadOnlyList<(Ingestion Row, DateTimeOffset NextAttemptAt)> rows)
    {
        await using var batch = _database.CreateBatch();
        var commands = rows.Select(row => Open(row.Row, row.NextAttemptAt)).ToArray();

        // One transaction: in the order of the ids, so that two processes with the same payloads never wait for each other.
        foreach (var place in Enumerable.Range(0, rows.Count).OrderBy(place => rows[place].Row.Id))
        {
            batch.BatchCommands.Add(commands[place]);
        }

        await batch.ExecuteNonQueryAsync();
        return [.. commands.Select(command => command.RecordsAffected == 1)];
    }

    private static NpgsqlBatchCommand Open(Ingestion ingestion, DateTimeOffset nextAttemptAt) => new(
        """
        INSERT INTO gateway.ingestion
          (id, tenant, feed, vendor, profile, profile_version, stores, file_name, content_encoding, sha256, bytes, lake_object, lake_offset, received_at, next_attempt_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
        ON CONFLICT (id) DO NOTHING
        """)
    {
        Parameters =
        {
            new() { Value = ingestion.Id },
            new() { Value = ingestion.Tenant },
            new() { Value = ingestion.Feed },
            new() { Value = ingestion.Vendor },
            new() { Value = ingestion.Profile },
            new() { Value = ingestion.ProfileVersion },
            new() { Value = (object?)ingestion.Stores ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
            new() { Value = (object?)ingestion.FileName ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
            new() { Value = ingestion.ContentEncoding },
            new() { Value = ingestion.Sha256 },
            new() { Value = ingestion.Raw.Length },
            new() { Value = ingestion.Raw.Object },
            new() { Value = ingestion.Raw.Offset },
            new() { Value = ingestion.ReceivedAt },
            new() { Value = nextAttemptAt },
        },
    };

    private static Ingestion Read(NpgsqlDataReader reader) => new()
    {
        Id = reader.GetGuid(0),
        Tenant = reader.GetString(1),
        Feed = reader.GetString(2),
        Vendor = reader.GetString(3),
        Profile = reader.GetString(4),
        ProfileVersion = reader.GetInt32(5),
        Stores = reader.IsDBNull(6) ? null : reader.GetFieldValue<string[]>(6),
        FileName = reader.IsDBNull(7) ? null : reader.GetString(7),
        ContentEncoding = reader.GetString(8),
        Sha256 = reader.GetFieldValue<byte[]>(9),
        Raw = new LakePointer(reader.GetString(11), reader.GetInt64(12), reader.GetInt64(10)),
        ReceivedAt = reader.GetFieldValue<DateTimeOffset>(13),
        State = reader.GetString(14),
        Attempts = reader.GetInt32(15),
        Answer = reader.IsDBNull(16) ? null : reader.GetString(16),
    };
}
