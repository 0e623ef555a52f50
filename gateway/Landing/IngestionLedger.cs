using Npgsql;
using NpgsqlTypes;
using RetailInsight.Core.Ports;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Gateway.Landing;

/// <summary>The rows of <c>gateway.ingestion</c>.</summary>
internal sealed class IngestionLedger
{
    /// <summary>What <see cref="Read"/> reads, in its order.</summary>
    public const string Columns =
        "id, tenant, feed, vendor, profile, profile_version, stores, file_name, content_encoding, sha256, bytes, lake_object, lake_offset, received_at, state, attempts, answer, device, equipment, sent_bytes, removed_values, removed_bytes";

    private const int RowsPerTransaction = 256;

    // A commit costs the database as much as a few rows: what is acknowledged within a few milliseconds shares one.
    private static readonly TimeSpan GatherOpens = TimeSpan.FromMilliseconds(4);

    private readonly NpgsqlDataSource _database;
    private readonly Grouping<(string Tenant, Guid Id), Ingestion?> _finds;
    private readonly Grouping<(Ingestion Row, DateTimeOffset NextAttemptAt), bool> _opens;

    public IngestionLedger([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database)
    {
        _database = database;
        _finds = new(RowsPerTransaction, wanted => FindAsync(wanted, CancellationToken.None));
        _opens = new(RowsPerTransaction, OpenAsync, GatherOpens, row => row.Row.Tenant);
    }

    /// <summary>The row of a payload, or null when the tenant has none of that id.</summary>
    public Task<Ingestion?> FindAsync(string tenant, Guid id, CancellationToken cancellationToken) =>
        _finds.RunAsync((tenant, id)).WaitAsync(cancellationToken);

    /// <summary>The rows of several payloads in the order asked for; null where the tenant has none of that id.</summary>
    public async Task<IReadOnlyList<Ingestion?>> FindAsync(IReadOnlyList<(string Tenant, Guid Id)> wanted, CancellationToken cancellationToken)
    {
        // One statement however many rows: planning a statement costs the server more than running it for one row. The tenant
        // is compared here: asked for it too, the planner also reads all that the tenant ever sent.
        await using var command = _database.CreateCommand($"SELECT {Columns} FROM gateway.ingestion WHERE id = ANY($1)");
        command.Parameters.Add(new() { Value = wanted.Select(row => row.Id).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new Dictionary<(string Tenant, Guid Id), Ingestion>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var row = Read(reader);
            found.Add((row.Tenant, row.Id), row);
        }

        return [.. wanted.Select(row => found.GetValueOrDefault(row))];
    }

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

    /// <summary>The row a reader of <see cref="Columns"/> stands on.</summary>
    public static Ingestion Read(NpgsqlDataReader reader) => new()
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
        Device = reader.IsDBNull(17) ? null : reader.GetString(17),
        Equipment = reader.IsDBNull(18) ? null : reader.GetString(18),
        Sent = reader.IsDBNull(19) ? null : reader.GetInt64(19),
        Removed = new(reader.GetInt32(20), reader.GetInt64(21)),
    };

    // In the order of the ids, so that two processes with the same payloads never wait for each other.
    private async Task<IReadOnlyList<bool>> OpenAsync(IReadOnlyList<(Ingestion Row, DateTimeOffset NextAttemptAt)> rows)
    {
        await using var command = _database.CreateCommand(
            """
            INSERT INTO gateway.ingestion
              (id, tenant, feed, vendor, profile, profile_version, stores, file_name, content_encoding, sha256, bytes, lake_object, lake_offset, received_at, device, equipment, sent_bytes, removed_values, removed_bytes, next_attempt_at)
            SELECT id, tenant, feed, vendor, profile, profile_version,
              CASE WHEN stores IS NOT NULL THEN ARRAY(SELECT jsonb_array_elements_text(stores::jsonb)) END,
              file_name, content_encoding, sha256, bytes, lake_object, lake_offset, received_at, device, equipment, sent_bytes, removed_values, removed_bytes, next_attempt_at
            FROM unnest(
                $1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int[], $7::text[], $8::text[],
                $9::text[], $10::bytea[], $11::bigint[], $12::text[], $13::bigint[], $14::timestamptz[], $15::text[], $16::text[], $17::bigint[], $18::int[], $19::bigint[], $20::timestamptz[])
              AS new (id, tenant, feed, vendor, profile, profile_version, stores, file_name,
                content_encoding, sha256, bytes, lake_object, lake_offset, received_at, device, equipment, sent_bytes, removed_values, removed_bytes, next_attempt_at)
            ORDER BY id
            ON CONFLICT (id) DO NOTHING
            RETURNING id
            """);
        command.Parameters.Add(new() { Value = rows.Select(row => row.Row.Id).ToArray() });
        LandingStatements.AddOpeningColumns(command.Parameters, [.. rows.Select(row => row.Row)]);
        command.Parameters.Add(new() { Value = rows.Select(row => row.NextAttemptAt).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz });
        await using var reader = await command.ExecuteReaderAsync();
        var opened = new HashSet<Guid>();
        while (await reader.ReadAsync())
        {
            opened.Add(reader.GetGuid(0));
        }

        return [.. rows.Select(row => opened.Contains(row.Row.Id))];
    }
}
