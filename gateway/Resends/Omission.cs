using System.Text.Json.Serialization;

namespace RetailInsight.Gateway.Resends;

/// <summary>Receipts of a store-day that the newest file of a feed that replaces no longer contains. They count until an operator confirms that they are gone.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Feed">The feed.</param>
/// <param name="Store">Store code.</param>
/// <param name="BusinessDate">Trading day.</param>
/// <param name="ReceiptId">The payload that no longer contains them.</param>
/// <param name="FoundAt">When it was found, UTC.</param>
/// <param name="State">
/// <c>open</c>; <c>confirmed</c>: withdrawn; <c>dismissed</c>: they stay; <c>settled</c>: a later file was compared in its place.
/// </param>
/// <param name="Receipts">How many receipts.</param>
/// <param name="Rows">Their source rows; null where some came before the feed replaced.</param>
/// <param name="Gross">What they count, in currency units, of sales and returns.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="DecidedBy">Who decided: the label of the key.</param>
/// <param name="DecidedAt">When it was decided or settled, UTC.</param>
/// <param name="ReplayId">The withdrawal: <c>GET /v1/quarantine/replays/{id}</c>.</param>
/// <param name="Text">What is to be decided, in the caller's language.</param>
internal sealed record Omission(
    long Id,
    string Feed,
    string Store,
    DateOnly BusinessDate,
    string ReceiptId,
    DateTimeOffset FoundAt,
    string State,
    int Receipts,
    long? Rows,
    string Gross,
    string Currency,
    string? DecidedBy,
    DateTimeOffset? DecidedAt,
    long? ReplayId,
    string Text)
{
    /// <summary>The receipts, up to 1,000; where one omission was asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<OmittedReceipt>? Omitted { get; init; }
}

/// <summary>A receipt that is no longer contained.</summary>
/// <param name="Terminal">The register.</param>
/// <param name="ReceiptNumber">Its number.</param>
/// <param name="OccurredAt">When it was printed, UTC.</param>
/// <param name="Gross">With tax, in currency units.</param>
/// <param name="ReceiptId">The payload it came in; null where that is not known.</param>
internal sealed record OmittedReceipt(string Terminal, string ReceiptNumber, DateTimeOffset OccurredAt, string Gross, string? ReceiptId);

/// <summary>A page of omissions, newest first.</summary>
internal sealed record OmissionPage(IReadOnlyList<Omission> Items, string? NextCursor);
