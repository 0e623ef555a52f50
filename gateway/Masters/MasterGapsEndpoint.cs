using Npgsql;
using NpgsqlTypes;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Tenancy;
using RetailInsight.Gateway.Feeds;

namespace RetailInsight.Gateway.Masters;

/// <summary>What waits for something that has not come: receipts for their store, voids for their originals.</summary>
internal sealed class MasterGapsEndpoint([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database)
{
    private const int Most = 1_000;

    /// <summary><c>GET /v1/masters/unmapped</c>: registers and store codes to be put into the master.</summary>
    public async Task<IResult> UnmappedAsync(string? feed, HttpContext context)
    {
        await using var command = Command(
            """
            SELECT f.vendor, q.feed, q.store_as_sent, min(q.business_date), max(q.business_date), min(q.created_at), max(q.created_at), count(*), sum(q.rows)::bigint,
              trim_scale(coalesce(sum(q.money_at_risk::numeric), 0) / 1000000)::text, q.currency
            FROM gateway.quarantine q JOIN gateway.feed f ON f.tenant = q.tenant AND f.feed = q.feed
            WHERE q.tenant = $1 AND q.feed = ANY($2) AND q.state = 'open' AND q.reason = 'store_unknown'
            GROUP BY f.vendor, q.feed, q.store_as_sent, q.currency ORDER BY count(*) DESC, q.feed, q.store_as_sent LIMIT $3
            """,
            feed,
            context);
        await using var reader = await command.ExecuteReaderAsync(context.RequestAborted);
        var items = new List<UnmappedCode>();
        while (await reader.ReadAsync(context.RequestAborted))
        {
            items.Add(new UnmappedCode(
                reader.GetString(0),
                reader.GetString(1),
                reader.IsDBNull(2) ? null : reader.GetString(2),
                reader.IsDBNull(3) ? null : reader.GetFieldValue<DateOnly>(3),
                reader.IsDBNull(4) ? null : reader.GetFieldValue<DateOnly>(4),
                reader.GetFieldValue<DateTimeOffset>(5),
                reader.GetFieldValue<DateTimeOffset>(6),
                reader.GetInt64(7),
                reader.GetInt64(8),
                reader.GetString(9),
                reader.IsDBNull(10) ? null : reader.GetString(10)));
        }

        return TypedResults.Json(new UnmappedPage(items), GatewayJson.Plain.UnmappedPage);
    }

    /// <summary><c>GET /v1/quarantine/waiting</c>: voids whose originals have not come.</summary>
    public async Task<IResult> WaitingAsync(string? feed, HttpContext context)
    {
        await using var command = Command(
            """
            SELECT w.ingestion_id, w.feed, w.store, w.business_date, w.terminal, w.receipt_number, w.original_event_id, w.gross, w.currency, w.since
            FROM gateway.waiting w
            WHERE w.tenant = $1 AND w.feed = ANY($2)
              AND NOT EXISTS (SELECT 1 FROM gateway.identity i WHERE i.tenant = w.tenant AND i.event_id = w.original_event_id AND NOT i.withdrawn)
              AND EXISTS (SELECT 1 FROM gateway.identity i WHERE i.tenant = w.tenant AND i.event_id = w.event_id AND NOT i.withdrawn)
            ORDER BY w.since, w.event_id LIMIT $3
            """,
            feed,
            context);
        await using var reader = await command.ExecuteReaderAsync(context.RequestAborted);
        var items = new List<WaitingVoid>();
        while (await reader.ReadAsync(context.RequestAborted))
        {
            items.Add(new WaitingVoid(
                Id128.FromGuid(reader.GetGuid(0)).ToString(),
                reader.GetString(1),
                reader.GetString(2),
                reader.GetFieldValue<DateOnly>(3),
                reader.GetString(4),
                reader.GetString(5),
                Id128.FromGuid(reader.GetGuid(6)).ToString(),
                Money.Format(reader.GetInt64(7)),
                reader.GetString(8),
                reader.GetFieldValue<DateTimeOffset>(9)));
        }

        return TypedResults.Json(new WaitingPage(items), GatewayJson.Plain.WaitingPage);
    }

    private NpgsqlCommand Command(string sql, string? feed, HttpContext context)
    {
        var caller = Caller.Of(context);
        var command = database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = caller.Tenant });
        command.Parameters.Add(new() { Value = caller.Within(feed), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = Most });
        return command;
    }
}
