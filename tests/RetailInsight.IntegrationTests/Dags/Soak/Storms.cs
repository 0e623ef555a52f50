using System.Globalization;
using Dapper;
using RetailInsight.Dags.Engine;
using Xunit.Abstractions;

namespace RetailInsight.IntegrationTests.Dags.Soak;

/// <summary>Much at once: a very wide fan-in, and people who clear what runs, over and over. RETAILINSIGHT_SOAK_WIDE and RETAILINSIGHT_SOAK_CLEARS ask for more.</summary>
public sealed class Storms(PostgresFixture postgres, ITestOutputHelper output) : IClassFixture<PostgresFixture>
{
    private static readonly int Wide = SoakSettings.Number("WIDE", 200);
    private static readonly int Clears = SoakSettings.Number("CLEARS", 40);

    [Fact]
    public async Task A_wide_fan_in_without_notices_runs_each_task_once_and_the_last_one_last()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await EffectTable.CreateAsync(database);
        var options = Options();
        options.Notify = false;
        var dag = new Dag("wide",
        [
            Write("each") with { Map = (_, _, _, _) => Task.FromResult<IReadOnlyList<string>>([.. Enumerable.Range(0, Wide).Select(key => $"k{key}")]) },
            Write("last") with { Upstreams = ["each"] },
        ]);
        await using (var watch = EngineInvariants.Watch(database))
        {
            await using var one = await TestEngine.StartAsync(database, [dag], options);
            await using var other = await TestEngine.StartAsync(database, [dag], options);
            await database.QueueAsync("wide");
            await SoakSettings.UntilAsync(() => database.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM dags.dag_run WHERE state = 'success')"));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"fan-in of {Wide}: invariants looked at {watch.Looks} times"));
        }

        Assert.Equal(Wide + 1, await database.ScalarAsync<long>("SELECT count(*) FROM public.effect"));
        Assert.Equal(Wide + 1, await database.ScalarAsync<long>("SELECT count(DISTINCT lease_token) FROM public.effect"));
        Assert.True(await database.ScalarAsync<bool>("SELECT max(lease_token) FILTER (WHERE task = 'last') > max(lease_token) FILTER (WHERE task = 'each') FROM public.effect"));
    }

    [Fact]
    public async Task Clears_of_what_runs_are_done_as_planned_or_refused_and_every_run_ends_well()
    {
        const int Runs = 8;
        await using var database = await postgres.CreateDatabaseAsync();
        await EffectTable.CreateAsync(database);
        var options = Options();
        options.Pools["narrow"] = 3;
        var dag = new Dag("storm",
        [
            Write("a"),
            Write("b") with { Upstreams = ["a"], Pool = "narrow" },
            Write("c") with { Upstreams = ["a"], Pool = "narrow", Slots = 2 },
            Write("d") with { Upstreams = ["b", "c"] },
        ])
        { MaxActiveRuns = 20 };
        var (applied, refused) = (0, 0);
        await using (EngineInvariants.Watch(database))
        {
            await using var one = await TestEngine.StartAsync(database, [dag], options);
            await using var other = await TestEngine.StartAsync(database, [dag], options);
            var runs = new List<long>();
            for (var run = 0; run < Runs; run++)
            {
                runs.Add(await database.QueueAsync("storm", $"acme/2026-11-{run + 1:00}"));
            }

            await database.WaitUntilAsync("@count = (SELECT count(*) FROM dags.task_instance)", new { count = 4 * Runs });
            await Task.WhenAll(Enumerable.Range(0, 4).Select(async person =>
            {
                var random = new Random(SoakSettings.Seed + person);
                var plans = (person % 2 == 0 ? one : other).Get<RunPlans>();
                for (var clear = 0; clear < Clears / 4; clear++)
                {
                    var tasks = new[] { "a", "b", "c", "d" }.Where(_ => random.Next(2) == 0).ToList();
                    var plan = await plans.PlanAsync(runs[random.Next(Runs)], new PlanSelection(PlanKind.Clear, tasks, random.Next(2) == 0), "ann", CancellationToken.None);
                    await Task.Delay(random.Next(10));
                    var result = await plans.ApplyAsync(plan!.PlanId, "ann", "", CancellationToken.None);
                    Interlocked.Increment(ref result.ActionId is null ? ref refused : ref applied);
                    Assert.True(result.ActionId is not null || result.Differences.Count > 0, result.Refusal);
                }
            }));
            await SoakSettings.UntilAsync(() => database.ScalarAsync<bool>("SELECT @Runs = (SELECT count(*) FROM dags.dag_run WHERE state = 'success')", new { Runs }));
        }

        // Each applied clear moved exactly the tasks it had named by a generation, and the last generation of each was done.
        Assert.Equal(
            [],
            await database.ListAsync<string>(
                """
                SELECT concat_ws(' ', t.run_id, t.task_id, t.generation, p.clears) FROM dags.task_instance t CROSS JOIN LATERAL (
                  SELECT count(*) AS clears FROM dags.plan p, jsonb_array_elements(p.touched) x WHERE p.applied_at IS NOT NULL AND (x ->> 'TiId')::bigint = t.ti_id) p
                WHERE t.generation <> 1 + p.clears OR t.state <> 'success'
                  OR NOT EXISTS (SELECT FROM dags.task_try y WHERE y.ti_id = t.ti_id AND y.generation = t.generation AND y.outcome = 'success')
                """));
        Assert.Equal(
            await database.ScalarAsync<long>("SELECT count(*) FROM dags.task_try WHERE outcome = 'success'"), await database.ScalarAsync<long>("SELECT count(*) FROM public.effect"));
        var fenced = await database.ScalarAsync<long>("SELECT count(*) FROM dags.task_try WHERE outcome = 'cleared'");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"clears applied {applied}, refused because the run had moved on {refused}; tries that lost their lease in the middle {fenced}"));
        Assert.True(applied > 0);
    }

    private static EngineOptions Options()
    {
        var options = TestEngine.Quick();
        options.Capacity = 8;
        options.HeartbeatTimeout = TimeSpan.FromMinutes(2);
        return options;
    }

    private static DagTask Write(string id) => new(id, async (context, cancellationToken) =>
    {
        await Task.Delay((int)(context.LeaseToken % 8), cancellationToken);
        return EffectTable.Write(context);
    });
}
