using RetailInsight.Core.Features;
using RetailInsight.Ml.Features;

namespace RetailInsight.Ml.Peers;

/// <summary>A store that is like another.</summary>
/// <param name="Store">The store.</param>
/// <param name="Rank">1 for the nearest.</param>
/// <param name="Peer">Who is like it.</param>
/// <param name="Distance">Root of the mean squared difference in robust standard deviations, over what both have.</param>
/// <param name="Alike">The features in which both are alike, those first in which they are so unlike the rest; at most three.</param>
/// <param name="Unlike">The feature in which they differ most, if by more than a standard deviation; else null.</param>
internal sealed record StorePeer(string Store, int Rank, string Peer, double Distance, IReadOnlyList<string> Alike, string? Unlike);

/// <summary>
/// Finds the stores nearest to each by what stores are, never by what people in them achieve: compared by conversion, a store that
/// converts badly would only meet others that do.
/// </summary>
internal static class PeerFinder
{
    /// <summary>How many a store has.</summary>
    public const int Peers = 10;

    /// <summary>With fewer others there is nobody to be compared with.</summary>
    public const int FewestOthers = 3;

    /// <summary>The feature by which stores are large or small where it is known.</summary>
    public const string FloorArea = "floor_area";

    private const int Reasons = 3;
    private const double SameWithin = 0.7;
    private const double UnlikeFrom = 1;

    /// <summary>
    /// The nearest stores of every store, at most ten each, nearest first; equals by their codes. None where there are fewer than three others. A store that may not be compared has
    /// none and is nobody's.
    /// </summary>
    public static IReadOnlyList<StorePeer> Find(StoreProfiles profiles)
    {
        // Receipts and visitors are partly what people in a store achieve: they say how large it is only where nothing else does.
        var isMeasured = profiles.Knows(FloorArea);
        var (features, points) = profiles.Points(feature => feature.Kind == FeatureKind.Structural && !(isMeasured && IsTraffic(feature.Name)));
        var compared = Enumerable.Range(0, points.Length).Where(store => profiles.Periods[store].Exclusion is null).ToList();
        var places = features.Select(feature => profiles.Features.ToList().IndexOf(feature)).ToArray();
        return compared.Count <= FewestOthers || features.Count == 0 ? []
            : [.. compared.SelectMany(store => Nearest(points, compared, store).Select((near, at) => Describe(profiles, places, store, near.Peer, near.Distance, at + 1)))];
    }

    /// <summary>Whether a feature is receipts or visitors.</summary>
    public static bool IsTraffic(string feature) => feature is "receipts_per_day" or "visitors_per_day";

    private static IEnumerable<(int Peer, double Distance)> Nearest(double[][] points, List<int> compared, int store)
    {
        var known = points[store].Count(value => !double.IsNaN(value));
        return compared.Where(other => other != store)
            .Select(other => (Peer: other, Near: Distance(points[store], points[other])))
            .Where(other => other.Near.Shared * 2 > known)
            .Select(other => (other.Peer, other.Near.Distance))
            .OrderBy(other => other.Distance).ThenBy(other => other.Peer).Take(Peers);
    }

    // Over what both have, so that a store nobody measured in something is not near to all by it.
    private static (double Distance, int Shared) Distance(double[] left, double[] right)
    {
        var (sum, shared) = (0.0, 0);
        for (var i = 0; i < left.Length; i++)
        {
            var difference = left[i] - right[i];
            if (!double.IsNaN(difference))
            {
                sum += difference * difference;
                shared++;
            }
        }

        return (shared == 0 ? double.PositiveInfinity : Math.Sqrt(sum / shared), shared);
    }

    private static StorePeer Describe(StoreProfiles profiles, int[] places, int store, int peer, double distance, int rank)
    {
        var (own, other) = (profiles.Deviations[store], profiles.Deviations[peer]);
        var shared = places.Where(at => !double.IsNaN(own[at] - other[at])).ToList();
        var alike = shared.Where(at => Math.Abs(own[at] - other[at]) <= SameWithin).OrderByDescending(at => Math.Abs(own[at]) - Math.Abs(own[at] - other[at])).ThenBy(at => at).Take(Reasons);
        var unlike = shared.Where(at => Math.Abs(own[at] - other[at]) > UnlikeFrom).OrderByDescending(at => Math.Abs(own[at] - other[at])).ThenBy(at => at).Take(1);
        return new StorePeer(
            profiles.Periods[store].Store, rank, profiles.Periods[peer].Store, distance,
            [.. alike.Select(at => profiles.Features[at].Name)], unlike.Select(at => profiles.Features[at].Name).FirstOrDefault());
    }
}
