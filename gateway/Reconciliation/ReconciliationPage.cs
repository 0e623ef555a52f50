using RetailInsight.Gateway.Receipts;

namespace RetailInsight.Gateway.Reconciliation;

/// <summary>What was pushed and what became of it: every feed in the range, and a page of its payloads, newest first.</summary>
internal sealed record ReconciliationPage(IReadOnlyList<FeedBalance> Feeds, IReadOnlyList<FileBalance> Files, string? NextCursor);

/// <summary>All payloads of one feed in the range.</summary>
/// <param name="Feed">The feed.</param>
/// <param name="Files">Payloads received; a resend of the same bytes is not another one.</param>
/// <param name="RowsRead">Data rows.</param>
/// <param name="Accepted">Of these: not seen before.</param>
/// <param name="Duplicate">Of these: seen before with the same content.</param>
/// <param name="Superseding">Of these: taking the place of an earlier revision.</param>
/// <param name="Quarantined">Of these: held back.</param>
/// <param name="Balanced">Whether every payload has its outcome and every row its verdict.</param>
/// <param name="Totals">Sales and returns accepted or superseding, per currency.</param>
internal sealed record FeedBalance(
    string Feed, long Files, long RowsRead, long Accepted, long Duplicate, long Superseding, long Quarantined, bool Balanced, IReadOnlyList<MoneyTotal> Totals);

/// <summary>One payload.</summary>
/// <param name="ReceiptId">Its receipt.</param>
/// <param name="Feed">The feed.</param>
/// <param name="FileName">Its name, when it was sent.</param>
/// <param name="ReceivedAt">When the gateway had it whole, UTC.</param>
/// <param name="Sha256">Of the payload as received.</param>
/// <param name="State"><c>landed</c>, <c>converted</c> or <c>unreadable</c>.</param>
/// <param name="RowsRead">Data rows; 0 when unreadable.</param>
/// <param name="Accepted">Of these: not seen before.</param>
/// <param name="Duplicate">Of these: seen before with the same content.</param>
/// <param name="Superseding">Of these: taking the place of an earlier revision.</param>
/// <param name="Quarantined">Of these: held back.</param>
/// <param name="Balanced">Whether it has its outcome and every row its verdict.</param>
/// <param name="Totals">Sales and returns accepted or superseding, per currency.</param>
/// <param name="Unreadable">Why it cannot be read.</param>
internal sealed record FileBalance(
    string ReceiptId,
    string Feed,
    string? FileName,
    DateTimeOffset ReceivedAt,
    string Sha256,
    string State,
    int RowsRead,
    int Accepted,
    int Duplicate,
    int Superseding,
    int Quarantined,
    bool Balanced,
    IReadOnlyList<MoneyTotal> Totals,
    Reason? Unreadable);
