using System.Text.Json;
using System.Text.Json.Serialization;
using RetailInsight.Ml.Clustering;
using RetailInsight.Ml.Features;
using RetailInsight.Ml.Peers;

namespace RetailInsight.Ml.Similarity;

/// <summary>How stable a number of groups was found to be, as it is published.</summary>
internal sealed record SegmentsTried(
    [property: JsonPropertyName("k")] int Number,
    [property: JsonPropertyName("silhouette")] double Silhouette,
    [property: JsonPropertyName("agreement")] double Agreement,
    [property: JsonPropertyName("worst_jaccard")] double WorstJaccard,
    [property: JsonPropertyName("accepted")] bool IsAccepted);

/// <summary>An axis of the picture, as it is published: its share of the variance, the features that make most of it, and those of them that grow along it.</summary>
internal sealed record PictureAxis(
    [property: JsonPropertyName("share")] double Share, [property: JsonPropertyName("features")] IReadOnlyList<string> Features, [property: JsonPropertyName("rising")] IReadOnlyList<string> Rising);

/// <summary>The stores of one currency: what they are like, which of them form groups, and who is nearest to whom.</summary>
internal sealed class AlikeStores
{
    private const int MostSegments = 6;
    private const int Seed = 20261123;
    private const int NamedOfAnAxis = 3;
    private const double LeastLoading = 0.25;

    private IReadOnlyList<Feature> _features = [];
    private double[][] _points = [];

    /// <summary>What they are like.</summary>
    public required StoreProfiles Profiles { get; init; }

    /// <summary>The groups of today, and why there are so many.</summary>
    public required StabilityResult Stability { get; init; }

    /// <summary>The groups under the numbers they have kept.</summary>
    public required ClusterLabels Labels { get; init; }

    /// <summary>What makes each group what it is.</summary>
    public required IReadOnlyList<ClusterDescription> Segments { get; init; }

    /// <summary>Places of the stores on two axes.</summary>
    public required PrincipalComponents Picture { get; init; }

    /// <summary>The nearest stores of each.</summary>
    public required IReadOnlyList<StorePeer> Peers { get; init; }

    /// <summary>ISO 4217 code.</summary>
    public string Currency => Profiles.Periods[0].Currency;

    /// <summary>Why there are so many groups, as it is published.</summary>
    public string Reason => JsonNamingPolicy.SnakeCaseLower.ConvertName(Stability.Reason.ToString());

    /// <summary>Every number of groups that was tried.</summary>
    public IEnumerable<SegmentsTried> ByNumber => Stability.Rows.Select(row => new SegmentsTried(row.Clusters, row.Silhouette, row.AdjustedRand, row.WorstJaccard, row.IsStable));

    /// <summary>The two axes.</summary>
    public IEnumerable<PictureAxis> Axes => Enumerable.Range(0, Math.Min(2, Picture.Shares.Length)).Select(axis =>
    {
        var loadings = Picture.Loadings[axis];
        var named = _features.Index().Where(feature => Math.Abs(loadings[feature.Index]) >= LeastLoading).OrderByDescending(feature => Math.Abs(loadings[feature.Index])).Take(NamedOfAnAxis).ToList();
        return new PictureAxis(Picture.Shares[axis], [.. named.Select(feature => feature.Item.Name)], [.. named.Where(feature => loadings[feature.Index] > 0).Select(feature => feature.Item.Name)]);
    });

    /// <summary>Compares the stores.</summary>
    /// <param name="profiles">What they are like.</param>
    /// <param name="before">The groups of the time before, by the names of their features.</param>
    /// <param name="cancellationToken">Stops the search for groups.</param>
    public static AlikeStores Of(StoreProfiles profiles, EarlierLabels before, CancellationToken cancellationToken)
    {
        var (features, points) = profiles.Points(_ => true);
        var stability = StabilityGate.Choose(points, MostSegments, Seed, KMeans.Cluster, cancellationToken: cancellationToken);
        var labels = before.In(features).Follow([.. profiles.Periods.Select(period => period.Store)], points, stability.Labels);
        return new AlikeStores
        {
            _features = features,
            _points = points,
            Profiles = profiles,
            Stability = stability,
            Labels = labels,
            Segments = ClusterDescription.Describe(
                [.. profiles.Features.Select(feature => feature.Name)], profiles.Values, profiles.Deviations, [.. profiles.Periods.Select(period => labels.Stores[period.Store])],
                [.. profiles.Features.Select(feature => feature.Group)]),
            Picture = PrincipalComponents.Of(points),
            Peers = PeerFinder.Find(profiles),
        };
    }

    /// <summary>How far a store lies from the middle of its group: root of the mean squared difference in robust standard deviations; null where the group has no middle.</summary>
    public double? DistanceOf(int store)
    {
        if (!Labels.Centres.TryGetValue(Labels.Stores[Profiles.Periods[store].Store], out var centre))
        {
            return null;
        }

        var squares = _points[store].Zip(centre, (value, middle) => (value - middle) * (value - middle)).Where(square => !double.IsNaN(square)).ToList();
        return squares.Count == 0 ? null : Math.Sqrt(squares.Average());
    }

    /// <summary>The centre of a group by the names of the features, as JSON.</summary>
    public string CentreOf(int segment) => JsonSerializer.Serialize(
        Labels.Centres.TryGetValue(segment, out var centre) ? _features.Zip(centre).ToDictionary(one => one.First.Name, one => one.Second, StringComparer.Ordinal) : []);
}
