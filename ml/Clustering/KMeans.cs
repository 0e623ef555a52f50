using System.Numerics;
using System.Runtime.InteropServices;

namespace RetailInsight.Ml.Clustering;

/// <summary>Clusters and their means.</summary>
/// <param name="Labels">The cluster of each point, 0 to k − 1. A cluster is empty only where points lie at fewer than k places.</param>
/// <param name="Centres">The mean of each cluster; an estimate, in the units of the points.</param>
/// <param name="Inertia">Sum of squared distances of the points to the centres of their clusters.</param>
internal sealed record KMeansFit(int[] Labels, double[][] Centres, double Inertia);

/// <summary>
/// Lloyd's k-means from k-means++ starts, the best of many. Everything random comes from the seed, so the same points in the same
/// order give the same clusters, on however many cores. A missing coordinate (NaN) takes no part in a distance and none in a mean, so that it draws
/// a point nowhere; were it put at the middle, points that lack it would seem alike.
/// </summary>
internal static class KMeans
{
    /// <summary>How often it starts anew when nothing is said.</summary>
    public const int Starts = 30;

    private const int MostRounds = 300;

    // Below so many multiplications a round of all starts, handing them to other cores takes longer than doing them.
    private const long WorthSharing = 1_000_000;

    /// <summary>The cluster of each point, 0 to k − 1, with the least sum of squared distances to the cluster means found.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer points than clusters.</exception>
    public static int[] Cluster(double[][] points, int k, int seed) => Fit(points, k, seed).Labels;

    /// <summary>The clusters with the least inertia found; of equal ones those of the first start. Starts run on all cores.</summary>
    /// <param name="points">One a row, all of one length; NaN is a missing coordinate.</param>
    /// <param name="k">Number of clusters, from 1.</param>
    /// <param name="seed">Of everything random.</param>
    /// <param name="starts">How often to start anew, from 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer points than clusters, or no start.</exception>
    public static KMeansFit Fit(double[][] points, int k, int seed, int starts = Starts)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(k, points.Length);
        ArgumentOutOfRangeException.ThrowIfLessThan(starts, 1);
        var table = new PointTable(points);
        var random = new Random(seed);
        var seeds = Enumerable.Range(0, starts).Select(_ => random.Next()).ToArray();
        var fits = new KMeansFit[starts];
        if ((long)table.Values.Length * k * starts < WorthSharing)
        {
            for (var start = 0; start < starts; start++)
            {
                fits[start] = Lloyd(table, k, new Random(seeds[start]));
            }
        }
        else
        {
            Parallel.For(0, starts, start => fits[start] = Lloyd(table, k, new Random(seeds[start])));
        }

        return fits.MinBy(fit => fit.Inertia)!;
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

    private static KMeansFit Lloyd(PointTable points, int k, Random random)
    {
        var lanes = new CentreLanes(k, points.Width);
        var centres = new double[k * points.Width];
        foreach (var (centre, point) in PlusPlusStart.Choose(points, k, random).Index())
        {
            lanes.Set(centre, points.Row(point));
            points.Row(point).CopyTo(centres.AsSpan(centre * points.Width));
        }

        var (labels, next, distances) = (new int[points.PaddedCount], new int[points.PaddedCount], new double[points.PaddedCount]);
        Array.Fill(labels, -1);
        for (var round = 0; round <= MostRounds; round++)
        {
            lanes.Nearest(points, next, distances);
            (labels, next) = (next, labels);
            if (round == MostRounds || labels.AsSpan(0, points.Count).SequenceEqual(next.AsSpan(0, points.Count)))
            {
                break;
            }

            Refill(labels.AsSpan(0, points.Count), distances, k);
            SetMeans(points, labels, centres, k);
            for (var c = 0; c < k; c++)
            {
                lanes.Set(c, centres.AsSpan(c * points.Width, points.Width));
            }
        }

        var inertia = 0.0;
        for (var i = 0; i < points.Count; i++)
        {
            inertia += distances[i];
        }

        return new KMeansFit(labels[..points.Count], [.. centres.Chunk(points.Width)], inertia);
    }

    // A cluster that lost every point gets the one worst served by its own, unless it is alone there or served perfectly.
    private static void Refill(Span<int> labels, double[] distances, int k)
    {
        Span<int> sizes = k <= 256 ? stackalloc int[k] : new int[k];
        foreach (var label in labels)
        {
            sizes[label]++;
        }

        for (var empty = sizes.IndexOf(0); empty >= 0; empty = sizes.IndexOf(0))
        {
            var worst = -1;
            for (var i = 0; i < labels.Length; i++)
            {
                if (distances[i] > 0 && sizes[labels[i]] > 1 && (worst < 0 || distances[i] > distances[worst]))
                {
                    worst = i;
                }
            }

            if (worst < 0)
            {
                return;
            }

            sizes[labels[worst]]--;
            sizes[empty]++;
            (labels[worst], distances[worst]) = (empty, 0);
        }
    }

    // A centre without points stays; a coordinate that no member has lies at 0, where the scaling puts the median.
    private static void SetMeans(PointTable points, int[] labels, double[] centres, int k)
    {
        var width = points.Width;
        var (sums, sizes) = (new double[centres.Length], new int[k]);
        var known = points.HasMissing ? new int[centres.Length] : [];
        for (var i = 0; i < points.Count; i++)
        {
            var from = labels[i] * width;
            sizes[labels[i]]++;
            if (points.HasMissing)
            {
                AddKnown(points.Row(i), sums.AsSpan(from, width), known.AsSpan(from, width));
            }
            else
            {
                Add(points.Row(i), sums.AsSpan(from, width));
            }
        }

        for (var i = 0; i < centres.Length; i++)
        {
            var size = sizes[i / width];
            var divisor = points.HasMissing ? known[i] : size;
            centres[i] = size == 0 ? centres[i] : divisor == 0 ? 0 : sums[i] / divisor;
        }
    }

    private static void Add(ReadOnlySpan<double> row, Span<double> sums)
    {
        var values = MemoryMarshal.Cast<double, Vector<double>>(row);
        var totals = MemoryMarshal.Cast<double, Vector<double>>(sums);
        for (var i = 0; i < values.Length; i++)
        {
            totals[i] += values[i];
        }

        for (var i = values.Length * Vector<double>.Count; i < row.Length; i++)
        {
            sums[i] += row[i];
        }
    }

    private static void AddKnown(ReadOnlySpan<double> row, Span<double> sums, Span<int> known)
    {
        for (var i = 0; i < row.Length; i++)
        {
            if (!double.IsNaN(row[i]))
            {
                sums[i] += row[i];
                known[i]++;
            }
        }
    }
}
