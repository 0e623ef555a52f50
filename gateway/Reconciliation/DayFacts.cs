using RetailInsight.Core.Canon;
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
    /// <param name="until">As it was known then; null for now.</param>
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

/// <summary>Totals as the vendor declares them of a store-day, or of one register: reports of one day added up.</summary>
internal sealed record DeclaredDay
{
    public required string Vendor { get; init; }

    public required string Feed { get; init; }

    public required string Store { get; init; }

    public required DateOnly BusinessDate { get; init; }

    /// <summary>The register; null for the whole store.</summary>
    public string? Terminal { get; init; }

    public required IReadOnlyList<string> ReportNumbers { get; init; }

    public required int Revision { get; init; }

    /// <summary>When the newest report was received, UTC.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    public required IReadOnlyList<Guid> IngestionIds { get; init; }

    public required string Currency { get; init; }

    /// <summary>What is declared, in micros; receipts in units.</summary>
    public required IReadOnlyList<(Measure Measure, long Value)> Figures { get; init; }
}

/// <summary>A figure that can be declared.</summary>
/// <param name="Kind">As in answers.</param>
/// <param name="Rate">Basis points of a figure by tax rate.</param>
/// <param name="Tender">Of a figure by means of payment.</param>
internal readonly record struct Measure(string Kind, int? Rate = null, string? Tender = null)
{
    /// <summary>The figure of some receipts.</summary>
    public long Of(DayFact fact)
    {
        var (rate, tender) = (Rate, Tender);
        return Kind switch
        {
            "gross" => fact.Gross,
            "net" => fact.Net,
            "tax" => fact.Tax,
            "receipts" => 1,
            "rate_net" => fact.Taxes.Where(tax => tax.Rate == rate).Sum(tax => tax.Net),
            "rate_tax" => fact.Taxes.Where(tax => tax.Rate == rate).Sum(tax => tax.Tax),
            "rate_gross" => fact.Taxes.Where(tax => tax.Rate == rate).Sum(tax => tax.Gross),
            _ => fact.Tenders.Where(paid => paid.Method == tender).Sum(paid => paid.Amount),
        };
    }

    /// <summary>The figure as it stands in answers.</summary>
    public string Text(long value) => Kind == "receipts" ? value.ToString(System.Globalization.CultureInfo.InvariantCulture) : Money.Format(value);
}
