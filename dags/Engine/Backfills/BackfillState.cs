namespace RetailInsight.Dags.Engine.Backfills;

/// <summary>How a backfill stands.</summary>
public sealed record BackfillState
{
    /// <summary>Names it.</summary>
    public required long BackfillId { get; init; }

    /// <summary>Whose.</summary>
    public required string Tenant { get; init; }

    /// <summary>Its DAG.</summary>
    public required string DagId { get; init; }

    /// <summary>First trading day.</summary>
    public required DateOnly FirstDate { get; init; }

    /// <summary>Last trading day.</summary>
    public required DateOnly LastDate { get; init; }

    /// <summary>missing, failed, stale or all.</summary>
    public required string Selector { get; init; }

    /// <summary>newest_first, oldest_first or sequential.</summary>
    public required string Ordering { get; init; }

    /// <summary>Runs at once.</summary>
    public required int MaxActiveRuns { get; init; }

    /// <summary>running, paused, canceled or done.</summary>
    public required string State { get; init; }

    /// <summary>Who made it.</summary>
    public required string Actor { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }

    /// <summary>UTC.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>UTC; null while it is under way.</summary>
    public DateTime? EndedAt { get; init; }

    /// <summary>Days whose turn has not come.</summary>
    public required long Pending { get; init; }

    /// <summary>Days whose run is under way.</summary>
    public required long Submitted { get; init; }

    /// <summary>Days that are through.</summary>
    public required long Success { get; init; }

    /// <summary>Days whose run failed.</summary>
    public required long Failed { get; init; }

    /// <summary>Days that were given up.</summary>
    public required long Canceled { get; init; }
}

/// <summary>A day of a backfill that was made.</summary>
/// <param name="Position">Its place in the order, from 1.</param>
/// <param name="BusinessDate">Trading day.</param>
/// <param name="Stores">The stores concerned; null for all there is data of, empty where only the day as a whole is.</param>
/// <param name="State">pending, submitted, success, failed or canceled.</param>
/// <param name="RunId">Its latest run; null before its turn.</param>
public sealed record BackfillSlot(int Position, DateOnly BusinessDate, IReadOnlyList<string>? Stores, string State, long? RunId);
