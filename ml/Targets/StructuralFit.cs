namespace RetailInsight.Ml.Targets;

/// <summary>
/// What a store's structure (area, traffic, format …) lets expect of it: ridge regression (Hoerl and Kennard 1970) of the logs,
/// each store foretold by the others only.
/// </summary>
internal static class StructuralFit
{
    /// <summary>Penalties tried, as shares of the total weight; the one that foretells best is taken.</summary>
    private static readonly double[] Penalties = [1e-4, 1e-3, 1e-2, 3e-2, 0.1, 0.3, 1];

    /// <summary>What every store differs by from what the others let expect of its structure, and how far it is on its own.</summary>
    /// <param name="figures">One measurement a store.</param>
    /// <param name="structure">One row a store, one covariate a column; NaN is taken as the mean.</param>
    /// <returns>Residual of the log, positive above expectation, and leverage from 0 to below 1.</returns>
    public static (double[] Residuals, double[] Leverages) Fit(IReadOnlyList<Measurement> figures, IReadOnlyList<double[]> structure)
    {
        var weights = Weights(figures);
        var rows = Standardised(structure, weights);
        var best = (Residuals: Array.Empty<double>(), Leverages: Array.Empty<double>());
        var least = double.PositiveInfinity;
        foreach (var penalty in Penalties)
        {
            var fit = LeaveOneOut(figures, rows, weights, penalty * weights.Sum());
            var error = fit.Residuals.Select((residual, i) => weights[i] * residual * residual).Sum();
            if (error < least)
            {
                (best, least) = (fit, error);
            }
        }

        return best;
    }

    // A store of few customers must not bend the line; a large one is no more exact than stores differ.
    private static double[] Weights(IReadOnlyList<Measurement> figures)
    {
        var logs = figures.Select(figure => figure.Log).Order().ToArray();
        var spread = 0.7413 * (Quantile.Of(logs, 0.75) - Quantile.Of(logs, 0.25));
        var usual = Math.Max(spread * spread, 1e-6);
        return [.. figures.Select(figure => usual / (usual + figure.Variance))];
    }

    private static double[][] Standardised(IReadOnlyList<double[]> structure, double[] weights)
    {
        var columns = structure.Count == 0 ? 0 : structure[0].Length;
        var rows = structure.Select(_ => new double[columns + 1]).ToArray();
        for (var column = 0; column < columns; column++)
        {
            double sum = 0, squares = 0, total = 0;
            for (var i = 0; i < rows.Length; i++)
            {
                var value = structure[i][column];
                if (!double.IsNaN(value))
                {
                    (sum, squares, total) = (sum + (weights[i] * value), squares + (weights[i] * value * value), total + weights[i]);
                }
            }

            var mean = sum / total;
            var deviation = Math.Sqrt(Math.Max(0, (squares / total) - (mean * mean)));
            for (var i = 0; i < rows.Length; i++)
            {
                var value = structure[i][column];
                rows[i][column + 1] = double.IsNaN(value) || !(deviation > 1e-9 * (1 + Math.Abs(mean))) ? 0 : (value - mean) / deviation;
            }
        }

        foreach (var row in rows)
        {
            row[0] = 1;
        }

        return rows;
    }

    private static (double[] Residuals, double[] Leverages) LeaveOneOut(
        IReadOnlyList<Measurement> figures, double[][] rows, double[] weights, double penalty)
    {
        var size = rows[0].Length;
        var matrix = new double[size, size];
        var right = new double[size];
        for (var i = 0; i < rows.Length; i++)
        {
            for (var a = 0; a < size; a++)
            {
                right[a] += weights[i] * rows[i][a] * figures[i].Log;
                for (var b = 0; b <= a; b++)
                {
                    matrix[a, b] += weights[i] * rows[i][a] * rows[i][b];
                }
            }
        }

        for (var a = 1; a < size; a++)
        {
            matrix[a, a] += penalty;
        }

        Cholesky(matrix, size);
        var coefficients = Solve(matrix, right);
        var residuals = new double[rows.Length];
        var leverages = new double[rows.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            leverages[i] = Math.Min(weights[i] * Dot(rows[i], Solve(matrix, rows[i])), 0.99);
            residuals[i] = (figures[i].Log - Dot(rows[i], coefficients)) / (1 - leverages[i]);
        }

        return (residuals, leverages);
    }

    // In place, the lower triangle.
    private static void Cholesky(double[,] matrix, int size)
    {
        for (var a = 0; a < size; a++)
        {
            for (var b = 0; b <= a; b++)
            {
                var sum = matrix[a, b];
                for (var k = 0; k < b; k++)
                {
                    sum -= matrix[a, k] * matrix[b, k];
                }

                matrix[a, b] = a == b ? Math.Sqrt(sum) : sum / matrix[b, b];
            }
        }
    }

    private static double[] Solve(double[,] lower, double[] right)
    {
        var solution = (double[])right.Clone();
        for (var a = 0; a < solution.Length; a++)
        {
            for (var k = 0; k < a; k++)
            {
                solution[a] -= lower[a, k] * solution[k];
            }

            solution[a] /= lower[a, a];
        }

        for (var a = solution.Length - 1; a >= 0; a--)
        {
            for (var k = a + 1; k < solution.Length; k++)
            {
                solution[a] -= lower[k, a] * solution[k];
            }

            solution[a] /= lower[a, a];
        }

        return solution;
    }

    private static double Dot(double[] left, double[] right)
    {
        var sum = 0.0;
        for (var i = 0; i < left.Length; i++)
        {
            sum += left[i] * right[i];
        }

        return sum;
    }
}
