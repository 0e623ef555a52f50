using System.Text.Json.Serialization;

namespace RetailInsight.Gateway.Reconciliation;

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
