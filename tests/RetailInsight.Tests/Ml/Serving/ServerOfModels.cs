using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using RetailInsight.Core.Ports;
using RetailInsight.Ml.Onnx;
using RetailInsight.Ml.Serving;
using RetailInsight.Platform.OnnxRuntime;

namespace RetailInsight.Tests.Ml.Serving;

public sealed class ServerOfModels : IDisposable
{
    private static readonly ModelCard Card = new(
        "sales", "7", ModelKind.LogAdditive, [new("store", 2, ["S1", "S2"]), new("weekday", 7)], [new("price", 0, 2), new("rain")], new("same_weekday", 5));

    private readonly string _root = Directory.CreateTempSubdirectory("models").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task A_start_without_network_answers_from_the_cache()
    {
        using (var first = Server())
        {
            Assert.Null(await first.PredictAsync(Question(Row()), CancellationToken.None));
            first.Install(Champion(1, 10));
        }

        using var later = Server();
        var answer = await later.PredictAsync(Question(Row(), Row(store: "S2", price: 2)), CancellationToken.None);
        Assert.Equal(("7", null), (answer!.Version, answer.Fallback));
        Assert.All(answer.Predictions.Zip([10.0, 20.0 * Math.E * Math.E]), pair => Assert.Equal(pair.Second, pair.First.Value, 1e-9));
        Assert.All(answer.Predictions, prediction => Assert.Equal(PredictionSource.Model, prediction.Source));
        Assert.Null(await later.PredictAsync(Question(Row()) with { Tenant = "other" }, CancellationToken.None));
    }

    [Fact]
    public async Task A_damaged_file_in_the_cache_is_not_served()
    {
        using (var first = Server())
        {
            first.Install(Champion(1, 10));
        }

        var file = Directory.GetFiles(_root, "*.onnx", SearchOption.AllDirectories).Single();
        var content = await File.ReadAllBytesAsync(file);
        content[^1] ^= 1;
        await File.WriteAllBytesAsync(file, content);
        using var later = Server();
        Assert.Null(await later.PredictAsync(Question(Row()), CancellationToken.None));
    }

    [Fact]
    public async Task A_champion_that_cannot_answer_does_not_take_the_place_of_one_that_can()
    {
        using var server = Server();
        server.Install(Champion(1, 10));
        Assert.Throws<ModelRuntimeException>(() => server.Install(Champion(2, 1e308)));
        byte[] noModel = [1, 2, 3];
        Assert.Throws<FormatException>(() => server.Install(new("acme", "sales", Hash(noModel), 3, noModel)));
        Assert.Equal(10, (await server.PredictAsync(Question(Row()), CancellationToken.None))!.Predictions[0].Value, 1e-9);

        server.Install(Champion(4, 30));
        Assert.Equal(30, (await server.PredictAsync(Question(Row()), CancellationToken.None))!.Predictions[0].Value, 1e-9);
    }

    [Fact]
    public async Task The_file_before_stays_in_the_cache_for_a_roll_back_and_older_ones_go()
    {
        using var server = Server();
        var champions = Enumerable.Range(1, 3).Select(version => Champion(version, version)).ToList();
        champions.ForEach(server.Install);
        var cache = new ModelCache(_root);
        Assert.Equal([false, true, true], champions.Select(champion => cache.Find("acme", "sales", champion.Sha256) is not null));
        server.Install(champions[1] with { AliasVersion = 4 });
        Assert.Equal(2, (await server.PredictAsync(Question(Row()), CancellationToken.None))!.Predictions[0].Value, 1e-9);
    }

    [Fact]
    public async Task Each_field_the_model_cannot_take_is_named_with_its_row()
    {
        using var server = Server();
        server.Install(Champion(1, 10));
        var answer = await server.PredictAsync(
            Question(
                Row(),
                Row(store: "S9"),
                Row(price: 2.5),
                Row(price: double.NaN),
                new(null, new Dictionary<string, FieldValue> { ["weekday"] = 7.0, ["price"] = "dear", ["rain"] = 0.0, ["colour"] = 1.0 }),
                new(null, new Dictionary<string, FieldValue> { ["store"] = 1.0, ["weekday"] = 1.5, ["price"] = 1.0, ["rain"] = 0.0 })),
            CancellationToken.None);
        Assert.Empty(answer!.Predictions);
        Assert.Equal(
            [
                (2, "store", "'S9' is not known to the model."),
                (3, "price", "is 2.5; the model was made for 0 to 2."),
                (4, "price", "must be a finite number; 'not a number' is none."),
                (5, "store", "is missing."),
                (5, "weekday", "is the number of a level, 0 to 6; 7 is none."),
                (5, "price", "must be a finite number; 'dear' is none."),
                (5, "colour", "is no input of model 'sales'; it has store, weekday, price, rain."),
                (6, "weekday", "is the number of a level, 0 to 6; 1.5 is none."),
            ],
            answer.Faults.Select(fault => (fault.Row, fault.Field, fault.Detail)));

        Assert.Equal("rows", Assert.Single((await server.PredictAsync(Question(), CancellationToken.None))!.Faults).Field);
        Assert.Equal(QuestionReader.MostFaults, (await server.PredictAsync(Question([.. Enumerable.Repeat(Row(store: "S9"), 50)]), CancellationToken.None))!.Faults.Count);
    }

    [Fact]
    public async Task A_model_that_hangs_for_ten_seconds_is_answered_for_within_the_deadline()
    {
        using var hang = new ManualResetEventSlim();
        var runtime = new HangingRuntime(hang);
        using var server = Server(runtime, threads: 2, waiting: 2);
        server.Install(Champion(1, 10));
        Assert.Equal(10, (await server.PredictAsync(Question(Row("S1/Monday")), CancellationToken.None))!.Predictions[0].Value, 1e-9);

        runtime.Hangs = true;
        var watch = Stopwatch.StartNew();
        var rows = new[] { Row("S1/Monday"), Row("S1/Tuesday", sameWeekday: 8), Row("S1/Sunday") };
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => server.PredictAsync(Question(rows) with { Deadline = TimeSpan.FromMilliseconds(150) }, CancellationToken.None)));

        // What hangs holds two threads, two questions wait, and the others are told at once.
        Assert.InRange(watch.ElapsedMilliseconds, 0, 5_000);
        Assert.Contains(answers, answer => answer!.Fallback == "busy");
        Assert.All(answers, answer =>
        {
            Assert.Contains(answer!.Fallback, (string[])["deadline", "busy"]);
            Assert.Equal(
                [(10.0, PredictionSource.LastKnown), (8.0, PredictionSource.Rule), (5.0, PredictionSource.Rule)],
                answer.Predictions.Select(prediction => (Math.Round(prediction.Value, 9, MidpointRounding.ToEven), prediction.Source)));
        });

        runtime.Hangs = false;
        hang.Set();
        PredictionAnswer? after;
        do
        {
            after = await server.PredictAsync(Question(Row()), CancellationToken.None);
        }
        while (after!.Fallback is not null && watch.Elapsed < TimeSpan.FromSeconds(20));

        Assert.Null(after.Fallback);
    }

    [Fact]
    public async Task Without_the_runtime_the_models_rule_answers_and_says_so()
    {
        using var server = Server(new AbsentRuntime());
        server.Install(Champion(1, 10));
        var answer = await server.PredictAsync(Question(Row(sameWeekday: 8)), CancellationToken.None);
        Assert.Equal(("no_runtime", 8.0, PredictionSource.Rule), (answer!.Fallback, answer.Predictions[0].Value, answer.Predictions[0].Source));
    }

    private static CachedModel Champion(long aliasVersion, double value)
    {
        var file = AdditiveGraph.Write(Card, [[0, Math.Log(2)], new double[7]], [1, 0], Math.Log(value) + (value > 1e300 ? 1e3 : 0));
        return new("acme", "sales", Hash(file), aliasVersion, file);
    }

    private static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private static PredictionQuestion Question(params PredictionRow[] rows) => new("acme", "sales", rows);

    private static PredictionRow Row(string? key = null, string store = "S1", double price = 0, double? sameWeekday = null)
    {
        var fields = new Dictionary<string, FieldValue> { ["store"] = store, ["weekday"] = 3.0, ["price"] = price, ["rain"] = 0.0 };
        if (sameWeekday is { } known)
        {
            fields["same_weekday"] = known;
        }

        return new(key, fields);
    }

    private ModelServer Server(IModelRuntime? runtime = null, int threads = 2, int waiting = 64) => new(
        runtime ?? new OnnxModelRuntime(),
        new ModelCache(_root),
        new ServingOptions { Threads = threads, Waiting = waiting, DeadlineMilliseconds = 2000 },
        TimeProvider.System,
        NullLogger<ModelServer>.Instance);
}
