using System.Net;
using System.Net.Http.Json;
using System.Security.Claims;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RetailInsight.Core.Tenancy;
using RetailInsight.Dags;
using RetailInsight.Dags.Engine;
using RetailInsight.Dags.Operations;

namespace RetailInsight.IntegrationTests.Dags;

public sealed class OperationsApi(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private TestDatabase _database = null!;
    private WebApplication _app = null!;
    private HttpClient _operator = null!;

    public async Task InitializeAsync()
    {
        _database = await postgres.CreateDatabaseAsync();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration["Dags:Schedule"] = "false";
        builder.Configuration["Dags:Work"] = "false";
        builder.Services.AddKeyedSingleton(DatabaseRole.Job, (_, _) => _database.Job).AddDags(builder.Configuration);
        builder.Services.AddAuthentication("name").AddScheme<AuthenticationSchemeOptions, NameHeader>("name", null);
        builder.Services.AddAuthorizationBuilder().AddPolicy(DagsPolicies.Operate, policy => policy.RequireAssertion(context => context.User.Identity?.Name?.StartsWith('o') == true))
            .AddPolicy(DagsPolicies.View, policy => policy.RequireAssertion(context => context.User.Identity?.Name?[0] is 'o' or 'v'));
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower);
        _app = builder.Build();
        _app.MapDags();
        await _app.StartAsync();
        await _app.Services.GetRequiredService<DagRegistration>().RegisterAsync(CancellationToken.None);
        _operator = Client("olga");
    }

    public async Task DisposeAsync()
    {
        _operator.Dispose();
        await _app.StopAsync();
        await _database.DisposeAsync();
    }

    [Theory]
    [InlineData("runs?limit=many", "limit: It must be a whole number.")]
    [InlineData("runs?before=3000000000000000000000", "before: It must be a whole number.")]
    [InlineData("runs?limit=1&limit=2", "limit: It may be given once.")]
    [InlineData("runs?limit=5000", "limit: It must be from 1 to 1000.")]
    [InlineData("partitions?to=tomorrow", "from: It is missing. It must be an existing date as YYYY-MM-DD. to: It must be an existing date as YYYY-MM-DD.")]
    [InlineData("partitions?from=1/2/2026&to=2026-02-30&stale=perhaps", "from: It must be an existing date as YYYY-MM-DD. to: It must be an existing date as YYYY-MM-DD. stale: It must be true or false.")]
    [InlineData("partitions/store_figures/yesterday", "date: It must be an existing date as YYYY-MM-DD.")]
    [InlineData("runs/1/logs", "task: It is missing.")]
    [InlineData("runs/1/logs?task=a&lease_token=first", "lease_token: It must be a whole number.")]
    public async Task A_parameter_that_cannot_be_read_is_named_with_what_it_takes(string address, string detail)
    {
        using var answer = await _operator.GetAsync($"/v1/ops/{address}");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(detail, problem.GetProperty("detail").GetString());
        Assert.All(problem.GetProperty("errors").EnumerateObject(), fault => Assert.Contains($"{fault.Name}: {fault.Value[0]}", detail, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Only_who_may_see_gets_in_and_only_an_operator_changes_something()
    {
        using var nobody = Client("");
        using var manager = Client("mia");
        using var viewer = Client("vera");
        Assert.Equal(HttpStatusCode.OK, (await viewer.GetAsync("/v1/ops/runs")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.PostAsJsonAsync("/v1/ops/dags/housekeeping/runs", new { })).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.GetAsync("/v1/ops/dags")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await manager.GetAsync("/v1/ops/runs")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await manager.PostAsJsonAsync("/v1/ops/dags/housekeeping/runs", new { })).StatusCode);
    }

    [Fact]
    public async Task The_dags_of_the_product_are_listed_with_their_graph_and_clock()
    {
        var dags = (await _operator.GetFromJsonAsync<JsonElement>("/v1/ops/dags")).GetProperty("items");
        Assert.Equal(["benchmarks", "customers_and_baskets", "housekeeping", "retrain_forecast", "store_kpis", "store_outlook"], dags.EnumerateArray().Select(dag => dag.GetProperty("dag_id").GetString()));
        var kpis = dags[4];
        Assert.Equal(("30 4 * * *", "Asia/Tokyo"), (kpis.GetProperty("schedule").GetString(), kpis.GetProperty("time_zone").GetString()));
        Assert.True(kpis.GetProperty("next_run_after").GetDateTimeOffset() > DateTimeOffset.UnixEpoch);
        Assert.Equal(
            [
                "store_master:", "store_figures:store_master", "breakdowns:store_master", "device_health:store_master", "store_clusters:store_figures", "store_targets:store_clusters",
            ],
            kpis.GetProperty("spec").GetProperty("tasks").EnumerateArray().Select(task =>
                $"{task.GetProperty("id").GetString()}:{string.Join(",", task.GetProperty("upstreams").EnumerateArray().Select(id => id.GetString()))}"));
    }

    [Theory]
    [InlineData("store_kpis", """{}""", "tenant")]
    [InlineData("store_kpis", """{"tenant":"acme"}""", "business_date")]
    [InlineData("store_kpis", """{"tenant":"nobody","business_date":"2026-11-20"}""", "tenant")]
    [InlineData("store_kpis", """{"tenant":"acme","business_date":"2026-11-20","stores":[]}""", "stores")]
    [InlineData("housekeeping", """{"tenant":"acme"}""", "tenant")]
    [InlineData("retrain_forecast", """{"tenant":"acme"}""", "business_date")]
    public async Task A_request_that_makes_no_sense_names_its_field(string dag, string body, string field)
    {
        using var content = new StringContent(body, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"));
        var answer = await _operator.PostAsync($"/v1/ops/dags/{dag}/runs", content);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal([field], problem.GetProperty("errors").EnumerateObject().Select(error => error.Name));
        Assert.Equal(0, await _database.ScalarAsync<long>("SELECT count(*) FROM dags.dag_run"));
    }

    [Fact]
    public async Task What_does_not_exist_is_not_found()
    {
        Assert.Equal(HttpStatusCode.NotFound, (await _operator.GetAsync("/v1/ops/runs/77")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _operator.PostAsJsonAsync("/v1/ops/dags/none/runs", new { })).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await _operator.GetAsync("/v1/ops/runs?state=asleep")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await _operator.GetAsync("/v1/ops/runs?limit=0")).StatusCode);
    }

    [Fact]
    public async Task A_run_by_hand_is_given_the_parameters_its_dag_has_and_no_others()
    {
        await AddAcmeAsync();
        foreach (var (dag, name, value, detail) in new[]
        {
            ("retrain_forecast", "recipe", "clairvoyant", "'clairvoyant' is not taken: it must be one of standard, quick, steady, no-growth, no-dates, weekday, flat."),
            ("retrain_forecast", "receipt", "flat", "retrain_forecast has no parameter 'receipt'; it has recipe, model."),
            ("store_kpis", "recipe", "flat", "store_kpis takes no parameters."),
        })
        {
            var refused = await _operator.PostAsJsonAsync($"/v1/ops/dags/{dag}/runs", new { tenant = "acme", business_date = "2026-11-20", parameters = new Dictionary<string, string> { [name] = value } });
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.Equal(detail, (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").GetProperty($"parameters.{name}")[0].GetString());
        }

        var made = await _operator.PostAsJsonAsync("/v1/ops/dags/retrain_forecast/runs", new { tenant = "acme", business_date = "2026-11-20", parameters = new { recipe = "flat" } });
        var run = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("run");
        Assert.Equal(("acme/2026-11-20", """{"recipe":"flat"}"""), (run.GetProperty("partition_key").GetString(), run.GetProperty("conf").GetRawText()));
    }

    [Fact]
    public async Task A_run_by_hand_is_queued_listed_in_pages_and_counted()
    {
        await AddAcmeAsync();
        var first = await TriggerAsync(new { tenant = "acme", business_date = "2026-11-20", stores = (string[])["s2", "s1", "s2"] });
        var second = await TriggerAsync(new { tenant = "acme", business_date = "2026-11-21" });

        var detail = await _operator.GetFromJsonAsync<JsonElement>($"/v1/ops/runs/{first}");
        var run = detail.GetProperty("run");
        Assert.Equal(
            ("manual", "acme/2026-11-20", "queued", """{"stores":["s1","s2"]}""", """{"actor":"olga"}"""),
            (run.GetProperty("run_type").GetString(), run.GetProperty("partition_key").GetString(), run.GetProperty("state").GetString(),
                run.GetProperty("conf").GetRawText(), run.GetProperty("cause").GetRawText()));

        var page = await _operator.GetFromJsonAsync<JsonElement>("/v1/ops/runs?state=queued&dag=store_kpis&limit=1");
        Assert.Equal(second, page.GetProperty("items")[0].GetProperty("run_id").GetInt64());
        var last = await _operator.GetFromJsonAsync<JsonElement>($"/v1/ops/runs?limit=1&before={page.GetProperty("before").GetInt64()}");
        Assert.Equal(first, last.GetProperty("items")[0].GetProperty("run_id").GetInt64());
        Assert.Equal(JsonValueKind.Null, last.GetProperty("before").ValueKind);
        Assert.Equal(new RunCounts(2, 0, 0, 0, 0), await _app.Services.GetRequiredService<DagsStatus>().CountAsync(CancellationToken.None));

        await using var engine = await TestEngine.CreateAsync(_database, [.. _app.Services.GetServices<Dag>()]);
        await engine.Scheduler.TickAsync(CancellationToken.None);
        detail = await _operator.GetFromJsonAsync<JsonElement>($"/v1/ops/runs/{first}");
        Assert.Equal(["ready", .. Enumerable.Repeat("waiting", 5)], detail.GetProperty("tasks").EnumerateArray().Select(task => task.GetProperty("state").GetString()));
    }

    [Fact]
    public async Task A_person_of_one_tenant_neither_sees_nor_starts_runs_of_another()
    {
        await using (var owner = await _database.Owner.OpenConnectionAsync())
        {
            await Dapper.SqlMapper.ExecuteAsync(owner, "INSERT INTO tenancy.tenant VALUES ('a', 'A', 'JPY', 'Asia/Tokyo'), ('b', 'B', 'JPY', 'Asia/Tokyo')");
        }

        var ofA = await TriggerAsync(new { tenant = "a", business_date = "2026-11-20" });
        var ofB = await TriggerAsync(new { tenant = "b", business_date = "2026-11-20" });
        using var otto = Client("otto@b");

        var seen = await otto.GetFromJsonAsync<JsonElement>("/v1/ops/runs");
        Assert.Equal(ofB, Assert.Single(seen.GetProperty("items").EnumerateArray()).GetProperty("run_id").GetInt64());
        Assert.Equal(HttpStatusCode.OK, (await otto.GetAsync($"/v1/ops/runs/{ofB}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await otto.GetAsync($"/v1/ops/runs/{ofA}")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await otto.GetAsync("/v1/ops/runs?tenant=a")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await otto.PostAsJsonAsync("/v1/ops/dags/store_kpis/runs", new { tenant = "a", business_date = "2026-11-20" })).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await otto.PostAsJsonAsync("/v1/ops/dags/store_kpis/runs", new { business_date = "2026-11-21" })).StatusCode);
        var dags = (await otto.GetFromJsonAsync<JsonElement>("/v1/ops/dags")).GetProperty("items");
        Assert.Equal(2, dags.EnumerateArray().Sum(dag => dag.GetProperty("queued").GetInt64()));
    }

    [Fact]
    public async Task What_concerns_all_tenants_is_done_by_operators_of_the_platform_alone()
    {
        using var otto = Client("otto@b");
        foreach (var (address, body) in new[] { ("pause", (object)new { reason = "stocktaking" }), ("resume", new { reason = "done" }), ("runs", new { }) })
        {
            var refused = await otto.PostAsJsonAsync($"/v1/ops/dags/housekeeping/{address}", body);
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
            Assert.Equal("platform-only", (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
        }

        var paused = await (await _operator.PostAsJsonAsync("/v1/ops/dags/housekeeping/pause", new { reason = " stocktaking " })).Content.ReadFromJsonAsync<JsonElement>();
        Assert.True(paused.GetProperty("paused").GetBoolean());
        Assert.Equal(HttpStatusCode.Created, (await _operator.PostAsJsonAsync("/v1/ops/dags/housekeeping/runs", new { })).StatusCode);
        await using var engine = await TestEngine.CreateAsync(_database, [.. _app.Services.GetServices<Dag>()]);
        await engine.Scheduler.TickAsync(CancellationToken.None);
        Assert.Equal(0, await _database.ScalarAsync<long>("SELECT count(*) FROM dags.dag_run WHERE state <> 'queued'"));

        // Said twice it is done once.
        var again = await (await _operator.PostAsJsonAsync("/v1/ops/dags/housekeeping/pause", new { reason = "again" })).Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(JsonValueKind.Null, again.GetProperty("action_id").ValueKind);
        await _operator.PostAsJsonAsync("/v1/ops/dags/housekeeping/resume", new { reason = "done" });
        await engine.Scheduler.TickAsync(CancellationToken.None);
        Assert.Equal(1, await _database.ScalarAsync<long>("SELECT count(*) FROM dags.dag_run WHERE state = 'running'"));
        var actions = (await _operator.GetFromJsonAsync<JsonElement>("/v1/ops/actions?dag=housekeeping")).GetProperty("items");
        Assert.Equal(["resume olga done", "pause olga stocktaking"], actions.EnumerateArray().Select(one => $"{one.GetProperty("kind")} {one.GetProperty("actor")} {one.GetProperty("reason")}"));
        Assert.Empty((await otto.GetFromJsonAsync<JsonElement>("/v1/ops/actions")).GetProperty("items").EnumerateArray());
        Assert.Equal(HttpStatusCode.BadRequest, (await _operator.PostAsJsonAsync("/v1/ops/dags/housekeeping/pause", new { reason = " " })).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await otto.PostAsJsonAsync("/v1/ops/dags/none/pause", new { reason = "x" })).StatusCode);

        // Both are in the chain of the platform, which belongs to no tenant.
        Assert.Equal(
            ["dag.pause housekeeping stocktaking", "dag.resume housekeeping done"],
            await _database.ListAsync<string>("SELECT concat_ws(' ', action, object, detail ->> 'reason') FROM audit.entry WHERE tenant = '' AND action LIKE 'dag.%' ORDER BY seq"));
    }

    [Fact]
    public async Task Where_the_service_runs_its_operators_pause_resume_and_start_what_concerns_all_tenants()
    {
        Assert.Null(PlatformCommands.Of(["--Dags:Work=false"], TextWriter.Null, TextWriter.Null));
        Assert.Equal((0, "housekeeping is paused: nothing of it begins until it is resumed.", ""), await CommandAsync("pause", "housekeeping", "--reason", "moving house", "--actor", "paula"));
        Assert.Equal((0, "housekeeping is paused: nothing of it begins until it is resumed.", ""), await CommandAsync("pause", "housekeeping", "--reason", "moving house", "--actor", "petra"));
        Assert.Equal((0, "Run 1 of housekeeping is queued.", ""), await CommandAsync("run", "housekeeping", "--actor", "paula"));
        Assert.Equal((0, "housekeeping goes on.", ""), await CommandAsync("resume", "housekeeping", "--reason", "done"));
        Assert.Equal((1, "", "There is no DAG 'homekeeping'. The service registers its DAGs when it first starts."), await CommandAsync("pause", "homekeeping", "--reason", "x"));
        Assert.Equal((1, "", "Say why with --reason, in 1 to 500 characters without control characters."), await CommandAsync("pause", "housekeeping", "--reason", " "));
        Assert.StartsWith("store_kpis works on one trading day of one tenant", (await CommandAsync("run", "store_kpis")).Error, StringComparison.Ordinal);
        var (code, _, error) = await CommandAsync("resume", "housekeeping");
        Assert.Equal(1, code);
        Assert.Contains("--reason", error, StringComparison.Ordinal);
        Assert.Equal(
            [$"dag.resume {Environment.UserName}@{Environment.MachineName} housekeeping", "dag.pause paula housekeeping", "run.start paula 1"],
            await _database.ListAsync<string>("SELECT concat_ws(' ', action, actor, object) FROM audit.entry WHERE tenant = '' ORDER BY action = 'run.start', action DESC"));

        async Task<(int Code, string Output, string Error)> CommandAsync(params string[] arguments)
        {
            using var output = new StringWriter();
            using var said = new StringWriter();
            var code = await PlatformCommands.Of(arguments, output, said)!(_app.Services, CancellationToken.None);
            return (code, output.ToString().TrimEnd(), said.ToString().TrimEnd());
        }
    }

    [Fact]
    public async Task The_queue_shows_a_tenant_its_own_tasks_and_no_machine()
    {
        await using (var owner = await _database.Owner.OpenConnectionAsync())
        {
            await Dapper.SqlMapper.ExecuteAsync(owner, "INSERT INTO tenancy.tenant VALUES ('a', 'A', 'JPY', 'Asia/Tokyo'), ('b', 'B', 'JPY', 'Asia/Tokyo')");
        }

        var never = new TaskCompletionSource<TaskOutput>();
        var options = TestEngine.Quick();
        (options.Pools["one"], options.Pools["unused"]) = (1, 5);
        await using var engine = await TestEngine.StartAsync(_database, [new Dag("slow", [new DagTask("slow", (_, _) => never.Task) { Pool = "one" }])], options);
        await _database.QueueAsync("slow", "a/2026-11-20");
        await _database.WaitUntilAsync("EXISTS (SELECT FROM dags.task_queue WHERE state = 'leased')");
        var ofB = await _database.QueueAsync("slow", "b/2026-11-20");
        await _database.WaitUntilAsync("EXISTS (SELECT FROM dags.task_queue WHERE state = 'ready')");

        static string Pools(JsonElement queue) => string.Join("; ", queue.GetProperty("pools").EnumerateArray().Select(pool => $"{pool.GetProperty("pool")} {pool.GetProperty("leased")}/{pool.GetProperty("slots")} {pool.GetProperty("waiting")}"));
        var all = await _operator.GetFromJsonAsync<JsonElement>("/v1/ops/queue");
        Assert.Equal("default 0/ 0; one 1/1 1; unused 0/5 0; warehouse 0/ 0", Pools(all));
        var worker = Assert.Single(all.GetProperty("workers").EnumerateArray());
        Assert.Equal((Environment.MachineName, 1), (worker.GetProperty("host").GetString(), worker.GetProperty("running").GetInt64()));

        using var otto = Client("otto@b");
        var own = await otto.GetFromJsonAsync<JsonElement>("/v1/ops/queue");
        Assert.Equal("one 0/1 1", Pools(own));
        Assert.DoesNotContain(Environment.MachineName, own.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(0, Assert.Single(own.GetProperty("workers").EnumerateArray()).GetProperty("running").GetInt64());

        var why = await otto.GetFromJsonAsync<JsonElement>($"/v1/ops/runs/{ofB}/tasks/slow/why");
        Assert.Equal(("pool", "Pool one is full: 1 of 1 slots are taken, the longest by slow/slow."), (why.GetProperty("kind").GetString(), why.GetProperty("sentence").GetString()));
        using var other = Client("oscar@a");
        Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync($"/v1/ops/runs/{ofB}/tasks/slow/why")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await otto.GetAsync($"/v1/ops/runs/{ofB}/tasks/fast/why")).StatusCode);
        never.SetResult(TaskOutput.None);
    }

    [Fact]
    public async Task Two_versions_of_a_dag_are_compared_by_task_field_and_edge()
    {
        static DagTask Task(string id, params string[] upstreams) => new(id, (_, _) => System.Threading.Tasks.Task.FromResult(TaskOutput.None)) { Upstreams = upstreams };
        await using (await TestEngine.CreateAsync(_database, [new Dag("grown", [Task("a"), Task("b", "a"), Task("c", "b")])]))
        {
        }

        await using (await TestEngine.CreateAsync(_database, [new Dag("grown", [Task("a") with { Pool = "one", Retry = new RetryPolicy { MaxTries = 7 } }, Task("b"), Task("d", "a", "b")])]))
        {
        }

        var dag = await _operator.GetFromJsonAsync<JsonElement>("/v1/ops/dags/grown");
        Assert.Equal(["a-d", "b-d"], dag.GetProperty("edges").EnumerateArray().Select(edge => $"{edge.GetProperty("upstream")}-{edge.GetProperty("downstream")}"));
        var versions = dag.GetProperty("versions").EnumerateArray().Select(one => (Number: one.GetProperty("version").GetInt64(), Current: one.GetProperty("current").GetBoolean())).ToList();
        Assert.Equal([true, false], versions.Select(one => one.Current));

        var difference = await _operator.GetFromJsonAsync<JsonElement>($"/v1/ops/dags/grown/versions/{versions[1].Number}..{versions[0].Number}");
        string Names(string list) => string.Join(' ', difference.GetProperty(list).EnumerateArray().Select(one => one.ValueKind == JsonValueKind.String ? one.GetString() : $"{one.GetProperty("upstream")}-{one.GetProperty("downstream")}"));
        Assert.Equal(("d", "c", "a-d b-d", "a-b b-c"), (Names("tasks_added"), Names("tasks_removed"), Names("edges_added"), Names("edges_removed")));
        Assert.Equal(
            ["a max_tries 3 7", "a pool default one"],
            difference.GetProperty("fields_changed").EnumerateArray().Select(one => $"{one.GetProperty("task")} {one.GetProperty("field")} {one.GetProperty("was")} {one.GetProperty("is")}"));
        Assert.Equal(HttpStatusCode.NotFound, (await _operator.GetAsync($"/v1/ops/dags/housekeeping/versions/{versions[1].Number}..{versions[0].Number}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _operator.GetAsync("/v1/ops/dags/none")).StatusCode);
    }

    private async Task AddAcmeAsync()
    {
        await using var owner = await _database.Owner.OpenConnectionAsync();
        await Dapper.SqlMapper.ExecuteAsync(owner, "INSERT INTO tenancy.tenant VALUES ('acme', 'Acme', 'JPY', 'Asia/Tokyo')");
    }

    private async Task<long> TriggerAsync(object request)
    {
        var answer = await _operator.PostAsJsonAsync("/v1/ops/dags/store_kpis/runs", request);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var run = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("run").GetProperty("run_id").GetInt64();
        Assert.Equal($"/v1/ops/runs/{run}", answer.Headers.Location!.ToString());
        return run;
    }

    private HttpClient Client(string user)
    {
        var client = new HttpClient { BaseAddress = new Uri(_app.Urls.Single()) };
        client.DefaultRequestHeaders.Add("X-User", user);
        return client;
    }

    private sealed class NameHeader(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            var user = Request.Headers["X-User"].ToString();
            return Task.FromResult(user.Length == 0
                ? AuthenticateResult.NoResult()
                : AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity(Claims(user), "name")), "name")));
        }

        private static IEnumerable<Claim> Claims(string user) => user.Split('@') is [_, var tenant]
            ? [new(ClaimTypes.Name, user), new(DagsPolicies.TenantClaim, tenant)]
            : [new(ClaimTypes.Name, user)];
    }
}
