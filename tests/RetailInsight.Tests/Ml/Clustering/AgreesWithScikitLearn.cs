using System.Globalization;
using System.Text.Json;
using RetailInsight.Ml.Clustering;

namespace RetailInsight.Tests.Ml.Clustering;

public sealed class AgreesWithScikitLearn
{
    private const string Script = """
        import sys, json, numpy
        from sklearn.cluster import KMeans, AgglomerativeClustering
        from sklearn.metrics import silhouette_score, adjusted_rand_score
        from sklearn.mixture import GaussianMixture
        from sklearn.decomposition import PCA
        points = numpy.loadtxt(sys.stdin, delimiter=",")
        found = []
        for k in (2, 5, 9):
            means = KMeans(k, n_init=30, random_state=1, max_iter=300).fit(points)
            ward = AgglomerativeClustering(k).fit_predict(points)
            mixture = GaussianMixture(k, covariance_type="diag", random_state=1, tol=1e-7, max_iter=500, n_init=5).fit(points)
            found.append(dict(k=k, inertia=means.inertia_, silhouette=silhouette_score(points, means.labels_), labels=means.labels_.tolist(),
                ward=ward.tolist(), rand=adjusted_rand_score(means.labels_, ward), likelihood=mixture.score(points) * len(points)))
        print(json.dumps(dict(found=found, shares=PCA().fit(points).explained_variance_ratio_.tolist())))
        """;

    /// <summary>Planted groups that overlap a little, and one cloud without any.</summary>
    [ScikitLearnTheory]
    [InlineData(11, 9, 40, 6, 4)]
    [InlineData(12, 1, 300, 5, 0)]
    public void On_the_same_points(int seed, int groups, int perGroup, int width, double apart)
    {
        var (points, _) = PlantedPoints.Clouds(seed, groups, perGroup, width, apart);
        using var result = JsonDocument.Parse(ScikitLearnTheoryAttribute.Run(Script, points.Select(point => string.Join(',', point.Select(value => value.ToString("R", CultureInfo.InvariantCulture))))));
        foreach (var found in result.RootElement.GetProperty("found").EnumerateArray())
        {
            var k = found.GetProperty("k").GetInt32();
            var fit = KMeans.Fit(points, k, seed: 1, starts: 30);

            // Where there are fewer groups than clusters to find, both end in one of many local minima that lie within 2 % of each other.
            Assert.InRange(fit.Inertia / found.GetProperty("inertia").GetDouble(), 0, k <= groups ? 1.001 : 1.02);

            var labels = Integers(found, "labels");
            Assert.Equal(found.GetProperty("silhouette").GetDouble(), Silhouette.Mean(points, labels), 9);
            Assert.Equal(PlantedPoints.ByFirst(Integers(found, "ward")), Ward.Cluster(points, k, seed: 1));
            Assert.Equal(found.GetProperty("rand").GetDouble(), ClusterAgreement.AdjustedRand(labels, Integers(found, "ward")), 12);

            // Both find a local maximum; where there are groups to find it is the same one.
            if (groups == k)
            {
                Assert.Equal(1, GaussianMixture.Fit(points, k, seed: 1).LogLikelihoods[^1] / found.GetProperty("likelihood").GetDouble(), 4);
            }
        }

        var shares = result.RootElement.GetProperty("shares").EnumerateArray().Select(share => share.GetDouble());
        Assert.All(shares.Zip(PrincipalComponents.Of(points).Shares), share => Assert.Equal(share.First, share.Second, 9));
    }

    private static int[] Integers(JsonElement found, string name) => [.. found.GetProperty(name).EnumerateArray().Select(value => value.GetInt32())];
}
