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
/// <param name="State"><c>open</c>; <c>replayed</c>: released; <c>resolved</c>: brought by a later payload; <c>discarded</c>: no longer there since an undo.</param>
/// <param name="StateMeaning">What the state means, in the caller's language.</param>
/// <param name="ResolvedBy">The later payload that brought it.</param>
/// <param name="ResolvedAt">When it was closed because of that payload, UTC.</param>
/// <param name="ReplayId">The replay that released it, or the resolution that closed it.</param>
/// <param name="StoreAsSent">What the vendor sent to name the store or register.</param>
/// <param name="Meaning">What the first reason means, in the caller's language.</param>
/// <param name="Fix">What makes it good, in the caller's language.</param>
/// <param name="Retryable">Whether a changed profile or master and a replay can release it; else it has to be sent again.</param>
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
    string StateMeaning,
    string? ResolvedBy,
    DateTimeOffset? ResolvedAt,
    long? ReplayId,
    string? StoreAsSent,
    string Meaning,
    string Fix,
    bool Retryable,
    DateTimeOffset CreatedAt);

/// <summary>A page of entries, newest first.</summary>
internal sealed record QuarantinePage(IReadOnlyList<QuarantineEntry> Items, string? NextCursor);

/// <summary>An item and the bytes it was read from.</summary>
/// <param name="Item">The item.</param>
/// <param name="RawOffset">Where the excerpt begins in the payload after decompression.</param>
/// <param name="RawBase64">At most 4,096 bytes from there, as received; null when the payload cannot be decompressed, or it is an archive and no file of it can be told to have that row.</param>
/// <param name="RawText">The same as text, UTF-8 or CP932, without control characters; at most 500 characters.</param>
internal sealed record QuarantineItem(QuarantineEntry Item, long RawOffset, string? RawBase64, string? RawText);

/// <summary>One cause and everything open it explains.</summary>
/// <param name="Feed">The feed.</param>
/// <param name="Reason">Code of the first reason.</param>
/// <param name="Field">The vendor's own name of the field at fault.</param>
/// <param name="Meaning">What it means, in the caller's language.</param>
/// <param name="Fix">What makes it good, in the caller's language.</param>
/// <param name="Retryable">Whether a changed profile or master and a replay can release it.</param>
/// <param name="Items">Receipts held, or payloads that cannot be read.</param>
/// <param name="Payloads">Payloads they came in.</param>
/// <param name="Rows">Source rows held.</param>
/// <param name="MoneyAtRisk">What they would have counted, in currency units, by currency.</param>
/// <param name="FirstAt">When the first was held, UTC.</param>
/// <param name="LastAt">When the last was held, UTC.</param>
internal sealed record QuarantineCause(
    string Feed,
    string Reason,
    string? Field,
    string Meaning,
    string Fix,
    bool Retryable,
    long Items,
    long Payloads,
    long Rows,
    IReadOnlyDictionary<string, string> MoneyAtRisk,
    DateTimeOffset FirstAt,
    DateTimeOffset LastAt);

/// <summary>The causes, most items first.</summary>
internal sealed record CausePage(IReadOnlyList<QuarantineCause> Items, bool Truncated);

/// <summary>One code of the closed list.</summary>
/// <param name="Code">The code.</param>
/// <param name="Meaning">What it means, in the caller's language.</param>
/// <param name="Fix">What makes it good, in the caller's language.</param>
/// <param name="Retryable">Whether a changed profile or master and a replay can release it.</param>
internal sealed record ReasonEntry(string Code, string Meaning, string Fix, bool Retryable);

/// <summary>The closed list of reason codes.</summary>
internal sealed record ReasonList(IReadOnlyList<ReasonEntry> Items);
