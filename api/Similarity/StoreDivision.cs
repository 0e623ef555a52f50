using RetailInsight.Api.Stores;
using RetailInsight.Core.Features;

namespace RetailInsight.Api.Similarity;

/// <summary>How the stores of one currency were divided into groups.</summary>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="Stable">How many groups the stores of that day were found to form; 1 where none are stable.</param>
/// <param name="Reason"><c>too_few_points</c>, <c>nothing_stable</c>, <c>better_silhouette_unstable</c> or <c>best_silhouette_stable</c>.</param>
/// <param name="Tried">Every number of groups that was tried, from 2.</param>
/// <param name="Axes">Of the picture, the one that runs to the right first.</param>
/// <param name="Groups">By number.</param>
internal sealed record StoreDivision(
    string Currency, int Stable, string Reason, IReadOnlyList<TriedNumber> Tried, IReadOnlyList<PictureAxis> Axes, IReadOnlyList<SimilarityGroup> Groups)
{
    /// <summary>The group of a store the reader may see; null for none.</summary>
    public SimilarityGroup? GroupOf(string store) => Groups.FirstOrDefault(group => group.Named.Any(member => member.Store.Code == store));
}

/// <summary>How good and how stable one number of groups is.</summary>
/// <param name="K">The number.</param>
/// <param name="Silhouette">How clearly it separates the stores, −1 to 1.</param>
/// <param name="Agreement">How alike the divisions of samples are: mean adjusted Rand index.</param>
/// <param name="WorstJaccard">How much of the least stable group is found again in samples, 0 to 1.</param>
/// <param name="Accepted">Whether both are at least <see cref="Enough"/>.</param>
internal sealed record TriedNumber(int K, double Silhouette, double Agreement, double WorstJaccard, bool Accepted)
{
    /// <summary>Groups that are found again less often would name other stores tomorrow.</summary>
    public const decimal Enough = 0.6m;

    /// <summary>The lower of the two measures of stability.</summary>
    public decimal Stability => (decimal)Math.Min(Agreement, WorstJaccard);
}

/// <summary>An axis of the picture.</summary>
/// <param name="Share">Of the differences between the stores.</param>
/// <param name="Features">That make most of it.</param>
/// <param name="Rising">Those of them that grow along it; null of days before it was noted.</param>
internal sealed record PictureAxis(double Share, IReadOnlyList<string> Features, IReadOnlyList<string>? Rising = null);

/// <summary>A feature in which a group differs from the other stores.</summary>
/// <param name="Feature">Its name.</param>
/// <param name="Deviation">Of the group's median from that of all stores, in robust standard deviations.</param>
/// <param name="Ratio">The group's median over that of all stores; null where that is no more than 0.</param>
internal sealed record GroupTrait(string Feature, double Deviation, double? Ratio);

/// <summary>Stores that resemble each other.</summary>
/// <param name="Number">Never given to another group again.</param>
/// <param name="Stores">How many there are.</param>
/// <param name="Traits">In which it stands out, the most distinct first; empty also where the group is so small that they would tell what somebody else's store is like.</param>
/// <param name="Named">Stores of the group the reader may see.</param>
/// <param name="Middle">Where it lies in the picture; null where that would tell.</param>
internal sealed record SimilarityGroup(int Number, int Stores, IReadOnlyList<GroupTrait> Traits, IReadOnlyList<GroupMember> Named, (double X, double Y, double Reach)? Middle)
{
    /// <summary>What the group is called: weekend stores with large baskets.</summary>
    /// <param name="language"><c>ja</c> or <c>en</c>.</param>
    public string Describe(string language)
    {
        var phrases = Traits.Select(trait => (Words: FeatureDefinitions.Find(trait.Feature)?.In(language), IsMore: trait.Deviation > 0))
            .Select(trait => trait.IsMore ? trait.Words?.More : trait.Words?.Less).OfType<FeaturePhrase>().ToList();
        return (phrases, language) switch
        {
            ([], "en") => "Stores like most others",
            ([], _) => "平均的な店舗",
            (_, "en") => phrases[0].Naming + " stores" + (phrases.Count == 1 ? "" : " with " + string.Join(" and ", phrases.Skip(1).Select(phrase => phrase.Joined))),
            _ => string.Concat(phrases.SkipLast(1).Select(phrase => phrase.Joined + "、")) + phrases[^1].Naming + "店舗",
        };
    }
}

/// <summary>A store of a group.</summary>
/// <param name="Store">Which.</param>
/// <param name="X">Its place in the picture.</param>
/// <param name="Y">Likewise.</param>
/// <param name="Candidate">The group it would go to if it is still nearest to it next time; null for none.</param>
internal sealed record GroupMember(Store Store, double X, double Y, int? Candidate);
