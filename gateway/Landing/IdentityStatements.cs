using System.Globalization;
using System.Text;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using RetailInsight.Core.Canon;

namespace RetailInsight.Gateway.Landing;

/// <summary>Writes versions of events, with them what day totals are made of, and what intervals are counted: one row a version.</summary>
internal static class IdentityStatements
{
    private static readonly string[] OfEvent =
        ["tenant", "event_id", "content_hash", "revision", "batch_id", "store", "business_date", "ingestion_id", "source_revision"];

    private static readonly string[] OfContent =
        ["feed", "kind", "terminal", "receipt_number", "occurred_at", "original_event_id", "repeats", "currency", "net", "tax", "gross", "detail", "line_id", "starts_at", "ends_at"];

    private static readonly string Rows =
        $"""
        unnest($2::text[], $3::uuid[], $4::uuid[], $5::int[], $6::uuid[], $7::text[], $8::date[], $9::uuid[], $10::bigint[],
          $11::text[], $12::smallint[], $13::text[], $14::text[], $15::timestamptz[], $16::uuid[], $17::int[], $18::text[], $19::bigint[], $20::bigint[], $21::bigint[], $22::text[], $23::uuid[], $24::timestamptz[], $25::timestamptz[])
          AS i({string.Join(", ", OfEvent)}, {string.Join(", ", OfContent)})
        """;

    private static readonly string Insert =
        $"INSERT INTO gateway.identity ({string.Join(", ", OfEvent)}, {string.Join(", ", OfContent)}, introduced_at) SELECT i.*, $1 FROM {Rows}";

    // What an undo brings back has its receipt in the row already.
    private static readonly string Update =
        $"""
        UPDATE gateway.identity AS known
        SET revision = i.revision, batch_id = i.batch_id, store = i.store, business_date = i.business_date, ingestion_id = i.ingestion_id, introduced_at = $1, withdrawn = false,
          {string.Join(", ", OfContent.Select(column => $"{column} = coalesce(i.{column}, known.{column})"))}
        FROM {Rows} WHERE known.tenant = i.tenant AND known.event_id = i.event_id AND known.content_hash = i.content_hash
        """;

    /// <summary>Writes the versions that landed.</summary>
    public static void AddLanded(NpgsqlBatch batch, IReadOnlyList<LandedPayload> landed, DateTimeOffset now) =>
        Add(batch, [.. landed.SelectMany(payload => payload.Identities.Select(identity => (payload.Ingestion, identity, payload.Receipt.Ledger?.RepeatsOf(identity.Candidate.EventId) ?? 0)))], now);

    /// <summary>Writes versions, each with its payload and how often it stood again in it; one that was withdrawn has its row already.</summary>
    public static void Add(NpgsqlBatch batch, (Ingestion Payload, NewIdentity Identity, int Repeats)[] identities, DateTimeOffset now)
    {
        Add(batch, Insert, Array.FindAll(identities, one => !one.Identity.Returns), now);

        // A statement may write a row once only: of a version that goes and comes again the last return counts.
        Add(batch, Update, [.. identities.Where(one => one.Identity.Returns).GroupBy(one => (one.Payload.Tenant, one.Identity.Candidate.EventId, one.Identity.Candidate.ContentHash)).Select(same => same.Last())], now);
    }

    private static void Add(NpgsqlBatch batch, string sql, (Ingestion Payload, NewIdentity Identity, int Repeats)[] rows, DateTimeOffset now)
    {
        if (rows.Length == 0)
        {
            return;
        }

        NpgsqlParameter Nullable<T>(Func<Transaction, T> value, NpgsqlDbType type)
            where T : struct => new()
            {
                Value = Array.ConvertAll(rows, row => row.Identity.Receipt is { } receipt ? value(receipt) : (T?)null),
                NpgsqlDbType = NpgsqlDbType.Array | type,
            };
        NpgsqlParameter Texts(Func<Transaction, string> value) => LandingStatements.Texts(rows.Select(row => row.Identity.Receipt is { } receipt ? value(receipt) : null));
        batch.BatchCommands.Add(new(sql)
        {
            Parameters =
            {
                new() { Value = now },
                new() { Value = Array.ConvertAll(rows, row => row.Payload.Tenant) },
                new() { Value = Array.ConvertAll(rows, row => row.Identity.Candidate.EventId.ToGuid()) },
                new() { Value = Array.ConvertAll(rows, row => row.Identity.Candidate.ContentHash.ToGuid()) },
                new() { Value = Array.ConvertAll(rows, row => row.Identity.Revision) },
                new() { Value = Array.ConvertAll(rows, row => row.Identity.BatchId.ToGuid()) },
                new() { Value = Array.ConvertAll(rows, row => row.Identity.Candidate.Store) },
                new() { Value = Array.ConvertAll(rows, row => row.Identity.Candidate.BusinessDate) },
                new() { Value = Array.ConvertAll(rows, row => row.Payload.Id) },
                new() { Value = Array.ConvertAll(rows, row => row.Identity.Candidate.SourceRevision) },
                LandingStatements.Texts(rows.Select(row => row.Identity.Receipt is null ? null : row.Payload.Feed)),
                Nullable(receipt => (short)receipt.Kind, NpgsqlDbType.Smallint),
                Texts(receipt => receipt.Terminal),
                Texts(receipt => receipt.ReceiptNumber),
                Nullable(receipt => receipt.OccurredAt.ToUniversalTime(), NpgsqlDbType.TimestampTz),
                new()
                {
                    Value = Array.ConvertAll(rows, row => row.Identity.Receipt is { OriginalEventId: { IsNone: false } original } ? original.ToGuid() : (Guid?)null),
                    NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid,
                },
                new() { Value = Array.ConvertAll(rows, row => row.Identity.Receipt is null ? (int?)null : row.Repeats), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer },
                Texts(receipt => receipt.Currency),
                Nullable(receipt => receipt.Net, NpgsqlDbType.Bigint),
                Nullable(receipt => receipt.TaxTotal, NpgsqlDbType.Bigint),
                Nullable(receipt => receipt.Gross, NpgsqlDbType.Bigint),
                Texts(Detail),
                new() { Value = Array.ConvertAll(rows, row => row.Identity.Interval?.Line.ToGuid()), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid },
                new() { Value = Array.ConvertAll(rows, row => row.Identity.Interval?.From), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz },
                new() { Value = Array.ConvertAll(rows, row => row.Identity.Interval?.To), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz },
            },
        });
    }

    /// <summary>Tax by rate and tenders of a receipt, in micros: <c>{"t":[[1000,909,91,1000]],"p":[["cash",1000]]}</c>.</summary>
    private static string Detail(Transaction receipt)
    {
        var text = new StringBuilder(96);
        text.Append("{\"t\":[");
        for (var i = 0; i < receipt.TaxBuckets.Length; i++)
        {
            var bucket = receipt.TaxBuckets[i];
            text.Append(i == 0 ? "" : ",").Append(CultureInfo.InvariantCulture, $"[{bucket.RateBasisPoints},{bucket.Net},{bucket.Tax},{bucket.Gross}]");
        }

        text.Append("],\"p\":[");
        for (var i = 0; i < receipt.Tenders.Length; i++)
        {
            text.Append(i == 0 ? "[\"" : ",[\"").Append(JsonEncodedText.Encode(StorableText.Of(receipt.Tenders[i].Method)).Value).Append(CultureInfo.InvariantCulture, $"\",{receipt.Tenders[i].Amount}]");
        }

        return text.Append("]}").ToString();
    }
}
