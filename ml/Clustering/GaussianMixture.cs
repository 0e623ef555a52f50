namespace RetailInsight.Ml.Clustering;

/// <summary>
/// A mixture of normal distributions with diagonal covariances, fitted by expectation and maximisation (Dempster, Laird and Rubin
/// 1977) from the clusters of k-means. No variance falls below a thousandth of the coordinate's over all points: without a floor
/// the likelihood grows without end around a single point. A missing coordinate (NaN) takes no part. All figures are estimates.
/// </summary>
internal sealed class GaussianMixture
{
    private const int MostRounds = 500;
    private const double LeastGainPerPoint = 1e-7;
    private const double VarianceFloor = 1e-3;
    private const double SmallestVariance = 1e-9;

    private readonly double[][] _points;
    private readonly double[] _floors;
    private readonly double[][] _parts;
    private readonly List<double> _logLikelihoods = [];

    private GaussianMixture(double[][] points, int k, int seed)
    {
        _points = points;
        _floors = [.. points[0].Select((_, i) => Math.Max(SmallestVariance, VarianceFloor * Variance(points.Select(point => point[i]))))];
        _parts = Array.ConvertAll(KMeans.Cluster(points, k, seed), label => Enumerable.Range(0, k).Select(cluster => cluster == label ? 1.0 : 0.0).ToArray());
        (Weights, Means, Variances) = (new double[k], NewTable(k, points[0].Length), NewTable(k, points[0].Length));
        do
        {
            Maximise();
            _logLikelihoods.Add(Expect());
        }
        while (_logLikelihoods.Count < MostRounds
            && (_logLikelihoods.Count == 1 || _logLikelihoods[^1] - _logLikelihoods[^2] > LeastGainPerPoint * points.Length));
    }

    /// <summary>Share of each component; they sum to 1.</summary>
    public double[] Weights { get; }

    /// <summary>Component × coordinate, in the units of the points.</summary>
    public double[][] Means { get; }

    /// <summary>Component × coordinate, in the squared units of the points.</summary>
    public double[][] Variances { get; }

    /// <summary>Natural logarithm of the likelihood of all points after each round; it never falls.</summary>
    public IReadOnlyList<double> LogLikelihoods => _logLikelihoods;

    /// <summary>Point × component: the probability that the point is of the component.</summary>
    public IReadOnlyList<double[]> Parts => _parts;

    /// <summary>Fits it; the same points in the same order and the same seed give the same mixture.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer points than components.</exception>
    public static GaussianMixture Fit(double[][] points, int k, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(k, points.Length);
        return new GaussianMixture(points, k, seed);
    }

    /// <summary>The likeliest component of each point, 0 to k − 1; one may have no point.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer points than components.</exception>
    public static int[] Cluster(double[][] points, int k, int seed) => Array.ConvertAll(Fit(points, k, seed)._parts, parts => parts.IndexOf(parts.Max()));

    private static double[][] NewTable(int rows, int columns) => [.. Enumerable.Range(0, rows).Select(_ => new double[columns])];

    private static double Variance(IEnumerable<double> values)
    {
        var known = values.Where(value => !double.IsNaN(value)).ToList();
        var mean = known.DefaultIfEmpty(0).Average();
        return known.Sum(value => (value - mean) * (value - mean)) / Math.Max(1, known.Count);
    }

    private void Maximise()
    {
        for (var component = 0; component < Weights.Length; component++)
        {
            Weights[component] = _parts.Sum(parts => parts[component]) / _points.Length;
            for (var i = 0; i < _floors.Length; i++)
            {
                var (weight, sum) = (0.0, 0.0);
                for (var point = 0; point < _points.Length; point++)
                {
                    var part = double.IsNaN(_points[point][i]) ? 0 : _parts[point][component];
                    weight += part;
                    sum += part == 0 ? 0 : part * _points[point][i];
                }

                // Where nothing is known of the coordinate the last estimate stays.
                if (weight > 0)
                {
                    Means[component][i] = sum / weight;
                    Variances[component][i] = Math.Max(_floors[i], Spread(component, i) / weight);
                }
                else if (Variances[component][i] == 0)
                {
                    Variances[component][i] = 1;
                }
            }
        }
    }

    private double Spread(int component, int i)
    {
        var sum = 0.0;
        for (var point = 0; point < _points.Length; point++)
        {
            var difference = _points[point][i] - Means[component][i];
            sum += double.IsNaN(difference) ? 0 : _parts[point][component] * difference * difference;
        }

        return sum;
    }

    private double Expect()
    {
        var total = 0.0;
        for (var point = 0; point < _points.Length; point++)
        {
            var parts = _parts[point];
            for (var component = 0; component < parts.Length; component++)
            {
                parts[component] = Math.Log(Weights[component]) + LogDensity(_points[point], component);
            }

            // The largest is taken out before the powers: they would all be 0 far from every mean.
            var largest = parts.Max();
            var sum = parts.Sum(part => Math.Exp(part - largest));
            for (var component = 0; component < parts.Length; component++)
            {
                parts[component] = Math.Exp(parts[component] - largest) / sum;
            }

            total += largest + Math.Log(sum);
        }

        return total;
    }

    private double LogDensity(double[] point, int component)
    {
        var sum = 0.0;
        for (var i = 0; i < point.Length; i++)
        {
            var difference = point[i] - Means[component][i];
            sum += double.IsNaN(difference) ? 0 : Math.Log(Math.Tau * Variances[component][i]) + (difference * difference / Variances[component][i]);
        }

        return -sum / 2;
    }
}
