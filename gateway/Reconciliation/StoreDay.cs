using System.Text.Json.Serialization;

namespace RetailInsight.Gateway.Reconciliation;

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
/// <param name="Resolved">Held once, and brought by a later payload, in which it counts.</param>
internal sealed record RowColumns(long RowsRead, long Accepted, long Duplicate, long Superseding, long Outdated, long Quarantined, long Withdrawn, long Released, long Resolved);

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
