using RetailInsight.Dags.Engine;
using RetailInsight.Dags.Engine.Assets;
using RetailInsight.Dags.Operations;

namespace RetailInsight.IntegrationTests.Dags;

/// <summary>Tasks and runs that cannot begin yet, and runs that are late.</summary>
public sealed class WaitingTasks(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async Task InitializeAsync() => _database = await postgres.CreateDatabaseAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task What_is_not_there_yet_is_waited_for_without_a_slot_and_without_the_loss_of_a_try()
    {
        var looked = 0;
        var options = TestEngine.Quick();
        options.Capacity = 1;
        await using var engine = await TestEngine.StartAsync(
            _database.Job,
            [
                new Dag("waiter", [new DagTask("work", (_, _) => Task.FromResult(Interlocked.Increment(ref looked) < 4 ? TaskOutput.Later(TimeSpan.FromSeconds(looked == 3 ? 3 : 0.05), "the file is not there") : TaskOutput.None))
                {
                    Retry = new RetryPolicy { MaxTries = 1 },
                }]),
                new Dag("other", [new DagTask("work", (_, _) => Task.FromResult(TaskOutput.None))]),
            ],
            options);
        var run = await _database.QueueAsync("waiter");
        await _database.WaitUntilAsync("EXISTS (SELECT FROM dags.task_instance WHERE run_id = @run AND state = 'deferred' AND eligible_at > now() + interval '1 second')", new { run });
        Assert.StartsWith("the file is not there; it looks again at ", (await engine.Get<Blockers>().OfAsync(run, "work", null, CancellationToken.None))!.Sentence, StringComparison.Ordinal);
        Assert.Equal("success", await _database.EndOfAsync(await _database.QueueAsync("other")));
        Assert.Equal("running", await _database.ScalarAsync<string>("SELECT state FROM dags.dag_run WHERE run_id = @run", new { run }));
        Assert.Equal("success", await _database.EndOfAsync(run));
        Assert.Equal(["deferred", "deferred", "deferred", "success"], await _database.ListAsync<string>(
            "SELECT outcome FROM dags.task_try JOIN dags.task_instance USING (ti_id) WHERE run_id = @run ORDER BY task_try.lease_token", new { run }));
    }

    [Fact]
    public async Task A_run_that_depends_on_the_past_waits_for_the_day_before_of_its_own_tenant()
    {
        var broken = true;
        var dag = new Dag("chain", [new DagTask("work", (context, _) => broken && context.PartitionKey == "a/2026-01-01" ? throw new FatalTaskException("no") : Task.FromResult(TaskOutput.None))])
        {
            DependsOnPast = true,
        };
        await using var engine = await TestEngine.StartAsync(_database, [dag]);
        var first = await _database.QueueAsync("chain", "a/2026-01-01");
        Assert.Equal("failed", await _database.EndOfAsync(first));
        var second = await _database.QueueAsync("chain", "a/2026-01-02");
        Assert.Equal("success", await _database.EndOfAsync(await _database.QueueAsync("chain", "b/2026-01-02")));
        Assert.Equal($"Run {first} of the partition before has not ended well.", (await engine.Get<Blockers>().OfAsync(second, "work", null, CancellationToken.None))!.Sentence);
        Assert.Equal("queued", await _database.ScalarAsync<string>("SELECT state FROM dags.dag_run WHERE run_id = @second", new { second }));
        broken = false;
        var plan = await engine.Get<RunPlans>().PlanAsync(first, new PlanSelection(PlanKind.Clear, []), "ann", CancellationToken.None);
        await engine.Get<RunPlans>().ApplyAsync(plan!.PlanId, "ann", "", CancellationToken.None);
        Assert.Equal("success", await _database.EndOfAsync(second));
    }

    [Fact]
    public async Task A_run_past_its_deadline_is_noticed_once()
    {
        var dag = new Dag("slow", [new DagTask("work", (_, _) => Task.FromResult(TaskOutput.None))]);
        await using var engine = await TestEngine.CreateAsync(_database, [dag]);
        var late = await _database.QueueAsync("slow");
        await _database.ListAsync<string>("UPDATE dags.dag_run SET deadline_at = now() - interval '1 second' WHERE run_id = @late", new { late });
        var soon = await _database.QueueAsync("slow");
        await _database.ListAsync<string>("UPDATE dags.dag_run SET deadline_at = now() + interval '1 hour' WHERE run_id = @soon", new { soon });
        Assert.Equal(1, await engine.Get<Deadlines>().NoticeAsync(CancellationToken.None));
        Assert.Equal(0, await engine.Get<Deadlines>().NoticeAsync(CancellationToken.None));
        Assert.Equal([late], await _database.ListAsync<long>("SELECT run_id FROM dags.dag_run WHERE missed_at IS NOT NULL"));
    }

    [Fact]
    public async Task A_run_that_is_likely_to_miss_its_deadline_is_noticed_once_and_says_when_it_is_expected()
    {
        static Task<TaskOutput> Nothing(TaskContext context, CancellationToken cancellationToken) => Task.FromResult(TaskOutput.None);
        var dag = new Dag("chain", [new DagTask("a", Nothing), new DagTask("b", Nothing) { Upstreams = ["a"] }, new DagTask("beside", Nothing), new DagTask("c", Nothing) { Upstreams = ["b", "beside"] }]) { MaxActiveRuns = 9 };
        await using var engine = await TestEngine.CreateAsync(_database, [dag]);
        var deadlines = engine.Get<Deadlines>();

        async Task<long> DueAsync(string partition, int minutes)
        {
            var run = await _database.QueueAsync("chain", partition);
            await _database.ListAsync<string>("UPDATE dags.dag_run SET deadline_at = now() + make_interval(mins => @minutes) WHERE run_id = @run", new { run, minutes });
            return run;
        }

        // Nothing is known yet of how long its tasks take.
        var first = await DueAsync("a/2026-01-01", 1);
        await engine.Scheduler.TickAsync(CancellationToken.None);
        Assert.Equal(0, await deadlines.PredictAsync(CancellationToken.None));

        // Ten runs of before: a takes 10 minutes, b 20, c 30; what is beside is quicker.
        await _database.ListAsync<string>(
            """
            WITH run AS (
              INSERT INTO dags.dag_run (dag_id, version_id, run_type, tenant, partition_key, state, started_at, ended_at)
              SELECT 'chain', current_version, 'manual', 'a', 'a/2025-01-' || to_char(n, 'FM00'), 'success', now(), now() FROM dags.dag, generate_series(10, 19) n RETURNING run_id, partition_key),
            task AS (
              INSERT INTO dags.task_instance (run_id, task_id, state, max_tries)
              SELECT run_id, id, 'success', 1 FROM run, unnest(ARRAY['a', 'b', 'beside', 'c']) id RETURNING ti_id, task_id)
            INSERT INTO dags.task_try (lease_token, ti_id, generation, try_number, outcome, started_at, ended_at)
            SELECT nextval('dags.fence_seq'), ti_id, 1, 1, 'success', now() - make_interval(mins => CASE task_id WHEN 'a' THEN 10 WHEN 'b' THEN 20 WHEN 'c' THEN 30 ELSE 5 END), now() FROM task
            """);
        var late = await DueAsync("a/2026-01-02", 59);
        var fine = await DueAsync("a/2026-01-03", 62);
        var other = await DueAsync("b/2026-01-03", 1);
        Assert.Equal(2, await deadlines.PredictAsync(CancellationToken.None));
        Assert.Equal(0, await deadlines.PredictAsync(CancellationToken.None));
        Assert.Equal([first, late], await _database.ListAsync<long>("SELECT run_id FROM dags.dag_run WHERE likely_late_at IS NOT NULL ORDER BY 1"));
        var seen = (await new RunQueries(_database.Job).RunAsync(late, CancellationToken.None))!.Deadline!;
        Assert.InRange((seen.ExpectedEnd! - seen.At).Value.TotalMinutes, 0.5, 1.1);
        Assert.NotNull(seen.LikelyLateSince);
        Assert.Null(seen.MissedSince);
        Assert.Null((await new RunQueries(_database.Job).RunAsync(other, CancellationToken.None))!.Deadline!.ExpectedEnd);

        // What is behind it does not count, and of what runs only the rest.
        await engine.Scheduler.TickAsync(CancellationToken.None);
        await _database.ListAsync<string>(
            """
            UPDATE dags.task_instance SET state = 'success' WHERE run_id = @fine AND task_id IN ('a', 'beside');
            UPDATE dags.task_instance SET state = 'running', lease_token = 1, started_at = now() - interval '15 minutes' WHERE run_id = @fine AND task_id = 'b'
            """,
            new { fine });
        Assert.InRange(((await new RunQueries(_database.Job).RunAsync(fine, CancellationToken.None))!.Deadline!.ExpectedEnd! - TimeProvider.System.GetUtcNow()).Value.TotalMinutes, 34, 36);
    }

    [Fact]
    public async Task A_publication_over_a_younger_one_is_tried_again_and_never_overwrites_it()
    {
        var tries = 0;
        var dag = new Dag("publisher",
        [
            new DagTask("work", async (context, cancellationToken) =>
            {
                if (Interlocked.Increment(ref tries) == 1)
                {
                    await _database.ListAsync<string>(
                        "INSERT INTO dags.asset_partition (tenant, asset, business_date, store, version, fence) VALUES ('a', 'thing', '2026-01-01', '', 7, nextval('dags.fence_seq'))");
                }

                return new TaskOutput((publication, _) =>
                {
                    publication.Changed("");
                    return Task.CompletedTask;
                })
                {
                    Stores = [""],
                };
            })
            {
                Produces = new Asset("thing", PartitionGrain.Day, [new AssetInput("data")]),
                Retry = new RetryPolicy { MaxTries = 2, Delay = TimeSpan.FromMilliseconds(20) },
            },
        ]);
        await using var engine = await TestEngine.StartAsync(_database, [dag]);
        Assert.Equal("success", await _database.EndOfAsync(await _database.QueueAsync("publisher", "a/2026-01-01")));
        Assert.Equal(2, tries);
        Assert.Equal(8, await _database.ScalarAsync<long>("SELECT version FROM dags.asset_partition"));
    }
}
