using System.ComponentModel;
using RetailInsight.Core.Features;

namespace RetailInsight.Api.Similarity;

/// <summary>The answer of <c>GET /v1/features</c>.</summary>
internal sealed record FeatureList(
    [property: Description("What every company has; category_share:{category} comes for each of its five largest categories.")] IReadOnlyList<FeatureView> Items)
{
    public static FeatureList All { get; } = new([.. FeatureDefinitions.Common.Append(FeatureDefinitions.Category("{category}")).Select(feature => new FeatureView(
        feature.Name, feature.Group, feature.Kind.ToString().ToLowerInvariant(), feature.Unit,
        feature.Japanese.Name, feature.English.Name, feature.Japanese.Definition, feature.English.Definition))]);
}

/// <summary>What a feature means.</summary>
internal sealed record FeatureView(
    [property: Description("What other answers call it.")] string Feature,
    [property: Description("Features of one group weigh together as much as one that stands alone.")] string Group,
    [property: Description("structural: what the store is, by which peers are found; controllable: what people in it can move; outcome: what comes of both.")] string Kind,
    [property: Description("currency, ratio or what is counted.")] string Unit,
    string NameJa, string NameEn, string DefinitionJa, string DefinitionEn);
