using System.Text.Json.Serialization;

namespace RetailInsight.Gateway.Reconciliation;

/// <summary>A page of the ledger by store-day, newest day first. Amounts are decimal strings in currency units.</summary>
/// <param name="Items">Store-days.</param>
/// <param name="Unassigned">On the first page: rows that are of no store-day, such as register masters and what is held without one.</param>
/// <param name="NextCursor">Of the next page.</param>
internal sealed record StoreDayPage(IReadOnlyList<StoreDay> Items, IReadOnlyList<StoreDayFeed> Unassigned, string? NextCursor);

/// <summary>What was received of one store and business date, what counts of it, and what the vendors declared.</summary>
/// <param name="Store">Store code.</param>
/// <param name="BusinessDate">Trading day.</param>
/// <param name="Status"><c>matched</c>, <c>difference</c>, or <c>undeclared</c> where nobody declared totals.</param>
/// <param name="Feeds">By feed.</param>
/// <param name="Declared">By declaration: of the store, or of each register.</param>
internal sealed record StoreDay(string Store, DateOnly BusinessDate, string Status, IReadOnlyList<StoreDayFeed> Feeds, IReadOnlyList<Comparison> Declared)
{
    /// <summary>The payloads it came in, up to 1,000; where one store-day was asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<StoreDayPayload>? Payloads { get; init; }

    /// <summary>Whether there were more payloads.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool PayloadsTruncated { get; init; }
}

/// <summary>Rows by what became of them: each row of every payload is in exactly one column, and they add up to <paramref name="RowsRead"/>.</summary>
/// <param name="RowsRead">Rows read.</param>
/// <param name="Accepted">Not seen before.</param>
/// <param name="Duplicate">Seen before with the same content.</param>
/// <param name="Superseding">Taking the place of an earlier version.</param>
/// <param name="Outdated">An older version, by the vendor's count, than what had landed.</param>
/// <param name="Quarantined">Held and waiting.</param>
/// <param name="Withdrawn">Released once, and held again by an undo.</param>
/// <param name="Released">Held once, and landed by a replay.</param>
internal sealed record RowColumns(long RowsRead, long Accepted, long Duplicate, long Superseding, long Outdated, long Quarantined, long Withdrawn, long Released);

/// <summary>A feed's part of a store-day.</summary>
/// <param name="Feed">The feed.</param>
/// <param name="Payloads">Payloads with rows of it.</param>
/// <param name="Rows">Rows by what became of them.</param>
/// <param name="Totals">What counts now, per currency: sales and returns in their newest version, without those a void takes back.</param>
/// <param name="MoneyAtRisk">What the held receipts state, per currency.</param>
internal sealed record StoreDayFeed(string Feed, long Payloads, RowColumns Rows, IReadOnlyList<StoreDayTotal> Totals, IReadOnlyList<MoneyAtRisk> MoneyAtRisk);

/// <summary>What counts of a store-day.</summary>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Receipts">Sales and returns.</param>
/// <param name="Net">Without tax.</param>
/// <param name="Tax">Tax.</param>
/// <param name="Gross">With tax.</param>
/// <param name="Taxes">By rate.</param>
internal sealed record StoreDayTotal(string Currency, long Receipts, string Net, string Tax, string Gross, IReadOnlyList<StoreDayTax> Taxes);

/// <summary>What counts at one tax rate; the rate is a fraction: 0.1 is 10 %.</summary>
internal sealed record StoreDayTax(string Rate, string Net, string Tax, string Gross);

/// <summary>An amount held.</summary>
internal sealed record MoneyAtRisk(string Currency, string Amount);

/// <summary>A payload's part of a store-day.</summary>
/// <param name="ReceiptId">Its receipt: <c>GET /v1/receipts/{receipt_id}</c>.</param>
/// <param name="Feed">The feed.</param>
/// <param name="FileName">Its name, when it was sent.</param>
/// <param name="ReceivedAt">When the gateway had it whole, UTC.</param>
/// <param name="Rows">Its rows of the store-day.</param>
internal sealed record StoreDayPayload(string ReceiptId, string Feed, string? FileName, DateTimeOffset ReceivedAt, RowColumns Rows);

/// <summary>Declared totals compared with what counts.</summary>
/// <param name="Vendor">Who declares; compared with what this vendor's feeds brought in.</param>
/// <param name="Feed">The feed the declaration came by.</param>
/// <param name="Terminal">The register; null when the totals are of the whole store.</param>
/// <param name="ReportNumbers">Reports added up; empty when there is one without a number.</param>
/// <param name="Revision">Newest version of the declaration, from 1.</param>
/// <param name="ReceivedAt">When the newest version was received, UTC.</param>
/// <param name="ReceiptIds">The payloads the declaration came in.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Status"><c>matched</c> or <c>difference</c>.</param>
/// <param name="Difference">Declared less counted, with tax (without where only that is declared).</param>
/// <param name="Measures">Everything that is declared.</param>
/// <param name="Causes">Named causes of the differences; in each measure they add up to its difference.</param>
/// <param name="MissingNumbers">Gaps in the receipt numbers of the day.</param>
internal sealed record Comparison(
    string Vendor,
    string Feed,
    string? Terminal,
    IReadOnlyList<string> ReportNumbers,
    int Revision,
    DateTimeOffset ReceivedAt,
    IReadOnlyList<string> ReceiptIds,
    string Currency,
    string Status,
    string Difference,
    IReadOnlyList<ComparedMeasure> Measures,
    IReadOnlyList<Cause> Causes,
    IReadOnlyList<NumberGap> MissingNumbers);

/// <summary>One declared figure.</summary>
/// <param name="Measure"><c>gross</c>, <c>net</c>, <c>tax</c>, <c>receipts</c>, <c>rate_net</c>, <c>rate_tax</c>, <c>rate_gross</c> or <c>tender</c>.</param>
/// <param name="Rate">Of a figure by tax rate, as a fraction.</param>
/// <param name="Tender">Of a figure by means of payment.</param>
/// <param name="Declared">What the vendor declares.</param>
/// <param name="Counted">What counts here.</param>
/// <param name="Difference">Declared less counted.</param>
internal sealed record ComparedMeasure(
    string Measure,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Rate,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Tender,
    string Declared,
    string Counted,
    string Difference);

/// <summary>A named cause of a difference.</summary>
/// <param name="Code"><c>late</c>, <c>cut_over</c>, <c>void</c>, <c>duplicate</c>, <c>unmapped</c>, <c>quarantined</c>, <c>rounding</c>, <c>missing_receipts</c> or <c>unexplained</c>.</param>
/// <param name="Amount">Its part of the difference.</param>
/// <param name="Parts">Its part of each measure, in the order of the measures.</param>
/// <param name="Count">Receipts concerned; for missing receipts how many numbers are missing.</param>
/// <param name="Text">In English and Japanese.</param>
/// <param name="Evidence">The receipts, up to 50.</param>
internal sealed record Cause(string Code, string Amount, IReadOnlyList<string> Parts, int Count, CauseText Text, IReadOnlyList<CauseReceipt> Evidence);

/// <summary>A sentence in both languages.</summary>
internal sealed record CauseText(string En, string Ja);

/// <summary>A receipt a cause rests on.</summary>
/// <param name="BusinessDate">The trading day it counts for; null when it is held without one.</param>
/// <param name="Terminal">The register; null when it is held.</param>
/// <param name="ReceiptNumber">Its number; of a held one its whole key as sent.</param>
/// <param name="OccurredAt">When it happened, UTC; null when it is held.</param>
/// <param name="Amount">What it states.</param>
/// <param name="ReceiptId">The payload it came in.</param>
internal sealed record CauseReceipt(DateOnly? BusinessDate, string? Terminal, string ReceiptNumber, DateTimeOffset? OccurredAt, string Amount, string? ReceiptId);

/// <summary>Receipt numbers that no record of the day has.</summary>
/// <param name="Terminal">The register.</param>
/// <param name="First">First missing number.</param>
/// <param name="Last">Last missing number.</param>
/// <param name="Count">How many.</param>
/// <param name="After">When the receipt before the gap happened, UTC.</param>
/// <param name="Before">When the receipt behind the gap happened, UTC.</param>
internal sealed record NumberGap(string Terminal, string First, string Last, int Count, DateTimeOffset After, DateTimeOffset Before);
