namespace RetailInsight.Profiles;

/// <summary>What the records of a feed are.</summary>
public enum FeedContent
{
    /// <summary>Receipts with their lines.</summary>
    Transactions,

    /// <summary>Crossings counted at a door.</summary>
    PeopleCounts,

    /// <summary>What single persons did, as a camera says it.</summary>
    VisitorEvents,

    /// <summary>Which register stands in which store, and from when to when.</summary>
    PosMaster,

    /// <summary>Totals of a day as the vendor declares them.</summary>
    DeclaredTotals,
}
