using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using RetailInsight.Api;
using RetailInsight.Core.Ports;
using RetailInsight.Ml.Forecasting;
using RetailInsight.Ml.Serving;
using RetailInsight.Ml.Training;
using RetailInsight.Platform.OnnxRuntime;
using RetailInsight.Tests.Ml.Serving;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>Questions to a model over HTTP: the real endpoint, the real server of models, ONNX Runtime.</summary>
[Collection(ApiCollections.Contract)]
public sealed class PredictionTests(ApiHost host)
{
    private const string Json = "application/json";

    /// <summary>Has a forecast of the stores S01 to S06 answer for a company.</summary>
    internal static void Serve(IServiceProvider services, string tenant, string model)
    {
        var file = Forecast(out _);
        services.GetRequiredService<ModelServer>().Put(tenant, model, ServedModel.Load(services.GetRequiredService<IModelRuntime>(), Convert.ToHexStringLower(SHA256.HashData(file)), 3, file));
    }

    [Fact]
    public async Task A_row_names_a_store_and_a_day_and_is_answered_by_the_champion()
    {
        await using var app = await StartAsync(new OnnxModelRuntime());
        using var office = await ApiHost.SignInAsync(ApiHost.AddressOf(app), "honbu");
        var file = Forecast(out var forecaster);
        var takes = await office.GetFromJsonAsync<JsonElement>("/v1/predict/sales");
        Assert.Equal(
            ["store", "date", "promotion", "public_holiday", "school_holiday", "closed_before", "closed_after", "same_weekday"],
            takes.GetProperty("fields").EnumerateArray().Select(field => field.GetProperty("name").GetString()));
        Assert.Equal((1000, 5000), (takes.GetProperty("max_rows").GetInt32(), takes.GetProperty("max_deadline_ms").GetInt32()));

        var (status, answer) = await AskAsync(office, """{"rows":[{"store":"S01","date":"2026-11-16"},{"date":"2026-11-17","store":"S02","promotion":true,"same_weekday":5}],"deadline_ms":5000}""");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(
            ("sales", "standard test", Convert.ToHexStringLower(SHA256.HashData(file)), 3, JsonValueKind.Null),
            (answer.GetProperty("model").GetString(), answer.GetProperty("version").GetString(), answer.GetProperty("sha256").GetString(), answer.GetProperty("alias_version").GetInt32(), answer.GetProperty("fallback").ValueKind));
        var predictions = answer.GetProperty("predictions").EnumerateArray().ToList();
        Assert.All(predictions, one => Assert.Equal("model", one.GetProperty("source").GetString()));
        Assert.Equal(
            forecaster.Forecast(new DayFacts(new OpenDay("S01", "", new(2026, 11, 16), DayTraits.None), false, false)).Expected, predictions[0].GetProperty("value").GetDouble(), 1e-6);
    }

    [Fact]
    public async Task A_store_one_may_not_see_is_one_that_does_not_exist_however_it_is_named()
    {
        await using var app = await StartAsync(new OnnxModelRuntime());
        using var manager = await ApiHost.SignInAsync(ApiHost.AddressOf(app), "shibuya");
        using var office = await ApiHost.SignInAsync(ApiHost.AddressOf(app), "honbu");
        using var stranger = ApiHost.Client(ApiHost.AddressOf(app));
        using var vendor = await ApiHost.SignInAsync(ApiHost.AddressOf(app), "supplier");
        static string Of(string store) => $$"""{"rows":[{"store":"S01","date":"2026-11-16"},{"store":{{store}},"date":"2026-11-16"}]}""";
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(manager, Of("\"S01\""))).Status);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(office, Of("\"S02\""))).Status);
        var (foreign, random) = (await AskAsync(manager, Of("\"S02\"")), await AskAsync(manager, Of("\"S99\"")));
        var nobodys = await AskAsync(office, Of("\"S99\""));
        foreach (var (refused, store) in new[] { (foreign, "S02"), (random, "S99"), (nobodys, "S99") })
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
            var fault = refused.Answer.GetProperty("errors").EnumerateArray().Single();
            Assert.Equal((2, "store", $"'{store}' is not known to the model."), (fault.GetProperty("row").GetInt32(), fault.GetProperty("field").GetString(), fault.GetProperty("detail").GetString()));
            Assert.Equal($"Nothing was predicted. Row 2, store: '{store}' is not known to the model.", refused.Answer.GetProperty("detail").GetString());
        }

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await AskAsync(manager, Of("1"))).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(stranger, Of("\"S01\""))).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await AskAsync(vendor, Of("\"S01\""))).Status);
        using var other = await ApiHost.SignInAsync(ApiHost.AddressOf(app), "camden");
        Assert.Equal(HttpStatusCode.NotFound, (await AskAsync(other, Of("\"S01\""))).Status);
    }

    [Fact]
    public async Task A_question_has_limits_and_each_fault_its_row_and_field()
    {
        await using var app = await StartAsync(new OnnxModelRuntime());
        using var office = await ApiHost.SignInAsync(ApiHost.AddressOf(app), "honbu");
        var row = """{"store":"S01","date":"2026-11-16"}""";
        foreach (var (status, code, body) in new[]
        {
            (400, "parameter-invalid", """{"rows":[]}"""), (400, "parameter-invalid", $$"""{"rows":[{{string.Join(",", Enumerable.Repeat(row, 1001))}}]}"""),
            (400, "parameter-invalid", $$"""{"rows":[{{row}}],"deadline_ms":0}"""), (400, "parameter-invalid", $$"""{"rows":[{{row}}],"deadline_ms":5001}"""),
            (400, "request-invalid", """{"rows":[{"store":{},"date":"2026-11-16"}]}"""), (400, "request-invalid", """{"rows":[{"store":1e400}]}"""), (400, "request-invalid", $$"""{"rows":[{{row}}],"more":1}"""), (400, "request-invalid", "{}"),
            (400, "request-invalid", """{"rows":[{"store":"S01","store":"S02","date":"2026-11-16"}]}"""),
            (422, "rows-invalid", """{"rows":[null]}"""), (422, "rows-invalid", """{"rows":[{}]}"""), (422, "rows-invalid", """{"rows":[{"store":null,"date":"2026-11-16"}]}"""),
            (422, "rows-invalid", """{"rows":[{"store":"S01","date":"tomorrow"}]}"""), (422, "rows-invalid", """{"rows":[{"store":"S01","date":"2026-11-16","weekday of the store":"S03|1"}]}"""),
        })
        {
            var (answered, problem) = await AskAsync(office, body);
            Assert.True(((int)answered, problem.GetProperty("code").GetString()) == (status, code), $"{body[..Math.Min(100, body.Length)]}: {answered} {problem}");
        }

        Assert.Equal(HttpStatusCode.NotFound, (await AskAsync(office, $$"""{"rows":[{{row}}]}""", "visitors")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await AskAsync(office, $$"""{"rows":[{{row}}]}""", "sales?later=1")).Status);
    }

    [Fact]
    public async Task A_model_that_hangs_for_ten_seconds_is_answered_for_within_the_deadline_and_marked()
    {
        using var released = new ManualResetEventSlim();
        var runtime = new HangingRuntime(released);
        await using var app = await StartAsync(runtime);
        using var office = await ApiHost.SignInAsync(ApiHost.AddressOf(app), "honbu");
        const string Known = """{"rows":[{"store":"S01","date":"2026-11-16"}],"deadline_ms":5000}""";
        var value = (await AskAsync(office, Known)).Answer.GetProperty("predictions")[0].GetProperty("value").GetDouble();

        runtime.Hangs = true;
        var watch = Stopwatch.StartNew();
        var (status, answer) = await AskAsync(office, """{"rows":[{"store":"S01","date":"2026-11-16"},{"store":"S02","date":"2026-11-16","same_weekday":8},{"store":"S03","date":"2026-11-16"}],"deadline_ms":400}""");
        Assert.InRange(watch.ElapsedMilliseconds, 350, 5_000);
        Assert.Equal((HttpStatusCode.OK, "deadline"), (status, answer.GetProperty("fallback").GetString()));
        var predictions = answer.GetProperty("predictions").EnumerateArray().Select(one => (Value: one.GetProperty("value").GetDouble(), Source: one.GetProperty("source").GetString())).ToList();
        Assert.Equal((value, "last_known"), predictions[0]);
        Assert.Equal((8, "rule"), predictions[1]);
        Assert.Equal("rule", predictions[2].Source);
        Assert.InRange(predictions[2].Value, 100_000, 1_000_000);

        // Two hang, the queue takes some, and nobody waits longer than he said.
        watch.Restart();
        var many = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => AskAsync(office, Known.Replace("5000", "400", StringComparison.Ordinal))));
        Assert.InRange(watch.ElapsedMilliseconds, 0, 8_000);
        Assert.All(many, one => Assert.Contains(one.Answer.GetProperty("fallback").GetString(), (string[])["deadline", "busy"]));
        runtime.Hangs = false;
        released.Set();
    }

    [Fact]
    public async Task Without_the_runtime_the_answer_is_a_marked_fallback_and_never_a_failure()
    {
        await using var app = await StartAsync(new AbsentRuntime());
        using var office = await ApiHost.SignInAsync(ApiHost.AddressOf(app), "honbu");
        var (status, answer) = await AskAsync(office, """{"rows":[{"store":"S01","date":"2026-11-16"}]}""");
        Assert.Equal((HttpStatusCode.OK, "no_runtime"), (status, answer.GetProperty("fallback").GetString()));
        Assert.Equal("rule", answer.GetProperty("predictions")[0].GetProperty("source").GetString());
    }

    [Fact]
    public async Task A_process_that_starts_with_database_and_lake_out_of_reach_answers_from_its_cache()
    {
        var directory = Directory.CreateTempSubdirectory("predict").FullName;
        await using var issuer = await TokenIssuer.StartAsync();
        var file = Forecast(out var forecaster);
        new ModelCache(Path.Combine(directory, "models")).Keep(new("aoba", "sales", Convert.ToHexStringLower(SHA256.HashData(file)), 5, file));
        await File.WriteAllTextAsync(Path.Combine(directory, "keys.json"), issuer.Keys);
        var address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePorts.Pair()}"));
        var start = new ProcessStartInfo("dotnet", [typeof(ApiService).Assembly.Location, "--urls", address.OriginalString]) { WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in new[]
        {
            ("Platform__Adapters", "Google"), ("Platform__Google__Project", "none"), ("Platform__Google__Bucket", "none"), ("Platform__Google__Dataset", "none"), ("STORAGE_EMULATOR_HOST", "http://127.0.0.1:9"), ("PUBSUB_EMULATOR_HOST", "127.0.0.1:9"),
            ("BIGQUERY_EMULATOR_HOST", "http://127.0.0.1:9"), ("Platform__DataDirectory", directory), ("Platform__Postgres__Host", "127.0.0.1"), ("Platform__Postgres__Port", "9"), ("Platform__Postgres__Database", "none"),
            ("Api__Oidc__KeysFile", Path.Combine(directory, "keys.json")), ("Api__Oidc__Issuer", issuer.Address), ("Api__Oidc__Audience", TokenIssuer.Audience),
            ("Ml__Serving__Enabled", "true"), ("Ml__Serving__CacheDirectory", Path.Combine(directory, "models")), ("Ml__Serving__RefreshSeconds", "1"), ("Ml__Serving__DeadlineMilliseconds", "5000"),
        })
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var said = new StringBuilder();
        process.OutputDataReceived += (_, line) => said.AppendLine(line.Data);
        process.ErrorDataReceived += (_, line) => said.AppendLine(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            using var client = new HttpClient { BaseAddress = address };
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", issuer.Token());
            (HttpStatusCode Status, JsonElement Answer) answer = default;
            for (var wait = 0; answer.Status == 0; wait++)
            {
                Assert.False(process.HasExited, said.ToString());
                Assert.True(wait < 300, said.ToString());
                try
                {
                    answer = await AskAsync(client, """{"rows":[{"store":"S04","date":"2026-11-16"}]}""");
                }
                catch (HttpRequestException)
                {
                    await Task.Delay(200);
                }
            }

            // Refreshing in vain does not disturb it.
            await Task.Delay(2_500);
            answer = await AskAsync(client, """{"rows":[{"store":"S04","date":"2026-11-16"}]}""");
            Assert.True(answer.Status == HttpStatusCode.OK, $"{answer.Status} {answer.Answer} {said}");
            Assert.Equal((JsonValueKind.Null, 5), (answer.Answer.GetProperty("fallback").ValueKind, answer.Answer.GetProperty("alias_version").GetInt32()));
            Assert.Equal(
                forecaster.Forecast(new DayFacts(new OpenDay("S04", "", new(2026, 11, 16), DayTraits.None), false, false)).Expected, answer.Answer.GetProperty("predictions")[0].GetProperty("value").GetDouble(), 1e-6);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
            Directory.Delete(directory, recursive: true);
        }
    }

    private static byte[] Forecast(out StoreForecaster forecaster)
    {
        List<SalesDay> history = [.. from store in Enumerable.Range(1, 6)
                                     from back in Enumerable.Range(0, 90)
                                     let date = Company.Latest.AddDays(-back)
                                     select new SalesDay(new($"S0{store}", "", date, DayTraits.None), 100_000 * store * (date.DayOfWeek is DayOfWeek.Sunday or DayOfWeek.Saturday ? 1.5 : 1) * (1 + (date.DayNumber * 37 % 11 / 100.0)))];
        forecaster = StoreForecaster.Fit(history, []);
        return ForecastTraining.Export(forecaster.Model, history, "standard test");
    }

    private static async Task<(HttpStatusCode Status, JsonElement Answer)> AskAsync(HttpClient client, string body, string model = "sales")
    {
        using var content = new StringContent(body, Encoding.UTF8, Json);
        using var answer = await client.PostAsync("/v1/predict/" + model, content);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    private async Task<WebApplication> StartAsync(IModelRuntime runtime)
    {
        var app = await ApiHost.StartAsync(host.Database, new() { ["Api:LoginAttemptsPerMinute"] = "10000" }, arrange: services => services.AddSingleton(runtime));
        Serve(app.Services, "aoba", "sales");
        return app;
    }
}
