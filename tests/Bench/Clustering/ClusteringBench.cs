using System.Diagnostics;
using RetailInsight.Bench.Harness;
using RetailInsight.Ml.Clustering;

namespace RetailInsight.Bench.Clustering;

/// <summary>k-means of 10,000 stores with 20 features, against scikit-learn on the same points, in turns.</summary>
internal static class ClusteringBench
{
    private const int Stores = 10_000;
    private const int Features = 20;
    private const int Groups = 8;
    private const int Starts = 10;
    private const int FewestRounds = 7;

    private static readonly int[] Clusters = [5, 8, 20];

    public static void Run(BenchPlan plan)
    {
        var report = new BenchReport("clustering", "Clustering");
        using var scikitLearn = ScikitLearn.Start(Environment.ProcessorCount);
        foreach (var (name, apart) in new[] { ("eight groups", 3.0), ("one cloud", 0.0) })
        {
            var points = Points(apart);
            scikitLearn.Load(Path.Combine(BenchServer.Directory, "points.bin"), points);
            foreach (var k in Clusters)
            {
                Shown.Step($"{name}, {k} clusters", () => Compare(report, scikitLearn, name, points, k, Math.Max(plan.Rounds, FewestRounds)));
            }
        }

        report.Note($"{Stores} points of {Features} coordinates, {Starts} starts, {Environment.ProcessorCount} threads each: here the starts run on all cores, there the steps of one start do. scikit-learn {scikitLearn.Version} as Debian ships it stops at its tolerance of 1e-4, here a start ends when no point changes its cluster. Medians over as many seeds as rounds, in turns, each seed other starts for both. On one cloud without groups every start ends in another local minimum.");
        report.Finish();
    }

    private static int Compare(BenchReport report, ScikitLearn scikitLearn, string name, double[][] points, int k, int rounds)
    {
        KMeans.Fit(points, k, seed: 0, Starts);
        scikitLearn.Fit("lloyd", k, Starts, seed: 0);
        var (ours, lloyd, elkan) = (new (double Seconds, double Inertia)[rounds], new (double Seconds, double Inertia)[rounds], new (double Seconds, double Inertia)[rounds]);
        for (var round = 0; round < rounds; round++)
        {
            var started = Stopwatch.GetTimestamp();
            var fit = KMeans.Fit(points, k, round + 1, Starts);
            ours[round] = (Stopwatch.GetElapsedTime(started).TotalSeconds, fit.Inertia);
            lloyd[round] = scikitLearn.Fit("lloyd", k, Starts, round + 1);
            elkan[round] = scikitLearn.Fit("elkan", k, Starts, round + 1);
        }

        report.Add($"{name}, {k} clusters", Median(ours, fit => fit.Seconds) * 1000, Median(lloyd, fit => fit.Seconds) * 1000, "ms", "1");
        report.Add("… against its Elkan", Median(ours, fit => fit.Seconds) * 1000, Median(elkan, fit => fit.Seconds) * 1000, "ms");
        var (inertia, theirs) = (Median(ours, fit => fit.Inertia), Median(lloyd, fit => fit.Inertia));
        report.Add("… inertia, parts of its", FormattableString.Invariant($"{inertia / theirs:0.00000}"), "1.001");
        return 0;
    }

    private static double Median((double Seconds, double Inertia)[] fits, Func<(double Seconds, double Inertia), double> figure) =>
        fits.Select(figure).Order().ElementAt(fits.Length / 2);

    private static double[][] Points(double apart)
    {
        var random = new Random(20261123);
        var centres = Enumerable.Range(0, Groups).Select(_ => Row(random, apart)).ToArray();
        return [.. Enumerable.Range(0, Stores).Select(i => Row(random, apart > 0 ? apart / 2 : 1).Zip(centres[i % Groups], (near, centre) => near + centre).ToArray())];
    }

    private static double[] Row(Random random, double spread) =>
        [.. Enumerable.Range(0, Features).Select(_ => spread * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble()))];
}
