namespace RetailInsight.Dags.Engine.Assets;

/// <summary>An asset and what it is made of.</summary>
/// <param name="Asset">The asset.</param>
/// <param name="Grain"><c>store_day</c> or <c>day</c>.</param>
/// <param name="DagId">The DAG that produces it; null for data that comes in.</param>
/// <param name="TaskId">The task that does.</param>
/// <param name="Tables">Where it stands.</param>
/// <param name="Upstreams">What it is made of.</param>
/// <param name="DaysBefore">For each of them how many days before its own it reads.</param>
public sealed record AssetLineage(
    string Asset, string Grain, string? DagId, string? TaskId, IReadOnlyList<string> Tables, IReadOnlyList<string> Upstreams, IReadOnlyList<int> DaysBefore);
