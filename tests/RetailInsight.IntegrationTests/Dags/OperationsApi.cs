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
        builder.Services.AddAuthorizationBuilder().AddPolicy(DagsPolicies.Operate, policy => policy.RequireAssertion(context => context.User.Identity?.Name?.StartsWith('o') == true));
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

    [Fact]
    public async Task Only_an_operator_gets_in()
    {
        using var nobody = Client("");
        using var manager = Client("mia");
        Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.GetAsync("/v1/ops/dags")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await manager.GetAsync("/v1/ops/runs")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await manager.PostAsJsonAsync("/v1/ops/dags/housekeeping/runs", new { })).StatusCode);
    }

    [Fact]
    public async Task The_dags_of_the_product_are_listed_with_their_graph_and_clock()
    {
        var dags = await _operator.GetFromJsonAsync<JsonElement>("/v1/ops/dags");
        Assert.Equal(["customers_and_baskets", "housekeeping", "store_kpis"], dags.EnumerateArray().Select(dag => dag.GetProperty("dagId").GetString()));
        var kpis = dags[2];
        Assert.Equal(("30 4 * * *", "Asia/Tokyo"), (kpis.GetProperty("schedule").GetString(), kpis.GetProperty("timeZone").GetString()));
        Assert.True(kpis.GetProperty("nextRunAfter").GetDateTimeOffset() > DateTimeOffset.UnixEpoch);
        Assert.Equal(
            [
                "store_master:", "store_figures:store_master", "breakdowns:store_master", "store_clusters:store_figures", "store_targets:store_clusters",
            ],
            kpis.GetProperty("spec").GetProperty("tasks").EnumerateArray().Select(task =>
                $"{task.GetProperty("id").GetString()}:{string.Join(",", task.GetProperty("upstreams").EnumerateArray().Select(id => id.GetString()))}"));
    }

    [Theory]
    [InlineData("store_kpis", """{}""", "tenant")]
    [InlineData("store_kpis", """{"tenant":"acme"}""", "businessDate")]
    [InlineData("store_kpis", """{"tenant":"nobody","businessDate":"2026-11-20"}""", "tenant")]
    [InlineData("store_kpis", """{"tenant":"acme","businessDate":"2026-11-20","stores":[]}""", "stores")]
    [InlineData("housekeeping", """{"tenant":"acme"}""", "tenant")]
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
    public async Task A_run_by_hand_is_queued_listed_in_pages_and_counted()
    {
        await using (var owner = await _database.Owner.OpenConnectionAsync())
        {
            await Dapper.SqlMapper.ExecuteAsync(owner, "INSERT INTO tenancy.tenant VALUES ('acme', 'Acme', 'JPY', 'Asia/Tokyo')");
        }

        var first = await TriggerAsync(new { tenant = "acme", businessDate = "2026-11-20", stores = (string[])["s2", "s1", "s2"] });
        var second = await TriggerAsync(new { tenant = "acme", businessDate = "2026-11-21" });

        var detail = await _operator.GetFromJsonAsync<JsonElement>($"/v1/ops/runs/{first}");
        var run = detail.GetProperty("run");
        Assert.Equal(
            ("manual", "acme/2026-11-20", "queued", """{"stores":["s1","s2"]}""", """{"actor":"olga"}"""),
            (run.GetProperty("runType").GetString(), run.GetProperty("partitionKey").GetString(), run.GetProperty("state").GetString(),
                run.GetProperty("conf").GetRawText(), run.GetProperty("cause").GetRawText()));

        var page = await _operator.GetFromJsonAsync<JsonElement>("/v1/ops/runs?state=queued&dag=store_kpis&limit=1");
        Assert.Equal(second, page.GetProperty("items")[0].GetProperty("runId").GetInt64());
        var last = await _operator.GetFromJsonAsync<JsonElement>($"/v1/ops/runs?limit=1&before={page.GetProperty("before").GetInt64()}");
        Assert.Equal(first, last.GetProperty("items")[0].GetProperty("runId").GetInt64());
        Assert.Equal(JsonValueKind.Null, last.GetProperty("before").ValueKind);
        Assert.Equal(new RunCounts(2, 0, 0, 0, 0), await _app.Services.GetRequiredService<DagsStatus>().CountAsync(CancellationToken.None));

        await using var engine = await TestEngine.CreateAsync(_database, [.. _app.Services.GetServices<Dag>()]);
        await engine.Scheduler.TickAsync(CancellationToken.None);
        detail = await _operator.GetFromJsonAsync<JsonElement>($"/v1/ops/runs/{first}");
        Assert.Equal(["ready", .. Enumerable.Repeat("waiting", 4)], detail.GetProperty("tasks").EnumerateArray().Select(task => task.GetProperty("state").GetString()));
    }

    [Fact]
    public async Task A_person_of_one_tenant_neither_sees_nor_starts_runs_of_another()
    {
        await using (var owner = await _database.Owner.OpenConnectionAsync())
        {
            await Dapper.SqlMapper.ExecuteAsync(owner, "INSERT INTO tenancy.tenant VALUES ('a', 'A', 'JPY', 'Asia/Tokyo'), ('b', 'B', 'JPY', 'Asia/Tokyo')");
        }

        var ofA = await TriggerAsync(new { tenant = "a", businessDate = "2026-11-20" });
        var ofB = await TriggerAsync(new { tenant = "b", businessDate = "2026-11-20" });
        using var otto = Client("otto@b");

        var seen = await otto.GetFromJsonAsync<JsonElement>("/v1/ops/runs");
        Assert.Equal(ofB, Assert.Single(seen.GetProperty("items").EnumerateArray()).GetProperty("runId").GetInt64());
        Assert.Equal(HttpStatusCode.OK, (await otto.GetAsync($"/v1/ops/runs/{ofB}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await otto.GetAsync($"/v1/ops/runs/{ofA}")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await otto.GetAsync("/v1/ops/runs?tenant=a")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await otto.PostAsJsonAsync("/v1/ops/dags/store_kpis/runs", new { tenant = "a", businessDate = "2026-11-20" })).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await otto.PostAsJsonAsync("/v1/ops/dags/store_kpis/runs", new { businessDate = "2026-11-21" })).StatusCode);
        var dags = await otto.GetFromJsonAsync<JsonElement>("/v1/ops/dags");
        Assert.Equal(2, dags.EnumerateArray().Sum(dag => dag.GetProperty("queued").GetInt64()));
    }

    private async Task<long> TriggerAsync(object request)
    {
        var answer = await _operator.PostAsJsonAsync("/v1/ops/dags/store_kpis/runs", request);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var run = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("run").GetProperty("runId").GetInt64();
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
