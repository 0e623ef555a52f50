using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RetailInsight.Ml.Clustering;

/// <summary>
/// Centres side by side in the lanes of vectors, so that a point is compared with several at once. Each distance is summed
/// coordinate by coordinate without fused operations: it is the same to the last bit on every processor, however wide its vectors are.
/// </summary>
internal sealed class CentreLanes
{
    /// <summary>Points compared at once: enough independent sums to keep the arithmetic units busy.</summary>
    public const int RowsAtOnce = 4;

    private readonly int _width;

    // Block by block, coordinate by coordinate.
    private readonly Vector<double>[] _lanes;

    /// <summary>Room for centres; <see cref="Set"/> fills it.</summary>
    /// <param name="count">Number of centres.</param>
    /// <param name="width">Coordinates a centre.</param>
    public CentreLanes(int count, int width)
    {
        (Blocks, _width) = ((count + Vector<double>.Count - 1) / Vector<double>.Count, width);
        _lanes = new Vector<double>[Blocks * width];

        // What fills up the last block is infinitely far away.
        Array.Fill(_lanes, new Vector<double>(double.PositiveInfinity));
    }

    /// <summary>Centres with those that fill up the last vector.</summary>
    public int PaddedCount => Blocks * Vector<double>.Count;

    private int Blocks { get; }

    /// <summary>Puts a centre; a missing coordinate lies at 0, where the scaling puts the median.</summary>
    public void Set(int centre, ReadOnlySpan<double> coordinates)
    {
        var (block, lane) = Math.DivRem(centre, Vector<double>.Count);
        var values = MemoryMarshal.Cast<Vector<double>, double>(_lanes.AsSpan(block * _width, _width));
        for (var i = 0; i < coordinates.Length; i++)
        {
            values[(i * Vector<double>.Count) + lane] = double.IsNaN(coordinates[i]) ? 0 : coordinates[i];
        }
    }

    /// <summary>The squared distance of every point to every centre, over the coordinates the point has.</summary>
    /// <param name="points">The points.</param>
    /// <param name="distances">Row by row, <see cref="PaddedCount"/> a row, for all padded rows.</param>
    public void Distances(PointTable points, Span<double> distances)
    {
        var result = MemoryMarshal.Cast<double, Vector<double>>(distances);
        for (var row = 0; row < points.PaddedCount; row += RowsAtOnce)
        {
            for (var block = 0; block < Blocks; block++)
            {
                Sum(points, row, block, out var first, out var second, out var third, out var fourth);
                result[(row * Blocks) + block] = first;
                result[((row + 1) * Blocks) + block] = second;
                result[((row + 2) * Blocks) + block] = third;
                result[((row + 3) * Blocks) + block] = fourth;
            }
        }
    }

    /// <summary>The nearest centre of every point, the first of equally near ones, and its squared distance.</summary>
    /// <param name="points">The points.</param>
    /// <param name="nearest">One a padded row.</param>
    /// <param name="distances">One a padded row.</param>
    public void Nearest(PointTable points, Span<int> nearest, Span<double> distances)
    {
        for (var row = 0; row < points.PaddedCount; row += RowsAtOnce)
        {
            Sum(points, row, 0, out var first, out var second, out var third, out var fourth);
            Vector<long> firstAt = default, secondAt = default, thirdAt = default, fourthAt = default;
            for (var block = 1; block < Blocks; block++)
            {
                Sum(points, row, block, out var nextFirst, out var nextSecond, out var nextThird, out var nextFourth);
                var at = new Vector<long>(block);
                Keep(ref first, ref firstAt, nextFirst, at);
                Keep(ref second, ref secondAt, nextSecond, at);
                Keep(ref third, ref thirdAt, nextThird, at);
                Keep(ref fourth, ref fourthAt, nextFourth, at);
            }

            (nearest[row], distances[row]) = Least(first, firstAt);
            (nearest[row + 1], distances[row + 1]) = Least(second, secondAt);
            (nearest[row + 2], distances[row + 2]) = Least(third, thirdAt);
            (nearest[row + 3], distances[row + 3]) = Least(fourth, fourthAt);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Keep(ref Vector<double> least, ref Vector<long> at, Vector<double> next, Vector<long> block)
    {
        var nearer = Vector.LessThan(next, least);
        least = Vector.ConditionalSelect(nearer, next, least);
        at = Vector.ConditionalSelect(nearer, block, at);
    }

    private static (int Centre, double Distance) Least(Vector<double> distances, Vector<long> blocks)
    {
        var (centre, least) = ((int)blocks[0] * Vector<double>.Count, distances[0]);
        for (var lane = 1; lane < Vector<double>.Count; lane++)
        {
            var candidate = ((int)blocks[lane] * Vector<double>.Count) + lane;
            if (distances[lane] < least || (distances[lane] == least && candidate < centre))
            {
                (centre, least) = (candidate, distances[lane]);
            }
        }

        return (centre, least);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Sum(PointTable points, int row, int block, out Vector<double> first, out Vector<double> second, out Vector<double> third, out Vector<double> fourth)
    {
        var lanes = _lanes.AsSpan(block * _width, _width);
        if (points.HasMissing)
        {
            first = SumOfKnown(points.Row(row), lanes);
            second = SumOfKnown(points.Row(row + 1), lanes);
            third = SumOfKnown(points.Row(row + 2), lanes);
            fourth = SumOfKnown(points.Row(row + 3), lanes);
            return;
        }

        Vector<double> a = default, b = default, c = default, d = default;
        ReadOnlySpan<double> one = points.Row(row), two = points.Row(row + 1), three = points.Row(row + 2), four = points.Row(row + 3);
        for (var i = 0; i < lanes.Length && i < one.Length && i < two.Length && i < three.Length && i < four.Length; i++)
        {
            var centre = lanes[i];
            var toFirst = new Vector<double>(one[i]) - centre;
            var toSecond = new Vector<double>(two[i]) - centre;
            var toThird = new Vector<double>(three[i]) - centre;
            var toFourth = new Vector<double>(four[i]) - centre;
            a += toFirst * toFirst;
            b += toSecond * toSecond;
            c += toThird * toThird;
            d += toFourth * toFourth;
        }

        (first, second, third, fourth) = (a, b, c, d);
    }

    private static Vector<double> SumOfKnown(ReadOnlySpan<double> point, ReadOnlySpan<Vector<double>> lanes)
    {
        var sum = Vector<double>.Zero;
        for (var i = 0; i < point.Length; i++)
        {
            if (!double.IsNaN(point[i]))
            {
                var difference = new Vector<double>(point[i]) - lanes[i];
                sum += difference * difference;
            }
        }

        return sum;
    }
}
