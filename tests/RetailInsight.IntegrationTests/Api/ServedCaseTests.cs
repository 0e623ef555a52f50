using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using RetailInsight.Core.Ports;
using RetailInsight.Core.Tenancy;
using RetailInsight.Ml.Review;
using RetailInsight.Tests.Ml.Serving;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>What served models were unsure of: people are asked about it, and no answer waits for that, whether or not there is a database.</summary>
[Collection(ApiCollections.Contract)]
public sealed class ServedCaseTests(ApiHost host) : IAsyncLifetime, IDisposable
{
    private readonly ManualResetEventSlim _released = new();
    private HangingRuntime _runtime = null!;
    private TestDatabase _database = null!;
    private DatabaseLine _line = null!;
    private WebApplication _app = null!;

    public async Task InitializeAsync()
    {
        _runtime = new(_released);
        _database = await host.EmptyDatabaseAsync();
        await Company.FoundAsync(_database.Job);
        _line = new(_database);
        _app = await ApiHost.StartAsync(
            _database, new() { ["Api:LoginAttemptsPerMinute"] = "10000" },
            arrange: services => services.AddSingleton<IModelRuntime>(_runtime).AddHostedService(provider => provider.GetRequiredService<ServedCases>())
                .AddKeyedSingleton(DatabaseRole.App, (_, _) => _line.Source(DatabaseRole.App)).AddKeyedSingleton(DatabaseRole.Job, (_, _) => _line.Source(DatabaseRole.Job)));
        PredictionTests.Serve(_app.Services, "aoba", "sales");
        await using var connection = await _database.Owner.OpenConnectionAsync();
        await connection.ExecuteAsync("INSERT INTO tenancy.store (tenant, store, name, time_zone, opens_minute, closes_minute, floor_area) VALUES ('aoba', 'S07', 'new', 'Asia/Tokyo', 600, 1200, 100)");
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        await _line.DisposeAsync();
        await _database.DisposeAsync();
    }

    public void Dispose() => _released.Dispose();

    [Fact]
    public async Task People_are_asked_about_what_the_fallback_answered_and_what_the_model_never_learnt_and_about_nothing_else()
    {
        using var office = await ApiHost.SignInAsync(ApiHost.AddressOf(_app), "honbu");

        // Its history has ninety days to 14 November of six stores, and no promotions.
        Assert.Equal(HttpStatusCode.OK, await AskAsync(
            office, """{"rows":[{"store":"S01","date":"2026-11-16","promotion":true},{"store":"S02","date":"2027-02-01"},{"store":"S03","date":"2026-11-16"}],"deadline_ms":5000}"""));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await AskAsync(office, """{"rows":[{"store":"S07","date":"2026-11-16"},{"store":"NOWHERE","date":"2026-11-16"}]}"""));
        _runtime.Hangs = true;
        for (var again = 0; again < 2; again++)
        {
            Assert.Equal(HttpStatusCode.OK, await AskAsync(office, """{"rows":[{"store":"S04","date":"2026-11-17","same_weekday":8}],"deadline_ms":50}"""));
        }

        _runtime.Hangs = false;
        _released.Set();
        Assert.Equal(
            ["fallback S04 2026-11-17 2 ", "outside_training S01 2026-11-16 1 promotion", "outside_training S02 2027-02-01 1 horizon", "outside_training S07 2026-11-16 1 store"], await CandidatesAsync(4, 2));

        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
        Assert.Equal(4, await NightAsync("aoba", today));
        Assert.Equal(0, await NightAsync("aoba", today));
        Assert.Equal(0, await NightAsync("thames", today));
        using var engineer = await ApiHost.SignInAsync(ApiHost.AddressOf(_app), "engineer");
        var cases = await engineer.GetFromJsonAsync<JsonElement>("/v1/ops/models/review?reason=fallback");
        var one = Assert.Single(cases.EnumerateArray());
        Assert.Equal(("S04", "net_sales", "2026-11-17", 8), (one.GetProperty("store").GetString(), one.GetProperty("subject").GetString(), one.GetProperty("business_date").GetString(), one.GetProperty("detail").GetProperty("expected").GetDouble()));
        var page = await engineer.GetStringAsync("/ops/models/review?lang=en");
        Assert.Contains("¥8 was answered in its place (out of time)", page, StringComparison.Ordinal);
        Assert.Contains("the model does not know: the promotion", page, StringComparison.Ordinal);
        Assert.Contains("the model does not know: a day farther ahead than it was tested", page, StringComparison.Ordinal);

        // What nobody asked about for a week is forgotten.
        await NightAsync("aoba", today.AddDays(8));
        await using var connection = await _database.Owner.OpenConnectionAsync();
        Assert.Equal(0, await connection.ExecuteScalarAsync<int>("SELECT count(*) FROM ml.review_candidate"));
    }

    [Fact]
    public async Task With_the_database_cut_answers_come_as_fast_what_is_too_much_is_counted_and_the_rest_is_kept_once_it_is_back()
    {
        using var office = await ApiHost.SignInAsync(ApiHost.AddressOf(_app), "honbu");
        const string Promotion = """{"rows":[{"store":"S05","date":"2026-11-16","promotion":true}],"deadline_ms":5000}""";
        Assert.Equal(HttpStatusCode.OK, await AskAsync(office, Promotion.Replace("S05", "S01", StringComparison.Ordinal)));
        await CandidatesAsync(1, 1);
        var dropped = 0L;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, heard) =>
        {
            if (instrument.Name == "retailinsight.ml.review_candidates.dropped")
            {
                heard.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref dropped, count));
        listener.Start();

        _line.Set(LineState.Cut);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(office, Promotion));
        var cases = _app.Services.GetRequiredService<ServedCases>();
        var at = TimeProvider.System.GetUtcNow();
        var watch = TimeProvider.System.GetTimestamp();
        for (var row = 0; row < 5_000; row++)
        {
            cases.Collect(new ServedCase("aoba", "fallback", "S06", "net_sales", new(2026, 11, 16), at, 1, "busy", [], "x"));
        }

        Assert.InRange(TimeProvider.System.GetElapsedTime(watch).TotalMilliseconds, 0, 1_000);
        Assert.InRange(Interlocked.Read(ref dropped), 5_000 - ServedCases.Waiting - 500, 5_000 - ServedCases.Waiting);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(office, Promotion));
        _line.Set(LineState.Open);
        var kept = 5_000 - (int)Interlocked.Read(ref dropped) + 1;
        var rows = await CandidatesAsync(3, kept);
        Assert.Contains(rows, row => row.StartsWith("outside_training S05", StringComparison.Ordinal));
    }

    // What is kept: waits for so many candidates, one of which was met so many times.
    private async Task<IReadOnlyList<string>> CandidatesAsync(int count, int times)
    {
        await using var connection = await _database.Owner.OpenConnectionAsync();
        List<(string Text, int Times)> rows = [];
        for (var wait = 0; wait < 150 && (rows.Count < count || rows.Max(row => row.Times) < times); wait++)
        {
            await Task.Delay(100);
            rows = [.. await connection.QueryAsync<(string, int)>(
                """
                SELECT concat_ws(' ', reason, store, business_date, times, array_to_string(ARRAY(SELECT jsonb_array_elements_text(detail -> 'unseen')), ',')), times
                FROM ml.review_candidate WHERE tenant = 'aoba' ORDER BY reason, store
                """)];
        }

        Assert.True((count, times) == (rows.Count, rows.Max(row => row.Times)), string.Join("; ", rows));
        return [.. rows.Select(row => row.Text)];
    }

    private async Task<int> NightAsync(string tenant, DateOnly asOf)
    {
        var set = await _app.Services.GetRequiredService<ReviewCases>().ComputeAsync(tenant, asOf, CancellationToken.None);
        await using var connection = await _database.Job.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var changed = await ReviewCases.PublishAsync(set, connection, transaction, CancellationToken.None);
        await transaction.CommitAsync();
        return changed;
    }

    private static async Task<HttpStatusCode> AskAsync(HttpClient client, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync("/v1/predict/sales", content);
        return answer.StatusCode;
    }
}
