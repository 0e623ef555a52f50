using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles;

namespace RetailInsight.Tests.Profiles;

/// <summary>A conversion as a person reads it: money in currency units, one line of text a receipt line.</summary>
internal static class GoldenView
{
    private static readonly JsonSerializerOptions Options = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" };

    public static string Of(Conversion conversion)
    {
        var view = new JsonObject
        {
            ["unreadable"] = conversion.Unreadable is { } rejection ? Text(rejection) : null,
            ["rows_read"] = conversion.RowsRead,
            ["transactions"] = Array(conversion.Transactions, t => Transaction(t.Record, t.Rows)),
            ["people_counts"] = Array(conversion.PeopleCounts, c => Count(c.Record)),
            ["counter_readings"] = Array(conversion.CounterReadings, r => (JsonNode)Invariant(
                $"{r.Record.Device} / {r.Record.Line} in {r.Record.Store}: {r.Record.Entered} in, {r.Record.Left} out{(r.Record.Reversed ? ", the other way round" : "")} at {r.Record.At:yyyy-MM-dd'T'HH:mm:sszzz}, {r.Record.EventId} ({Place(r.Record.Source)})")),
            ["visitor_events"] = Array(conversion.VisitorEvents, v => Visitor(v.Record)),
            ["pos_assignments"] = Array(conversion.PosAssignments, a => (JsonNode)Invariant($"{a.Record.Terminal} in {a.Record.Store} from {a.Record.ValidFrom:yyyy-MM-dd} to {a.Record.ValidTo:yyyy-MM-dd}")),
            ["declared_totals"] = Array(conversion.DeclaredTotals, d => Declared(d.Record)),
            ["held"] = Array(conversion.Held, Held),
            ["findings"] = Array(conversion.Findings, f => (JsonNode)Invariant($"{f.Count} x {f.Code.Code()} [{f.Field}] {f.Example} ({Place(f.At)})")),
        };
        foreach (var empty in view.Where(pair => pair.Value is null or JsonArray { Count: 0 }).Select(pair => pair.Key).ToList())
        {
            view.Remove(empty);
        }

        return view.ToJsonString(Options) + "\n";
    }

    private static JsonObject Transaction(Transaction t, int rows) => new()
    {
        ["receipt"] = Invariant($"{t.Kind} {t.ReceiptNumber} of {t.Terminal} in {t.Store} (sent as {t.StoreAsSent})"),
        ["event_id"] = t.EventId.ToString(),
        ["original_event_id"] = t.OriginalEventId.IsNone ? null : t.OriginalEventId.ToString(),
        ["content_hash"] = ContentHash.Of(t).ToString(),
        ["business_date"] = Invariant($"{t.BusinessDate:yyyy-MM-dd} {t.BusinessDateSource}"),
        ["occurred_at"] = Invariant($"{t.OccurredAt:yyyy-MM-dd'T'HH:mm:ss.FFFzzz} {t.Clock}"),
        ["totals"] = Invariant($"net {Money.Format(t.Net)} + tax {Money.Format(t.TaxTotal)} = gross {Money.Format(t.Gross)} {t.Currency}"),
        ["guests"] = t.Guests,
        ["customer"] = t.Customer,
        ["lines"] = Array(t.Lines, l => (JsonNode)Invariant(
            $"{l.LineNumber}: {l.Item} {Money.Format(l.Quantity)} x {Money.Format(l.UnitPrice)} = {Money.Format(l.StatedAmount)} - {Money.Format(l.Discount)}, {l.TaxBasis} {l.RateBasisPoints} bp {l.TaxCategory}: net {Money.Format(l.Net)} + tax {Money.Format(l.Tax)} = {Money.Format(l.Gross)}{(l.Merchandise ? "" : ", not merchandise")}, row {l.SourceRow}")),
        ["tax"] = Array(t.TaxBuckets, b => (JsonNode)Invariant(
            $"{b.RateBasisPoints} bp {b.Category}: net {Money.Format(b.Net)} + tax {Money.Format(b.Tax)} {(b.TaxStated ? "stated" : "derived")} = {Money.Format(b.Gross)}, computed tax {Money.Format(b.ComputedTax)}")),
        ["tenders"] = Array(t.Tenders, p => (JsonNode)Invariant($"{p.Method} {Money.Format(p.Amount)}")),
        ["discounts"] = Array(t.Discounts, d => (JsonNode)Invariant($"{d.Kind} on line {d.LineNumber}: {Money.Format(d.Amount)} ({d.Label})")),
        ["source"] = Invariant($"{rows} rows from {Place(t.Source)}"),
    };

    private static JsonObject Declared(DeclaredTotals d) => new()
    {
        ["declared"] = Invariant($"{d.Key}, register '{d.Terminal}', report '{d.ReportNumber}', version {d.SourceRevision}"),
        ["event_id"] = d.EventId.ToString(),
        ["content_hash"] = d.ContentHash.ToString(),
        ["totals"] = Invariant($"net {Amount(d.Net)} + tax {Amount(d.Tax)} = gross {Amount(d.Gross)} {d.Currency}, {d.Receipts} receipts"),
        ["tax"] = Array(d.Taxes, t => (JsonNode)Invariant($"{t.Rate} bp: net {Amount(t.Net)} + tax {Amount(t.Tax)} = {Amount(t.Gross)}")),
        ["tenders"] = Array(d.Tenders, p => (JsonNode)Invariant($"{p.Method} {Money.Format(p.Amount)}")),
        ["source"] = Place(d.Source),
    };

    private static string Amount(long? micros) => micros is { } stated ? Money.Format(stated) : "?";

    private static JsonObject Count(PeopleCount c)
    {
        var view = CountOf(c);
        if (c is not { Staff: 0, Occupancy: 0, Zone: "", Role: CountRole.Entrance, Measure: CountMeasure.Raw, Sequence: 0, Firmware: "" })
        {
            view["device"] = Invariant($"{c.Role} {c.Zone}, {c.Measure}, {c.Staff} staff, {c.Occupancy} in view, package {c.Sequence}, firmware '{c.Firmware}'");
        }

        return view;
    }

    private static JsonObject Visitor(VisitorEvent v) => new()
    {
        ["event"] = Invariant($"{v.Kind} at {v.Device} / {v.Line}{(v.Zone.Length == 0 ? "" : $" ({v.Zone})")} in {v.Store}{(v.Staff ? ", staff" : "")}"),
        ["event_id"] = v.EventId.ToString(),
        ["at"] = Invariant($"{v.At:yyyy-MM-dd'T'HH:mm:ss.fffzzz}, {v.DurationMilliseconds} ms, business date {v.BusinessDate:yyyy-MM-dd}"),
        ["person"] = v.Person.IsNone ? "" : v.Person.ToString(),
        ["source"] = Place(v.Source),
    };

    private static JsonObject CountOf(PeopleCount c) => new()
    {
        ["count"] = Invariant($"{c.Device} / {c.Line} in {c.Store}: {c.Entered} in, {c.Left} out, {c.Kind}"),
        ["event_id"] = c.EventId.ToString(),
        ["interval"] = Invariant($"{c.From:yyyy-MM-dd'T'HH:mm:sszzz} to {c.To:yyyy-MM-dd'T'HH:mm:sszzz}"),
        ["business_date"] = Invariant($"{c.BusinessDate:yyyy-MM-dd}"),
        ["source"] = Place(c.Source),
    };

    private static JsonObject Held(Held h) => new()
    {
        ["key"] = h.Key,
        ["rows"] = string.Join(", ", h.SourceRows),
        ["store"] = h.Store,
        ["business_date"] = h.BusinessDate is { } date ? Invariant($"{date:yyyy-MM-dd}") : null,
        ["at_risk"] = h.MoneyAtRisk is { } money ? Invariant($"{Money.Format(money)} {h.Currency}") : null,
        ["rejections"] = Array(h.Rejections, r => (JsonNode)Text(r)),
    };

    private static string Text(Rejection r) => Invariant($"{r.Reason.Code()} [{r.Field}] {r.Detail} ({Place(r.At)})");

    private static string Place(SourceLocation at) => Invariant($"row {at.Row}, bytes {at.ByteOffset}+{at.ByteLength}");

    private static JsonArray Array<T>(IEnumerable<T> items, Func<T, JsonNode> view) => [.. items.Select(view)];

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
