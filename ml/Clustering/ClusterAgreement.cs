namespace RetailInsight.Ml.Clustering;

/// <summary>How alike two clusterings of the same points are; the numbers of the clusters do not matter.</summary>
internal static class ClusterAgreement
{
    /// <summary>
    /// The adjusted Rand index (Hubert and Arabie 1985): the share of pairs of points on which both agree, 1 when on all, 0 when on as many
    /// as chance would; below 0 when on fewer. 1 when both put all points together or all apart.
    /// </summary>
    /// <exception cref="ArgumentException">The clusterings are of different numbers of points.</exception>
    public static double AdjustedRand(IReadOnlyList<int> left, IReadOnlyList<int> right)
    {
        if (left.Count != right.Count)
        {
            throw new ArgumentException($"{left.Count} points against {right.Count}.", nameof(right));
        }

        var both = Pairs(left.Zip(right).CountBy(pair => pair).Select(cell => cell.Value));
        var (inLeft, inRight) = (Pairs(left.CountBy(label => label).Select(size => size.Value)), Pairs(right.CountBy(label => label).Select(size => size.Value)));
        var all = Pairs([left.Count]);
        var expected = all == 0 ? 0 : inLeft * inRight / all;
        var most = (inLeft + inRight) / 2;
        return most == expected ? 1 : (both - expected) / (most - expected);
    }

    /// <summary>
    /// For each cluster of the one clustering the Jaccard similarity of the other's cluster that matches it best (Hennig 2007): points in
    /// both over points in either.
    /// </summary>
    /// <returns>Cluster of <paramref name="of"/> → 0 to 1; a cluster without a point is not in it.</returns>
    /// <exception cref="ArgumentException">The clusterings are of different numbers of points.</exception>
    public static IReadOnlyDictionary<int, double> BestJaccard(IReadOnlyList<int> of, IReadOnlyList<int> against)
    {
        if (of.Count != against.Count)
        {
            throw new ArgumentException($"{of.Count} points against {against.Count}.", nameof(against));
        }

        var (sizes, others) = (of.CountBy(label => label).ToDictionary(), against.CountBy(label => label).ToDictionary());
        return of.Zip(against).CountBy(pair => pair).GroupBy(cell => cell.Key.First).ToDictionary(
            cells => cells.Key,
            cells => cells.Max(cell => cell.Value / (double)(sizes[cells.Key] + others[cell.Key.Second] - cell.Value)));
    }

    private static double Pairs(IEnumerable<int> sizes) => sizes.Sum(size => size * (size - 1.0) / 2);
}
