using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Tenancy;
using RetailInsight.Gateway.Feeds;
using RetailInsight.Gateway.Landing;
using RetailInsight.Gateway.Problems;

namespace RetailInsight.Gateway.Masters;

/// <summary><c>GET /v1/masters/pushes/{receiptId}</c>: what a pushed register master changed and let in.</summary>
internal sealed class MasterPushEndpoint([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, IngestionLedger ledger)
{
    /// <summary>Answers for one push.</summary>
    public async Task<IResult> GetAsync(string receiptId, HttpContext context)
    {
        var caller = Caller.Of(context);
        var ingestion = Guid.TryParseExact(receiptId, "N", out _) ? await ledger.FindAsync(caller.Tenant, Id128.Parse(receiptId).ToGuid(), context.RequestAborted) : null;
        if (ingestion is null || caller.Within(null).Contains(ingestion.Feed, StringComparer.Ordinal) is false || ChangesOf(ingestion) is not { } changes)
        {
            return Problem.Of(StatusCodes.Status404NotFound, "master_push_unknown", "Unknown push of a master", "There is no receipt of a register master of that id.");
        }

        var released = await HeldAsync(ingestion, caller.Feeds, "q.state = 'replayed' AND r.kind = 'release' AND r.requested_at >= $4", context.RequestAborted);
        var waiting = await HeldAsync(ingestion, caller.Feeds, "q.state = 'open' AND q.reason = 'store_unknown' AND $4::timestamptz IS NOT NULL", context.RequestAborted);
        return TypedResults.Json(new MasterPush(ingestion.ReceiptId, ingestion.Feed, ingestion.ReceivedAt, changes, released, waiting), GatewayJson.Plain.MasterPush);
    }

    private static IReadOnlyList<MasterChange>? ChangesOf(Ingestion ingestion)
    {
        using var receipt = ingestion.Answer is null ? null : JsonDocument.Parse(ingestion.Answer);
        return receipt is not null && receipt.RootElement.TryGetProperty("master_changes", out var changes) ? changes.Deserialize(GatewayJson.Plain.IReadOnlyListMasterChange) : null;
    }

    private async Task<HeldOfMaster> HeldAsync(Ingestion master, string[] feeds, string which, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"""
            SELECT q.store, q.business_date, count(*), sum(q.rows)::bigint, coalesce(sum(q.money_at_risk::numeric), 0), array_agg(DISTINCT r.id) FILTER (WHERE r.id IS NOT NULL)
            FROM gateway.quarantine q JOIN gateway.ingestion i ON i.id = q.ingestion_id AND i.tenant = q.tenant LEFT JOIN gateway.replay r ON r.id = q.replay_id AND r.tenant = q.tenant
            WHERE q.tenant = $1 AND i.vendor = $2 AND q.feed = ANY($3) AND q.ordinal > 0 AND {which}
              AND EXISTS (SELECT 1 FROM gateway.pos_assignment a WHERE a.tenant = q.tenant AND a.vendor = i.vendor AND a.ingestion_id = $5 AND a.terminal = q.store_as_sent)
            GROUP BY 1, 2 ORDER BY 2, 1
            """);
        command.Parameters.Add(new() { Value = master.Tenant });
        command.Parameters.Add(new() { Value = master.Vendor });
        command.Parameters.Add(new() { Value = feeds, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = master.ReceivedAt });
        command.Parameters.Add(new() { Value = master.Id });
        var (receipts, rows, amount, replays, days) = (0L, 0L, 0m, new SortedSet<long>(), new List<HeldStoreDay>());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            receipts += reader.GetInt64(2);
            rows += reader.GetInt64(3);
            amount += reader.GetDecimal(4);
            replays.UnionWith(reader.IsDBNull(5) ? [] : reader.GetFieldValue<long[]>(5));
            if (!reader.IsDBNull(1) && days.Count < 100)
            {
                days.Add(new HeldStoreDay(reader.IsDBNull(0) ? null : reader.GetString(0), reader.GetFieldValue<DateOnly>(1)));
            }
        }

        return new HeldOfMaster(receipts, rows, Reconciliation.StoreDayQueries.Text(amount), [.. replays], days);
    }
}
