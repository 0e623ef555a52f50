using System.Globalization;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using RetailInsight.Core.Ports;

namespace RetailInsight.Platform.Local.PostgresBus;

/// <summary>
/// The bus in PostgreSQL: a publish is durable when it returns, consumers take rows with SKIP LOCKED, a notification wakes
/// them. Acknowledged rows are deleted; a lease that ran out makes its row free again.
/// </summary>
internal sealed class PostgresMessageBus(NpgsqlDataSource database, TimeProvider clock) : IMessageBus
{
    private const string Channel = "bus_published";
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    public async Task EnsureSubscriptionAsync(string topic, string subscription, SubscriptionOptions options, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            INSERT INTO bus.subscription (subscription, topic, ack_deadline, max_attempts) VALUES ($1, $2, $3, $4)
            ON CONFLICT (subscription) DO UPDATE SET ack_deadline = excluded.ack_deadline, max_attempts = excluded.max_attempts
            """);
        Add(command, subscription, topic, options.AckDeadline, options.MaxAttempts);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<IReadOnlyList<string>> PublishAsync(string topic, IReadOnlyList<BusMessage> messages, CancellationToken cancellationToken)
    {
        if (messages.Count == 0)
        {
            return [];
        }

        var published = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var ids = new List<string>(messages.Count);
        await using (var number = new NpgsqlCommand("SELECT nextval('bus.lease_token') FROM generate_series(1, $1)", connection, transaction))
        {
            Add(number, messages.Count);
            await using var reader = await number.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                ids.Add(reader.GetInt64(0).ToString(CultureInfo.InvariantCulture));
            }
        }

        await using (var insert = new NpgsqlCommand(
            """
            INSERT INTO bus.delivery (subscription, message_id, ordering_key, attributes, data, published_at, available_at)
            SELECT s.subscription, m.id, m.ordering_key, m.attributes::jsonb, m.data, $2, $2
            FROM unnest($3::text[], $4::text[], $5::text[], $6::bytea[]) WITH ORDINALITY AS m(id, ordering_key, attributes, data, place)
            CROSS JOIN bus.subscription s
            WHERE s.topic = $1
            ORDER BY m.place
            """,
            connection,
            transaction))
        {
            Add(insert, topic, published, ids.ToArray(), messages.Select(message => message.OrderingKey).ToArray(), messages.Select(message => JsonSerializer.Serialize(message.Attributes)).ToArray());
            insert.Parameters.Add(new() { Value = messages.Select(message => message.Data).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea });
            await insert.ExecuteNonQueryAsync(cancellationToken);
        }

        await using (var notify = new NpgsqlCommand($"NOTIFY {Channel}", connection, transaction))
        {
            await notify.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return ids;
    }

    public async Task<IReadOnlyList<BusDelivery>> PullAsync(string subscription, int maxMessages, TimeSpan wait, CancellationToken cancellationToken)
    {
        var until = clock.GetUtcNow() + wait;
        while (true)
        {
            var taken = await TakeAsync(subscription, maxMessages, cancellationToken);
            var left = until - clock.GetUtcNow();
            if (taken.Count > 0 || left <= TimeSpan.Zero)
            {
                return taken;
            }

            await WaitAsync(left < Poll ? left : Poll, cancellationToken);
        }
    }

    public Task AckAsync(string subscription, IReadOnlyList<string> ackIds, CancellationToken cancellationToken) =>
        ChangeAsync("DELETE FROM bus.delivery d USING {0} WHERE {1}", subscription, ackIds, cancellationToken);

    public Task NackAsync(string subscription, IReadOnlyList<string> ackIds, string? reason, CancellationToken cancellationToken) =>
        ChangeAsync("UPDATE bus.delivery d SET available_at = $4, lease_token = 0, reason = coalesce($5, reason) FROM {0} WHERE {1}", subscription, ackIds, cancellationToken, clock.GetUtcNow(), (object?)reason ?? DBNull.Value);

    public Task ExtendAsync(string subscription, IReadOnlyList<string> ackIds, TimeSpan extension, CancellationToken cancellationToken) =>
        ChangeAsync("UPDATE bus.delivery d SET available_at = $4 FROM {0} WHERE {1}", subscription, ackIds, cancellationToken, clock.GetUtcNow() + extension);

    public Task DeadLetterAsync(string subscription, IReadOnlyList<string> ackIds, string reason, CancellationToken cancellationToken) =>
        ChangeAsync(
            """
            WITH dead AS (DELETE FROM bus.delivery d USING {0} WHERE {1} RETURNING d.*)
            INSERT INTO bus.dead_letter (id, subscription, message_id, ordering_key, attributes, data, published_at, attempt, reason, died_at)
            SELECT id, subscription, message_id, ordering_key, attributes, data, published_at, attempt, $4, $5 FROM dead
            """,
            subscription, ackIds, cancellationToken, reason, clock.GetUtcNow());

    public async Task<int> RedriveAsync(string subscription, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            WITH back AS (DELETE FROM bus.dead_letter WHERE subscription = $1 RETURNING *)
            INSERT INTO bus.delivery (subscription, message_id, ordering_key, attributes, data, published_at, available_at)
            SELECT subscription, message_id, ordering_key, attributes, data, published_at, $2 FROM back ORDER BY id
            """);
        Add(command, subscription, clock.GetUtcNow());
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<List<BusDelivery>> TakeAsync(string subscription, int maxMessages, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var command = database.CreateCommand(
            """
            WITH dead AS (
              DELETE FROM bus.delivery WHERE id IN (
                SELECT d.id FROM bus.delivery d JOIN bus.subscription s USING (subscription)
                WHERE d.subscription = $1 AND d.available_at <= $2 AND d.attempt >= s.max_attempts
                FOR UPDATE OF d SKIP LOCKED)
              RETURNING *),
            buried AS (
              INSERT INTO bus.dead_letter (id, subscription, message_id, ordering_key, attributes, data, published_at, attempt, reason, died_at)
              SELECT id, subscription, message_id, ordering_key, attributes, data, published_at, attempt, coalesce(reason, 'never acknowledged'), $2 FROM dead),
            next AS (
              SELECT d.id FROM bus.delivery d JOIN bus.subscription s USING (subscription)
              WHERE d.subscription = $1 AND d.available_at <= $2 AND d.attempt < s.max_attempts
                AND (d.ordering_key = '' OR NOT EXISTS (
                  SELECT 1 FROM bus.delivery e WHERE e.subscription = d.subscription AND e.ordering_key = d.ordering_key AND e.id < d.id))
              ORDER BY d.id LIMIT $3
              FOR UPDATE OF d SKIP LOCKED)
            UPDATE bus.delivery d SET attempt = d.attempt + 1, lease_token = nextval('bus.lease_token'), available_at = $2 + s.ack_deadline
            FROM next, bus.subscription s WHERE d.id = next.id AND s.subscription = d.subscription
            RETURNING d.id, d.lease_token, d.message_id, d.ordering_key, d.attributes::text, d.data, d.attempt, d.published_at
            """);
        Add(command, subscription, now, maxMessages);
        var deliveries = new List<(long Id, BusDelivery Delivery)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var id = reader.GetInt64(0);
            deliveries.Add((id, new BusDelivery(
                reader.GetString(2),
                string.Create(CultureInfo.InvariantCulture, $"{id}/{reader.GetInt64(1)}"),
                new BusMessage(reader.GetFieldValue<byte[]>(5), JsonSerializer.Deserialize<Dictionary<string, string>>(reader.GetString(4))!, reader.GetString(3)),
                reader.GetInt32(6),
                reader.GetFieldValue<DateTimeOffset>(7))));
        }

        return [.. deliveries.OrderBy(delivery => delivery.Id).Select(delivery => delivery.Delivery)];
    }

    private async Task ChangeAsync(string sql, string subscription, IReadOnlyList<string> ackIds, CancellationToken cancellationToken, params object[] more)
    {
        var leases = ackIds.Select(ackId => ackId.Split('/')).Where(parts => parts.Length == 2)
            .Select(parts => (Id: long.Parse(parts[0], CultureInfo.InvariantCulture), Token: long.Parse(parts[1], CultureInfo.InvariantCulture))).ToList();
        await using var command = database.CreateCommand(sql
            .Replace("{0}", "unnest($2::bigint[], $3::bigint[]) AS l(id, token)", StringComparison.Ordinal)
            .Replace("{1}", "d.subscription = $1 AND d.id = l.id AND d.lease_token = l.token", StringComparison.Ordinal));
        Add(command, subscription, leases.Select(lease => lease.Id).ToArray(), leases.Select(lease => lease.Token).ToArray());
        Add(command, more);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task WaitAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using (var listen = new NpgsqlCommand($"LISTEN {Channel}", connection))
        {
            await listen.ExecuteNonQueryAsync(cancellationToken);
        }

        await connection.WaitAsync(wait, cancellationToken);
    }

    private static void Add(NpgsqlCommand command, params object[] values)
    {
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }
    }
}
