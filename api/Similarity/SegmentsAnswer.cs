using System.ComponentModel;
using RetailInsight.Api.Targets;

namespace RetailInsight.Api.Similarity;

/// <summary>The answer of <c>GET /v1/segments</c>.</summary>
internal sealed record SegmentsAnswer(
    [property: Description("Rises with every publication to the datamart.")] long DataVersion,
    [property: Description("The last day of the eight weeks that were looked at; null where stores were not compared yet.")] DateOnly? AsOf,
    [property: Description("Of a smaller group nothing is told that would say what a store is like that you may not see.")] int SmallestGroup,
    [property: Description("One a currency.")] IReadOnlyList<DivisionView> Divisions)
{
    public static SegmentsAnswer Of(long dataVersion, DateOnly? asOf, IReadOnlyList<StoreDivision> divisions) =>
        new(dataVersion, asOf, TargetReads.SmallestGroup, [.. divisions.Select(DivisionView.Of)]);
}

/// <summary>How the stores of one currency were divided.</summary>
internal sealed record DivisionView(
    [property: Description("ISO 4217 code.")] string Currency,
    [property: Description("How many groups are stable; 1 where none are.")] int StableSegments,
    [property: Description("too_few_points, nothing_stable, better_silhouette_unstable or best_silhouette_stable.")] string Reason,
    [property: Description("Every number of groups that was tried.")] IReadOnlyList<TriedView> ByNumber,
    [property: Description("The two axes of the picture.")] IReadOnlyList<AxisView> Axes,
    IReadOnlyList<SegmentView> Segments)
{
    public static DivisionView Of(StoreDivision division) => new(
        division.Currency, division.Stable, division.Reason,
        [.. division.Tried.Select(tried => new TriedView(tried.K, SimilarityText.Write(tried.Silhouette)!, SimilarityText.Write(tried.Agreement)!, SimilarityText.Write(tried.WorstJaccard)!, tried.Accepted))],
        [.. division.Axes.Select(axis => new AxisView(SimilarityText.Write(axis.Share)!, axis.Features, axis.Rising ?? []))],
        [.. division.Groups.Select(group => new SegmentView(
            group.Number, group.Describe("ja"), group.Describe("en"), group.Stores,
            [.. group.Traits.Select(trait => new TraitView(trait.Feature, SimilarityText.Write(trait.Deviation)!, SimilarityText.Write(trait.Ratio)))],
            [.. group.Named.Select(member => new SegmentStoreView(member.Store.Code, member.Store.Name, SimilarityText.Write(member.X)!, SimilarityText.Write(member.Y)!, member.Candidate))]))]);
}

/// <summary>One number of groups.</summary>
internal sealed record TriedView(
    [property: Description("Number of groups.")] int K,
    [property: Description("How clearly the stores are separated, -1 to 1. " + SimilarityText.Rounded)] string Silhouette,
    [property: Description("Mean adjusted Rand index between the division and those of samples of the stores. " + SimilarityText.Rounded)] string Agreement,
    [property: Description("How much of the least stable group samples find again: mean Jaccard similarity. " + SimilarityText.Rounded)] string WorstJaccard,
    [property: Description("Whether both are at least 0.6.")] bool Accepted);

/// <summary>An axis of the picture.</summary>
internal sealed record AxisView(
    [property: Description("Of all differences between the stores. " + SimilarityText.Rounded)] string Share,
    [property: Description("Ids of the features that make most of it.")] IReadOnlyList<string> Features,
    [property: Description("Those of them that grow along the axis.")] IReadOnlyList<string> Rising);

/// <summary>A group.</summary>
internal sealed record SegmentView(
    [property: Description("Kept from day to day as long as the group keeps its stores.")] int Segment,
    [property: Description("What it is like, in Japanese.")] string NameJa,
    [property: Description("What it is like, in English.")] string NameEn,
    [property: Description("How many stores it has.")] int StoreCount,
    [property: Description("In which it stands out, the most distinct first; empty too where the group is smaller than smallest_group and not all yours.")] IReadOnlyList<TraitView> Traits,
    [property: Description("Those you may see.")] IReadOnlyList<SegmentStoreView> Stores);

/// <summary>A feature in which a group stands out.</summary>
internal sealed record TraitView(
    [property: Description("Id of /v1/features.")] string Feature,
    [property: Description("Of the group's median from that of all stores, in robust standard deviations. " + SimilarityText.Rounded)] string Deviation,
    [property: Description("The group's median over that of all stores; null where that is no more than 0. " + SimilarityText.Rounded)] string? Ratio);

/// <summary>A store of a group.</summary>
internal sealed record SegmentStoreView(
    string Store, string Name,
    [property: Description("Its place in the picture.")] string X,
    [property: Description("Likewise.")] string Y,
    [property: Description("The segment it goes to if it is still nearest to it the next time; null for none.")] int? Candidate);
