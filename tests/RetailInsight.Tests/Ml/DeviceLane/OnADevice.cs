using System.Security.Cryptography;
using System.Text.Json;
using RetailInsight.Core.Ports;
using RetailInsight.Ml.DeviceLane;
using RetailInsight.Ml.Onnx;
using RetailInsight.Models;
using RetailInsight.Platform.OnnxRuntime;

namespace RetailInsight.Tests.Ml.DeviceLane;

public sealed class OnADevice : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("device").FullName;
    private readonly SteppingClock _clock = new();

    public OnADevice()
    {
        File.WriteAllText(Path.Combine(_folder, "inputs.json"), "[" + string.Join(",", Enumerable.Range(0, 1000).Select(i => $$"""{"store":{{i}}}""")) + "]");
        WriteModel("accepted.onnx", _ => 1);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_was_accepted_passes_and_its_report_is_kept_under_its_hash()
    {
        Assert.Equal(EvaluateCommand.Usage, (await EvaluateAsync("accepted.onnx")).Code);
        Assert.Equal(EvaluateCommand.Passed, (await EvaluateAsync("accepted.onnx", "--update-golden")).Code);
        var (code, answer, _) = await EvaluateAsync("accepted.onnx");

        Assert.Equal(EvaluateCommand.Passed, code);
        var report = answer.GetProperty("report");
        Assert.Equal((1000, 1.0, 0.0), (report.GetProperty("rows").GetInt32(), report.GetProperty("accuracy").GetDouble(), report.GetProperty("maximum_relative_error").GetDouble()));
        Assert.True(report.GetProperty("p95_milliseconds").GetDouble() > 0);
        var hash = answer.GetProperty("report_sha256").GetString()!;
        Assert.Equal(hash, Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(_folder, "reports", hash + ".json")))));
    }

    [Theory]
    [InlineData(5, true)]
    [InlineData(6, false)]
    public async Task Half_a_point_of_accuracy_may_be_lost_and_no_more(int wrong, bool passes)
    {
        await EvaluateAsync("accepted.onnx", "--update-golden");
        WriteModel("changed.onnx", store => store < wrong ? 1.5 : 1.0005);
        var (code, answer, _) = await EvaluateAsync("changed.onnx");
        Assert.Equal(passes ? EvaluateCommand.Passed : EvaluateCommand.Regression, code);
        Assert.Equal(1 - wrong / 1000.0, answer.GetProperty("report").GetProperty("accuracy").GetDouble(), 1e-12);
        Assert.Equal(passes ? [] : ["Accuracy is 99.4 %, 0.6 points below the golden; 0.5 are allowed."], Failures(answer));
    }

    [Theory]
    [InlineData(1.09, 1, true)]
    [InlineData(1.12, 1, false)]
    [InlineData(3, 3, true)]
    [InlineData(3.4, 3, false)]
    public async Task A_tenth_of_the_latency_may_be_added_and_no_more_however_fast_the_device_is_at_the_moment(double model, double device, bool passes)
    {
        await EvaluateAsync("accepted.onnx", "--update-golden");
        (_clock.Model, _clock.Device) = (model, device);
        var (code, answer, _) = await EvaluateAsync("accepted.onnx");
        Assert.Equal(passes ? EvaluateCommand.Passed : EvaluateCommand.Regression, code);
        Assert.Equal(passes ? 0 : 1, Failures(answer).Count(failure => failure.StartsWith("p95 is", StringComparison.Ordinal)));
        Assert.Equal(passes ? 1 : 3, answer.GetProperty("report").GetProperty("measurements").GetInt32());
    }

    [Fact]
    public async Task A_disturbance_that_passes_is_no_regression()
    {
        await EvaluateAsync("accepted.onnx", "--update-golden");
        _clock.DisturbedUntil = 61_000;
        var (code, answer, _) = await EvaluateAsync("accepted.onnx");
        Assert.Equal((EvaluateCommand.Passed, 2), (code, answer.GetProperty("report").GetProperty("measurements").GetInt32()));
    }

    [Fact]
    public async Task A_golden_without_times_of_the_reference_work_is_to_be_accepted_anew()
    {
        await EvaluateAsync("accepted.onnx", "--update-golden");
        var file = Path.Combine(_folder, "edge-x64.golden.json");
        await File.WriteAllLinesAsync(file, (await File.ReadAllLinesAsync(file)).Where(line => !line.Contains("relative_p95", StringComparison.Ordinal)).Select(line => line.Contains("p95_milliseconds", StringComparison.Ordinal) ? line.TrimEnd(',') : line));
        var (code, answer, _) = await EvaluateAsync("accepted.onnx");
        Assert.Equal(EvaluateCommand.Regression, code);
        Assert.Contains("accept a new one", Assert.Single(Failures(answer)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_the_real_clock_a_machine_that_is_busy_passes_and_a_model_of_twice_the_work_does_not()
    {
        await EvaluateAsync(TimeProvider.System, "accepted.onnx", "--update-golden");
        using (var stop = new CancellationTokenSource())
        {
            var others = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Task.Factory.StartNew(() => SpinWait.SpinUntil(() => stop.IsCancellationRequested), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
            var (code, answer, _) = await EvaluateAsync(TimeProvider.System, "accepted.onnx");
            await stop.CancelAsync();
            await Task.WhenAll(others);
            Assert.True(code == EvaluateCommand.Passed, answer.ToString());
        }

        var card = new ModelCard("sales", "2", ModelKind.LogAdditive, [new("store", 1000), .. Enumerable.Range(0, 40).Select(more => new IndexInput($"more {more}", 1))], [], new(null, 0));
        await File.WriteAllBytesAsync(Path.Combine(_folder, "slow.onnx"), AdditiveGraph.Write(card, [[.. Enumerable.Range(0, 1000).Select(store => Math.Log(1 + store))], .. Enumerable.Repeat(new double[1], 40)], [], 0));
        var row = string.Concat(Enumerable.Range(0, 40).Select(more => $",\"more {more}\":0"));
        var golden = DeviceEvaluation.Run(
            new OnnxModelRuntime(), await File.ReadAllBytesAsync(Path.Combine(_folder, "accepted.onnx")), System.Text.Encoding.UTF8.GetBytes("[" + string.Join(",", Enumerable.Range(0, 200).Select(i => $"{{\"store\":{i}}}")) + "]"),
            null, "edge", new(), TimeProvider.System, CancellationToken.None).Golden;
        var inputs = System.Text.Encoding.UTF8.GetBytes("[" + string.Join(",", Enumerable.Range(0, 200).Select(i => $"{{\"store\":{i}{row}}}")) + "]");
        var slow = DeviceEvaluation.Run(
            new OnnxModelRuntime(), await File.ReadAllBytesAsync(Path.Combine(_folder, "slow.onnx")), inputs,
            golden with { InputsSha256 = Convert.ToHexStringLower(SHA256.HashData(inputs)) }, "edge", new(), TimeProvider.System, CancellationToken.None).Report;
        Assert.StartsWith("p95 is", Assert.Single(slow.Failures), StringComparison.Ordinal);
        Assert.Equal(3, slow.Measurements);
    }

    [Fact]
    public async Task Other_questions_need_another_golden()
    {
        await EvaluateAsync("accepted.onnx", "--update-golden");
        await File.WriteAllTextAsync(Path.Combine(_folder, "inputs.json"), """[{"store":1}]""");
        Assert.Equal(EvaluateCommand.Regression, (await EvaluateAsync("accepted.onnx")).Code);
        await File.WriteAllTextAsync(Path.Combine(_folder, "inputs.json"), """[{"store":1},{"store":"S1"}]""");
        var (code, _, error) = await EvaluateAsync("accepted.onnx", "--update-golden");
        Assert.Equal(EvaluateCommand.Usage, code);
        Assert.Contains("Question 2: store", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_is_had_by_one_at_a_time_until_the_lease_runs_out()
    {
        var clock = new SteppingClock();
        var first = await TakeAsync("first", clock);
        var busy = await Assert.ThrowsAsync<DeviceBusyException>(() => TakeAsync("second", clock));
        Assert.Contains("leased to first until 2026-11-23 00:10:00 UTC", busy.Message, StringComparison.Ordinal);

        var waiting = DeviceLease.TakeAsync(_folder, "edge", "third", TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(30), clock, CancellationToken.None);
        Assert.False(waiting.IsCompleted);
        first.Dispose();
        (await waiting).Dispose();

        // One who died keeps it until it runs out; what he would give back later is not his any more.
        var dead = await TakeAsync("dead", clock);
        clock.Now += TimeSpan.FromMinutes(10);
        using var heir = await TakeAsync("heir", clock);
        dead.Dispose();
        await Assert.ThrowsAsync<DeviceBusyException>(() => TakeAsync("second", clock));
    }

    [Fact]
    public async Task Of_many_who_ask_at_once_one_gets_the_device()
    {
        var taken = await Task.WhenAll(Enumerable.Range(0, 16).Select(number => Task.Run(async () =>
        {
            try
            {
                return await TakeAsync($"owner {number}", _clock);
            }
            catch (DeviceBusyException)
            {
                return null;
            }
        })));
        Assert.Single(taken, lease => lease is not null);
    }

    private static List<string> Failures(JsonElement answer) => [.. answer.GetProperty("report").GetProperty("failures").EnumerateArray().Select(failure => failure.GetString()!)];

    private Task<DeviceLease> TakeAsync(string owner, TimeProvider clock) =>
        DeviceLease.TakeAsync(_folder, "edge", owner, TimeSpan.FromMinutes(10), TimeSpan.Zero, clock, CancellationToken.None);

    private void WriteModel(string name, Func<int, double> factor)
    {
        var card = new ModelCard("sales", "1", ModelKind.LogAdditive, [new("store", 1000)], [], new(null, 0));
        File.WriteAllBytes(Path.Combine(_folder, name), AdditiveGraph.Write(card, [[.. Enumerable.Range(0, 1000).Select(store => Math.Log(factor(store) * (1 + store)))]], [], 0));
    }

    private Task<(int Code, JsonElement Answer, string Error)> EvaluateAsync(string model, params string[] more)
    {
        _clock.Restart();
        return EvaluateAsync(_clock, model, more);
    }

    private async Task<(int Code, JsonElement Answer, string Error)> EvaluateAsync(TimeProvider clock, string model, params string[] more)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var command = EvaluateCommand.Create(new OnnxModelRuntime(), clock, output, error);
        var code = await command.Parse([Path.Combine(_folder, model), "--golden", _folder, "--device-class", "edge-x64", .. more]).InvokeAsync();
        return (code, output.ToString() is { Length: > 0 } json ? JsonDocument.Parse(json).RootElement.Clone() : default, error.ToString());
    }

    /// <summary>Questions and reference work take turns: each takes a known time, 1 ms and 0.5 ms, every hundredth question 3 ms, times its factor; while disturbed questions take twice as long.</summary>
    private sealed class SteppingClock : TimeProvider
    {
        private long _ticks;
        private long _asked;

        public DateTimeOffset Now { get; set; } = new(2026, 11, 23, 0, 0, 0, TimeSpan.Zero);

        public double Model { get; set; } = 1;

        public double Device { get; set; } = 1;

        public long DisturbedUntil { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => Now;

        public void Restart() => _asked = 0;

        // The lease looks once; then each question, and each piece of reference work, at its begin and its end.
        public override long GetTimestamp()
        {
            var step = _asked++ % 4;
            return _ticks += (long)(TimeSpan.TicksPerMillisecond * step switch
            {
                2 => Model * (_asked / 4 % 100 == 0 ? 3 : 1) * (_asked < DisturbedUntil ? 2 : 1),
                0 when _asked > 1 => 0.5 * Device,
                _ => 0.1,
            });
        }
    }
}
