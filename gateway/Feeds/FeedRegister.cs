using System.Text.Json;
using System.Text.Json.Nodes;
using Npgsql;
using NpgsqlTypes;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Gateway.Feeds;

/// <summary>A row of <c>gateway.feed</c>.</summary>
internal sealed record FeedRow(string Feed, string Vendor, string Profile, string Resend, DateTimeOffset CreatedAt, DateTimeOffset? RetiredAt);

/// <summary>The rows of <c>gateway.feed</c> and their audit. A change and its audit are one transaction; nothing is ever deleted.</summary>
internal sealed class FeedRegister([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, FeedDirectory directory, TimeProvider clock)
{
    private const int MostChanges = 100;
    private const string Columns = "feed, vendor, profile, resend, created_at, retired_at";

    /// <summary>Feeds of a tenant by name.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="names">Which; null for all.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<List<FeedRow>> ListAsync(string tenant, string[]? names, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"SELECT {Columns} FROM gateway.feed WHERE tenant = $1 AND ($2::text[] IS NULL OR feed = ANY($2)) ORDER BY feed");
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = (object?)names ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<FeedRow>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(Read(reader));
        }

        return rows;
    }

    /// <summary>What was done to a feed, newest first.</summary>
    public async Task<List<FeedChange>> ChangesAsync(string tenant, string feed, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT at, actor, action, detail FROM gateway.feed_audit WHERE tenant = $1 AND feed = $2 ORDER BY id DESC LIMIT $3");
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = feed });
        command.Parameters.Add(new() { Value = MostChanges });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var changes = new List<FeedChange>();
        while (await reader.ReadAsync(cancellationToken))
        {
            using var detail = JsonDocument.Parse(reader.GetString(3));
            changes.Add(new FeedChange(reader.GetFieldValue<DateTimeOffset>(0), reader.GetString(1), reader.GetString(2), detail.RootElement.Clone()));
        }

        return changes;
    }

    /// <summary>Whether anything was ever received on a feed.</summary>
    public async Task<bool> HasPayloadsAsync(string tenant, string feed, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT EXISTS (SELECT 1 FROM gateway.ingestion WHERE tenant = $1 AND feed = $2)");
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = feed });
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Makes a feed.</summary>
    /// <returns>False when there is one of that name.</returns>
    public async Task<bool> CreateAsync(string tenant, FeedRow row, string actor, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            WITH made AS (
              INSERT INTO gateway.feed (tenant, feed, vendor, profile, resend, created_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (tenant, feed) DO NOTHING RETURNING feed)
            INSERT INTO gateway.feed_audit (tenant, feed, at, actor, action, detail)
            SELECT $1, m.feed, $6, $7, 'create', jsonb_build_object('vendor', $3, 'profile', $4, 'resend', $5) FROM made m
            """);
        foreach (var value in (object[])[tenant, row.Feed, row.Vendor, row.Profile, row.Resend, clock.GetUtcNow(), actor])
        {
            command.Parameters.Add(new() { Value = value });
        }

        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <summary>Changes a feed to what a row says, and notes every difference; does nothing where there is none.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="before">The feed as it was read.</param>
    /// <param name="after">As it is to be.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="cancellationToken">Changes nothing.</param>
    /// <returns>False when somebody else changed it meanwhile.</returns>
    public async Task<bool> ChangeAsync(string tenant, FeedRow before, FeedRow after, string actor, CancellationToken cancellationToken)
    {
        if (before == after)
        {
            return true;
        }

        var detail = new JsonObject();
        void Note(string name, string? from, string? to)
        {
            if (from != to)
            {
                detail[name] = new JsonObject { ["from"] = from, ["to"] = to };
            }
        }

        Note("profile", before.Profile, after.Profile);
        Note("resend", before.Resend, after.Resend);
        var action = (before.RetiredAt, after.RetiredAt) switch { (null, not null) => "retire", (not null, null) => "reopen", _ => "change" };
        await using var command = database.CreateCommand(
            """
            WITH changed AS (
              UPDATE gateway.feed SET profile = $3, resend = $4, retired_at = $5
              WHERE tenant = $1 AND feed = $2 AND profile = $6 AND resend = $7 AND retired_at IS NOT DISTINCT FROM $8 RETURNING feed)
            INSERT INTO gateway.feed_audit (tenant, feed, at, actor, action, detail) SELECT $1, c.feed, $9, $10, $11, $12::jsonb FROM changed c
            """);
        NpgsqlParameter Time(DateTimeOffset? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz };
        NpgsqlParameter Text(string value) => new() { Value = value };
        foreach (var parameter in (NpgsqlParameter[])
            [Text(tenant), Text(before.Feed), Text(after.Profile), Text(after.Resend), Time(after.RetiredAt), Text(before.Profile), Text(before.Resend), Time(before.RetiredAt), Time(clock.GetUtcNow()), Text(actor), Text(action), Text(detail.ToJsonString())])
        {
            command.Parameters.Add(parameter);
        }

        var changed = await command.ExecuteNonQueryAsync(cancellationToken) == 1;
        directory.Forget(tenant, before.Feed);
        return changed;
    }

    private static FeedRow Read(NpgsqlDataReader reader) => new(
        reader.GetString(0),
        reader.GetString(1),
        reader.GetString(2),
        reader.GetString(3),
        reader.GetFieldValue<DateTimeOffset>(4),
        reader.IsDBNull(5) ? null : reader.GetFieldValue<DateTimeOffset>(5));
}
