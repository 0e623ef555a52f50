using RetailInsight.Core.Canon;

namespace RetailInsight.Gateway.Reconciliation;

/// <summary>Something in the data that would make declared and counted totals differ.</summary>
/// <param name="Code">Name of the cause.</param>
/// <param name="Parts">What it adds to declared less counted, in the order of the measures; null where the data do not say.</param>
/// <param name="Count">Receipts concerned.</param>
/// <param name="Text">In English and Japanese.</param>
/// <param name="Evidence">The receipts.</param>
internal sealed record PossibleCause(string Code, long?[] Parts, int Count, CauseText Text, IReadOnlyList<CauseReceipt> Evidence)
{
    /// <summary>Most receipts shown as evidence.</summary>
    public const int MostEvidence = 50;

    /// <summary>A receipt as evidence.</summary>
    public static CauseReceipt Receipt(DayFact fact) => new(
        fact.BusinessDate, fact.Terminal, fact.ReceiptNumber, fact.OccurredAt, Money.Format(fact.Gross), fact.IngestionId is { } id ? Id128.FromGuid(id).ToString() : null);
}

/// <summary>
/// Finds which of the possible causes make up a difference: the fewest whose parts are exactly the difference in every measure. A
/// difference that is declared in one figure only could be met by chance, so the more kinds of figures are declared, the more
/// causes may act together.
/// </summary>
/// <param name="measures">The declared measures; the first is the one that is explained above all.</param>
/// <param name="difference">Declared less counted, in their order.</param>
internal sealed class CauseSearch(IReadOnlyList<Measure> measures, long[] difference)
{
    private const int MostTogether = 3;

    /// <summary>How many causes may act together.</summary>
    public int Together { get; } = Math.Min(
        MostTogether, measures.Select(measure => measure.Kind.StartsWith("rate", StringComparison.Ordinal) || measure.Kind == "tax" ? "rate" : measure.Kind is "gross" or "net" ? "money" : measure.Kind).Distinct().Count());

    /// <summary>The causes that are exactly the difference; null when there are none. Of each family at most one acts.</summary>
    public List<PossibleCause>? Exact(IReadOnlyList<IReadOnlyList<PossibleCause>> families)
    {
        for (var count = 1; count <= Math.Min(Together, families.Count); count++)
        {
            if (Find(families, 0, count, []) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>What the causes leave, in the order of the measures; 0 where one of them has no known part.</summary>
    public long[] Rest(IReadOnlyList<PossibleCause> causes)
    {
        var rest = (long[])difference.Clone();
        for (var i = 0; i < rest.Length; i++)
        {
            foreach (var cause in causes)
            {
                if (cause.Parts[i] is not { } part)
                {
                    rest[i] = 0;
                    break;
                }

                rest[i] -= part;
            }
        }

        return rest;
    }

    /// <summary>The causes with a part of every measure: what is not known of one is what the others leave of the difference.</summary>
    public IReadOnlyList<long[]> Settle(IReadOnlyList<PossibleCause> causes)
    {
        var settled = causes.Select(cause => Array.ConvertAll(cause.Parts, part => part ?? 0)).ToList();
        for (var i = 0; i < difference.Length; i++)
        {
            if (causes.Select((cause, at) => cause.Parts[i] is null ? at : -1).FirstOrDefault(at => at >= 0, -1) is >= 0 and var open)
            {
                settled[open][i] = difference[i] - settled.Sum(parts => parts[i]);
            }
        }

        return settled;
    }

    private List<PossibleCause>? Find(IReadOnlyList<IReadOnlyList<PossibleCause>> families, int from, int left, List<PossibleCause> chosen)
    {
        for (var at = from; at <= families.Count - left; at++)
        {
            foreach (var cause in families[at])
            {
                chosen.Add(cause);
                if (left == 1 ? Rest(chosen).AsSpan().IndexOfAnyExcept(0L) < 0 : Find(families, at + 1, left - 1, chosen) is not null)
                {
                    return chosen;
                }

                chosen.RemoveAt(chosen.Count - 1);
            }
        }

        return null;
    }
}
