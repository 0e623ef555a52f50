namespace RetailInsight.Ml.Clustering;

/// <summary>
/// Points as one contiguous row-major array, a row a point; NaN is a missing coordinate. Rows of zeros fill it up to a whole number of
/// <see cref="CentreLanes.RowsAtOnce"/>, so that distances are taken of so many rows at once.
/// </summary>
internal sealed class PointTable
{
    /// <summary>Copies the points.</summary>
    /// <exception cref="ArgumentException">The points have different numbers of coordinates.</exception>
    public PointTable(double[][] points)
    {
        (Count, Width) = (points.Length, points.Length == 0 ? 0 : points[0].Length);
        PaddedCount = (Count + CentreLanes.RowsAtOnce - 1) / CentreLanes.RowsAtOnce * CentreLanes.RowsAtOnce;
        Values = new double[PaddedCount * Width];
        for (var i = 0; i < Count; i++)
        {
            if (points[i].Length != Width)
            {
                throw new ArgumentException($"Point {i} has {points[i].Length} coordinates, the first has {Width}.", nameof(points));
            }

            points[i].CopyTo(Values, i * Width);
        }

        HasMissing = Values.Any(double.IsNaN);
    }

    /// <summary>Number of points.</summary>
    public int Count { get; }

    /// <summary>Number of rows with those that fill up.</summary>
    public int PaddedCount { get; }

    /// <summary>Coordinates a point.</summary>
    public int Width { get; }

    /// <summary>Whether any coordinate is missing.</summary>
    public bool HasMissing { get; }

    /// <summary>The coordinates, row by row.</summary>
    public double[] Values { get; }

    /// <summary>The coordinates of a point.</summary>
    public ReadOnlySpan<double> Row(int point) => Values.AsSpan(point * Width, Width);
}
