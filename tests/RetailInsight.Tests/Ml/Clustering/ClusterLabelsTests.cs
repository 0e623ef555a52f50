using RetailInsight.Ml.Clustering;

namespace RetailInsight.Tests.Ml.Clustering;

public sealed class ClusterLabelsTests
{
    private static readonly string[] Stores = ["a", "b", "c", "d", "e", "f", "g"];

    // Three at 0, three at 10; the seventh goes where a test puts it.
    private static readonly int[] Home = [0, 0, 0, 1, 1, 1, 0];

    private static readonly int[] Moved = [0, 0, 0, 1, 1, 1, 1];

    [Fact]
    public void Labels_stay_when_the_clusters_are_numbered_otherwise()
    {
        var first = ClusterLabels.None.Follow(Stores, At(1), Home);
        Assert.Equal(Home, Labels(first));
        Assert.Equal(Home, Labels(first.Follow(Stores, At(1), [.. Home.Select(cluster => 1 - cluster)])));
        Assert.Equal(Home, Labels(first.Follow(Stores, At(1), [.. Home.Select(cluster => 40 - cluster)])));
    }

    [Fact]
    public void A_store_that_is_clearly_elsewhere_moves_at_once()
    {
        var after = ClusterLabels.None.Follow(Stores, At(1), Home).Follow(Stores, At(9), Moved);
        Assert.Equal(1, after.Stores["g"]);
        Assert.Empty(after.Pending);
    }

    [Fact]
    public void A_store_near_the_border_moves_only_when_two_clusterings_in_a_row_say_so()
    {
        // The centre of the cluster it would join is that of three stores at 10 and of itself.
        var first = ClusterLabels.None.Follow(Stores, At(1), Home);
        var once = first.Follow(Stores, At(5), Moved);
        Assert.Equal(0, once.Stores["g"]);
        Assert.Equal(1, once.Pending["g"]);
        Assert.Equal(1, once.Follow(Stores, At(5), Moved).Stores["g"]);

        var back = once.Follow(Stores, At(2), Home);
        Assert.Empty(back.Pending);
        Assert.Equal(0, back.Follow(Stores, At(5), Moved).Stores["g"]);
    }

    [Fact]
    public void A_store_between_two_clusters_keeps_its_label_for_ever()
    {
        var labels = ClusterLabels.None.Follow(Stores, At(1), Home);
        for (var round = 0; round < 10; round++)
        {
            labels = labels.Follow(Stores, At(round % 2 == 0 ? 4.4 : 4.0), round % 2 == 0 ? Moved : Home);
            Assert.Equal((0, 0), (labels.Stores["g"], labels.Pending.Count));
        }
    }

    [Fact]
    public void A_new_cluster_gets_a_number_that_was_never_used()
    {
        var first = ClusterLabels.None.Follow(Stores, At(1), Home);
        var three = first.Follow(Stores, At(100), [0, 0, 0, 1, 1, 1, 2]);
        Assert.Equal((2, 3), (three.Stores["g"], three.Next));

        var two = three.Follow(Stores, At(1), Home);
        Assert.Equal(0, two.Stores["g"]);
        var other = two.Follow(Stores, At(-100), [0, 0, 0, 1, 1, 1, 2]);
        Assert.Equal((3, 4), (other.Stores["g"], other.Next));
    }

    [Fact]
    public void A_store_whose_cluster_ended_and_a_new_store_take_the_label_of_their_cluster_at_once()
    {
        var first = ClusterLabels.None.Follow(Stores, At(1), Home);
        var one = first.Follow([.. Stores, "new"], [.. At(1), [3.0]], [0, 0, 0, 0, 0, 0, 0, 0]);
        Assert.All(one.Stores.Values, label => Assert.Equal(0, label));
        Assert.Equal(8, one.Stores.Count);
    }

    [Fact]
    public void A_store_that_is_closed_for_a_while_returns_under_its_label()
    {
        var labels = ClusterLabels.None.Follow(Stores, At(1), Home).Follow(Stores[..6], At(1)[..6], Home[..6]);
        Assert.Equal(0, labels.Stores["g"]);
        Assert.Equal(0, labels.Follow(Stores, At(5), Moved).Stores["g"]);
    }

    [Fact]
    public void Clusters_of_other_stores_at_the_same_place_go_on_under_its_label_and_those_elsewhere_do_not()
    {
        var first = ClusterLabels.None.Follow(Stores, At(1), Home);
        var renamed = first.Follow([.. Stores.Select(store => "new " + store)], At(1), [.. Home.Select(cluster => 1 - cluster)]);
        Assert.Equal(0, renamed.Stores["new a"]);
        Assert.Equal(1, renamed.Stores["new d"]);

        var elsewhere = first.Follow(["x", "y"], [[-50.0], [9.0]], [0, 1]);
        Assert.Equal((2, 1), (elsewhere.Stores["x"], elsewhere.Stores["y"]));
    }

    private static double[][] At(double seventh) => [[0.0], [0.0], [0.0], [10.0], [10.0], [10.0], [seventh]];

    private static IEnumerable<int> Labels(ClusterLabels labels) => Stores.Select(store => labels.Stores[store]);
}
