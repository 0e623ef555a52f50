using System.ComponentModel;

namespace RetailInsight.Api.Similarity;

/// <summary>The answer of <c>GET /v1/store-profiles</c>.</summary>
internal sealed record ProfileList(
    [property: Description("Rises with every publication to the datamart.")] long DataVersion,
    [property: Description("The last day of the eight weeks that were looked at; null where stores were not compared yet.")] DateOnly? AsOf,
    IReadOnlyList<ProfileView> Items);

/// <summary>What a store is like.</summary>
internal sealed record ProfileView(
    string Store,
    [property: Description("ISO 4217 code of amounts.")] string Currency,
    [property: Description("Open days it was seen on.")] int Days,
    [property: Description("By id of /v1/features; null where there was too little evidence. " + SimilarityText.Rounded)] IReadOnlyDictionary<string, string?> Features)
{
    public static ProfileView Of(StoreProfile profile) => new(
        profile.Store, profile.Currency, profile.Days, profile.Features.ToDictionary(feature => feature.Key, feature => SimilarityText.Write(feature.Value), StringComparer.Ordinal));
}
