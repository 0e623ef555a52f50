using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using RetailInsight.Core.Ports;
using RetailInsight.Ml.Edge;
using RetailInsight.Ml.Serving;

namespace RetailInsight.Tests.Ml.Edge;

/// <summary>What a device answers from its active slot, alone.</summary>
public sealed class EdgeAnswers : IDisposable
{
    private readonly DeviceFolder _device = new();

    public void Dispose() => _device.Dispose();

    internal static EdgeModel Open(ModelSlots slots) => EdgeModel.Open(slots, new ServingOptions { DeadlineMilliseconds = 5000 }, TimeProvider.System, NullLoggerFactory.Instance);

    internal static async Task<PredictionAnswer> AskAsync(EdgeModel edge) =>
        (await edge.PredictAsync("sales", [PredictionRow.Of(new Dictionary<string, FieldValue> { ["store"] = 1.0 })], null, CancellationToken.None))!;

    [Fact]
    public async Task Probation_is_over_after_enough_answers_and_a_switch_is_seen_without_a_restart()
    {
        _device.Slots().Install(_device.Bundle(1));
        using var edge = Open(_device.Slots());
        for (var asked = 0; asked < EdgeModel.ProbationQuestions; asked++)
        {
            Assert.Equal(2, (await AskAsync(edge)).Predictions[0].Value, 1e-9);
        }

        edge.Tend();
        Assert.False(edge.Current.IsOnProbation);
        Assert.Null(_device.Slots().Read().Probation);
        _device.Slots().Install(_device.Bundle(2));
        await UntilAsync(() => edge.Current.Manifest.Version == "2");
        Assert.Equal(4, (await AskAsync(edge)).Predictions[0].Value, 1e-9);
        _device.Slots().RollBack();
        await UntilAsync(() => edge.Current.Manifest.Version == "1");
        Assert.Equal(2, (await AskAsync(edge)).Predictions[0].Value, 1e-9);
    }

    [Fact]
    public async Task A_model_that_fails_questions_on_probation_is_taken_back()
    {
        var runtime = new DeviceFolder.Faulty();
        Installed(1, 2);
        using var edge = Open(_device.Slots(runtime));
        Assert.Equal(4, (await AskAsync(edge)).Predictions[0].Value, 1e-9);
        runtime.Fails = () => true;
        for (var failed = 0; failed < EdgeModel.MostFailed; failed++)
        {
            var answer = await AskAsync(edge);
            Assert.Equal(("failed", PredictionSource.LastKnown), (answer.Fallback, answer.Predictions[0].Source));
        }

        runtime.Fails = () => false;
        await UntilAsync(() => edge.Current.Manifest.Version == "1");
        Assert.Equal(2, (await AskAsync(edge)).Predictions[0].Value, 1e-9);
        var state = _device.Slots().Read();
        Assert.Equal(("a", null, "it failed 3 questions"), (state.Active, state.Previous, state.RolledBack));

        // What failed is not taken again by mistake.
        Assert.Equal("older", Assert.Throws<BundleRefusedException>(() => _device.Slots().Install(_device.Path("sales-2.bundle"))).Code);
    }

    [Fact]
    public async Task A_model_that_ends_the_process_at_its_start_is_taken_back_at_the_third()
    {
        Installed(1, 2);
        for (var start = 0; start < EdgeModel.MostStarts; start++)
        {
            Assert.Throws<ProcessEnded>(() => Open(_device.Slots(new DeviceFolder.Faulty { Fails = () => throw new ProcessEnded() })));
        }

        using var edge = Open(_device.Slots());
        Assert.Equal("1", (await AskAsync(edge)).Version);
        Assert.Equal("2 starts with it ended the process", _device.Slots().Read().RolledBack);
    }

    [Fact]
    public async Task A_slot_the_disk_has_lost_is_left_for_the_other_also_after_probation()
    {
        Installed(1, 2);
        _device.Slots().Change(state => state with { Probation = null });
        var model = Path.Combine(_device.Root, "b", "model.onnx");
        var content = await File.ReadAllBytesAsync(model);
        content[^1] ^= 1;
        await File.WriteAllBytesAsync(model, content);
        using (var edge = Open(_device.Slots()))
        {
            Assert.Equal("1", (await AskAsync(edge)).Version);
        }

        // With none left it says so, and does not answer with what was not signed.
        await File.WriteAllBytesAsync(Path.Combine(_device.Root, "a", "model.onnx"), content);
        Assert.Equal("part_tampered", Assert.Throws<BundleRefusedException>(() => Open(_device.Slots())).Code);
    }

    [Fact]
    public async Task A_restart_on_probation_is_no_crash()
    {
        Installed(1, 2);
        for (var start = 0; start < 5; start++)
        {
            using var edge = Open(_device.Slots());
            Assert.Equal("2", (await AskAsync(edge)).Version);
        }
    }

    [Fact]
    public async Task The_program_answers_with_the_network_cut()
    {
        _device.Slots().Install(_device.Bundle(3));
        var program = Path.Combine(AppContext.BaseDirectory, "retail-models.dll");

        // In a network of its own there is nothing but the process itself; where that is not allowed, no address but this machine's is used anyhow.
        var alone = await MayBeAloneAsync();
        string[] command = ["dotnet", program, "serve-edge", "--key", _device.PublicKey, "--root", _device.Root, "--port", "18090"];
        var script = string.Join(' ', command.Select(part => $"'{part}'"));
        var start = alone
            ? new ProcessStartInfo("unshare", ["--net", "sh", "-c", $"ip link set lo up; {script} & server=$!; for i in $(seq 100); do sleep 0.2; curl -s -m 5 -H 'Content-Type: application/json' -d '{{\"rows\":[{{\"store\":1}}]}}' http://127.0.0.1:18090/v1/predict/sales && break; done; kill $server; wait $server"])
            : null;
        if (start is null)
        {
            return;
        }

        start.RedirectStandardOutput = true;
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Contains("\"predictions\":[{\"value\":6", output, StringComparison.Ordinal);
        Assert.Contains("\"fallback\":null", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_service_of_a_device_speaks_as_the_central_one_does()
    {
        _device.Slots().Install(_device.Bundle(3));
        await using var app = Models.ServeEdgeCommand.Build(_device.Slots(), TimeProvider.System, 0);
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        var answer = await (await client.PostAsJsonAsync("/v1/predict/sales", new { rows = new[] { new { store = 0 }, new { store = 2 } }, deadline_ms = 5000 })).Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal([3, 9], answer.GetProperty("predictions").EnumerateArray().Select(one => Math.Round(one.GetProperty("value").GetDouble(), 9, MidpointRounding.ToEven)));
        Assert.Equal("3", (await client.GetFromJsonAsync<JsonElement>("/healthz")).GetProperty("version").GetString());
        foreach (var (status, path, body) in new[]
        {
            (HttpStatusCode.NotFound, "visitors", """{"rows":[{"store":0}]}"""), (HttpStatusCode.UnprocessableEntity, "sales", """{"rows":[{"store":9}]}"""),
            (HttpStatusCode.UnprocessableEntity, "sales", """{"rows":[]}"""), (HttpStatusCode.BadRequest, "sales", """{"rows":[null]}"""), (HttpStatusCode.BadRequest, "sales", "{"),
            (HttpStatusCode.BadRequest, "sales", """{"rows":[{"store":1e400}]}"""), (HttpStatusCode.BadRequest, "sales", """{"rows":[{"store":0}],"deadline_ms":0}"""),
        })
        {
            using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
            using var refused = await client.PostAsync("/v1/predict/" + path, content);
            Assert.True(status == refused.StatusCode, $"{body}: {refused.StatusCode} {await refused.Content.ReadAsStringAsync()}");
            Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
        }
    }

    private static async Task<bool> MayBeAloneAsync()
    {
        try
        {
            using var trial = Process.Start(new ProcessStartInfo("unshare", ["--net", "sh", "-c", "ip link set lo up && command -v curl"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            await trial.WaitForExitAsync();
            return trial.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static async Task UntilAsync(Func<bool> done)
    {
        var watch = Stopwatch.StartNew();
        while (!done())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20));
            await Task.Delay(50);
        }
    }

    private void Installed(params int[] numbers)
    {
        foreach (var number in numbers)
        {
            _device.Slots().Change(state => state with { Probation = null });
            _device.Slots().Install(_device.Bundle(number));
        }
    }

    private sealed class ProcessEnded : Exception;
}
