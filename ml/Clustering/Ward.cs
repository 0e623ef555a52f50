namespace RetailInsight.Ml.Clustering;

/// <summary>Two clusters that become one. Points are clusters 0 to n − 1, the cluster of the i-th merge is n + i.</summary>
/// <param name="First">The one with the smaller number.</param>
/// <param name="Second">The other.</param>
/// <param name="Height">√(2 × growth of the sum of squared distances to the cluster means); that of two points is their distance.</param>
internal readonly record struct WardMerge(int First, int Second, double Height);

/// <summary>
/// Hierarchical clustering that always merges the two clusters whose sum of squares grows least (Ward 1963), by chains of nearest neighbours
/// (Murtagh 1983) and the update of Lance and Williams (1967): time grows with the square of the number of points, and so does memory.
/// A missing coordinate (NaN) takes no part in the distance of two points.
/// </summary>
internal static class Ward
{
    /// <summary>The most points: their distances take 400 MB.</summary>
    public const int MostPoints = 10_000;

    /// <summary>The cluster of each point after n − k merges, 0 to k − 1 in the order of their first points.</summary>
    /// <param name="points">One a row, all of one length.</param>
    /// <param name="k">Number of clusters, from 1.</param>
    /// <param name="seed">Of no effect, nothing here is random; it makes the call alike to those of the other methods.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer points than clusters, or too many.</exception>
    public static int[] Cluster(double[][] points, int k, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(k, points.Length);
        var merges = Tree(points);
        var parents = Enumerable.Range(0, points.Length + merges.Count).ToArray();
        for (var i = 0; i < points.Length - k; i++)
        {
            parents[merges[i].First] = parents[merges[i].Second] = points.Length + i;
        }

        var numbers = new Dictionary<int, int>();
        var labels = new int[points.Length];
        for (var i = 0; i < labels.Length; i++)
        {
            var root = i;
            while (parents[root] != root)
            {
                root = parents[root];
            }

            numbers.TryAdd(root, numbers.Count);
            labels[i] = numbers[root];
        }

        return labels;
    }

    /// <summary>All merges from the lowest to the highest, one fewer than there are points.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are more than <see cref="MostPoints"/> points.</exception>
    public static IReadOnlyList<WardMerge> Tree(double[][] points)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(points.Length, MostPoints);
        var distances = new PairTable(points.Length);
        for (var i = 0; i < points.Length; i++)
        {
            for (var j = i + 1; j < points.Length; j++)
            {
                distances[i, j] = KMeans.SquaredDistance(points[i], points[j]);
            }
        }

        return Numbered(Chain(distances, points.Length), points.Length);
    }

    // Merges in the order in which chains end: each names one point of either cluster.
    private static List<(int First, int Second, double Squared)> Chain(PairTable distances, int count)
    {
        var sizes = Enumerable.Repeat(1, count).ToArray();
        var merges = new List<(int First, int Second, double Squared)>();
        var chain = new List<int>();
        while (merges.Count < count - 1)
        {
            if (chain.Count == 0)
            {
                chain.Add(Array.FindIndex(sizes, size => size > 0));
            }

            var last = chain[^1];
            var before = chain.Count > 1 ? chain[^2] : -1;
            var nearest = Nearest(distances, sizes, last, before);
            if (nearest != before)
            {
                chain.Add(nearest);
                continue;
            }

            chain.RemoveRange(chain.Count - 2, 2);
            merges.Add((before, last, distances[before, last]));
            Merge(distances, sizes, before, last);
        }

        return merges;
    }

    // Of equally near ones the one before in the chain, or it would never end.
    private static int Nearest(PairTable distances, int[] sizes, int of, int before)
    {
        var (nearest, least) = (before, before < 0 ? double.PositiveInfinity : distances[of, before]);
        for (var other = 0; other < sizes.Length; other++)
        {
            if (sizes[other] > 0 && other != of && (distances[of, other] < least || nearest < 0))
            {
                (nearest, least) = (other, distances[of, other]);
            }
        }

        return nearest;
    }

    // The merged cluster takes the place of the second.
    private static void Merge(PairTable distances, int[] sizes, int first, int second)
    {
        var between = distances[first, second];
        for (var other = 0; other < sizes.Length; other++)
        {
            if (sizes[other] > 0 && other != first && other != second)
            {
                double toFirst = sizes[first] + sizes[other], toSecond = sizes[second] + sizes[other];
                distances[other, second] = ((toFirst * distances[other, first]) + (toSecond * distances[other, second]) - (sizes[other] * between))
                    / (sizes[first] + sizes[second] + sizes[other]);
            }
        }

        (sizes[first], sizes[second]) = (0, sizes[first] + sizes[second]);
    }

    private static List<WardMerge> Numbered(List<(int First, int Second, double Squared)> merges, int count)
    {
        var result = new List<WardMerge>();

        // The cluster a point is in so far, found through points that were merged with it.
        var parents = Enumerable.Range(0, count).ToArray();
        var clusters = Enumerable.Range(0, count).ToArray();
        foreach (var merge in merges.OrderBy(merge => merge.Squared))
        {
            var (first, second) = (Root(parents, merge.First), Root(parents, merge.Second));
            result.Add(new WardMerge(Math.Min(clusters[first], clusters[second]), Math.Max(clusters[first], clusters[second]), Math.Sqrt(merge.Squared)));
            parents[first] = second;
            clusters[second] = count + result.Count - 1;
        }

        return result;
    }

    private static int Root(int[] parents, int point)
    {
        while (parents[point] != point)
        {
            point = parents[point] = parents[parents[point]];
        }

        return point;
    }

    // One number a pair, without order.
    private sealed class PairTable(int count)
    {
        private readonly double[] _values = new double[count * (count - 1) / 2];

        public double this[int left, int right]
        {
            get => _values[At(left, right)];
            set => _values[At(left, right)] = value;
        }

        private static int At(int left, int right) => left < right ? (right * (right - 1) / 2) + left : (left * (left - 1) / 2) + right;
    }
}
