namespace RetailInsight.Platform.Local.PostgresBus;

/// <summary>
/// The statements of the bus. Ids are matched with <c>= ANY</c> over an array: the planner then takes the primary key,
/// whatever its statistics say about a table that is empty one minute and full the next.
/// </summary>
internal static class BusSql
{
    /// <summary>Channel of the wake-ups; a payload is <c>SUBSCRIPTION LOWEST-READY-MESSAGE</c>.</summary>
    public const string Channel = "retail_bus";

    /// <summary>$1 name, $2 topic, $3 ack deadline, $4 max attempts.</summary>
    public const string CreateSubscription =
        """
        INSERT INTO bus.subscription (name, topic, ack_deadline, max_attempts) VALUES ($1, $2, $3, $4)
        ON CONFLICT (name) DO NOTHING
        """;

    /// <summary>$1 name.</summary>
    public const string FindSubscription = "SELECT id, topic FROM bus.subscription WHERE name = $1";

    /// <summary>
    /// $1 topic, $2 ordering keys, $3 attributes, $4 payloads. Returns the ids in order; none when nobody subscribes. The
    /// arrays are unnested in the select list: in FROM they would be copied to disk first.
    /// </summary>
    public const string Publish =
        """
        WITH audience AS MATERIALIZED (
          SELECT id FROM bus.subscription WHERE topic = $1
        ), published AS (
          INSERT INTO bus.message (topic, ordering_key, attributes, data, fan_out)
          SELECT $1, new.ordering_key, new.attributes::jsonb, new.data, (SELECT count(*) FROM audience)
          FROM (SELECT unnest($2::text[]) AS ordering_key, unnest($3::text[]) AS attributes, unnest($4::bytea[]) AS data) AS new
          WHERE EXISTS (SELECT FROM audience)
          RETURNING id, ordering_key
        ), delivered AS (
          INSERT INTO bus.delivery (message_id, subscription_id, ordering_key)
          SELECT published.id, audience.id, published.ordering_key FROM published CROSS JOIN audience
        )
        SELECT id FROM published ORDER BY id
        """;

    /// <summary>$1 topics, $2 their lowest new message each.</summary>
    public const string Wake =
        """
        SELECT pg_notify('retail_bus', subscription.id || ' ' || published.lowest)
        FROM unnest($1::text[], $2::bigint[]) AS published (topic, lowest) JOIN bus.subscription USING (topic)
        """;

    /// <summary>$1 subscription, $2 floor. The lowest message that is ready, also when its key holds it back: the next floor.</summary>
    public const string LowestReady =
        """
        SELECT message_id FROM bus.delivery WHERE subscription_id = $1 AND lease IS NULL AND message_id >= $2
        ORDER BY message_id LIMIT 1
        """;

    /// <summary>$1 subscription, $2 floor, $3 how many, $4 lease token.</summary>
    public const string Claim =
        """
        WITH candidate AS MATERIALIZED (
          SELECT ready.message_id FROM bus.delivery AS ready
          WHERE ready.subscription_id = $1 AND ready.lease IS NULL AND ready.message_id >= $2
            AND (ready.ordering_key = '' OR NOT EXISTS (
              SELECT FROM bus.delivery AS earlier
              WHERE earlier.subscription_id = $1 AND earlier.ordering_key <> '' AND earlier.ordering_key = ready.ordering_key
                AND earlier.message_id < ready.message_id))
          ORDER BY ready.message_id LIMIT $3 FOR UPDATE SKIP LOCKED
        ), leased AS (
          UPDATE bus.delivery AS delivery
          SET attempt = attempt + 1, lease = $4,
            leased_until = clock_timestamp() + (SELECT ack_deadline FROM bus.subscription WHERE id = $1)
          WHERE delivery.subscription_id = $1 AND delivery.message_id = ANY (ARRAY(SELECT message_id FROM candidate))
          RETURNING delivery.message_id, delivery.attempt
        )
        SELECT message.id, leased.attempt, message.published_at, message.ordering_key, message.attributes::text, message.data
        FROM leased JOIN bus.message AS message ON message.id = leased.message_id ORDER BY message.id
        """;

    /// <summary>$1 message ids. Two subscriptions that finish one message at once would each still see the other's delivery.</summary>
    public const string LockShared = "SELECT FROM bus.message WHERE id = ANY ($1) AND fan_out > 1 ORDER BY id FOR UPDATE";

    /// <summary>$1 subscription, $2 message ids, $3 lease tokens.</summary>
    public const string Acknowledge = $"DELETE FROM bus.delivery AS held {Held}";

    /// <summary>$1 message ids. Deletes those that nobody waits for any more.</summary>
    public const string DeleteFinished =
        """
        DELETE FROM bus.message AS message WHERE id = ANY ($1)
          AND NOT EXISTS (SELECT FROM bus.delivery WHERE message_id = message.id)
          AND NOT EXISTS (SELECT FROM bus.dead_letter WHERE message_id = message.id)
        """;

    /// <summary>$1 subscription, $2 message ids, $3 lease tokens, $4 extension.</summary>
    public const string Extend = $"UPDATE bus.delivery AS held SET leased_until = clock_timestamp() + $4 {Held}";

    /// <summary>$1 subscription, $2 message ids, $3 lease tokens, $4 reason or null.</summary>
    public const string GiveBack =
        $"""
        WITH returned AS MATERIALIZED (
          SELECT held.message_id FROM bus.delivery AS held {Held} FOR UPDATE
        ), limits AS (
          SELECT max_attempts, $4::text AS reason FROM bus.subscription WHERE id = $1
        ), {ReadyOrDead}
        """;

    /// <summary>$1 subscription, $2 how many. Gives back the deliveries whose deadline has passed.</summary>
    public const string GiveBackExpired =
        $"""
        WITH returned AS MATERIALIZED (
          SELECT message_id FROM bus.delivery
          WHERE subscription_id = $1 AND leased_until <= now()
          ORDER BY leased_until LIMIT $2 FOR UPDATE SKIP LOCKED
        ), limits AS (
          SELECT max_attempts, NULL::text AS reason FROM bus.subscription WHERE id = $1
        ), {ReadyOrDead}
        """;

    /// <summary>$1 subscription, $2 message ids, $3 lease tokens, $4 reason.</summary>
    public const string DeadLetter =
        $"""
        WITH dead AS (
          DELETE FROM bus.delivery AS held {Held} RETURNING held.*
        )
        INSERT INTO bus.dead_letter (message_id, subscription_id, ordering_key, attempt, reason)
        SELECT message_id, subscription_id, ordering_key, attempt, $4 FROM dead
        """;

    /// <summary>$1 subscription. Returns how many.</summary>
    public const string Redrive =
        """
        WITH back AS (
          DELETE FROM bus.dead_letter WHERE subscription_id = $1 RETURNING *
        ), ready AS (
          INSERT INTO bus.delivery (message_id, subscription_id, ordering_key, last_reason)
          SELECT message_id, subscription_id, ordering_key, reason FROM back RETURNING message_id
        ), woken AS MATERIALIZED (
          SELECT count(pg_notify('retail_bus', $1 || ' ' || lowest)) FROM (SELECT min(message_id) AS lowest FROM ready) AS ids
          WHERE lowest IS NOT NULL
        )
        SELECT (SELECT count(*) FROM ready) FROM woken
        """;

    // The deliveries an ack id names, as long as its lease lasts. The deadline is compared in a form no index serves: the
    // index of leases also has those of finished messages until they are vacuumed.
    private const string Held =
        """
        WHERE held.subscription_id = $1 AND held.message_id = ANY ($2) AND coalesce(held.leased_until > clock_timestamp(), false)
          AND (held.message_id, held.lease) IN (SELECT * FROM unnest($2::bigint[], $3::bigint[]))
        """;

    // The lowest id goes to all listeners: their floors may be above it.
    private const string ReadyOrDead =
        """
        spent AS (
          DELETE FROM bus.delivery AS delivery USING limits
          WHERE delivery.subscription_id = $1 AND delivery.message_id = ANY (ARRAY(SELECT message_id FROM returned))
            AND delivery.attempt >= limits.max_attempts
          RETURNING delivery.*, limits.reason
        ), dead AS (
          INSERT INTO bus.dead_letter (message_id, subscription_id, ordering_key, attempt, reason)
          SELECT message_id, subscription_id, ordering_key, attempt,
            coalesce(reason, last_reason, 'Delivered ' || attempt || ' times and never acknowledged')
          FROM spent
        ), ready AS (
          UPDATE bus.delivery AS delivery SET lease = NULL, leased_until = NULL, last_reason = coalesce(limits.reason, last_reason)
          FROM limits
          WHERE delivery.subscription_id = $1 AND delivery.message_id = ANY (ARRAY(SELECT message_id FROM returned))
            AND delivery.attempt < limits.max_attempts
          RETURNING delivery.message_id
        ), woken AS MATERIALIZED (
          SELECT count(pg_notify('retail_bus', $1 || ' ' || lowest)) FROM (SELECT min(message_id) AS lowest FROM ready) AS ids
          WHERE lowest IS NOT NULL
        )
        SELECT (SELECT count(*) FROM spent) FROM woken
        """;
}
