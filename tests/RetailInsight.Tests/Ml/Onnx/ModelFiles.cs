using RetailInsight.Core.Ports;
using RetailInsight.Ml.Clustering;
using RetailInsight.Ml.Onnx;
using RetailInsight.Platform.OnnxRuntime;

namespace RetailInsight.Tests.Ml.Onnx;

/// <summary>What a model file answers in the runtime is what the model it was written from says.</summary>
public sealed class ModelFiles
{
    private const int Rows = 100_000;
    private static readonly OnnxModelRuntime Runtime = new();

    [Theory]
    [InlineData(1, new[] { 120, 7, 12, 31, 2, 40 }, 3)]
    [InlineData(2, new[] { 5 }, 0)]
    [InlineData(3, new int[0], 4)]
    public void A_log_additive_model_answers_what_its_effects_add_up_to(int seed, int[] levels, int numbers)
    {
        var random = new Random(seed);
        var tables = levels.Select(count => Draw(random, count, -1.5, 1.5)).ToArray();
        var coefficients = Draw(random, numbers, -0.5, 0.5);
        var indices = new long[Rows * levels.Length];
        for (var i = 0; i < indices.Length; i++)
        {
            indices[i] = random.Next(levels[i % levels.Length]);
        }

        var values = Draw(random, Rows * numbers, -3, 3);
        var answers = new double[Rows];
        using var session = Runtime.Load(AdditiveGraph.Write(SalesCard(levels, numbers), tables, coefficients, 11.5));
        List<Tensor> inputs = [];
        if (levels.Length > 0)
        {
            inputs.Add(new(indices, [Rows, levels.Length]));
        }

        if (numbers > 0)
        {
            inputs.Add(new(values, [Rows, numbers]));
        }

        session.Run(inputs.ToArray(), [new(answers, [Rows])], CancellationToken.None);

        for (var row = 0; row < Rows; row++)
        {
            var sum = 11.5 + levels.Select((_, e) => tables[e][indices[row * levels.Length + e]]).Sum() + coefficients.Select((c, f) => c * values[row * numbers + f]).Sum();
            Assert.InRange(answers[row] / Math.Exp(sum), 1 - 1e-9, 1 + 1e-9);
        }
    }

    [Theory]
    [InlineData(1, 8, 5)]
    [InlineData(2, 1, 2)]
    [InlineData(3, 20, 1)]
    public void The_label_is_that_of_k_means_also_where_figures_are_missing(int seed, int dimensions, int clusters)
    {
        var random = new Random(seed);
        var centres = Enumerable.Range(0, clusters).Select(_ => Draw(random, dimensions, -2, 2)).ToArray();
        var points = Draw(random, Rows * dimensions, -3, 3).Select(value => random.Next(15) == 0 ? double.NaN : value).ToArray();
        var (labels, distances) = (new long[Rows], new double[Rows]);
        using var session = Runtime.Load(KMeansGraph.Write(ClusterCard(dimensions), centres));
        session.Run([new(points, [Rows, dimensions])], [new(labels, [Rows]), new(distances, [Rows])], CancellationToken.None);

        for (var row = 0; row < Rows; row++)
        {
            var squares = centres.Select(centre => KMeans.SquaredDistance(points[(row * dimensions)..((row + 1) * dimensions)], centre)).ToList();
            var least = squares.Min();
            Assert.Equal(least, squares[(int)labels[row]], 1e-12);
            Assert.Equal(Math.Sqrt(least), distances[row], 1e-7);
        }
    }

    [Fact]
    public void A_file_says_what_it_is_and_the_same_model_is_the_same_file()
    {
        var card = new ModelCard(
            "sales", "2026-11", ModelKind.LogAdditive, [new("store", 3), new("weekday", 7)], [new("price", 0, 10), new("rain")], new("same_weekday", 120_000.5));
        var file = AdditiveGraph.Write(card, [[0, 0.1, 0.2], new double[7]], [0.5, 0], 1);

        Assert.Equal(file, AdditiveGraph.Write(card, [[0, 0.1, 0.2], new double[7]], [0.5, 0], 1));
        Assert.NotEqual(file, AdditiveGraph.Write(card, [[0, 0.1, 0.3], new double[7]], [0.5, 0], 1));
        var read = ModelCard.Read(file);
        Assert.Equal(["store", "weekday", "price", "rain"], read.Features);
        Assert.Equal((card.Name, card.Version, card.Kind, card.Fallback), (read.Name, read.Version, read.Kind, read.Fallback));
        Assert.Equal((card.Indices, card.Numbers), (read.Indices, read.Numbers), (left, right) => left.Indices.SequenceEqual(right.Indices) && left.Numbers.SequenceEqual(right.Numbers));
    }

    [Fact]
    public void What_does_not_fit_its_card_is_not_written()
    {
        var card = SalesCard([3], 1);
        Assert.Throws<ArgumentException>(() => AdditiveGraph.Write(card, [[0, 1]], [1], 0));
        Assert.Throws<ArgumentException>(() => AdditiveGraph.Write(card, [[0, 1, 2]], [], 0));
        Assert.Throws<ArgumentException>(() => AdditiveGraph.Write(card, [[0, 1, double.NaN]], [1], 0));
        Assert.Throws<ArgumentException>(() => AdditiveGraph.Write(ClusterCard(1), [], [1], 0));
        Assert.Throws<ArgumentException>(() => AdditiveGraph.Write(card with { Numbers = [new("rain", MayBeMissing: true)] }, [[0, 1, 2]], [1], 0));
        Assert.Throws<ArgumentException>(() => KMeansGraph.Write(ClusterCard(2), [[1, 2], [1]]));
        Assert.Throws<ArgumentException>(() => KMeansGraph.Write(ClusterCard(2), []));
        Assert.Throws<ArgumentException>(() => KMeansGraph.Write(card, [[1]]));
    }

    [Fact]
    public void What_is_no_model_of_ours_has_no_card()
    {
        var file = KMeansGraph.Write(ClusterCard(2), [[1, 2]]);
        Assert.Throws<FormatException>(() => ModelCard.Read([1, 2, 3]));
        Assert.Throws<FormatException>(() => ModelCard.Read([]));
        Assert.Throws<FormatException>(() => ModelCard.Read(file[..^20]));
    }

    internal static ModelCard SalesCard(int[] levels, int numbers) => new(
        "sales", "1", ModelKind.LogAdditive, [.. levels.Select((count, i) => new IndexInput($"effect{i}", count))],
        [.. Enumerable.Range(0, numbers).Select(i => new NumberInput($"number{i}"))], new(null, 100));

    internal static ModelCard ClusterCard(int dimensions) => new(
        "cluster", "1", ModelKind.NearestCentre, [], [.. Enumerable.Range(0, dimensions).Select(i => new NumberInput($"number{i}", MayBeMissing: true))], new(null, 0));

    private static double[] Draw(Random random, int count, double least, double most) => [.. Enumerable.Range(0, count).Select(_ => least + random.NextDouble() * (most - least))];
}
