using System.Numerics;
using System.Runtime.InteropServices;

namespace RetailInsight.Ml.Clustering;

/// <summary>
/// First centres of k-means: k-means++ (Arthur and Vassilvitskii 2007), the greedy form of the same authors: of 2 + ⌊ln k⌋ points, each drawn
/// with a probability proportional to its squared distance to the centres so far, the one that leaves the least sum of squared
/// distances.
/// </summary>
internal static class PlusPlusStart
{
    /// <summary>Indices of k points; two may lie at the same place where there are fewer places than k.</summary>
    public static int[] Choose(PointTable points, int k, Random random)
    {
        var tries = 2 + (int)Math.Log(k);
        var chosen = new int[k];
        chosen[0] = random.Next(points.Count);
        var first = new CentreLanes(1, points.Width);
        first.Set(0, points.Row(chosen[0]));
        var left = new double[points.PaddedCount];
        first.Nearest(points, new int[points.PaddedCount], left);

        var candidates = new int[tries];
        var lanes = new CentreLanes(tries, points.Width);
        var distances = new double[points.PaddedCount * lanes.PaddedCount];
        var cumulated = new double[points.Count];
        for (var c = 1; c < k; c++)
        {
            Draw(left, cumulated, candidates, random);
            for (var i = 0; i < tries; i++)
            {
                lanes.Set(i, points.Row(candidates[i]));
            }

            lanes.Distances(points, distances);
            var best = Best(left, distances, lanes.PaddedCount, cumulated.Length, tries);
            chosen[c] = candidates[best];
            for (var i = 0; i < cumulated.Length; i++)
            {
                left[i] = Math.Min(left[i], distances[(i * lanes.PaddedCount) + best]);
            }
        }

        return chosen;
    }

    private static void Draw(double[] weights, double[] cumulated, int[] drawn, Random random)
    {
        var total = 0.0;
        for (var i = 0; i < cumulated.Length; i++)
        {
            total += weights[i];
            cumulated[i] = total;
        }

        for (var i = 0; i < drawn.Length; i++)
        {
            if (total == 0)
            {
                drawn[i] = random.Next(cumulated.Length);
                continue;
            }

            // The first whose sum is above, so that a point without weight is never drawn.
            var wanted = random.NextDouble() * total;
            var (low, high) = (0, cumulated.Length - 1);
            while (low < high)
            {
                var middle = (low + high) / 2;
                (low, high) = cumulated[middle] > wanted ? (low, middle) : (middle + 1, high);
            }

            drawn[i] = low;
        }
    }

    private static int Best(double[] left, double[] distances, int stride, int count, int tries)
    {
        var rows = MemoryMarshal.Cast<double, Vector<double>>(distances);
        var sums = new Vector<double>[stride / Vector<double>.Count];
        for (var i = 0; i < count; i++)
        {
            var own = new Vector<double>(left[i]);
            for (var block = 0; block < sums.Length; block++)
            {
                sums[block] += Vector.Min(own, rows[(i * sums.Length) + block]);
            }
        }

        var candidates = MemoryMarshal.Cast<Vector<double>, double>(sums)[..tries];
        var best = 0;
        for (var candidate = 1; candidate < tries; candidate++)
        {
            best = candidates[candidate] < candidates[best] ? candidate : best;
        }

        return best;
    }
}
