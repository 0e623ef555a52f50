using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using RetailInsight.Dags.Engine;
using RetailInsight.IntegrationTests.Api;

namespace RetailInsight.IntegrationTests.Dags;

/// <summary>Clear, mark, cancel and undo through the API: by whom, what comes of it, and what is refused.</summary>
[Collection(ApiCollections.Contract)]
public sealed class PlansOverHttp(ApiHost host) : OperatingCompany(host)
{
    [Fact]
    public async Task A_plan_names_what_it_touches_and_costs_and_is_applied_once()
    {
        await using var engine = await TestEngine.StartAsync(Database, [Diamond()]);
        await RunAsync("success");
        var run = await RunAsync("success");
        var waiting = await Database.ScalarAsync<long>(
            "INSERT INTO dags.dag_run (dag_id, version_id, run_type, tenant, partition_key, state, eligible_at) SELECT dag_id, current_version, 'manual', 'aoba', 'aoba/2026-11-14', 'queued', now() + interval '1 hour' FROM dags.dag RETURNING run_id");

        var plan = await PlanAsync(run, new { kind = "clear", tasks = new[] { "b" } });
        Assert.Equal(["b success", "d success"], List(plan, "tasks", task => $"{task.GetProperty("task")} {task.GetProperty("state")}").Order(StringComparer.Ordinal));
        var estimate = plan.GetProperty("estimate");
        Assert.Equal(2, estimate.GetProperty("tasks").GetInt32());
        Assert.Equal(["b 1 2", "d 1 2"], List(estimate, "by_task", task => $"{task.GetProperty("task")} {task.GetProperty("count")} {task.GetProperty("measured_tries")}"));
        var (half, most) = (estimate.GetProperty("p50_seconds").GetDouble(), estimate.GetProperty("p90_seconds").GetDouble());
        Assert.True(half > 0 && most >= half, $"{half} {most}");
        Assert.Equal(half, estimate.GetProperty("by_task").EnumerateArray().Sum(task => task.GetProperty("p50_seconds").GetDouble()), 0.002);
        Assert.Equal([$"{waiting}"], List(estimate, "runs_waiting", one => one.GetProperty("run_id").ToString()));
        Assert.Equal("open", plan.GetProperty("state").GetString());

        var address = $"/v1/ops/plans/{plan.GetProperty("plan_id")}";
        await PostAsync(Engineer, address + "/apply", new { reason = "  " }, HttpStatusCode.BadRequest);
        var done = await PostAsync(Engineer, address + "/apply", new { reason = "late file" });
        Assert.Equal(["b success waiting", "d success waiting"], List(done, "changes", one => $"{one.GetProperty("task")} {one.GetProperty("was")} {one.GetProperty("is")}").Order(StringComparer.Ordinal));
        Assert.Equal("success", await EndAgainAsync(run));
        Assert.Equal("applied", (await Engineer.GetFromJsonAsync<JsonElement>(address)).GetProperty("state").GetString());
        Assert.Equal("action-refused", (await PostAsync(Engineer, address + "/apply", new { reason = "again" }, HttpStatusCode.Conflict)).GetProperty("code").GetString());

        var expired = (await PlanAsync(run, new { kind = "clear" })).GetProperty("plan_id");
        await Database.ListAsync<int>("UPDATE dags.plan SET expires_at = now() - interval '1 second' WHERE plan_id = @plan RETURNING 1", new { plan = expired.GetInt64() });
        Assert.Equal("The plan has expired; make a new one.", (await PostAsync(Engineer, $"/v1/ops/plans/{expired}/apply", new { reason = "x" }, HttpStatusCode.Conflict)).GetProperty("detail").GetString());
        Assert.Equal("expired", (await Engineer.GetFromJsonAsync<JsonElement>($"/v1/ops/plans/{expired}")).GetProperty("state").GetString());

        // Long after it goes; what was done by one and what can still be applied stay.
        var plans = await Database.ScalarAsync<long>("SELECT count(*) FROM dags.plan");
        await Database.ListAsync<int>("UPDATE dags.plan SET expires_at = now() - interval '91 days' WHERE plan_id = @plan RETURNING 1", new { plan = expired.GetInt64() });
        Assert.Equal(1, await engine.Get<RunPlans>().ForgetAsync(TimeSpan.FromDays(90), CancellationToken.None));
        Assert.Equal(plans - 1, await Database.ScalarAsync<long>("SELECT count(*) FROM dags.plan"));
    }

    [Fact]
    public async Task When_the_world_has_moved_on_nothing_is_done_and_the_differences_are_told()
    {
        await using var engine = await TestEngine.StartAsync(Database, [Diamond()]);
        var run = await RunAsync("success");
        var (one, other) = (await PlanAsync(run, new { kind = "clear", tasks = new[] { "d" } }), await PlanAsync(run, new { kind = "clear", tasks = new[] { "c" } }));
        await PostAsync(Engineer, $"/v1/ops/plans/{one.GetProperty("plan_id")}/apply", new { reason = "x" });
        await EndAgainAsync(run);
        var refused = await PostAsync(Engineer, $"/v1/ops/plans/{other.GetProperty("plan_id")}/apply", new { reason = "x" }, HttpStatusCode.Conflict, "drift");
        Assert.Equal(("action-outdated", "d was success and is success."), (refused.GetProperty("code").GetString(), Assert.Single(List(refused, "differences", text => text.GetString()!))));

        // What did nothing does not use its key up.
        Assert.Equal(0, await Database.ScalarAsync<long>("SELECT count(*) FROM api.idempotency WHERE key = 'drift'"));
        Assert.Equal(1, await Database.ScalarAsync<long>("SELECT count(*) FROM dags.action"));
    }

    [Fact]
    public async Task A_task_a_worker_takes_at_the_moment_it_is_marked_is_a_difference_and_no_failure()
    {
        await using var engine = await TestEngine.CreateAsync(Database, [Diamond()]);
        var run = await Database.QueueAsync("diamond", "aoba/2026-11-14");
        await engine.Scheduler.TickAsync(CancellationToken.None);
        var plan = await PlanAsync(run, new { kind = "mark", tasks = new[] { "a" } });
        Assert.Equal(["a ready"], List(plan, "tasks", task => $"{task.GetProperty("task")} {task.GetProperty("state")}"));

        // The claim of a worker, not yet committed.
        await using var worker = await Database.Job.OpenConnectionAsync();
        await using var claim = await worker.BeginTransactionAsync();
        await worker.ExecuteAsync("UPDATE dags.task_instance SET state = 'running', lease_token = nextval('dags.fence_seq'), started_at = now() WHERE state = 'ready'", transaction: claim);
        var applying = PostAsync(Engineer, $"/v1/ops/plans/{plan.GetProperty("plan_id")}/apply", new { reason = "x" }, HttpStatusCode.Conflict);
        await Database.WaitUntilAsync("EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')");
        await claim.CommitAsync();
        Assert.Equal(["a was ready and is running."], List(await applying, "differences", text => text.GetString()!));
        Assert.Equal("a:running b:waiting c:waiting d:waiting", await StandingAsync(run));
    }

    [Fact]
    public async Task A_request_that_makes_no_sense_names_its_field()
    {
        await using var engine = await TestEngine.StartAsync(Database, [Diamond()]);
        var run = await RunAsync("success");
        foreach (var (body, field) in new[]
        {
            ("""{"kind":"erase"}""", "kind"), ("""{"kind":"1"}""", "kind"), ("""{"kind":"Clear"}""", "kind"), ("""{"kind":"mark","tasks":["a"],"as":"done"}""", "as"), ("""{"kind":"mark"}""", "tasks"),
            ("""{"kind":"clear","tasks":["x"]}""", "tasks"), ("""{"kind":"clear","tasks":[null]}""", "tasks"), ("""{"kind":"clear","tasks":[""]}""", "tasks"),
        })
        {
            using var content = new StringContent(body, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"));
            using var answer = await Engineer.PostAsync($"/v1/ops/runs/{run}/plans", content);
            Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, $"{body} {answer.StatusCode}");
            Assert.Equal([field], (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateObject().Select(error => error.Name));
        }

        Assert.Equal(0, await Database.ScalarAsync<long>("SELECT count(*) FROM dags.plan"));
    }

    [Fact]
    public async Task A_mark_is_taken_back_until_something_behind_it_has_begun()
    {
        Broken["b"] = true;
        await using var engine = await TestEngine.StartAsync(Database, [Diamond()]);
        var run = await RunAsync("failed");

        // A mark as failed leads to nothing that runs.
        var mark = await MarkAsync(run, "c", "failed");
        Assert.Equal("failed", await EndAgainAsync(run));
        Assert.Equal("a:success b:failed c:failed d:upstream_failed", await StandingAsync(run));
        var undone = await PostAsync(Engineer, $"/v1/ops/actions/{mark}/undo", new { reason = "wrong task" });
        Assert.Equal(("undo", mark), (undone.GetProperty("action").GetProperty("kind").GetString(), undone.GetProperty("action").GetProperty("undoes").GetInt64()));
        Assert.Equal(["c failed success"], List(undone, "changes", one => $"{one.GetProperty("task")} {one.GetProperty("was")} {one.GetProperty("is")}"));
        Assert.Equal("failed", await EndAgainAsync(run));
        Assert.Equal("a:success b:failed c:success d:upstream_failed", await StandingAsync(run));
        Assert.Equal("c was left failed and is success.", Assert.Single(List(
            await PostAsync(Engineer, $"/v1/ops/actions/{mark}/undo", new { reason = "twice" }, HttpStatusCode.Conflict), "differences", text => text.GetString()!)));

        // A mark as success lets d run: then there is no way back.
        mark = await MarkAsync(run, "b", "success");
        Assert.Equal("success", await EndAgainAsync(run));
        var refused = await PostAsync(Engineer, $"/v1/ops/actions/{mark}/undo", new { reason = "too late" }, HttpStatusCode.Conflict);
        Assert.Equal(["d, which stands behind, has begun since and is success."], List(refused, "differences", text => text.GetString()!));
        Assert.Equal("a:success b:success c:success d:success", await StandingAsync(run));

        var clear = await PlanAsync(run, new { kind = "clear", tasks = new[] { "d" } });
        var cleared = await PostAsync(Engineer, $"/v1/ops/plans/{clear.GetProperty("plan_id")}/apply", new { reason = "x" });
        Assert.Equal("Only a mark can be undone.", (await PostAsync(Engineer, $"/v1/ops/actions/{cleared.GetProperty("action").GetProperty("action_id")}/undo", new { reason = "x" }, HttpStatusCode.Conflict)).GetProperty("detail").GetString());
    }

    [Fact]
    public async Task What_was_only_queued_because_of_a_mark_waits_again_after_its_undo()
    {
        Broken["b"] = true;
        await using var engine = await TestEngine.StartAsync(Database, [Diamond()]);
        var run = await RunAsync("failed");
        await engine.StopAsync();

        // Nobody works: d becomes ready and stays so.
        await using var scheduler = await TestEngine.CreateAsync(Database, [Diamond()]);
        var mark = await MarkAsync(run, "b", "success");
        await scheduler.Scheduler.TickAsync(CancellationToken.None);
        Assert.Equal("a:success b:success c:success d:ready", await StandingAsync(run));
        await PostAsync(Engineer, $"/v1/ops/actions/{mark}/undo", new { reason = "not yet" });
        await scheduler.Scheduler.TickAsync(CancellationToken.None);
        Assert.Equal("a:success b:failed c:success d:upstream_failed", await StandingAsync(run));
        Assert.Equal((0, "failed"), (await Database.ScalarAsync<long>("SELECT count(*) FROM dags.task_queue"), await Database.EndOfAsync(run)));
    }

    [Fact]
    public async Task Each_request_has_one_effect_a_key()
    {
        await using var engine = await TestEngine.StartAsync(Database, [Diamond()]);
        var run = await RunAsync("success");
        async Task<string> TwiceAsync(string address, object body, HttpStatusCode status, string key)
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => PostAsync(Engineer, address, body, status, key)));
            return Assert.Single(answers.Select(answer => answer.GetRawText()).Distinct());
        }

        var plan = JsonDocument.Parse(await TwiceAsync($"/v1/ops/runs/{run}/plans", new { kind = "mark", tasks = new[] { "d" }, @as = "failed" }, HttpStatusCode.Created, "plan")).RootElement;
        Assert.Equal(1, await Database.ScalarAsync<long>("SELECT count(*) FROM dags.plan"));
        var done = JsonDocument.Parse(await TwiceAsync($"/v1/ops/plans/{plan.GetProperty("plan_id")}/apply", new { reason = "x" }, HttpStatusCode.OK, "apply")).RootElement;
        await EndAgainAsync(run);
        await TwiceAsync($"/v1/ops/actions/{done.GetProperty("action").GetProperty("action_id")}/undo", new { reason = "x" }, HttpStatusCode.OK, "undo");
        Assert.Equal(["mark", "undo"], await Database.ListAsync<string>("SELECT kind FROM dags.action ORDER BY 1"));
        await PostAsync(Engineer, "/v1/ops/dags/diamond/runs", new { }, HttpStatusCode.Forbidden, "refused");
        await PostAsync(Engineer, $"/v1/ops/runs/{run}/plans", new { kind = "clear" }, HttpStatusCode.UnprocessableEntity, "plan");
        Assert.Equal(3, await Database.ScalarAsync<long>("SELECT count(*) FROM api.idempotency"));
    }

    [Fact]
    public async Task A_run_by_hand_is_queued_once_a_key()
    {
        await using var engine = await TestEngine.CreateAsync(Database, [Partitioned()]);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => PostAsync(Engineer, "/v1/ops/dags/diamond/runs", new { business_date = "2026-11-13", stores = new[] { "S01" } }, HttpStatusCode.Created, "run")));
        var run = Assert.Single(answers.Select(answer => answer.GetProperty("run").GetProperty("run_id").GetInt64()).Distinct());
        Assert.Equal(1, await Database.ScalarAsync<long>("SELECT count(*) FROM dags.dag_run"));
        Assert.Equal(answers[0].GetProperty("run").GetRawText().Replace(" ", "", StringComparison.Ordinal), (await Engineer.GetFromJsonAsync<JsonElement>($"/v1/ops/runs/{run}")).GetProperty("run").GetRawText().Replace(" ", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Another_company_neither_sees_nor_touches_any_of_it_and_head_office_only_looks()
    {
        Broken["b"] = true;
        await using var engine = await TestEngine.StartAsync(Database, [Diamond()]);
        var run = await RunAsync("failed");
        var mark = await MarkAsync(run, "c", "failed");
        await EndAgainAsync(run);
        var plan = (await PlanAsync(run, new { kind = "clear" })).GetProperty("plan_id").GetInt64();
        string[] reads = [$"runs/{run}", $"runs/{run}/tasks/b/why", $"runs/{run}/logs?task=b", $"runs/{run}/logs/stream?task=b", $"plans/{plan}", $"actions/{mark}"];
        (string, object)[] writes = [($"runs/{run}/plans", new { kind = "clear" }), ($"plans/{plan}/apply", new { reason = "x" }), ($"actions/{mark}/undo", new { reason = "x" })];
        using var office = await SignInAsync("honbu");
        foreach (var read in reads)
        {
            Assert.Equal((read, HttpStatusCode.NotFound), (read, (await Stranger.GetAsync($"/v1/ops/{read}")).StatusCode));
            Assert.Equal((read, HttpStatusCode.OK), (read, (await office.GetAsync($"/v1/ops/{read}")).StatusCode));
        }

        foreach (var (write, body) in writes)
        {
            await PostAsync(Stranger, $"/v1/ops/{write}", body, HttpStatusCode.NotFound);
            await PostAsync(office, $"/v1/ops/{write}", body, HttpStatusCode.Forbidden);
        }

        foreach (var list in new[] { "runs", "actions" })
        {
            Assert.Empty(List(await Stranger.GetFromJsonAsync<JsonElement>($"/v1/ops/{list}"), "items", one => one.GetRawText()));
            Assert.NotEmpty(List(await office.GetFromJsonAsync<JsonElement>($"/v1/ops/{list}"), "items", one => one.GetRawText()));
        }

        Assert.Equal("a:success b:failed c:failed d:upstream_failed", await StandingAsync(run));
        Assert.Equal(1, await Database.ScalarAsync<long>("SELECT count(*) FROM dags.action"));
    }

    [Fact]
    public async Task The_record_is_paged_filtered_and_entered_into_the_chain_that_nobody_can_rewrite()
    {
        await using var engine = await TestEngine.StartAsync(Database, [Diamond()]);
        var run = await RunAsync("success");
        var first = await MarkAsync(run, "d", "failed");
        await EndAgainAsync(run);
        await PostAsync(Engineer, $"/v1/ops/actions/{first}/undo", new { reason = "was right" });
        await EndAgainAsync(run);
        var clear = await PlanAsync(run, new { kind = "clear", tasks = new[] { "d" } });
        await PostAsync(Engineer, $"/v1/ops/plans/{clear.GetProperty("plan_id")}/apply", new { reason = "late file" });

        static string Line(JsonElement one) => $"{one.GetProperty("kind")} {one.GetProperty("actor")} {one.GetProperty("tasks")}";
        var page = await Engineer.GetFromJsonAsync<JsonElement>($"/v1/ops/actions?run={run}&limit=2");
        Assert.Equal(["clear engineer 1", "undo engineer 1"], List(page, "items", Line));
        page = await Engineer.GetFromJsonAsync<JsonElement>($"/v1/ops/actions?limit=2&before={page.GetProperty("before")}");
        Assert.Equal(["mark engineer 1"], List(page, "items", Line));
        Assert.Equal(JsonValueKind.Null, page.GetProperty("before").ValueKind);
        Assert.Empty(List(await Engineer.GetFromJsonAsync<JsonElement>("/v1/ops/actions?actor=honbu"), "items", Line));
        Assert.Equal(3, List(await Engineer.GetFromJsonAsync<JsonElement>("/v1/ops/actions?dag=diamond&actor=engineer"), "items", Line).Length);

        using var office = await SignInAsync("honbu");
        var entries = await office.GetFromJsonAsync<JsonElement>("/v1/audit?action=run");
        var ours = entries.GetProperty("items").EnumerateArray().Where(one => one.GetProperty("action").GetString() != "run.start").ToList();
        Assert.Equal(["run.clear late file", "run.undo was right", "run.mark by hand"], ours.Select(one => $"{one.GetProperty("action")} {one.GetProperty("detail").GetProperty("reason")}"));
        Assert.All(ours, one => Assert.Equal(("engineer", $"{run}"), (one.GetProperty("actor").GetString(), one.GetProperty("object").GetString())));
        Assert.True((await office.GetFromJsonAsync<JsonElement>("/v1/audit/verification")).GetProperty("intact").GetBoolean());
        await using (var owner = await Database.Owner.OpenConnectionAsync())
        {
            await owner.ExecuteAsync("UPDATE audit.entry SET actor = 'nobody' WHERE action = 'run.mark'");
        }

        Assert.False((await office.GetFromJsonAsync<JsonElement>("/v1/audit/verification")).GetProperty("intact").GetBoolean());
    }

    private async Task<long> MarkAsync(long run, string task, string state)
    {
        var plan = await PlanAsync(run, new { kind = "mark", tasks = new[] { task }, @as = state });
        return (await PostAsync(Engineer, $"/v1/ops/plans/{plan.GetProperty("plan_id")}/apply", new { reason = "by hand" })).GetProperty("action").GetProperty("action_id").GetInt64();
    }
}
