using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Text.RegularExpressions;
using Dapper;
using RetailInsight.Api.Sessions;
using RetailInsight.Dags.Engine;
using RetailInsight.IntegrationTests.Dags;
using Xunit.Abstractions;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>The pages of operations as a browser without a script asks for them.</summary>
[Collection(ApiCollections.Pages)]
public sealed class OperationsPageTests(ApiHost host, ITestOutputHelper output) : IAsyncLifetime
{
    private const string Hostile = "</td><script>alert('why')</script>\"&";
    private TestEngine _engine = null!;
    private long _run;

    public async Task InitializeAsync()
    {
        _engine = await TestEngine.CreateAsync(host.Database, [
            new Dag("pages", [
                new DagTask("load", (_, _) => Task.FromResult(TaskOutput.None)), new DagTask("sum", (_, _) => Task.FromResult(TaskOutput.None)) { Upstreams = ["load"] },
                new DagTask("tell", (_, _) => Task.FromResult(TaskOutput.None)) { Upstreams = ["sum"] },
            ])
            {
                Partitions = new PartitionTrigger(["pages"], (_, _, _) => Task.FromResult<IReadOnlyList<RetailInsight.Core.Tenancy.PartitionChange>>([])),
            },
        ]);
        await using var connection = await host.Database.Job.OpenConnectionAsync();
        _run = await connection.ExecuteScalarAsync<long>(
            """
            WITH run AS (
              INSERT INTO dags.dag_run (dag_id, version_id, run_type, tenant, partition_key, state, started_at, ended_at)
              SELECT dag_id, current_version, 'asset', 'aoba', 'aoba/2026-11-13', 'failed', now(), now() FROM dags.dag WHERE dag_id = 'pages' RETURNING run_id),
            made AS (
              INSERT INTO dags.task_instance (run_id, task_id, state, max_tries, try_number, reason)
              SELECT run_id, task, state, 3, 1, @Hostile FROM run, (VALUES ('load', 'success'), ('sum', 'failed'), ('tell', 'upstream_failed')) AS t(task, state))
            SELECT run_id FROM run
            """,
            new { Hostile });
        await connection.ExecuteAsync(
            "INSERT INTO api.app_user (login, tenant, password_hash, role, language, display_name) SELECT 'thames-engineer', 'thames', password_hash, 'data_engineer', 'en', 'Tess' FROM api.app_user WHERE login = 'camden' ON CONFLICT DO NOTHING");
    }

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    [Fact]
    public async Task What_would_be_touched_is_shown_first_and_done_once_with_its_reason()
    {
        using var client = await host.SignInAsync("engineer");
        var (plan, html) = await PlanAsync(client, ("do", "clear"), ("downstream", "yes"), ("task", "sum"));
        Assert.Contains("2 tasks would run again: 1 that were chosen and 1 behind them.", html, StringComparison.Ordinal);
        Assert.Equal("failed", await StateAsync());

        var applied = await client.SendFormAsync(plan, plan, ("reason", Hostile));
        Assert.Equal($"/ops/runs/{_run}?done=applied", applied.Headers.Location!.OriginalString);
        Assert.Equal("queued", await StateAsync());
        Assert.Equal($"engineer clear {Hostile}", await host.Database.ScalarAsync<string>("SELECT concat_ws(' ', actor, kind, reason) FROM dags.action WHERE run_id = @_run", new { _run }));
        Assert.All(
            [await client.GetStringAsync($"/ops/runs/{_run}"), await client.GetStringAsync("/ops/actions")],
            page => Assert.True(page.Contains("&lt;script&gt;alert(", StringComparison.Ordinal) && !page.Contains("<script>alert", StringComparison.Ordinal)));

        // It serves once.
        var again = await client.GetStringAsync(plan);
        Assert.Contains("This was applied already.", again, StringComparison.Ordinal);
        Assert.DoesNotContain($"action=\"{plan}\"", again, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_has_moved_on_is_left_alone_and_the_page_says_what_changed_and_what_would_be_touched_now()
    {
        using var client = await host.SignInAsync("engineer");
        var (plan, _) = await PlanAsync(client, ("do", "clear"), ("task", "sum"));
        await host.Database.ScalarAsync<int?>("UPDATE dags.task_instance SET state = 'success' WHERE run_id = @_run AND task_id = 'tell'", new { _run });
        var refused = await client.SendFormAsync(plan, plan, ("reason", "because"));
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        var html = await refused.Content.ReadAsStringAsync();
        Assert.Contains("The run has moved on", html, StringComparison.Ordinal);
        Assert.Matches("tell</bdi></th><td class=\"left\"><span[^>]*>.*Upstream failed.*not touched", html.ReplaceLineEndings(""));
        Assert.Equal("failed", await StateAsync());

        var fresh = Regex.Match(html, "action=\"(/ops/runs/[0-9]+/plans/[0-9]+)\"").Groups[1].Value;
        Assert.NotEqual(plan, fresh);
        Assert.Equal(HttpStatusCode.Redirect, (await client.SendFormAsync(fresh, fresh, ("reason", "because"))).StatusCode);
        Assert.Equal("queued", await StateAsync());
    }

    [Fact]
    public async Task A_mark_asks_why_and_a_cancel_ends_what_has_not_ended()
    {
        using var client = await host.SignInAsync("engineer");
        var (mark, html) = await PlanAsync(client, ("do", "success"), ("task", "sum"));
        Assert.Contains("1 tasks would count as succeeded without running.", html, StringComparison.Ordinal);
        var unsaid = await client.SendFormAsync(mark, mark, ("reason", "  "));
        Assert.Equal(HttpStatusCode.BadRequest, unsaid.StatusCode);
        Assert.Contains("Say why.", await unsaid.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await client.SendFormAsync(mark, mark, ("reason", "it was loaded by hand"))).StatusCode);
        Assert.Equal(["success", "success", "waiting"], await host.Database.ListAsync<string>("SELECT state FROM dags.task_instance WHERE run_id = @_run ORDER BY ti_id", new { _run }));

        var (cancel, said) = await PlanAsync(client, ("do", "cancel"));
        Assert.Contains("1 tasks that have not ended would never run.", said, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await client.SendFormAsync(cancel, cancel, ("reason", ""))).StatusCode);
        Assert.Equal("canceled", await StateAsync());
        Assert.Contains("No task would be touched.", (await PlanAsync(client, ("do", "cancel"))).Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mark_is_taken_back_once_with_a_reason_and_not_when_the_run_has_moved_on()
    {
        using var client = await host.SignInAsync("engineer");
        async Task<string> MarkAsync()
        {
            var (plan, _) = await PlanAsync(client, ("do", "success"), ("task", "sum"));
            Assert.Equal(HttpStatusCode.Redirect, (await client.SendFormAsync(plan, plan, ("reason", "it was loaded by hand"))).StatusCode);
            return Regex.Match(await client.GetStringAsync($"/ops/runs/{_run}"), "href=\"(/ops/actions/[0-9]+/undo)\"").Groups[1].Value;
        }

        var undo = await MarkAsync();
        Assert.Equal(HttpStatusCode.BadRequest, (await client.SendFormAsync(undo, undo, ("reason", " "))).StatusCode);
        Assert.Equal($"/ops/runs/{_run}?done=applied", (await client.SendFormAsync(undo, undo, ("reason", "it was not"))).Headers.Location!.OriginalString);
        Assert.Equal(["success", "failed"], await host.Database.ListAsync<string>("SELECT state FROM dags.task_instance WHERE run_id = @_run ORDER BY ti_id LIMIT 2", new { _run }));
        Assert.DoesNotContain($"action=\"{undo}\"", await client.GetStringAsync(undo), StringComparison.Ordinal);

        undo = await MarkAsync();
        using var other = await host.SignInAsync("thames-engineer");
        Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync(undo)).StatusCode);
        await host.Database.ScalarAsync<int?>("UPDATE dags.task_instance SET generation = generation + 1 WHERE run_id = @_run AND task_id = 'sum'", new { _run });
        var refused = await client.SendFormAsync(undo, undo, ("reason", "it was not"));
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("sum was left success and is success anew.", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_is_started_for_a_day_and_some_stores_and_mistakes_are_named()
    {
        using var client = await host.SignInAsync("engineer");
        foreach (var (name, value, said) in new[] { ("date", "2026-02-30", "existing business day"), ("stores", "S01 S99", "no such store: S99"), ("dag", "housekeeping", "Choose a DAG") })
        {
            var refused = await client.SendFormAsync("/ops/start", "/ops/start", [("dag", "pages"), ("date", "2026-11-12"), ("stores", ""), .. new[] { (name, value) }]);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.Contains(said, await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        var started = await client.SendFormAsync("/ops/start", "/ops/start", ("dag", "pages"), ("date", "2026-11-12"), ("stores", "S02, S01"));
        var run = long.Parse(Regex.Match(started.Headers.Location!.OriginalString, "^/ops/runs/([0-9]+)[?]done=started$").Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(
            "manual aoba/2026-11-12 engineer S01,S02",
            await host.Database.ScalarAsync<string>(
                "SELECT concat_ws(' ', run_type, partition_key, cause ->> 'actor', (SELECT string_agg(s, ',') FROM jsonb_array_elements_text(conf -> 'stores') s)) FROM dags.dag_run WHERE run_id = @run", new { run }));
        Assert.Contains($"/ops/runs/{run}\"", await client.GetStringAsync("/ops/actions?kind=start"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_and_plans_of_another_company_are_not_found_and_cannot_be_touched()
    {
        using var owner = await host.SignInAsync("engineer");
        var (plan, _) = await PlanAsync(owner, ("do", "cancel"));
        using var other = await host.SignInAsync("thames-engineer");
        Assert.All([$"/ops/runs/{_run}", plan, $"/ops/runs/{_run}/log/1"], address => Assert.Equal(HttpStatusCode.NotFound, other.GetAsync(address).Result.StatusCode));
        Assert.All(["/ops?days=90&date=2026-11-20", "/ops/runs", "/ops/actions"], address => Assert.DoesNotContain($"/ops/runs/{_run}\"", other.GetStringAsync(address).Result, StringComparison.Ordinal));

        // With the token of a form of their own.
        var token = Regex.Match(await other.GetStringAsync("/ops/start"), "<input type=\"hidden\" name=\"(__[^\"]+)\" value=\"([^\"]+)\">");
        foreach (var address in new[] { $"/ops/runs/{_run}/plans", plan })
        {
            using var form = new FormUrlEncodedContent([new(token.Groups[1].Value, token.Groups[2].Value), new("do", "cancel"), new("reason", "x")]);
            Assert.Equal(HttpStatusCode.NotFound, (await other.PostAsync(address, form)).StatusCode);
        }

        Assert.Equal("failed", await StateAsync());
    }

    [Fact]
    public async Task Head_office_sees_and_does_not_act_and_no_form_works_without_its_token()
    {
        using var office = await host.SignInAsync("honbu");
        var html = await office.GetStringAsync($"/ops/runs/{_run}");
        Assert.DoesNotContain("name=\"do\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain("/ops/start", html, StringComparison.Ordinal);
        using var engineer = await host.SignInAsync("engineer");
        using var form = new FormUrlEncodedContent([new("do", "clear")]);
        Assert.Equal(HttpStatusCode.BadRequest, (await engineer.PostAsync($"/ops/runs/{_run}/plans", form)).StatusCode);
        using var manager = await host.SignInAsync("shibuya");
        Assert.DoesNotContain("href=\"/ops\"", await manager.GetStringAsync("/health"), StringComparison.Ordinal);
        Assert.Contains("href=\"/ops\"", await office.GetStringAsync("/health"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/ops?days=8", 400)]
    [InlineData("/ops?state=asleep", 400)]
    [InlineData("/ops?dag=nothing", 400)]
    [InlineData("/ops?date=0001-01-01", 400)]
    [InlineData("/ops?colour=red", 400)]
    [InlineData("/ops?dag=&state=&days=90&date=2026-11-14", 200)]
    [InlineData("/ops/runs?before=-1", 400)]
    [InlineData("/ops/runs?dag=pages&state=failed&date=2026-11-13", 200)]
    [InlineData("/ops/runs/99999999", 404)]
    [InlineData("/ops/runs/1/log/99999999", 404)]
    [InlineData("/ops/runs/99999999999999999999", 404)]
    [InlineData("/ops/runs/1/plans/99999999", 404)]
    [InlineData("/ops/actions?kind=dance", 400)]
    [InlineData("/ops/actions?before=9223372036854775807", 400)]
    [InlineData("/ops/actions?kind=mark&before=1", 200)]
    [InlineData("/ops/health?days=400", 400)]
    [InlineData("/ops/health?days=28&date=2026-11-14", 200)]
    public async Task An_address_is_right_or_refused_with_a_page(string address, int status)
    {
        using var client = await host.SignInAsync("administrator");
        var answer = await client.GetAsync(address);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("text/html", answer.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Arrivals_of_400_stores_over_90_days_are_one_light_page()
    {
        await using var database = await host.EmptyDatabaseAsync();
        await using (var connection = await database.Owner.OpenConnectionAsync())
        {
            await connection.ExecuteAsync(
                """
                INSERT INTO tenancy.tenant VALUES ('wide', 'Wide', 'JPY', 'Asia/Tokyo');
                INSERT INTO tenancy.store (tenant, store, name, time_zone, opens_minute, closes_minute, door_lines)
                SELECT 'wide', 'S' || to_char(s, 'FM000'), '第' || s || '号店', 'Asia/Tokyo', 600, 1200, 1 FROM generate_series(1, 400) s;
                INSERT INTO api.app_user (login, tenant, password_hash, role, language, display_name) VALUES ('wide', 'wide', @Hash, 'data_engineer', 'en', 'Wide');
                INSERT INTO mart.data_health_day (tenant, store, business_date, registers_expected, registers_reported, receipts, late_receipts, missing_numbers, voided_receipts, observed_minutes, expected_minutes)
                SELECT 'wide', 'S' || to_char(s, 'FM000'), '2026-11-20'::date - d, 3, CASE WHEN n % 50 = 0 THEN 0 WHEN n % 31 = 0 THEN 2 ELSE 3 END, CASE WHEN n % 50 = 0 THEN 0 ELSE 200 END,
                  CASE WHEN n % 23 = 0 THEN 5 ELSE 0 END, 0, 0, 600, 600
                FROM generate_series(1, 400) s, generate_series(0, 89) d, LATERAL (SELECT s * 97 + d * 31 AS n) x
                """,
                new { Hash = PasswordHash.Create(Company.Password) });
        }

        await using var app = await ApiHost.StartAsync(database, []);
        using var client = await ApiHost.SignInAsync(ApiHost.AddressOf(app), "wide");
        await client.GetStringAsync("/ops/health?date=2026-11-20");
        var clock = Stopwatch.StartNew();
        var html = await client.GetStringAsync("/ops/health?date=2026-11-20");
        var took = clock.ElapsedMilliseconds;
        using var request = new HttpRequestMessage(HttpMethod.Get, "/ops/health?date=2026-11-20");
        request.Headers.Add("Accept-Encoding", "gzip");
        var packed = await (await client.SendAsync(request)).Content.ReadAsByteArrayAsync();
        await using var unpacked = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        Assert.StartsWith("<!doctype html>", await new StreamReader(unpacked).ReadToEndAsync(), StringComparison.Ordinal);
        output.WriteLine($"36,000 store-days in {took} ms, {html.Length / 1024} KB, {packed.Length / 1024} KB on the line");

        // Days that stand beside each other are one shape as wide as they are; those that are crossed out stay apart.
        int Squares(string kind) => Regex.Matches(html, $"class=\"a-{kind}\"[^>]* d=\"([^\"]*)\"/>").MaxBy(match => match.Length)!.Groups[1].Value.Split('M').Skip(1)
            .Sum(shape => kind == "never" ? 1 : (int.Parse(Regex.Match(shape, "h([0-9]+)").Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture) + 1) / 9);
        var expected = await database.ListAsync<(string Kind, long Count)>(
            """
            SELECT CASE WHEN receipts = 0 THEN 'never' WHEN registers_reported < 3 THEN 'missing' WHEN late_receipts > 0 THEN 'late' ELSE 'complete' END, count(*)
            FROM mart.data_health_day GROUP BY 1
            """);
        Assert.Equal(4, expected.Count);
        Assert.All(expected, pair => Assert.Equal(pair.Count + (pair.Kind == "complete" ? expected.Single(one => one.Kind == "late").Count : 0), Squares(pair.Kind)));
        Assert.True(packed.Length < 100 * 1024, $"{packed.Length} bytes");
    }

    private async Task<(string Address, string Html)> PlanAsync(HttpClient client, params (string Name, string Value)[] fields)
    {
        var made = await client.SendFormAsync($"/ops/runs/{_run}", $"/ops/runs/{_run}/plans", fields);
        Assert.Equal(HttpStatusCode.Redirect, made.StatusCode);
        var address = made.Headers.Location!.OriginalString;
        return (address, await client.GetStringAsync(address + "?lang=en"));
    }

    private Task<string> StateAsync() => host.Database.ScalarAsync<string>("SELECT state FROM dags.dag_run WHERE run_id = @_run", new { _run });
}
