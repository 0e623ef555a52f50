using System.Text.Json.Serialization;
using RetailInsight.Gateway.Landing;
using RetailInsight.Gateway.Masters;
using RetailInsight.Gateway.Reconciliation;

namespace RetailInsight.Gateway.Receipts;

/// <summary>
/// What became of one payload. The same bytes pushed again get the same receipt, byte for byte. Rows read = accepted +
/// duplicate + superseding + quarantined. Amounts are decimal strings in currency units.
/// </summary>
internal sealed record Receipt
{
    /// <summary>32 hexadecimal digits: a hash of tenant, feed, SHA-256 and coding.</summary>
    public required string ReceiptId { get; init; }

    /// <summary>Present and true when it was pushed with a test key: nothing of it was kept or counted.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Sandbox { get; init; }

    /// <summary>The feed it was pushed to.</summary>
    public required string Feed { get; init; }

    /// <summary>The name in X-File-Name, when there was one.</summary>
    public string? FileName { get; init; }

    /// <summary>SHA-256 of the payload as received, in hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Length of the payload as received.</summary>
    public required long Bytes { get; init; }

    /// <summary>The device that sent it; absent where the sender is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Device { get; init; }

    /// <summary>The pictures that were taken out before the payload was stored; absent where there were none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Removal? Removed { get; init; }

    /// <summary><c>landed</c>: kept, the outcome is to come. <c>converted</c>: every row has a verdict. <c>unreadable</c>: kept, but not a payload of the profile.</summary>
    public required string State { get; init; }

    /// <summary>The profile it is read by.</summary>
    public required string Profile { get; init; }

    /// <summary>Version of the profile.</summary>
    public required int ProfileVersion { get; init; }

    /// <summary>When the gateway had it whole, UTC.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>Data rows found.</summary>
    public int RowsRead { get; init; }

    /// <summary>Rows of receipts not seen before.</summary>
    public int Accepted { get; init; }

    /// <summary>Rows of receipts seen before with the same content, or in a newer version: they change nothing.</summary>
    public int Duplicate { get; init; }

    /// <summary>Rows of receipts seen before with other content: these take their place.</summary>
    public int Superseding { get; init; }

    /// <summary>Rows of receipts held back.</summary>
    public int Quarantined { get; init; }

    /// <summary>The same in receipts (for counters: intervals; for masters: assignments).</summary>
    public ReceiptCounts Receipts { get; init; } = new(0, 0, 0, 0, 0);

    /// <summary>Sales and returns among what was accepted or supersedes, per currency.</summary>
    public IReadOnlyList<MoneyTotal> Totals { get; init; } = [];

    /// <summary>The same per store, business date, currency and tax rate.</summary>
    public IReadOnlyList<DayTotal> TotalsByDay { get; init; } = [];

    /// <summary>What is odd without holding anything, counted by code and field.</summary>
    public IReadOnlyList<FindingCount> Findings { get; init; } = [];

    /// <summary>Why the payload as a whole cannot be read.</summary>
    public Reason? Unreadable { get; init; }

    /// <summary>Receipts held back up to 10,000 (the quarantine lists all), and the others up to 1,000, in the order of the payload.</summary>
    public IReadOnlyList<ReceiptVerdict> Verdicts { get; init; } = [];

    /// <summary>Whether there were more than are listed.</summary>
    public bool VerdictsTruncated { get; init; }

    /// <summary>Of a register master: what it changed, up to 1,000. What it lets in follows within seconds: <c>GET /v1/masters/pushes/{receipt_id}</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<MasterChange>? MasterChanges { get; init; }

    /// <summary>How far it is, while the outcome is to come.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Progress? Progress { get; init; }

    /// <summary>Always the last member. Over the bytes of the receipt without it; absent while the outcome is to come.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReceiptSignature? Signature { get; init; }

    /// <summary>What the ledger by store-day keeps of the payload; no part of the receipt.</summary>
    [JsonIgnore]
    public LedgerDraft? Ledger { get; init; }
}

/// <summary>How often one odd thing was found. Nothing is held for it.</summary>
/// <param name="Code">Closed list of codes: date_after_era, item_code_invalid, tax_difference, total_difference, future_date, wild_amount, column_unknown, record_skipped.</param>
/// <param name="Field">The vendor's own name of the field, when one is at fault.</param>
/// <param name="Count">How often.</param>
/// <param name="Row">1-based data row of the first.</param>
/// <param name="Example">What was found there.</param>
internal sealed record FindingCount(string Code, string? Field, int Count, int Row, string Example);

/// <summary>The signature of a receipt.</summary>
/// <param name="KeyId">Key in <c>GET /v1/receipt-keys</c>.</param>
/// <param name="Algorithm"><c>ecdsa-p256-sha256</c>.</param>
/// <param name="Value">DER in Base64.</param>
internal sealed record ReceiptSignature(string KeyId, string Algorithm, string Value);

/// <summary>Counts of receipts.</summary>
internal sealed record ReceiptCounts(int Read, int Accepted, int Duplicate, int Superseding, int Quarantined);

/// <summary>Amounts of one currency, in its units.</summary>
internal sealed record MoneyTotal(string Currency, string Net, string Tax, string Gross);

/// <summary>Amounts of one store-day and tax rate.</summary>
/// <param name="Store">Store code of the tenant's master.</param>
/// <param name="BusinessDate">Trading day.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Rate">Tax rate as a fraction: 0.1 is 10 %.</param>
/// <param name="Net">Without tax.</param>
/// <param name="Tax">Tax.</param>
/// <param name="Gross">With tax.</param>
/// <param name="Receipts">Receipts with an amount at this rate.</param>
internal sealed record DayTotal(string Store, DateOnly BusinessDate, string Currency, string Rate, string Net, string Tax, string Gross, int Receipts);

/// <summary>The verdict on one receipt.</summary>
/// <param name="Key">Its business key as sent.</param>
/// <param name="Store">Store code, when it could be resolved.</param>
/// <param name="BusinessDate">Trading day, when it could be read.</param>
/// <param name="Verdict"><c>accepted</c>, <c>duplicate</c>, <c>superseding</c>, <c>outdated</c> (an older version than the known one; counted as duplicate) or <c>quarantined</c>.</param>
/// <param name="Rows">Source rows it consumed.</param>
/// <param name="Reasons">Why it is held back; empty otherwise.</param>
internal sealed record ReceiptVerdict(string Key, string? Store, DateOnly? BusinessDate, string Verdict, int Rows, IReadOnlyList<Reason> Reasons);

/// <summary>One reason.</summary>
/// <param name="Code">Closed list of codes.</param>
/// <param name="Field">The vendor's own name of the field, when one is at fault.</param>
/// <param name="Row">1-based data row; 0 when the whole payload is meant.</param>
/// <param name="ByteOffset">Offset of the row in the payload after decompression.</param>
/// <param name="Detail">What was found and what was expected.</param>
internal sealed record Reason(string Code, string? Field, int Row, long ByteOffset, string Detail);
