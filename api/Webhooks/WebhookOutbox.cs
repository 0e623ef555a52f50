using System.Globalization;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Api.Webhooks;

/// <summary>
/// The messages on their way: made in one transaction with what they tell of, claimed under a lease by any number of processes, finished by
/// whoever holds the attempt. Times are the database's.
/// </summary>
internal sealed class WebhookOutbox([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, WebhookOptions options)
{
    /// <summary>Figures of store-days changed.</summary>
    public const string KpiChanged = "kpi.changed";

    /// <summary>A bulk export can be fetched.</summary>
    public const string ExportReady = "export.ready";

    /// <summary>Late data changed store-days that had been published.</summary>
    public const string DataLate = "data.late";

    /// <summary>A rule of the chain fired.</summary>
    public const string AlertOpened = "alert.opened";

    /// <summary>What a rule had fired for is no longer so.</summary>
    public const string AlertClosed = "alert.closed";

    private const int StoreDaysAMessage = 200;
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Patience = TimeSpan.FromDays(3);
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(6);

    /// <summary>Makes messages of what was published since, and clears the log of what is a month old; each change is told once, however many processes look.</summary>
    public async Task CollectAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using (var clear = new NpgsqlCommand("DELETE FROM api.webhook_delivery WHERE created_at < now() - $1", connection) { Parameters = { new() { Value = Kept } } })
        {
            await clear.ExecuteNonQueryAsync(cancellationToken);
        }

        foreach (var tenant in await ListAsync(
            connection, null,
            """
            SELECT v.tenant FROM mart.data_version AS v LEFT JOIN api.webhook_progress AS p USING (tenant)
            WHERE (p.tenant IS NULL OR p.data_version < v.version) AND EXISTS (SELECT FROM api.webhook_endpoint AS e WHERE e.tenant = v.tenant)
            """,
            row => row.GetString(0), cancellationToken))
        {
            await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.ReadCommitted, cancellationToken);
            await CollectAsync(connection, transaction, tenant, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
    }

    /// <summary>Puts a message to every endpoint of the tenant that wants the event, in the caller's transaction.</summary>
    public static async Task AddAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string tenant, string name, object data, CancellationToken cancellationToken)
    {
        foreach (var (endpoint, sequence, at) in await ListAsync(
            connection, transaction,
            """
            UPDATE api.webhook_endpoint SET next_sequence = next_sequence + 1 WHERE tenant = $1 AND $2 = ANY(events)
            RETURNING endpoint_id, next_sequence - 1, now()
            """,
            row => (row.GetGuid(0), row.GetInt64(1), row.GetFieldValue<DateTimeOffset>(2)), cancellationToken, tenant, name))
        {
            var payload = JsonSerializer.Serialize(new { type = name, timestamp = at.ToUniversalTime(), sequence, data }, JsonSerializerOptions.Web);
            await ExecuteAsync(
                connection, transaction, "INSERT INTO api.webhook_delivery (tenant, endpoint_id, sequence, event, payload) VALUES ($1, $2, $3, $4, $5)",
                cancellationToken, tenant, endpoint, sequence, name, payload);
        }
    }

    /// <summary>Takes messages that are due, at most a few an endpoint, so that a slow one does not hold up the others.</summary>
    public async Task<List<ClaimedDelivery>> ClaimAsync(int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await ListAsync(
            connection, null,
            """
            UPDATE api.webhook_delivery AS d SET leased_until = now() + $1, attempts = attempts + 1
            FROM (
              SELECT due.delivery_id, e.url, e.secret, CASE WHEN e.previous_until > now() THEN e.previous_secret END AS previous
              FROM api.webhook_endpoint AS e CROSS JOIN LATERAL (
                SELECT delivery_id FROM api.webhook_delivery AS one
                WHERE one.endpoint_id = e.endpoint_id AND one.due_at <= now() AND (one.leased_until IS NULL OR one.leased_until < now())
                ORDER BY one.due_at LIMIT 4 FOR UPDATE SKIP LOCKED) AS due
              WHERE e.active LIMIT $2) AS chosen
            WHERE d.delivery_id = chosen.delivery_id
            RETURNING d.delivery_id, d.tenant, d.endpoint_id, d.sequence, d.payload, d.attempts, chosen.url, chosen.secret, chosen.previous
            """,
            row => new ClaimedDelivery(
                row.GetInt64(0), row.GetString(1), row.GetGuid(2), row.GetInt64(3), row.GetString(4), row.GetInt32(5), row.GetString(6),
                row.IsDBNull(8) ? [row.GetFieldValue<byte[]>(7)] : [row.GetFieldValue<byte[]>(7), row.GetFieldValue<byte[]>(8)]),
            cancellationToken, Lease, limit);
    }

    /// <summary>
    /// Notes an attempt. A failure is tried again after a pause that doubles; after three days without success the message is given up and the
    /// endpoint disabled, with the reason, until a person lets it work again. Whoever lost the lease changes nothing.
    /// </summary>
    public async Task FinishAsync(ClaimedDelivery delivery, WebhookOutcome outcome, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var pause = TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, options.FirstPause.Ticks << Math.Min(delivery.Attempt - 1, 20)));
        var states = await ListAsync(
            connection, transaction,
            """
            UPDATE api.webhook_delivery SET leased_until = NULL,
              delivered_at = CASE WHEN $4 THEN now() END,
              failed_at = CASE WHEN NOT $4 AND now() + $5 > first_due_at + $6 THEN now() END,
              due_at = CASE WHEN NOT $4 AND now() + $5 <= first_due_at + $6 THEN now() + $5 * (0.9 + 0.2 * random()) END
            WHERE tenant = $1 AND delivery_id = $2 AND attempts = $3 RETURNING failed_at IS NOT NULL
            """,
            row => row.GetBoolean(0), cancellationToken, delivery.Tenant, delivery.Id, delivery.Attempt, outcome.IsDelivered, pause, Patience);
        if (states.Count == 1)
        {
            await ExecuteAsync(
                connection, transaction, "INSERT INTO api.webhook_attempt (tenant, delivery_id, status, error, milliseconds) VALUES ($1, $2, $3, $4, $5)",
                cancellationToken, delivery.Tenant, delivery.Id, (object?)outcome.Status ?? DBNull.Value, (object?)outcome.Error ?? DBNull.Value, outcome.Milliseconds);
            var reason = outcome.Status == StatusCodes.Status410Gone ? "The endpoint answered 410: it is gone."
                : states[0] ? $"Nothing was delivered for {Patience.TotalDays:0} days. {outcome.Error}" : null;
            if (reason is not null)
            {
                await ExecuteAsync(
                    connection, transaction, "UPDATE api.webhook_endpoint SET active = false, disabled_reason = $3 WHERE tenant = $1 AND endpoint_id = $2",
                    cancellationToken, delivery.Tenant, delivery.Endpoint, reason);
            }
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task CollectAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string tenant, CancellationToken cancellationToken)
    {
        // One statement, so that progress and changes are of one snapshot. A tenant that is new begins with now: history is no news.
        await ExecuteAsync(
            connection, transaction,
            """
            INSERT INTO api.webhook_progress (tenant, data_version, change_id, seen)
            SELECT tenant, version, coalesce((SELECT max(id) FROM mart.kpi_change AS c WHERE c.tenant = v.tenant), 0), pg_current_snapshot()
            FROM mart.data_version AS v WHERE tenant = $1 ON CONFLICT (tenant) DO NOTHING
            """,
            cancellationToken, tenant);
        if ((await ListAsync(connection, transaction, "SELECT data_version FROM api.webhook_progress WHERE tenant = $1 FOR UPDATE SKIP LOCKED", row => row.GetInt64(0), cancellationToken, tenant)).Count == 0)
        {
            return;
        }

        // Rows keep 32 bits of the transaction that wrote them; the rest is that of the newest, or one less after it wrapped round.
        var changes = await ListAsync(
            connection, transaction,
            """
            WITH now AS (
              SELECT v.version, pg_current_snapshot() AS snapshot, pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS newest
              FROM mart.data_version AS v WHERE v.tenant = $1
            ), fresh AS (
              SELECT c.id, c.store, c.business_date, c.reason
              FROM mart.kpi_change AS c, now, api.webhook_progress AS p
              WHERE c.tenant = $1 AND p.tenant = $1 AND c.id > p.change_id - 100000
                AND NOT pg_visible_in_snapshot((newest - newest % 4294967296 + c.xmin::text::bigint
                  - CASE WHEN c.xmin::text::bigint > newest % 4294967296 THEN 4294967296 ELSE 0 END)::text::xid8, p.seen)
            ), told AS (
              UPDATE api.webhook_progress AS p SET data_version = now.version, seen = now.snapshot, change_id = greatest(p.change_id, (SELECT coalesce(max(id), 0) FROM fresh))
              FROM now WHERE p.tenant = $1
            )
            SELECT f.store, f.business_date, f.reason, now.version FROM fresh AS f, now ORDER BY f.id
            """,
            row => (Day: new ChangedStoreDay(row.GetString(0), row.GetFieldValue<DateOnly>(1), row.GetString(2)), Version: row.GetInt64(3)), cancellationToken, tenant);
        foreach (var (name, days) in new[]
        {
            (KpiChanged, changes.Select(change => change.Day).ToList()), (DataLate, changes.Select(change => change.Day).Where(day => day.Reason == "late_data").ToList()),
        })
        {
            foreach (var part in days.Chunk(StoreDaysAMessage))
            {
                await AddAsync(connection, transaction, tenant, name, new { data_version = changes[0].Version, store_days = part }, cancellationToken);
            }
        }
    }

    private static async Task<List<T>> ListAsync<T>(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, string sql, Func<NpgsqlDataReader, T> map, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = Command(connection, transaction, sql, values);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(map(reader));
        }

        return rows;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = Command(connection, transaction, sql, values);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, NpgsqlTransaction? transaction, string sql, object[] values)
    {
        var command = new NpgsqlCommand(sql, connection, transaction);
        foreach (var value in values)
        {
            command.Parameters.Add(value is DBNull ? new() { Value = value, NpgsqlDbType = NpgsqlDbType.Unknown } : new() { Value = value });
        }

        return command;
    }
}

/// <summary>A message under lease.</summary>
internal sealed record ClaimedDelivery(
    long Id, string Tenant, Guid Endpoint, long Sequence, string Payload, int Attempt, string Url, IReadOnlyList<byte[]> SealedSecrets);

/// <summary>A store-day whose figures changed, as a message tells it.</summary>
internal sealed record ChangedStoreDay(
    [property: System.Text.Json.Serialization.JsonPropertyName("store")] string Store,
    [property: System.Text.Json.Serialization.JsonPropertyName("business_date")] DateOnly BusinessDate,
    [property: System.Text.Json.Serialization.JsonPropertyName("reason")] string Reason);
