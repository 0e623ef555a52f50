namespace RetailInsight.Ml.Clustering;

/// <summary>
/// Lloyd's k-means from k-means++ starts (Arthur and Vassilvitskii 2007), the best of many. Everything random comes from the
/// seed, so the same points in the same order give the same clusters. A missing coordinate (NaN) takes no part in a distance
/// and none in a mean, so that it draws a point nowhere; were it put at the middle, points that lack it would seem alike.
/// </summary>
internal static class KMeans
{
    /// <summary>How often it starts anew.</summary>
    public const int Starts = 30;

    private const int MostRounds = 200;

    /// <summary>The cluster of each point, 0 to k − 1, with the least sum of squared distances to the cluster means found.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer points than clusters.</exception>
    public static int[] Cluster(double[][] points, int k, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(k, points.Length);
        var random = new Random(seed);
        var best = Array.Empty<int>();
        var least = double.PositiveInfinity;
        for (var start = 0; start < Starts; start++)
        {
            var (labels, inertia) = Lloyd(points, PlusPlus(points, k, random));
            if (inertia < least)
            {
                (best, least) = (labels, inertia);
            }
        }

        return best;
    }

    /// <summary>The squared Euclidean distance over the coordinates both have.</summary>
    public static double SquaredDistance(double[] left, double[] right)
    {
        var sum = 0.0;
        for (var i = 0; i < left.Length; i++)
        {
            var difference = left[i] - right[i];
            sum += double.IsNaN(difference) ? 0 : difference * difference;
        }

        return sum;
    }

    private static double[][] PlusPlus(double[][] points, int k, Random random)
    {
        var centres = new List<double[]> { Centre([points[random.Next(points.Length)]]) };
        var distances = points.Select(point => SquaredDistance(point, centres[0])).ToArray();
        while (centres.Count < k)
        {
            var chosen = Draw(distances, random);
            centres.Add(Centre([points[chosen]]));
            for (var i = 0; i < points.Length; i++)
            {
                distances[i] = Math.Min(distances[i], SquaredDistance(points[i], centres[^1]));
            }
        }

        return [.. centres];
    }

    private static int Draw(double[] weights, Random random)
    {
        var left = random.NextDouble() * weights.Sum();
        for (var i = 0; i < weights.Length; i++)
        {
            left -= weights[i];
            if (left < 0)
            {
                return i;
            }
        }

        return random.Next(weights.Length);
    }

    private static (int[] Labels, double Inertia) Lloyd(double[][] points, double[][] centres)
    {
        var labels = new int[points.Length];
        for (var round = 0; round < MostRounds; round++)
        {
            var moved = round == 0;
            for (var i = 0; i < points.Length; i++)
            {
                var nearest = Nearest(points[i], centres);
                moved |= nearest != labels[i];
                labels[i] = nearest;
            }

            if (!moved)
            {
                break;
            }

            centres = Means(points, labels, centres);
        }

        return (labels, points.Select((point, i) => SquaredDistance(point, centres[labels[i]])).Sum());
    }

    private static int Nearest(double[] point, double[][] centres)
    {
        var nearest = 0;
        var least = double.PositiveInfinity;
        for (var c = 0; c < centres.Length; c++)
        {
            var distance = SquaredDistance(point, centres[c]);
            if (distance < least)
            {
                (nearest, least) = (c, distance);
            }
        }

        return nearest;
    }

    private static double[][] Means(double[][] points, int[] labels, double[][] centres)
    {
        var means = new double[centres.Length][];
        for (var c = 0; c < centres.Length; c++)
        {
            var members = points.Where((_, i) => labels[i] == c).ToList();

            // A centre that lost every point moves to the point worst served by its own.
            means[c] = Centre(members.Count > 0
                ? members
                : [points.Select((point, i) => (point, Distance: SquaredDistance(point, centres[labels[i]]))).MaxBy(far => far.Distance).point]);
        }

        return means;
    }

    // A coordinate that no member has lies at 0, where the scaling puts the median.
    private static double[] Centre(List<double[]> members) =>
        [.. members[0].Select((_, dimension) => members.Select(point => point[dimension]).Where(value => !double.IsNaN(value)).DefaultIfEmpty(0).Average())];
}
