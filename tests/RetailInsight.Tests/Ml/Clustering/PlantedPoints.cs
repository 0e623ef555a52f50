namespace RetailInsight.Tests.Ml.Clustering;

/// <summary>Points around planted centres, by seed.</summary>
internal static class PlantedPoints
{
    /// <summary>Round clouds of equal size; point i is of group i modulo the number of groups.</summary>
    public static (double[][] Points, int[] Groups) Clouds(int seed, int groups, int perGroup, int width, double apart = 8, double spread = 1)
    {
        var random = new Random(seed);
        var centres = Enumerable.Range(0, groups).Select(_ => Row(random, width, apart)).ToArray();
        var points = Enumerable.Range(0, groups * perGroup).Select(i => Row(random, width, spread).Zip(centres[i % groups], (near, centre) => near + centre).ToArray());
        return ([.. points], [.. Enumerable.Range(0, groups * perGroup).Select(i => i % groups)]);
    }

    /// <summary>Independent normal coordinates.</summary>
    public static double[] Row(Random random, int width, double spread) =>
        [.. Enumerable.Range(0, width).Select(_ => spread * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble()))];

    /// <summary>The same clusters numbered by their first points.</summary>
    public static int[] ByFirst(IReadOnlyList<int> labels)
    {
        var numbers = new Dictionary<int, int>();
        return [.. labels.Select(label => numbers.TryGetValue(label, out var number) ? number : numbers[label] = numbers.Count)];
    }
}
