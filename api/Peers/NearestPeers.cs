using System.ComponentModel;
using RetailInsight.Api.Similarity;

namespace RetailInsight.Api.Peers;

/// <summary>The answer of <c>GET /v1/peers/nearest</c>.</summary>
internal sealed record NearestPeers(
    [property: Description("Rises with every publication to the datamart.")] long DataVersion,
    string Store,
    [property: Description("The last day of the eight weeks that were looked at; null where stores were not compared yet.")] DateOnly? AsOf,
    [property: Description("At most ten, nearest first; empty where there are too few other stores.")] IReadOnlyList<NearestPeer> Peers);

/// <summary>A store near the one asked for, by what both are and not by what they achieve.</summary>
internal sealed record NearestPeer(
    [property: Description("1 for the nearest.")] int Rank,
    [property: Description("Code; null where you may not see the store.")] string? Store,
    [property: Description("Likewise.")] string? Name,
    [property: Description("Root of the mean squared difference of both, in robust standard deviations. " + SimilarityText.Rounded)] string Distance,
    [property: Description("Ids of /v1/features in which both are alike, the most telling first; at most three.")] IReadOnlyList<string> Alike,
    [property: Description("The feature in which they differ most; null where they differ much in none.")] string? Unlike)
{
    public static NearestPeer Of(NearStore near) => new(near.Rank, near.Store?.Code, near.Store?.Name, SimilarityText.Write(near.Distance)!, near.Alike, near.Unlike);
}
