using System.Globalization;
using RetailInsight.Ml.Clustering;
using RetailInsight.Ml.Features;
using Xunit.Abstractions;

namespace RetailInsight.Tests.Ml.Clustering;

/// <summary>
/// The gate on two years of a hundred real stores. The data is not part of the repository: RETAILINSIGHT_STORE_DAYS names the folder of
/// <c>store_days.csv</c> and <c>stores.csv</c>; without it there is nothing to measure.
/// </summary>
public sealed class StableOnStoreDays(ITestOutputHelper output)
{
    private const int MostClusters = 8;
    private const int Seed = 1;

    [Fact]
    public void What_is_not_stable_is_refused()
    {
        if (Environment.GetEnvironmentVariable("RETAILINSIGHT_STORE_DAYS") is not { } folder)
        {
            return;
        }

        var days = Days(folder);
        foreach (var (name, from, to) in new[] { ("2013 and 2014", "2013-01-01", "2014-12-31"), ("2013", "2013-01-01", "2013-12-31"), ("2014", "2014-01-01", "2014-12-31") })
        {
            var points = Points(folder, [.. days.Where(day => string.CompareOrdinal(day.Date, from) >= 0 && string.CompareOrdinal(day.Date, to) <= 0)]);
            var result = Measure($"k-means, {name}", points, KMeans.Cluster);
            Assert.True(result.Clusters <= 3);
            Assert.All(result.Rows.Where(row => row.Clusters > 3), row => Assert.False(row.IsStable));
            if (from != "2014-01-01" && to == "2014-12-31")
            {
                Measure($"Gaussian mixture, {name}", points, GaussianMixture.Cluster);
                Measure($"Ward, {name}", points, Ward.Cluster);
            }
        }

        // From year to year.
        var (before, after) = (Points(folder, [.. days.Where(day => day.Date[..4] == "2013")]), Points(folder, [.. days.Where(day => day.Date[..4] == "2014")]));
        for (var k = 2; k <= 5; k++)
        {
            output.WriteLine(FormattableString.Invariant($"2013 against 2014, {k} clusters: ARI {ClusterAgreement.AdjustedRand(KMeans.Cluster(before, k, Seed), KMeans.Cluster(after, k, Seed)):0.00}"));
        }
    }

    private StabilityResult Measure(string name, double[][] points, ClusterMethod method)
    {
        var result = StabilityGate.Choose(points, MostClusters, Seed, method);
        Assert.True(result.Clusters == 1 || result.Rows.Single(row => row.Clusters == result.Clusters).WorstJaccard >= 0.6);
        output.WriteLine($"{name}: {result.Clusters} clusters, {result.Reason}");
        output.WriteLine("| k | silhouette | bootstrap ARI | worst Jaccard | sizes | stable |");
        output.WriteLine("| ---: | ---: | ---: | ---: | --- | --- |");
        foreach (var row in result.Rows)
        {
            output.WriteLine(FormattableString.Invariant(
                $"| {row.Clusters} | {row.Silhouette:0.000} | {row.AdjustedRand:0.00} | {row.WorstJaccard:0.00} | {string.Join('/', row.Sizes.OrderDescending())} | {(row.IsStable ? "yes" : "no")} |"));
        }

        return result;
    }

    // Days on which a store was open and sold something.
    private static List<(string Store, string Date, int Weekday, double Sales, double Customers, bool Promotion)> Days(string folder) =>
    [
        .. File.ReadLines(Path.Combine(folder, "store_days.csv")).Skip(1).Select(line => line.Split(',')).Where(field => field[5] == "1" && field[3] != "0" && field[4] != "0")
            .Select(field => (field[0], field[2], int.Parse(field[1], CultureInfo.InvariantCulture), double.Parse(field[3], CultureInfo.InvariantCulture), double.Parse(field[4], CultureInfo.InvariantCulture), field[6] == "1")),
    ];

    // Customers, basket, what a promotion adds, Saturday and Monday against other weekdays, distance of the next competitor: logarithms, scaled.
    private static double[][] Points(string folder, List<(string Store, string Date, int Weekday, double Sales, double Customers, bool Promotion)> days)
    {
        var distances = File.ReadLines(Path.Combine(folder, "stores.csv")).Skip(1).Select(line => line.Split(','))
            .ToDictionary(field => field[0], field => field[3].Length == 0 ? (double?)null : double.Parse(field[3], CultureInfo.InvariantCulture));
        var rows = days.GroupBy(day => day.Store).OrderBy(store => store.Key, StringComparer.Ordinal).Select(store => new[]
        {
            Math.Log(store.Average(day => day.Customers)),
            Math.Log(store.Sum(day => day.Sales) / store.Sum(day => day.Customers)),
            Lift(store.Where(day => day.Weekday < 6 && day.Promotion), store.Where(day => day.Weekday < 6 && !day.Promotion)),
            Lift(store.Where(day => day.Weekday == 6), store.Where(day => day.Weekday < 6)),
            Lift(store.Where(day => day.Weekday == 1), store.Where(day => day.Weekday is > 1 and < 6)),
            distances[store.Key] is { } distance ? Math.Log(distance) : null,
        }).ToList();
        var columns = rows[0].Select((_, i) => RobustScaling.Scale([.. rows.Select(row => row[i])])).ToList();
        return [.. rows.Select((_, row) => columns.Select(column => column[row]).ToArray())];

        static double? Lift(IEnumerable<(string Store, string Date, int Weekday, double Sales, double Customers, bool Promotion)> some, IEnumerable<(string Store, string Date, int Weekday, double Sales, double Customers, bool Promotion)> others) =>
            some.Any() && others.Any() ? Math.Log(some.Average(day => day.Sales) / others.Average(day => day.Sales)) : null;
    }
}
