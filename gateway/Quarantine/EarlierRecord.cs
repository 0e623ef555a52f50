using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Gateway.Landing;
using RetailInsight.Profiles;

namespace RetailInsight.Gateway.Quarantine;

/// <summary>A record that landed before, read again from its payload, so that it can be said again.</summary>
/// <param name="Candidate">What it is.</param>
/// <param name="Currency">Its currency; null where it is about no money.</param>
/// <param name="Money">What it amounts to.</param>
/// <param name="Add">Puts it with a revision into a message.</param>
internal sealed record EarlierRecord(
    Candidate Candidate, string? Currency, (long Net, long Tax, long Gross) Money, Func<BatchChunks, int, IEnumerable<(string Store, DateOnly BusinessDate)>, Id128> Add)
{
    /// <summary>The records of a payload that have versions of their own. Counts of running counters have none: they follow from readings.</summary>
    public static IEnumerable<EarlierRecord> Of(Conversion read) =>
    [
        .. read.Transactions.Select(one => new EarlierRecord(
            LandingWork.Of(one), one.Record.Currency, (one.Record.Net, one.Record.TaxTotal, one.Record.Gross), (chunks, revision, touched) => chunks.Add(one.Record, one.ContentHash, revision, touched))),
        .. read.PeopleCounts.Select(one => new EarlierRecord(LandingWork.Of(one), null, default, (chunks, revision, touched) => chunks.Add(one.Record, one.ContentHash, revision, touched))),
        .. read.VisitorEvents.Select(one => new EarlierRecord(LandingWork.Of(one), null, default, (chunks, revision, touched) => chunks.Add(one.Record, one.ContentHash, revision, touched))),
    ];

    /// <summary>Says it again.</summary>
    /// <param name="chunks">The messages.</param>
    /// <param name="revision">Its new revision.</param>
    /// <param name="decision">Knows what landed before.</param>
    public NewIdentity SayAgain(BatchChunks chunks, int revision, LandingDecision decision) =>
        new(Candidate, revision, Add(chunks, revision, decision.AlsoTouched(Candidate)), Returns: true);
}
