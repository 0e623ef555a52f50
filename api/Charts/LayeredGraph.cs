namespace RetailInsight.Api.Charts;

/// <summary>
/// Where the nodes of a graph lie when each stands right of everything it waits for. Edges that pass a layer get a lane of their own in
/// it, so that none runs behind a node.
/// </summary>
internal sealed class LayeredGraph
{
    public const double NodeWidth = 188;
    public const double NodeHeight = 46;
    private const double GapX = 48;
    private const double GapY = 14;
    private const double LaneHeight = 10;
    private const int Sweeps = 6;

    private LayeredGraph(IReadOnlyDictionary<string, (double X, double Y)> places, IReadOnlyList<IReadOnlyList<(double X, double Y)>> edges, double width, double height) =>
        (Places, Edges, Width, Height) = (places, edges, width, height);

    /// <summary>The upper left corner of each node.</summary>
    public IReadOnlyDictionary<string, (double X, double Y)> Places { get; }

    /// <summary>Each edge as the points it goes through: where it leaves, where each lane begins and ends, where it arrives.</summary>
    public IReadOnlyList<IReadOnlyList<(double X, double Y)>> Edges { get; }

    public double Width { get; }

    public double Height { get; }

    /// <summary>Lays a graph out.</summary>
    /// <param name="nodes">Names with what goes before each; names nobody has are passed over. No cycles.</param>
    public static LayeredGraph Of(IReadOnlyList<(string Id, IReadOnlyList<string> Upstreams)> nodes)
    {
        var known = nodes.ToDictionary(node => node.Id, node => node.Upstreams);
        var layerOf = new Dictionary<string, int>(StringComparer.Ordinal);
        int Layer(string id) => layerOf.TryGetValue(id, out var found) ? found
            : layerOf[id] = known[id].Where(known.ContainsKey).Select(upstream => Layer(upstream) + 1).DefaultIfEmpty(0).Max();
        var slots = nodes.ToDictionary(node => node.Id, node => new Slot(node.Id, Layer(node.Id)));
        var chains = new List<List<Slot>>();
        foreach (var (id, upstreams) in nodes)
        {
            foreach (var upstream in upstreams.Where(known.ContainsKey))
            {
                var chain = new List<Slot> { slots[upstream] };
                chain.AddRange(Enumerable.Range(layerOf[upstream] + 1, layerOf[id] - layerOf[upstream] - 1).Select(layer => new Slot(null, layer)));
                chain.Add(slots[id]);
                foreach (var (left, right) in chain.Zip(chain.Skip(1)))
                {
                    left.After.Add(right);
                    right.Before.Add(left);
                }

                chains.Add(chain);
            }
        }

        var layers = slots.Values.Concat(chains.SelectMany(chain => chain.Where(slot => slot.Id is null))).GroupBy(slot => slot.Layer).OrderBy(layer => layer.Key)
            .Select(layer => layer.ToList()).ToList();
        Order(layers);
        var height = layers.Select(HeightOf).DefaultIfEmpty(0).Max();
        foreach (var layer in layers)
        {
            Stack(layer, (height - HeightOf(layer)) / 2);
        }

        return new LayeredGraph(
            slots.Values.ToDictionary(slot => slot.Id!, slot => (XOf(slot), slot.Y)),
            [.. chains.Select(Way)],
            Math.Max(0, (layers.Count * (NodeWidth + GapX)) - GapX),
            height);
    }

    // Each slot goes to the mean place of its neighbours, from left to right and back, until edges hardly cross.
    private static void Order(List<List<Slot>> layers)
    {
        foreach (var layer in layers)
        {
            Number(layer);
        }

        for (var sweep = 0; sweep < Sweeps; sweep++)
        {
            var forward = sweep % 2 == 0;
            for (var step = 1; step < layers.Count; step++)
            {
                var index = forward ? step : layers.Count - 1 - step;
                layers[index] = [.. layers[index].OrderBy(slot => (forward ? slot.Before : slot.After) is { Count: > 0 } near ? near.Average(other => other.Place) : slot.Place)];
                Number(layers[index]);
            }
        }
    }

    // Places are shares of the layer, so that layers of different sizes compare.
    private static void Number(List<Slot> layer)
    {
        for (var index = 0; index < layer.Count; index++)
        {
            layer[index].Place = (index + 0.5) / layer.Count;
        }
    }

    private static void Stack(List<Slot> layer, double top)
    {
        foreach (var slot in layer)
        {
            slot.Y = top;
            top += HeightOf(slot) + GapY;
        }
    }

    private static double HeightOf(List<Slot> layer) => layer.Sum(slot => HeightOf(slot) + GapY) - GapY;

    private static double HeightOf(Slot slot) => slot.Id is null ? LaneHeight : NodeHeight;

    private static double XOf(Slot slot) => slot.Layer * (NodeWidth + GapX);

    private static List<(double X, double Y)> Way(List<Slot> chain)
    {
        var way = new List<(double, double)> { (XOf(chain[0]) + NodeWidth, Middle(chain[0])) };
        foreach (var lane in chain.Skip(1).SkipLast(1))
        {
            way.Add((XOf(lane), Middle(lane)));
            way.Add((XOf(lane) + NodeWidth, Middle(lane)));
        }

        way.Add((XOf(chain[^1]), Middle(chain[^1])));
        return way;
    }

    private static double Middle(Slot slot) => slot.Y + (HeightOf(slot) / 2);

    // A node, or the lane of an edge that passes.
    private sealed class Slot(string? id, int layer)
    {
        public string? Id { get; } = id;

        public int Layer { get; } = layer;

        public List<Slot> Before { get; } = [];

        public List<Slot> After { get; } = [];

        public double Place { get; set; }

        public double Y { get; set; }
    }
}
