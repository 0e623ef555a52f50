using RetailInsight.Core.Canon.V1;

namespace RetailInsight.Gateway.Reconciliation;

/// <summary>One version of a receipt, as far as day totals are made of it. Amounts are micros.</summary>
internal sealed record DayFact
{
    public required Guid EventId { get; init; }

    public required Guid ContentHash { get; init; }

    public required string Store { get; init; }

    public required DateOnly BusinessDate { get; init; }

    public required TransactionKind Kind { get; init; }

    public required string Terminal { get; init; }

    public required string ReceiptNumber { get; init; }

    /// <summary>UTC.</summary>
    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>The receipt it takes back.</summary>
    public Guid? OriginalEventId { get; init; }

    /// <summary>How often it stood again in the payload it came in.</summary>
    public required int Repeats { get; init; }

    public required string Currency { get; init; }

    public required long Net { get; init; }

    public required long Tax { get; init; }

    public required long Gross { get; init; }

    /// <summary>By rate in basis points.</summary>
    public required IReadOnlyList<(int Rate, long Net, long Tax, long Gross)> Taxes { get; init; }

    public required IReadOnlyList<(string Method, long Amount)> Tenders { get; init; }

    public required int Revision { get; init; }

    /// <summary>When the version landed, UTC.</summary>
    public required DateTimeOffset IntroducedAt { get; init; }

    /// <summary>The payload it came in.</summary>
    public Guid? IngestionId { get; init; }

    /// <summary>Whether it is a sale or a return.</summary>
    public bool IsTurnover => Kind is TransactionKind.Sale or TransactionKind.Return;
}

/// <summary>A receipt that is held. Amounts are micros.</summary>
/// <param name="Reason">Code of its first reason.</param>
/// <param name="Key">Its business key as sent.</param>
/// <param name="StoreAsSent">What was sent to name store or register.</param>
/// <param name="Store">Its store, when it is known.</param>
/// <param name="BusinessDate">Its trading day, when it is known.</param>
/// <param name="Amount">What it states; null when that cannot be read.</param>
/// <param name="IngestionId">The payload it came in.</param>
internal sealed record HeldFact(string Reason, string Key, string? StoreAsSent, string? Store, DateOnly? BusinessDate, long? Amount, Guid IngestionId)
{
    /// <summary>Whether it is of that register, as far as its key says: register / date / number.</summary>
    public bool IsOf(string terminal) => StoreAsSent == terminal || Key.StartsWith(terminal + " / ", StringComparison.Ordinal) || Key.Contains(" / " + terminal + " / ", StringComparison.Ordinal);
}
