using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using RetailInsight.Core.Tenancy;
using RetailInsight.Dags.Engine;
using RetailInsight.IntegrationTests.Api;

namespace RetailInsight.IntegrationTests.Dags;

/// <summary>What a task says, read and followed through the API: while it runs, over its tries, and after its worker has died.</summary>
[Collection(ApiCollections.Contract)]
public sealed class LogsOverHttp(ApiHost host) : OperatingCompany(host)
{
    private readonly TaskCompletionSource _go = new();

    [Fact]
    public async Task Lines_are_read_while_the_task_runs_and_each_try_by_its_number()
    {
        await using var engine = await TestEngine.StartAsync(Database, [Talk()]);
        var run = await Database.QueueAsync("talk", "aoba/2026-11-14");
        await Database.WaitUntilAsync("3 = (SELECT count(*) FROM dags.task_log)");
        var page = await ReadAsync($"{run}/logs?task=talk&limit=2");
        Assert.Equal(["1 try 1 says 0", "2 try 1 says 1"], List(page, "lines", Line));
        Assert.Equal(("running", false), (page.GetProperty("state").GetString(), page.GetProperty("complete").GetBoolean()));
        page = await ReadAsync($"{run}/logs?task=talk&after={page.GetProperty("after")}");
        Assert.Equal(["3 try 1 says 2"], List(page, "lines", Line));
        Assert.False(page.GetProperty("complete").GetBoolean());

        _go.SetResult();
        Assert.Equal("success", await Database.EndOfAsync(run));
        await Database.WaitUntilAsync("7 = (SELECT count(*) FROM dags.task_log)");
        var first = await ReadAsync($"{run}/logs?task=talk&try=1");
        Assert.Equal((4, "failed", true), (first.GetProperty("lines").GetArrayLength(), first.GetProperty("try").GetProperty("outcome").GetString(), first.GetProperty("complete").GetBoolean()));
        Assert.Equal("error", first.GetProperty("lines")[3].GetProperty("level").GetString());
        Assert.Equal("1 try 2 says 0", List(await ReadAsync($"{run}/logs?task=talk"), "lines", Line)[0]);
        Assert.Equal(4, (await ReadAsync($"{run}/logs?task=talk&lease_token={first.GetProperty("try").GetProperty("lease_token")}")).GetProperty("lines").GetArrayLength());

        foreach (var (query, status) in new[]
        {
            ("task=talk&try=3", HttpStatusCode.NotFound), ("task=none", HttpStatusCode.NotFound), ("task=talk&key=x", HttpStatusCode.NotFound), ("task=talk&limit=0", HttpStatusCode.BadRequest), ("limit=1", HttpStatusCode.BadRequest),
        })
        {
            Assert.Equal((query, status), (query, (await Engineer.GetAsync($"/v1/ops/runs/{run}/logs?{query}")).StatusCode));
        }
    }

    [Fact]
    public async Task A_follower_hears_each_line_as_it_is_said_until_the_task_has_ended_and_goes_on_where_it_was()
    {
        await using var app = await LongAsync();
        using var engineer = await ApiHost.SignInAsync(ApiHost.AddressOf(app), "engineer");

        // Before anything has begun.
        await using var engine = await TestEngine.CreateAsync(Database, [Talk()]);
        var run = await Database.QueueAsync("talk", "aoba/2026-11-14");
        var events = FollowAsync(engineer, $"{run}/logs/stream?task=talk").GetAsyncEnumerator();
        Assert.Equal("waiting", (await NextAsync(events)).EventType);
        await using var working = await TestEngine.StartAsync(Database, [Talk()]);
        var heard = new List<SseItem<string>>();
        while (heard.Count < 4)
        {
            var one = await NextAsync(events);
            if (one.EventType != "waiting")
            {
                heard.Add(one);
            }
        }

        Assert.Equal(["try", "line", "line", "line"], heard.Select(one => one.EventType));
        Assert.Equal("running", await Database.ScalarAsync<string>("SELECT state FROM dags.task_instance"));

        // The connection breaks; another goes on behind the second line, into the next try.
        await events.DisposeAsync();
        _go.SetResult();
        var rest = await FollowAsync(engineer, $"{run}/logs/stream?task=talk", heard[2].EventId).Where(one => one.EventType != "waiting").ToListAsync();
        Assert.Equal(
            ["line 3 try 1 says 2", "line 4 broken", "try", "line 1 try 2 says 0", "line 2 try 2 says 1", "line 3 try 2 says 2", "end success"],
            rest.Select(one => $"{one.EventType} {Text(one)}".TrimEnd()));
        var only = await FollowAsync(engineer, $"{run}/logs/stream?task=talk&try=1").ToListAsync();
        Assert.Equal(["try", "line", "line", "line", "line", "end"], only.Select(one => one.EventType).Where(type => type != "waiting"));
        Assert.Equal(HttpStatusCode.BadRequest, (await AskAsync(engineer, $"{run}/logs/stream?task=talk", "yesterday")).StatusCode);
    }

    [Fact]
    public async Task A_follower_hears_what_a_killed_worker_said_and_then_the_next_one()
    {
        await using var app = await LongAsync();
        using var engineer = await ApiHost.SignInAsync(ApiHost.AddressOf(app), "engineer");
        await EffectTable.CreateAsync(Database);
        long run;
        await using (await TestEngine.CreateAsync(Database, [ChildWorker.Define("")]))
        {
            run = await Database.QueueAsync("killed", "aoba/2026-11-14");
        }

        await using var events = FollowAsync(engineer, $"{run}/logs/stream?task=work").Where(one => one.EventType != "waiting").GetAsyncEnumerator();
        using var child = ChildWorker.Start(Database.Options.ConnectionString(DatabaseRole.Job), "computing");
        try
        {
            Assert.Equal("try", (await NextAsync(events)).EventType);
            Assert.Equal("1 computing, hangs while computing", Text(await NextAsync(events)));
        }
        finally
        {
            child.Kill();
            await child.WaitForExitAsync();
        }

        await using var next = await TestEngine.StartAsync(Database, [ChildWorker.Define("")]);
        var rest = new List<string>();
        while (await events.MoveNextAsync())
        {
            rest.Add($"{events.Current.EventType} {Text(events.Current)}".TrimEnd());
        }

        Assert.Equal(["try", "line 1 computing, hangs while", "end success"], rest);

        // The crash took the number of the try back: the lease token still tells the two apart.
        var tries = (await Engineer.GetFromJsonAsync<JsonElement>($"/v1/ops/runs/{run}")).GetProperty("tasks").EnumerateArray().Single(task => task.GetProperty("task_id").GetString() == "work").GetProperty("tries");
        var crashed = await ReadAsync($"{run}/logs?task=work&lease_token={tries[0].GetProperty("lease_token")}");
        Assert.Equal(("crashed", "1 computing, hangs while computing"), (crashed.GetProperty("try").GetProperty("outcome").GetString(), List(crashed, "lines", Line)[0]));
    }

    [Fact]
    public async Task Of_a_mapped_task_each_key_has_its_own_log()
    {
        await using var engine = await TestEngine.StartAsync(Database, [new Dag("stores", [new DagTask("load", (context, _) =>
        {
            LoggerMessage.Define<string>(LogLevel.Information, new EventId(1), "loads {Key}")(context.Logger, context.MapKey, null);
            return Task.FromResult(TaskOutput.None);
        })
        {
            Map = (_, _, _, _) => Task.FromResult<IReadOnlyList<string>>(["S01", "S02"]),
        }])]);
        var run = await RunAsync("success", "stores");
        await Database.WaitUntilAsync("2 = (SELECT count(*) FROM dags.task_log)");
        var second = await ReadAsync($"{run}/logs?task=load&key=S02");
        Assert.Equal(("S02", "1 loads S02"), (second.GetProperty("key").GetString(), List(second, "lines", Line)[0]));
        Assert.Equal(second.GetRawText(), (await ReadAsync($"{run}/logs?task=load&lease_token={second.GetProperty("try").GetProperty("lease_token")}")).GetRawText());
        Assert.Equal(HttpStatusCode.NotFound, (await Engineer.GetAsync($"/v1/ops/runs/{run}/logs?task=load&key=S03")).StatusCode);
        var why = await Engineer.GetFromJsonAsync<JsonElement>($"/v1/ops/runs/{run}/tasks/load/why?key=S01");
        Assert.Equal("It ended: success.", why.GetProperty("sentence").GetString());

        // Only the failed key of several is cleared.
        var plan = await PlanAsync(run, new { kind = "clear", tasks = new[] { "load[S02]" } });
        Assert.Equal(["load S02"], List(plan, "tasks", task => $"{task.GetProperty("task")} {task.GetProperty("key")}"));
    }

    [Fact]
    public async Task Many_followers_share_few_connections_and_one_person_has_a_bound_number_of_places()
    {
        // Two connections for everything: signing in, following and asking beside it.
        await using var few = new NpgsqlDataSourceBuilder(Database.Options.ConnectionString(DatabaseRole.Job) + ";Maximum Pool Size=2;Timeout=5").Build();
        await using var app = await LongAsync(services => services.AddKeyedSingleton(DatabaseRole.Job, few));
        using var engineer = await ApiHost.SignInAsync(ApiHost.AddressOf(app), "engineer");
        await using var engine = await TestEngine.CreateAsync(Database, [Talk()]);
        var run = await Database.QueueAsync("talk", "aoba/2026-11-14");
        var followers = Enumerable.Range(0, 8).Select(_ => FollowAsync(engineer, $"{run}/logs/stream?task=talk").GetAsyncEnumerator()).ToList();
        foreach (var follower in followers)
        {
            Assert.Equal("waiting", (await NextAsync(follower)).EventType);
        }

        Assert.Equal(HttpStatusCode.OK, (await engineer.GetAsync($"/v1/ops/runs/{run}")).StatusCode);
        using (var ninth = await AskAsync(engineer, $"{run}/logs/stream?task=talk"))
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, ninth.StatusCode);
            Assert.Equal("too-many-streams", (await ninth.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
        }

        using (var colleague = await ApiHost.SignInAsync(ApiHost.AddressOf(app), "administrator"))
        {
            Assert.Equal(HttpStatusCode.OK, (await AskAsync(colleague, $"{run}/logs/stream?task=talk")).StatusCode);
        }

        await followers[0].DisposeAsync();
        for (var turn = 0; turn < 50; turn++)
        {
            using var again = await AskAsync(engineer, $"{run}/logs/stream?task=talk");
            if (again.StatusCode == HttpStatusCode.OK)
            {
                break;
            }

            Assert.True(turn < 49, "A place that was left is not given again.");
            await Task.Delay(100);
        }

        foreach (var follower in followers)
        {
            await follower.DisposeAsync();
        }
    }

    [Fact]
    public async Task One_answer_is_bounded_in_time_and_gives_signs_of_life()
    {
        await using var app = await ApiHost.StartAsync(Database, new() { ["Dags:LogStreamTime"] = "00:00:03", ["Dags:LogStreamPulse"] = "00:00:00.4" });
        using var engineer = await ApiHost.SignInAsync(ApiHost.AddressOf(app), "engineer");
        await using var engine = await TestEngine.CreateAsync(Database, [Talk()]);
        var run = await Database.QueueAsync("talk", "aoba/2026-11-14");
        var events = await FollowAsync(engineer, $"{run}/logs/stream?task=talk").ToListAsync();
        Assert.InRange(events.Count, 3, 8);
        Assert.All(events, one => Assert.Equal("waiting", one.EventType));
    }

    // Says three lines, twice: the first try waits to be let go, and fails.
    private Dag Talk() => new("talk", [new DagTask("talk", async (context, _) =>
    {
        for (var line = 0; line < 3; line++)
        {
            LoggerMessage.Define<int, int>(LogLevel.Information, new EventId(1), "try {Try} says {Line}")(context.Logger, context.TryNumber, line, null);
        }

        if (context.TryNumber == 1)
        {
            await _go.Task;
            throw new IOException("broken");
        }

        return TaskOutput.None;
    })
    {
        Retry = new RetryPolicy { MaxTries = 2, Delay = TimeSpan.FromMilliseconds(20) },
    }]);

    private Task<WebApplication> LongAsync(Action<IServiceCollection>? arrange = null) =>
        ApiHost.StartAsync(Database, new() { ["Dags:LogStreamTime"] = "00:01:00", ["Api:LoginAttemptsPerMinute"] = "1000" }, arrange: arrange);

    private async Task<JsonElement> ReadAsync(string address) => await Engineer.GetFromJsonAsync<JsonElement>($"/v1/ops/runs/{address}");

    private static Task<HttpResponseMessage> AskAsync(HttpClient client, string address, string? last = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/ops/runs/{address}");
        if (last is not null)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", last);
        }

        return client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private static async IAsyncEnumerable<SseItem<string>> FollowAsync(HttpClient client, string address, string? last = null)
    {
        using var answer = await AskAsync(client, address, last);
        Assert.Equal(("text/event-stream", HttpStatusCode.OK), (answer.Content.Headers.ContentType?.MediaType, answer.StatusCode));
        await using var body = await answer.Content.ReadAsStreamAsync();
        await foreach (var one in SseParser.Create(body).EnumerateAsync())
        {
            yield return one;
        }
    }

    private static async Task<SseItem<string>> NextAsync(IAsyncEnumerator<SseItem<string>> events)
    {
        Assert.True(await events.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(40)));
        return events.Current;
    }

    private static string Text(SseItem<string> one)
    {
        var data = JsonSerializer.Deserialize<JsonElement>(one.Data);
        return one.EventType switch { "line" => Line(data), "end" => data.GetProperty("state").GetString()!, _ => "" };
    }

    private static string Line(JsonElement line)
    {
        var message = line.GetProperty("message").GetString()!.Split('\n')[0];
        return $"{line.GetProperty("line")} {(message.Contains(" failed in try ", StringComparison.Ordinal) ? "broken" : message.TrimEnd())}";
    }
}
