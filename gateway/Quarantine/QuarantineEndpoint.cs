using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Tenancy;
using RetailInsight.Gateway.Feeds;
using RetailInsight.Gateway.Receipts;

namespace RetailInsight.Gateway.Quarantine;

/// <summary>A receipt held back.</summary>
/// <param name="Id">Number of the entry.</param>
/// <param name="ReceiptId">The payload it came in.</param>
/// <param name="Feed">The feed it came on.</param>
/// <param name="FileName">Name of the payload, when it was sent.</param>
/// <param name="Key">Its business key as sent; empty when it cannot be read.</param>
/// <param name="Reason">Code of the first reason.</param>
/// <param name="Field">The vendor's own name of the field at fault.</param>
/// <param name="Detail">What was found and what was expected.</param>
/// <param name="Row">1-based data row.</param>
/// <param name="ByteOffset">Offset of the row in the payload after decompression.</param>
/// <param name="ByteLength">Length of the row; 0 when unknown.</param>
/// <param name="Reasons">Every reason.</param>
/// <param name="Rows">Source rows held.</param>
/// <param name="Store">Store code, when it could be resolved.</param>
/// <param name="BusinessDate">Trading day, when it could be read.</param>
/// <param name="MoneyAtRisk">What it would have counted, in currency units.</param>
/// <param name="Currency">ISO 4217 of <paramref name="MoneyAtRisk"/>.</param>
/// <param name="State"><c>open</c>, <c>replayed</c> or <c>discarded</c>.</param>
/// <param name="CreatedAt">When it was held, UTC.</param>
internal sealed record QuarantineEntry(
    long Id,
    string ReceiptId,
    string Feed,
    string? FileName,
    string Key,
    string Reason,
    string? Field,
    string Detail,
    int Row,
    long ByteOffset,
    int ByteLength,
    IReadOnlyList<Reason> Reasons,
    int Rows,
    string? Store,
    DateOnly? BusinessDate,
    string? MoneyAtRisk,
    string? Currency,
    string State,
    DateTimeOffset CreatedAt);

/// <summary>A page of entries, newest first.</summary>
internal sealed record QuarantinePage(IReadOnlyList<QuarantineEntry> Items, string? NextCursor);

/// <summary><c>GET /v1/quarantine</c>.</summary>
internal sealed class QuarantineEndpoint([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database)
{
    /// <summary>What is held back of the key's feeds.</summary>
    public async Task<IResult> ListAsync(string? feed, string? cursor, int? limit, HttpContext context)
    {
        var caller = Caller.Of(context);
        var size = Page.Limit(limit);
        await using var command = database.CreateCommand(
            """
            SELECT q.id, q.ingestion_id, q.feed, i.file_name, q.key, q.reason, q.field, q.detail, q.source_row, q.byte_offset, q.byte_length, q.reasons, q.rows,
              q.store, q.business_date, q.money_at_risk, q.currency, q.state, q.created_at
            FROM gateway.quarantine q JOIN gateway.ingestion i ON i.id = q.ingestion_id AND i.tenant = q.tenant
            WHERE q.tenant = $1 AND q.feed = ANY($2) AND q.id < $3
            ORDER BY q.id DESC LIMIT $4
            """);
        command.Parameters.Add(new() { Value = caller.Tenant });
        command.Parameters.Add(new() { Value = caller.Within(feed), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = Page.After(cursor)?.Sort ?? long.MaxValue });
        command.Parameters.Add(new() { Value = size + 1 });
        await using var reader = await command.ExecuteReaderAsync(context.RequestAborted);
        var items = new List<QuarantineEntry>();
        while (await reader.ReadAsync(context.RequestAborted))
        {
            items.Add(Read(reader));
        }

        var more = items.Count > size;
        var page = new QuarantinePage([.. items.Take(size)], more ? Page.Cursor(items[size - 1].Id) : null);
        return TypedResults.Json(page, GatewayJson.Plain.QuarantinePage);
    }

    private static QuarantineEntry Read(NpgsqlDataReader reader)
    {
        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
        return new QuarantineEntry(
            reader.GetInt64(0),
            Id128.FromGuid(reader.GetGuid(1)).ToString(),
            reader.GetString(2),
            Text(3),
            reader.GetString(4),
            reader.GetString(5),
            Text(6),
            reader.GetString(7),
            reader.GetInt32(8),
            reader.GetInt64(9),
            reader.GetInt32(10),
            JsonSerializer.Deserialize(reader.GetString(11), GatewayJson.Plain.ListReason)!,
            reader.GetInt32(12),
            Text(13),
            reader.IsDBNull(14) ? null : reader.GetFieldValue<DateOnly>(14),
            reader.IsDBNull(15) ? null : Money.Format(reader.GetInt64(15)),
            Text(16),
            reader.GetString(17),
            reader.GetFieldValue<DateTimeOffset>(18));
    }
}
