namespace RetailInsight.Profiles.Definition;

/// <summary>How a receipt was paid: columns of the head, or elements of an array.</summary>
/// <param name="Path">The array; null for columns of the head.</param>
/// <param name="Each">The means of payment.</param>
internal sealed record TenderRules(string[]? Path, IReadOnlyList<TenderRule> Each)
{
    /// <summary>Of the head: what was given back in cash; null where amounts are what was kept.</summary>
    public Binding? Change { get; init; }

    /// <summary>CSV: columns a shop names itself, found in each file by pattern.</summary>
    public IReadOnlyList<TenderColumns> Columns { get; init; } = [];
}

/// <summary>One means of payment.</summary>
/// <param name="Method">Which.</param>
/// <param name="Amount">What was paid with it.</param>
/// <param name="EmptyIsRest">Without an amount it paid what the others left of the total, as registers print that only ask for the amount of cash.</param>
internal sealed record TenderRule(Binding Method, Binding Amount, bool EmptyIsRest);

/// <summary>One column a means of payment, whatever the shop calls them.</summary>
/// <param name="Prefix">What the column names begin with.</param>
/// <param name="Suffix">What they end with.</param>
/// <param name="Map">What the part between means; null keeps it as the method.</param>
internal sealed record TenderColumns(string Prefix, string Suffix, CodeMap? Map);
