using RetailInsight.Api.Similarity;
using RetailInsight.Core.Features;
using RetailInsight.Ml.Features;

namespace RetailInsight.Tests.Ml;

public sealed class FeaturesAreDefined
{
    [Fact]
    public void What_is_computed_is_what_is_defined_in_both_languages()
    {
        Assert.Equal(FeatureDefinitions.Common, FeatureCatalogue.Common.Select(feature => feature.Definition));
        Assert.Equal(FeatureDefinitions.Common.Count, FeatureDefinitions.Common.Select(feature => feature.Name).Distinct().Count());
        Assert.All(FeatureDefinitions.Common.SelectMany(feature => new[] { feature.Japanese, feature.English }), words => Assert.All(
            [words.Name, words.Definition, words.More.Naming, words.More.Joined, words.Less.Naming, words.Less.Joined], text => Assert.False(string.IsNullOrWhiteSpace(text))));
        Assert.All(FeatureDefinitions.Common, feature => Assert.Equal(feature, FeatureDefinitions.Find(feature.Name)));
        Assert.Null(FeatureDefinitions.Find("no_such_feature"));
        Assert.Equal("雑誌の割合", FeatureDefinitions.Find("category_share:雑誌")!.In("ja").Name);
    }

    [Theory]
    [InlineData("Stores like most others", "平均的な店舗")]
    [InlineData("Weekend stores", "週末に強い店舗", "weekend_ratio", 1.2)]
    [InlineData("Weekend stores with large baskets", "週末に強く、客単価の高い店舗", "weekend_ratio", 1.2, "basket_value", 0.9)]
    [InlineData("Small stores with busy mornings and quiet weekends", "売場が狭く、朝に強く、平日に強い店舗", "floor_area", -1.5, "morning_share", 1.1, "weekend_ratio", -0.6)]
    [InlineData("雑誌 stores", "雑誌の多い店舗", "category_share:雑誌", 2.0)]
    public void A_group_is_named_as_a_manager_would(string english, string japanese, params object[] traits)
    {
        var group = new SimilarityGroup(0, 5, [.. traits.Chunk(2).Select(trait => new GroupTrait((string)trait[0], (double)trait[1], null))], [], null);
        Assert.Equal((english, japanese), (group.Describe("en"), group.Describe("ja")));
    }
}
