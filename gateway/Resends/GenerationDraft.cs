using RetailInsight.Core.Canon;
using RetailInsight.Gateway.Landing;
using RetailInsight.Profiles;

namespace RetailInsight.Gateway.Resends;

/// <summary>What a payload of a feed that replaces contains; kept for the comparison with earlier and later ones.</summary>
internal sealed class GenerationDraft
{
    private readonly Dictionary<Id128, Contained> _receipts = [];

    /// <summary>The receipts by event id, those held whose id can be told among them.</summary>
    public IReadOnlyDictionary<Id128, Contained> Receipts => _receipts;

    /// <summary>Adds a receipt with its verdict.</summary>
    public void Add(Converted<Transaction> converted, Verdict verdict) => _receipts.TryAdd(
        converted.Record.EventId,
        new Contained(converted.Record.Store, converted.Record.BusinessDate, converted.Rows, verdict switch
        {
            Verdict.Accepted => "accepted",
            Verdict.Superseding => "superseding",
            Verdict.Outdated => "outdated",
            _ => "duplicate",
        }));

    /// <summary>Adds what is held: it is contained although it cannot be read.</summary>
    public void Add(Held held)
    {
        if (!held.EventId.IsNone)
        {
            _receipts.TryAdd(held.EventId, new Contained(held.Store, held.BusinessDate, held.Rows, null));
        }
    }

    /// <summary>One receipt; the verdict is null where it is held.</summary>
    internal readonly record struct Contained(string? Store, DateOnly? BusinessDate, int Rows, string? Verdict);
}
