namespace RetailInsight.Ml.Clustering;

/// <summary>
/// Labels of clusters that last while clusterings follow each other: each new cluster goes on under the label of the old one whose
/// stores it has, and a store changes its label only when it has clearly moved.
/// </summary>
/// <param name="Stores">Store → label, from 0. A store that is absent keeps its label for when it returns.</param>
/// <param name="Pending">Store → label it would change to if the next clustering says so too.</param>
/// <param name="Centres">Label → mean of its cluster in the latest clustering, in the units of the points; an estimate.</param>
/// <param name="Next">The label the next new cluster gets; none is used twice.</param>
internal sealed record ClusterLabels(
    IReadOnlyDictionary<string, int> Stores, IReadOnlyDictionary<string, int> Pending, IReadOnlyDictionary<int, double[]> Centres, int Next)
{
    /// <summary>A store changes when the other centre is nearer by this part of the distance to its own, twice in a row …</summary>
    public const double Margin = 0.1;

    /// <summary>… or at once when it is nearer by this part.</summary>
    public const double LargeMargin = 0.3;

    /// <summary>Before the first clustering.</summary>
    public static ClusterLabels None { get; } = new(new Dictionary<string, int>(), new Dictionary<string, int>(), new Dictionary<int, double[]>(), 0);

    /// <summary>
    /// The labels after a new clustering. Clusters are matched to labels so that as many stores as possible are where they were (linear assignment); one
    /// that shares no store with a label left over is matched to it when its centre lies within half the distance from the label's
    /// last centre to the next one; any other gets a new label. A store that is new, or whose label has ended, takes that of its cluster at once.
    /// </summary>
    /// <param name="stores">The stores that were clustered.</param>
    /// <param name="points">Their points, as many; scaled alike every time.</param>
    /// <param name="clusters">Their clusters, as many, from 0; on a first clustering these become the labels.</param>
    public ClusterLabels Follow(IReadOnlyList<string> stores, double[][] points, IReadOnlyList<int> clusters)
    {
        var numbers = clusters.Distinct().Order().ToList();
        var centres = numbers.ToDictionary(cluster => cluster, cluster => Mean([.. points.Where((_, i) => clusters[i] == cluster)]));
        var (names, next) = Match(stores, clusters, numbers, centres);
        var named = centres.ToDictionary(centre => names[centre.Key], centre => centre.Value);

        var (labels, pending) = (Stores.ToDictionary(), Pending.ToDictionary());
        for (var i = 0; i < stores.Count; i++)
        {
            var (store, wanted) = (stores[i], names[clusters[i]]);
            pending.Remove(store);
            if (!Stores.TryGetValue(store, out var old) || !named.TryGetValue(old, out var centre))
            {
                labels[store] = wanted;
            }
            else if (old != wanted)
            {
                var (there, here) = (Distance(points[i], named[wanted]), Distance(points[i], centre));
                if (there <= (1 - LargeMargin) * here || (there <= (1 - Margin) * here && Pending.GetValueOrDefault(store, -1) == wanted))
                {
                    labels[store] = wanted;
                }
                else if (there <= (1 - Margin) * here)
                {
                    pending[store] = wanted;
                }
            }
        }

        return new ClusterLabels(labels, pending, named, next);
    }

    private static double Distance(double[] left, double[] right) => Math.Sqrt(KMeans.SquaredDistance(left, right));

    private static double[] Mean(List<double[]> points) =>
        [.. points[0].Select((_, i) => points.Select(point => point[i]).Where(value => !double.IsNaN(value)).DefaultIfEmpty(0).Average())];

    private (Dictionary<int, int> Names, int Next) Match(
        IReadOnlyList<string> stores, IReadOnlyList<int> clusters, List<int> numbers, Dictionary<int, double[]> centres)
    {
        var labels = Stores.Values.Concat(Centres.Keys).Distinct().Order().ToList();
        var shared = stores.Zip(clusters).Where(store => Stores.ContainsKey(store.First)).CountBy(store => (store.Second, Stores[store.First])).ToDictionary();
        var names = new Dictionary<int, int>();
        var assigned = LinearAssignment.Solve(
            [.. numbers.Select(cluster => labels.Select(label => -(double)shared.GetValueOrDefault((cluster, label))).ToArray())]);
        foreach (var (at, label) in assigned.Index().Where(pair => pair.Item >= 0))
        {
            if (shared.ContainsKey((numbers[at], labels[label])))
            {
                names.Add(numbers[at], labels[label]);
            }
        }

        // The nearest pairs first.
        var near = numbers.Except(names.Keys).SelectMany(cluster => Centres.Keys.Except(names.Values).Select(label => (cluster, label)))
            .Where(pair => !shared.ContainsKey(pair)).Select(pair => (pair.cluster, pair.label, Distance: Distance(centres[pair.cluster], Centres[pair.label])))
            .Where(pair => pair.Distance < Reach(pair.label)).OrderBy(pair => pair.Distance).ThenBy(pair => pair.cluster).ToList();
        foreach (var (cluster, label, _) in near)
        {
            if (!names.ContainsKey(cluster) && !names.ContainsValue(label))
            {
                names.Add(cluster, label);
            }
        }

        var next = Next;
        foreach (var cluster in numbers.Where(cluster => !names.ContainsKey(cluster)))
        {
            names.Add(cluster, next++);
        }

        return (names, next);
    }

    // Half way to the next centre: what lies nearer is nearer to this one than to any other.
    private double Reach(int label) =>
        Centres.Where(other => other.Key != label).Select(other => Distance(other.Value, Centres[label]) / 2).DefaultIfEmpty(double.PositiveInfinity).Min();
}
