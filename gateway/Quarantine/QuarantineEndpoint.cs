using System.Text;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Tenancy;
using RetailInsight.Gateway.Feeds;
using RetailInsight.Gateway.Landing;
using RetailInsight.Gateway.Problems;
using RetailInsight.Gateway.Receipts;

namespace RetailInsight.Gateway.Quarantine;

/// <summary>Reading the quarantine: the list, one item with its bytes, the causes, the codes.</summary>
internal sealed class QuarantineEndpoint([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, IngestionLedger ledger, PayloadConversion conversion)
{
    private const int MostCauses = 1_000;
    private const int MostBytes = 4_096;
    private const int BytesOfUnknownRow = 512;
    private const int MostText = 500;

    private const string Columns = """
        q.id, q.ingestion_id, q.feed, i.file_name, q.key, q.reason, q.field, q.detail, q.source_row, q.byte_offset, q.byte_length, q.reasons, q.rows,
          q.store, q.business_date, q.money_at_risk, q.currency, q.state, q.created_at, q.replay_id, q.store_as_sent, q.resolved_by, q.resolved_at
        FROM gateway.quarantine q JOIN gateway.ingestion i ON i.id = q.ingestion_id AND i.tenant = q.tenant
        """;

    /// <summary><c>GET /v1/quarantine</c>: what is held back of the key's feeds, newest first.</summary>
    public async Task<IResult> ListAsync(ReplayScope filter, string? state, string? cursor, int? limit, HttpContext context)
    {
        var caller = Caller.Of(context);
        var size = Page.Limit(limit);
        if (Mistake(filter) is { } mistake || (mistake = state is null || QuarantineState.IsKnown(state) ? null : "state is open, replayed, resolved or discarded.") is not null)
        {
            throw new BadHttpRequestException(mistake);
        }

        await using var command = database.CreateCommand();
        command.Parameters.Add(new() { Value = caller.Tenant });
        command.Parameters.Add(new() { Value = caller.Within(filter.Feed), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = Page.After(cursor)?.Sort ?? long.MaxValue });
        command.Parameters.Add(new() { Value = size + 1 });
        command.Parameters.Add(new() { Value = (object?)state ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.CommandText = $"SELECT {Columns} WHERE q.tenant = $1 AND q.feed = ANY($2) AND q.id < $3 AND ($5 IS NULL OR q.state = $5){filter.Where(command.Parameters)} ORDER BY q.id DESC LIMIT $4";
        var items = await ReadAsync(command, ReasonTexts.Answer(context), context.RequestAborted);
        var more = items.Count > size;
        return TypedResults.Json(new QuarantinePage([.. items.Take(size)], more ? Page.Cursor(items[size - 1].Id) : null), GatewayJson.Plain.QuarantinePage);
    }

    /// <summary><c>GET /v1/quarantine/{id}</c>: one item with the bytes it was read from.</summary>
    public async Task<IResult> ShowAsync(long id, HttpContext context)
    {
        var caller = Caller.Of(context);
        await using var command = database.CreateCommand($"SELECT {Columns} WHERE q.tenant = $1 AND q.feed = ANY($2) AND q.id = $3");
        command.Parameters.Add(new() { Value = caller.Tenant });
        command.Parameters.Add(new() { Value = caller.Feeds });
        command.Parameters.Add(new() { Value = id });
        var found = await ReadAsync(command, ReasonTexts.Answer(context), context.RequestAborted);
        if (found.Count == 0 || await ledger.FindAsync(caller.Tenant, Id128.Parse(found[0].ReceiptId).ToGuid(), context.RequestAborted) is not { } ingestion)
        {
            return Problem.Of(StatusCodes.Status404NotFound, "item_unknown", "Unknown item", "There is no item of that number in the quarantine.");
        }

        var item = found[0];
        var bytes = await conversion.ExcerptAsync(ingestion, item.ByteOffset, item.ByteLength > 0 ? Math.Min(item.ByteLength, MostBytes) : BytesOfUnknownRow, item.Key, context.RequestAborted);
        return TypedResults.Json(
            bytes.IsEmpty ? new QuarantineItem(item, item.ByteOffset, null, null) : new QuarantineItem(item, item.ByteOffset, Convert.ToBase64String(bytes.Span), Shown(bytes.Span)),
            GatewayJson.Plain.QuarantineItem);
    }

    /// <summary><c>GET /v1/quarantine/causes</c>: everything open as one line a cause.</summary>
    public async Task<IResult> CausesAsync(string? feed, HttpContext context)
    {
        var caller = Caller.Of(context);
        await using var command = database.CreateCommand(
            """
            SELECT feed, reason, field, sum(items)::bigint, sum(payloads)::bigint, sum(rows)::bigint, min(first_at), max(last_at),
              array_agg(currency) FILTER (WHERE currency IS NOT NULL), array_agg(money) FILTER (WHERE currency IS NOT NULL)
            FROM (
              SELECT q.feed, q.reason, q.field, q.currency, count(*) AS items, count(DISTINCT q.ingestion_id) AS payloads, sum(q.rows) AS rows,
                min(q.created_at) AS first_at, max(q.created_at) AS last_at, trim_scale(coalesce(sum(q.money_at_risk::numeric), 0) / 1000000)::text AS money
              FROM gateway.quarantine q WHERE q.tenant = $1 AND q.feed = ANY($2) AND q.state = 'open'
              GROUP BY q.feed, q.reason, q.field, q.currency) AS c
            GROUP BY feed, reason, field ORDER BY sum(items) DESC, feed, reason, field LIMIT $3
            """);
        command.Parameters.Add(new() { Value = caller.Tenant });
        command.Parameters.Add(new() { Value = caller.Within(feed), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = MostCauses + 1 });
        var japanese = ReasonTexts.Answer(context);
        await using var reader = await command.ExecuteReaderAsync(context.RequestAborted);
        var causes = new List<QuarantineCause>();
        while (await reader.ReadAsync(context.RequestAborted))
        {
            var text = ReasonTexts.Of(reader.GetString(1), japanese);
            string[] currencies = reader.IsDBNull(8) ? [] : reader.GetFieldValue<string[]>(8);
            string[] money = reader.IsDBNull(9) ? [] : reader.GetFieldValue<string[]>(9);
            causes.Add(new QuarantineCause(
                reader.GetString(0),
                text.Code,
                reader.IsDBNull(2) ? null : reader.GetString(2),
                text.Meaning,
                text.Fix,
                text.Retryable,
                reader.GetInt64(3),
                reader.GetInt64(4),
                reader.GetInt64(5),
                currencies.Zip(money).ToDictionary(pair => pair.First, pair => pair.Second),
                reader.GetFieldValue<DateTimeOffset>(6),
                reader.GetFieldValue<DateTimeOffset>(7)));
        }

        return TypedResults.Json(new CausePage([.. causes.Take(MostCauses)], causes.Count > MostCauses), GatewayJson.Plain.CausePage);
    }

    /// <summary><c>GET /v1/quarantine/reasons</c>: the closed list of codes.</summary>
    public static IResult Reasons(HttpContext context) => TypedResults.Json(ReasonTexts.All(context), GatewayJson.Plain.ReasonList);

    /// <summary><c>GET /v1/quarantine/states</c>: the closed list of states.</summary>
    public static IResult StateList(HttpContext context) => TypedResults.Json(QuarantineState.All(ReasonTexts.Answer(context)), GatewayJson.Plain.StateList);

    // A list may be of everything.
    private static string? Mistake(ReplayScope filter) => filter == new ReplayScope() ? null : filter.Mistake();

    private static string Shown(ReadOnlySpan<byte> bytes)
    {
        string text;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            text = CodePagesEncodingProvider.Instance.GetEncoding(932)!.GetString(bytes);
        }

        var shown = text.TrimEnd('\r', '\n');
        return string.Concat(shown[..Math.Min(shown.Length, MostText)].Select(letter => char.IsControl(letter) ? '\uFFFD' : letter));
    }

    private static async Task<List<QuarantineEntry>> ReadAsync(NpgsqlCommand command, bool japanese, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var items = new List<QuarantineEntry>();
        while (await reader.ReadAsync(cancellationToken))
        {
            items.Add(Read(reader, japanese));
        }

        return items;
    }

    private static QuarantineEntry Read(NpgsqlDataReader reader, bool japanese)
    {
        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
        var reason = ReasonTexts.Of(reader.GetString(5), japanese);
        return new QuarantineEntry(
            reader.GetInt64(0),
            Id128.FromGuid(reader.GetGuid(1)).ToString(),
            reader.GetString(2),
            Text(3),
            reader.GetString(4),
            reason.Code,
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
            QuarantineState.Meaning(reader.GetString(17), japanese),
            reader.IsDBNull(21) ? null : Id128.FromGuid(reader.GetGuid(21)).ToString(),
            reader.IsDBNull(22) ? null : reader.GetFieldValue<DateTimeOffset>(22),
            reader.IsDBNull(19) ? null : reader.GetInt64(19),
            Text(20),
            reason.Meaning,
            reason.Fix,
            reason.Retryable,
            reader.GetFieldValue<DateTimeOffset>(18));
    }
}
