namespace RetailInsight.Ml.Clustering;

/// <summary>
/// Points seen from where they spread most (Pearson 1901, Hotelling 1933): the picture of stores on a page. Eigenvectors of the covariance by Jacobi's
/// rotations (1846). All figures are estimates.
/// </summary>
/// <param name="Coordinates">Point × 2, in the units of the points, around their mean.</param>
/// <param name="Shares">Part of the whole variance each component explains, from the largest, one a coordinate; they sum to 1, or are 0 where nothing varies.</param>
/// <param name="Loadings">Component × coordinate: unit vectors at right angles, one a coordinate, in the order of the shares.</param>
internal sealed record PrincipalComponents(double[][] Coordinates, double[] Shares, double[][] Loadings)
{
    private const int Shown = 2;
    private const int MostSweeps = 60;
    private const double Negligible = 1e-26;

    /// <summary>
    /// Analyses the points. A missing coordinate (NaN) lies at 0, where the scaling puts the median. Of each component the coordinate with the
    /// largest loading, the first of equal ones, counts upwards, so that the picture does not flip from day to day.
    /// </summary>
    public static PrincipalComponents Of(double[][] points)
    {
        var width = points.Length == 0 ? 0 : points[0].Length;
        var known = Array.ConvertAll(points, point => Array.ConvertAll(point, value => double.IsNaN(value) ? 0 : value));
        var means = Enumerable.Range(0, width).Select(i => known.Average(point => point[i])).ToArray();
        var centred = Array.ConvertAll(known, point => point.Zip(means, (value, mean) => value - mean).ToArray());
        var covariance = Enumerable.Range(0, width).Select(i => Enumerable.Range(0, width).Select(j => centred.Sum(point => point[i] * point[j]) / points.Length).ToArray()).ToArray();

        var vectors = Rotate(covariance);
        var order = Enumerable.Range(0, width).OrderByDescending(i => covariance[i][i]).ToArray();
        var total = order.Sum(i => Math.Max(0, covariance[i][i]));
        var loadings = Array.ConvertAll(order, i => Upwards(Array.ConvertAll(vectors, row => row[i])));
        return new PrincipalComponents(
            Array.ConvertAll(centred, point => Enumerable.Range(0, Shown).Select(component => component < width ? Dot(point, loadings[component]) : 0).ToArray()),
            Array.ConvertAll(order, i => total == 0 ? 0 : Math.Max(0, covariance[i][i]) / total),
            loadings);
    }

    private static double Dot(double[] left, double[] right) => left.Zip(right, (one, other) => one * other).Sum();

    private static double[] Upwards(double[] vector)
    {
        // Loadings that differ by rounding alone are equal.
        var largest = vector.Max(Math.Abs) * (1 - 1e-9);
        return Array.Find(vector, value => Math.Abs(value) >= largest) < 0 ? Array.ConvertAll(vector, value => -value) : vector;
    }

    // Leaves the eigenvalues on the diagonal of the matrix and returns the eigenvectors as columns.
    private static double[][] Rotate(double[][] matrix)
    {
        var vectors = Enumerable.Range(0, matrix.Length).Select(i => Enumerable.Range(0, matrix.Length).Select(j => i == j ? 1.0 : 0.0).ToArray()).ToArray();
        var size = matrix.Sum(row => row.Sum(value => value * value));
        for (var sweep = 0; sweep < MostSweeps && OffDiagonal(matrix) > Negligible * size; sweep++)
        {
            for (var p = 0; p < matrix.Length; p++)
            {
                for (var q = p + 1; q < matrix.Length; q++)
                {
                    RotateAway(matrix, vectors, p, q);
                }
            }
        }

        return vectors;
    }

    private static double OffDiagonal(double[][] matrix) => matrix.Select((row, i) => row.Where((_, j) => j != i).Sum(value => value * value)).Sum();

    private static void RotateAway(double[][] matrix, double[][] vectors, int p, int q)
    {
        if (matrix[p][q] == 0)
        {
            return;
        }

        var ratio = (matrix[q][q] - matrix[p][p]) / (2 * matrix[p][q]);
        var tangent = (ratio < 0 ? -1 : 1) / (Math.Abs(ratio) + Math.Sqrt((ratio * ratio) + 1));
        var cosine = 1 / Math.Sqrt((tangent * tangent) + 1);
        var sine = tangent * cosine;
        for (var i = 0; i < matrix.Length; i++)
        {
            (matrix[i][p], matrix[i][q]) = Turn(matrix[i][p], matrix[i][q]);
            (vectors[i][p], vectors[i][q]) = Turn(vectors[i][p], vectors[i][q]);
        }

        for (var i = 0; i < matrix.Length; i++)
        {
            (matrix[p][i], matrix[q][i]) = Turn(matrix[p][i], matrix[q][i]);
        }

        (double, double) Turn(double left, double right) => ((cosine * left) - (sine * right), (sine * left) + (cosine * right));
    }
}
