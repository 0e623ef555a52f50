using System.Globalization;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Tenancy;
using RetailInsight.Gateway.Feeds;
using RetailInsight.Gateway.Receipts;

namespace RetailInsight.Gateway.Reconciliation;

/// <summary><c>GET /v1/reconciliation</c>: the gateway's side of the ledger that must balance in rows and money.</summary>
internal sealed class ReconciliationEndpoint([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database)
{
    private const string Range = "i.tenant = $1 AND i.feed = ANY($2) AND i.received_at >= $3 AND i.received_at < $4";
    private const string IsBalanced = "i.state <> 'landed' AND i.rows_read = i.accepted + i.duplicate + i.superseding + i.quarantined";

    /// <summary>The feeds and payloads of the key, received from one UTC date to another, both inclusive.</summary>
    public async Task<IResult> ListAsync(string? feed, DateOnly? from, DateOnly? to, string? cursor, int? limit, HttpContext context)
    {
        var caller = Caller.Of(context);
        var size = Page.Limit(limit);
        var after = Page.After(cursor);
        object[] range = [caller.Tenant, caller.Within(feed), Midnight(from ?? DateOnly.MinValue), Midnight(to is { } last && last < DateOnly.MaxValue ? last.AddDays(1) : DateOnly.MaxValue)];
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(Command(
            $"""
            SELECT i.feed, count(*), sum(i.rows_read), sum(i.accepted), sum(i.duplicate), sum(i.superseding), sum(i.quarantined), bool_and({IsBalanced})
            FROM gateway.ingestion i WHERE {Range} GROUP BY i.feed ORDER BY i.feed
            """,
            range));
        batch.BatchCommands.Add(Command(
            $"""
            SELECT i.feed, t.currency, sum(t.net), sum(t.tax), sum(t.gross)
            FROM gateway.ingestion i CROSS JOIN LATERAL jsonb_to_recordset(i.totals) AS t(currency text, net numeric, tax numeric, gross numeric)
            WHERE {Range} GROUP BY i.feed, t.currency ORDER BY i.feed, t.currency
            """,
            range));
        batch.BatchCommands.Add(Command(
            $"""
            SELECT i.id, i.feed, i.file_name, i.received_at, i.sha256, i.state, i.rows_read, i.accepted, i.duplicate, i.superseding, i.quarantined, {IsBalanced}, i.totals, i.unreadable
            FROM gateway.ingestion i WHERE {Range} AND (i.received_at, i.id) < ($5, $6) ORDER BY i.received_at DESC, i.id DESC LIMIT $7
            """,
            [.. range, after is { } place ? FromMicroseconds(place.Sort) : Midnight(DateOnly.MaxValue), after?.Id ?? Guid.Empty, size + 1]));
        await using var reader = await batch.ExecuteReaderAsync(context.RequestAborted);
        var page = await ReadAsync(reader, size, context.RequestAborted);
        return TypedResults.Json(page, GatewayJson.Plain.ReconciliationPage);
    }

    private static async Task<ReconciliationPage> ReadAsync(NpgsqlDataReader reader, int size, CancellationToken cancellationToken)
    {
        var feeds = new List<FeedBalance>();
        while (await reader.ReadAsync(cancellationToken))
        {
            feeds.Add(new FeedBalance(
                reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5), reader.GetInt64(6), reader.GetBoolean(7), []));
        }

        await reader.NextResultAsync(cancellationToken);
        var totals = new List<(string Feed, MoneyTotal Total)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            totals.Add((reader.GetString(0), new MoneyTotal(reader.GetString(1), Text(reader.GetDecimal(2)), Text(reader.GetDecimal(3)), Text(reader.GetDecimal(4)))));
        }

        await reader.NextResultAsync(cancellationToken);
        var files = new List<FileBalance>();
        while (await reader.ReadAsync(cancellationToken))
        {
            files.Add(ReadFile(reader));
        }

        var shown = files.Take(size).ToList();
        return new ReconciliationPage(
            [.. feeds.Select(feed => feed with { Totals = [.. totals.Where(total => total.Feed == feed.Feed).Select(total => total.Total)] })],
            shown,
            files.Count > size ? Page.Cursor(EventBatchBuilder.ToMicroseconds(shown[^1].ReceivedAt), Id128.Parse(shown[^1].ReceiptId).ToGuid()) : null);
    }

    private static FileBalance ReadFile(NpgsqlDataReader reader) => new(
        Id128.FromGuid(reader.GetGuid(0)).ToString(),
        reader.GetString(1),
        reader.IsDBNull(2) ? null : reader.GetString(2),
        reader.GetFieldValue<DateTimeOffset>(3),
        Convert.ToHexStringLower(reader.GetFieldValue<byte[]>(4)),
        reader.GetString(5),
        reader.GetInt32(6),
        reader.GetInt32(7),
        reader.GetInt32(8),
        reader.GetInt32(9),
        reader.GetInt32(10),
        reader.GetBoolean(11),
        JsonSerializer.Deserialize(reader.GetString(12), GatewayJson.Plain.ListMoneyTotal)!,
        reader.IsDBNull(13) ? null : JsonSerializer.Deserialize(reader.GetString(13), GatewayJson.Plain.Reason));

    private static NpgsqlBatchCommand Command(string sql, IEnumerable<object> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(value is string[] ? new() { Value = value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text } : new() { Value = value });
        }

        return command;
    }

    private static DateTimeOffset Midnight(DateOnly date) => new(date, TimeOnly.MinValue, TimeSpan.Zero);

    private static DateTimeOffset FromMicroseconds(long microseconds) =>
        microseconds is >= -62_135_596_800_000_000 and < 253_402_300_800_000_000
            ? DateTimeOffset.UnixEpoch.AddMicroseconds(microseconds)
            : throw new BadHttpRequestException("cursor is not one that a page of this list gave; leave it out for the first page.");

    private static string Text(decimal amount) => amount.ToString("0.######", CultureInfo.InvariantCulture);
}
