namespace RetailInsight.Dags.Engine.Assets;

/// <summary>An asset and what it is made of.</summary>
public sealed record AssetLineage
{
    /// <summary>The asset.</summary>
    public required string Asset { get; init; }

    /// <summary><c>store_day</c> or <c>day</c>.</summary>
    public required string Grain { get; init; }

    /// <summary>The DAG that produces it; null for data that comes in.</summary>
    public string? DagId { get; init; }

    /// <summary>The task that does.</summary>
    public string? TaskId { get; init; }

    /// <summary>Where it stands.</summary>
    public required IReadOnlyList<string> Tables { get; init; }

    /// <summary>What it is made of.</summary>
    public required IReadOnlyList<string> Upstreams { get; init; }

    /// <summary>For each of them how many days before its own it reads.</summary>
    public required IReadOnlyList<int> DaysBefore { get; init; }
}
