using System.Security.Cryptography;
using System.Text;

namespace RetailInsight.Ml.Review;

/// <summary>Something a person could be asked to look at.</summary>
/// <param name="Reason">Why: low_confidence, wide_range, missed_range, group_change, far_from_group, fallback or outside_training.</param>
/// <param name="Store">Store code.</param>
/// <param name="Subject">net_sales, visitors or group.</param>
/// <param name="Date">The trading day it is about.</param>
/// <param name="Uncertainty">Among candidates of one reason the larger is the more uncertain.</param>
/// <param name="Detail">What is known of it, a JSON object.</param>
internal sealed record ReviewCandidate(string Reason, string Store, string Subject, DateOnly Date, double Uncertainty, string Detail);

/// <summary>A candidate that was picked.</summary>
/// <param name="Candidate">Which.</param>
/// <param name="Chance">How likely it was to be picked: what is found weighs one over it where it is to speak for all candidates.</param>
internal sealed record PickedCase(ReviewCandidate Candidate, double Chance);

/// <summary>
/// Picks what people are asked to look at: so many a reason and night, at most one a store. Most are the most uncertain; some are drawn, so that labels can be carried over
/// to what nobody looks at. The same night draws the same.
/// </summary>
internal static class ReviewChoice
{
    /// <summary>Cases a reason and night.</summary>
    public const int Quota = 5;

    private const int MostUncertain = 3;

    /// <summary>Picks of the candidates of one reason.</summary>
    /// <param name="tenant">Whose they are.</param>
    /// <param name="asOf">Of which night.</param>
    /// <param name="candidates">In any order.</param>
    public static IReadOnlyList<PickedCase> Pick(string tenant, DateOnly asOf, IEnumerable<ReviewCandidate> candidates)
    {
        var byStore = candidates.GroupBy(one => one.Store, StringComparer.Ordinal).Select(store => store.OrderByDescending(one => one.Uncertainty).ThenBy(one => one.Subject, StringComparer.Ordinal).First())
            .OrderByDescending(one => one.Uncertainty).ThenBy(one => one.Store, StringComparer.Ordinal).ToList();
        if (byStore.Count <= Quota)
        {
            return [.. byStore.Select(one => new PickedCase(one, 1))];
        }

        var rest = byStore[MostUncertain..].OrderBy(one => one.Store, StringComparer.Ordinal).ToArray();
        new Random(BitConverter.ToInt32(SHA256.HashData(Encoding.UTF8.GetBytes($"{tenant}\n{asOf:yyyy-MM-dd}\n{rest[0].Reason}")))).Shuffle(rest);
        const int Drawn = Quota - MostUncertain;
        return [.. byStore.Take(MostUncertain).Select(one => new PickedCase(one, 1)), .. rest.Take(Drawn).Select(one => new PickedCase(one, Drawn / (double)rest.Length))];
    }
}
