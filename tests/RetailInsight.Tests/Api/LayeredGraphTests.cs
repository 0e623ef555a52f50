using RetailInsight.Api.Charts;

namespace RetailInsight.Tests.Api;

public sealed class LayeredGraphTests
{
    [Fact]
    public void A_chain_is_a_straight_line_from_left_to_right()
    {
        var graph = LayeredGraph.Of([("a", []), ("b", ["a"]), ("c", ["b"])]);
        Assert.Equal(["a", "b", "c"], graph.Places.OrderBy(place => place.Value.X).Select(place => place.Key));
        Assert.Single(graph.Places.Values.Select(place => place.Y).Distinct());
        Assert.Equal(LayeredGraph.NodeHeight, graph.Height);
    }

    [Fact]
    public void An_upstream_nobody_has_is_passed_over_and_no_node_makes_an_empty_graph()
    {
        Assert.Empty(LayeredGraph.Of([("a", ["gone"])]).Edges);
        Assert.Equal((0, 0), (LayeredGraph.Of([]).Width, LayeredGraph.Of([]).Height));
    }

    // Seeded graphs of all sizes: what must hold for a drawing to be readable.
    [Theory]
    [InlineData(1, 6)]
    [InlineData(2, 12)]
    [InlineData(3, 25)]
    [InlineData(4, 60)]
    [InlineData(5, 40)]
    public void Nodes_stand_right_of_what_they_wait_for_never_on_each_other_and_no_edge_runs_behind_one(int seed, int count)
    {
        var dice = new Random(seed);
        var nodes = Enumerable.Range(0, count).Select(node => (Id: $"n{node}", Upstreams: (IReadOnlyList<string>)[.. Enumerable.Range(0, node).Where(_ => dice.Next(count) < 3).Select(upstream => $"n{upstream}")])).ToList();
        var graph = LayeredGraph.Of(nodes);
        Assert.All(nodes, node => Assert.All(node.Upstreams, upstream => Assert.True(graph.Places[upstream].X + LayeredGraph.NodeWidth < graph.Places[node.Id].X)));
        var boxes = graph.Places.Values.ToList();
        Assert.All(boxes, box => Assert.True(box.X >= 0 && box.Y >= 0 && box.X + LayeredGraph.NodeWidth <= graph.Width && box.Y + LayeredGraph.NodeHeight <= graph.Height));
        Assert.All(boxes, box => Assert.DoesNotContain(boxes, other => other != box && other.X == box.X && Math.Abs(other.Y - box.Y) < LayeredGraph.NodeHeight));

        // Along a lane an edge is level; there no node may be.
        foreach (var (from, to) in graph.Edges.SelectMany(way => way.Zip(way.Skip(1))).Where(part => part.First.Y == part.Second.Y && part.Second.X - part.First.X == LayeredGraph.NodeWidth))
        {
            Assert.DoesNotContain(boxes, box => box.X == from.X && from.Y > box.Y && from.Y < box.Y + LayeredGraph.NodeHeight && to.X > box.X);
        }

        Assert.Equal(nodes.Sum(node => node.Upstreams.Count), graph.Edges.Count);
    }
}
