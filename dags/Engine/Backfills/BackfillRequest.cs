namespace RetailInsight.Dags.Engine.Backfills;

/// <summary>Which partitions of the span a backfill computes.</summary>
public enum BackfillSelector
{
    /// <summary>Those there is data of and nothing was published for.</summary>
    Missing,

    /// <summary>Those whose latest run did not end well.</summary>
    Failed,

    /// <summary>Those made of something that has changed since.</summary>
    Stale,

    /// <summary>All there is data of.</summary>
    All,
}

/// <summary>In which order.</summary>
public enum BackfillOrder
{
    /// <summary>The latest day first.</summary>
    NewestFirst,

    /// <summary>The first day first.</summary>
    OldestFirst,

    /// <summary>The first day first, each when the one before has ended well; a failure pauses the backfill.</summary>
    Sequential,
}

/// <summary>What to compute again.</summary>
/// <param name="Tenant">Whose.</param>
/// <param name="DagId">By which DAG; its runs must work on a trading day of a tenant.</param>
/// <param name="From">First trading day.</param>
/// <param name="To">Last trading day.</param>
/// <param name="Selector">Which of them.</param>
/// <param name="Order">In which order.</param>
/// <param name="MaxActiveRuns">How many runs at once; 1 for a sequential one.</param>
/// <param name="Stores">Only these stores; null for all.</param>
public sealed record BackfillRequest(
    string Tenant, string DagId, DateOnly From, DateOnly To, BackfillSelector Selector, BackfillOrder Order = BackfillOrder.NewestFirst, int MaxActiveRuns = 2, IReadOnlyList<string>? Stores = null);
