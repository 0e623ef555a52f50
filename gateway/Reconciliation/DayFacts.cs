using RetailInsight.Core.Canon.V1;

namespace RetailInsight.Gateway.Reconciliation;

/// <summary>
/// The versions of the receipts of a store and some days, what takes them back, and what is held. Which version counts is the rule of
/// the warehouse: the newest revision, without sales a void takes back.
/// </summary>
internal sealed class DayFacts
{
    private readonly Dictionary<Guid, List<DayFact>> _versions;
    private readonly ILookup<Guid, DayFact> _voids;

    /// <param name="facts">Versions that were neither withdrawn nor outdated.</param>
    /// <param name="withdrawnAt">Events whose newest revision is withdrawn: nothing of them counts.</param>
    /// <param name="held">What is held.</param>
    public DayFacts(IEnumerable<DayFact> facts, IReadOnlySet<Guid> withdrawnAt, IReadOnlyList<HeldFact> held)
    {
        _versions = facts.Where(fact => !withdrawnAt.Contains(fact.EventId)).GroupBy(fact => fact.EventId)
            .ToDictionary(group => group.Key, group => group.OrderBy(fact => fact.Revision).ToList());
        _voids = _versions.Values.SelectMany(versions => versions)
            .Where(fact => fact is { Kind: TransactionKind.Void, OriginalEventId: not null }).ToLookup(fact => fact.OriginalEventId!.Value);
        Held = held;
    }

    /// <summary>What is held of the store and days, and of no store.</summary>
    public IReadOnlyList<HeldFact> Held { get; }

    /// <summary>The newest versions of a day, whatever their kind.</summary>
    /// <param name="date">The trading day.</param>
    /// <param name="terminal">One register; null for all.</param>
    /// <param name="until">Versions that landed later are left out; null for none left out.</param>
    public IEnumerable<DayFact> Current(DateOnly date, string? terminal, DateTimeOffset? until = null) => _versions.Values
        .Select(versions => Newest(versions, until)).OfType<DayFact>()
        .Where(fact => fact.BusinessDate == date && (terminal is null || fact.Terminal == terminal));

    /// <summary>The sales and returns that count, in the order they happened.</summary>
    public List<DayFact> Counted(DateOnly date, string? terminal, DateTimeOffset? until = null) =>
        [.. Current(date, terminal, until).Where(fact => fact.IsTurnover && VoidOf(fact, until) is null).OrderBy(fact => fact.OccurredAt).ThenBy(fact => fact.ReceiptNumber, StringComparer.Ordinal)];

    /// <summary>The void that takes a receipt back; null when none does.</summary>
    public DayFact? VoidOf(DayFact receipt, DateTimeOffset? until = null) => _voids[receipt.EventId]
        .FirstOrDefault(one => Newest(_versions[one.EventId], until) is { } newest && newest.ContentHash == one.ContentHash);

    /// <summary>The newest version of an event; null when it is not known here.</summary>
    public DayFact? Newest(Guid eventId) => _versions.TryGetValue(eventId, out var versions) ? versions[^1] : null;

    private static DayFact? Newest(List<DayFact> versions, DateTimeOffset? until) =>
        until is null ? versions[^1] : versions.FindLast(version => version.IntroducedAt <= until);
}
