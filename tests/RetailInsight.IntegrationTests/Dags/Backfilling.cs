using RetailInsight.Core.Tenancy;
using RetailInsight.Dags.Engine;
using RetailInsight.Dags.Engine.Assets;
using RetailInsight.Dags.Engine.Backfills;

namespace RetailInsight.IntegrationTests.Dags;

/// <summary>Computing many days again: which ones, in which order, how many at once, and that nothing fresh waits for it.</summary>
public sealed class Backfilling(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime, IDisposable
{
    private static readonly DateOnly First = new(2026, 3, 1);
    private readonly List<DateOnly> _order = [];
    private readonly SemaphoreSlim _gate = new(1000);
    private TestDatabase _database = null!;
    private Func<TaskContext, bool> _fails = _ => false;

    public async Task InitializeAsync() => _database = await postgres.CreateDatabaseAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    public void Dispose() => _gate.Dispose();

    [Fact]
    public async Task Missing_failed_stale_and_all_choose_their_days()
    {
        await using var engine = await StartAsync(days: 6);
        Assert.Equal(Days(6, 5, 4, 3, 2, 1), await DaysAsync(engine, Request(BackfillSelector.Missing)));
        Assert.Empty(await DaysAsync(engine, Request(BackfillSelector.Stale)));
        _fails = context => context.Day.BusinessDate == First.AddDays(1);
        await FillAsync(engine, Request(BackfillSelector.Missing) with { From = First, To = First.AddDays(2) });
        Assert.Equal(Days(2), await DaysAsync(engine, Request(BackfillSelector.Failed)));
        Assert.Equal(Days(6, 5, 4, 2), await DaysAsync(engine, Request(BackfillSelector.Missing)));

        await ArriveAsync(First.AddDays(2), "b", 2);
        Assert.Equal(Days(3), await DaysAsync(engine, Request(BackfillSelector.Stale)));
        var stale = Assert.Single((await engine.Get<BackfillPlans>().PlanAsync(Request(BackfillSelector.Stale), "ann", null, CancellationToken.None)).Days);
        Assert.Equal(["b"], stale.Stores);
        Assert.Equal(Days(1, 2, 3, 4, 5, 6), await DaysAsync(engine, Request(BackfillSelector.All) with { Order = BackfillOrder.OldestFirst }));
        Assert.Empty(await DaysAsync(engine, Request(BackfillSelector.All) with { Tenant = "other" }));
        Assert.Empty(await DaysAsync(engine, Request(BackfillSelector.All) with { Stores = ["c"] }));
    }

    [Fact]
    public async Task A_backfill_keeps_its_limit_and_its_order_and_can_be_paused_resumed_and_canceled()
    {
        await using var engine = await StartAsync(days: 10);
        while (_gate.Wait(0))
        {
        }

        var backfill = await ApplyAsync(engine, Request(BackfillSelector.Missing) with { MaxActiveRuns = 2 });
        await _database.WaitUntilAsync("(SELECT count(*) = 2 FROM dags.task_instance WHERE state = 'running')");
        await Task.Delay(300);
        Assert.Equal(2, await _database.ScalarAsync<long>("SELECT count(*) FROM dags.dag_run"));
        Assert.Equal(2, (await StateAsync(engine, backfill)).Submitted);

        // Fresh data does not wait: it has a limit of its own and goes first.
        var fresh = await _database.QueueAsync("days", $"acme/{First.AddDays(30):yyyy-MM-dd}");
        await _database.WaitUntilAsync("EXISTS (SELECT FROM dags.task_instance WHERE run_id = @fresh AND state = 'running')", new { fresh });

        var queue = engine.Get<BackfillQueue>();
        Assert.Equal($"There is no backfill {backfill}.", await queue.SetAsync(backfill, "other", "paused", false, "eve", "", null, CancellationToken.None));
        Assert.Null(await queue.SetAsync(backfill, "acme", "paused", false, "ann", "peak hour", null, CancellationToken.None));
        _gate.Release(3);
        await _database.WaitUntilAsync("NOT EXISTS (SELECT FROM dags.dag_run WHERE state IN ('queued', 'running'))");
        await Task.Delay(300);
        var paused = await StateAsync(engine, backfill);
        Assert.Equal(("paused", 8, 0, 2), (paused.State, paused.Pending, paused.Submitted, paused.Success));

        Assert.Null(await queue.SetAsync(backfill, "acme", "running", false, "ann", "", null, CancellationToken.None));
        _gate.Release(2);
        await _database.WaitUntilAsync("(SELECT count(*) = 4 FROM dags.backfill_slot WHERE state = 'success')");
        Assert.Null(await queue.SetAsync(backfill, "acme", "canceled", false, "ann", "enough", null, CancellationToken.None));
        _gate.Release(2);
        await _database.WaitUntilAsync("NOT EXISTS (SELECT FROM dags.backfill_slot WHERE state IN ('pending', 'submitted'))");
        var canceled = await StateAsync(engine, backfill);
        Assert.Equal(("canceled", 10), (canceled.State, canceled.Success + canceled.Canceled));
        Assert.Equal($"Backfill {backfill} is canceled.", await queue.SetAsync(backfill, null, "running", false, "ann", "", null, CancellationToken.None));
        Assert.Equal(
            ["backfill", "pause_backfill", "resume_backfill", "cancel_backfill"], await _database.ListAsync<string>("SELECT kind FROM dags.action ORDER BY action_id"));
        Assert.Equal(Days(10, 9, 8, 7), _order.Where(day => day != First.AddDays(30)).Take(4).OrderDescending());
    }

    [Fact]
    public async Task A_sequential_backfill_stops_at_a_failure_and_goes_on_there()
    {
        await using var engine = await StartAsync(days: 5);
        _fails = context => context.Day.BusinessDate == First.AddDays(2);
        var backfill = await ApplyAsync(engine, Request(BackfillSelector.All) with { Order = BackfillOrder.Sequential, MaxActiveRuns = 4 });
        await _database.WaitUntilAsync("(SELECT state = 'paused' FROM dags.backfill WHERE backfill_id = @backfill)", new { backfill });
        var state = await StateAsync(engine, backfill);
        Assert.Equal((2, 1, 2), (state.Success, state.Failed, state.Pending));
        _fails = _ => false;
        Assert.Null(await engine.Get<BackfillQueue>().SetAsync(backfill, null, "running", true, "ann", "mended", null, CancellationToken.None));
        await _database.WaitUntilAsync("(SELECT state = 'done' FROM dags.backfill WHERE backfill_id = @backfill)", new { backfill });
        Assert.Equal(Days(1, 2, 3, 3, 4, 5), _order);
        Assert.Equal(0, await _database.ScalarAsync<long>("SELECT count(*) FROM dags.asset_partition WHERE stale_since IS NOT NULL"));
    }

    [Fact]
    public async Task A_plan_says_what_it_costs_and_is_refused_when_the_days_stand_otherwise()
    {
        await using var engine = await StartAsync(days: 4);
        var plans = engine.Get<BackfillPlans>();
        var plan = await plans.PlanAsync(Request(BackfillSelector.Missing), "ann", null, CancellationToken.None);
        Assert.Equal((4, 8L, 400L, null), (plan.Estimate.Partitions, plan.Estimate.Tasks, plan.Estimate.Rows, plan.Estimate.Usual));
        await FillAsync(engine, Request(BackfillSelector.Missing) with { To = First });
        var refused = await plans.ApplyAsync(plan.PlanId, "acme", "ann", "", null, CancellationToken.None);
        Assert.Equal("The days stand otherwise than when the plan was made.", refused.Refusal);
        Assert.Equal(["2026-03-01 was a, b, is not concerned."], refused.Differences);

        var second = await plans.PlanAsync(Request(BackfillSelector.Missing), "ann", null, CancellationToken.None);
        Assert.NotNull(second.Estimate.Usual);

        // How long the runs of one company take, and how many wait, is nothing another one learns.
        await _database.Owner.CreateCommand(
            """
            INSERT INTO dags.dag_run (dag_id, version_id, run_type, tenant, partition_key, state, eligible_at)
            SELECT dag_id, current_version, 'manual', 'acme', 'acme/2031-01-01', 'queued', now() + interval '1 hour' FROM dags.dag WHERE dag_id = 'days'
            """).ExecuteNonQueryAsync();
        var own = (await plans.PlanAsync(Request(BackfillSelector.All), "ann", null, CancellationToken.None)).Estimate;
        var others = (await plans.PlanAsync(Request(BackfillSelector.All) with { Tenant = "other" }, "eve", null, CancellationToken.None)).Estimate;
        Assert.Equal((1L, 0L, (TimeSpan?)null), (own.WaitingRuns, others.WaitingRuns, others.Usual));
        Assert.Equal("There is no such plan.", (await plans.ApplyAsync(second.PlanId, "other", "eve", "", null, CancellationToken.None)).Refusal);
        Assert.NotNull((await plans.ApplyAsync(second.PlanId, "acme", "ann", "", null, CancellationToken.None)).BackfillId);
        Assert.Equal("The plan was applied already.", (await plans.ApplyAsync(second.PlanId, "acme", "ann", "", null, CancellationToken.None)).Refusal);
        foreach (var (request, message) in new[]
        {
            (Request(BackfillSelector.All) with { DagId = "none" }, "There is no DAG 'none'."),
            (Request(BackfillSelector.All) with { DagId = "plain" }, "plain does not work on trading days: there is nothing to fill."),
            (Request(BackfillSelector.All) with { To = First.AddDays(-1) }, "From 2026-03-01 to 2026-02-28 must be 1 to 100000 days."),
            (Request(BackfillSelector.All) with { MaxActiveRuns = 99 }, "99 runs at once cannot be: 1 to 16."),
        })
        {
            Assert.Equal(message, (await Assert.ThrowsAsync<ArgumentException>(() => plans.PlanAsync(request, "ann", null, CancellationToken.None))).Message);
        }
    }

    private static BackfillRequest Request(BackfillSelector selector) => new("acme", "days", First, First.AddDays(20), selector);

    private static IEnumerable<DateOnly> Days(params int[] days) => days.Select(day => First.AddDays(day - 1));

    private static async Task<IEnumerable<DateOnly>> DaysAsync(TestEngine engine, BackfillRequest request) =>
        (await engine.Get<BackfillPlans>().PlanAsync(request, "ann", null, CancellationToken.None)).Days.Select(day => day.BusinessDate);

    private static async Task<long> ApplyAsync(TestEngine engine, BackfillRequest request)
    {
        var plans = engine.Get<BackfillPlans>();
        var plan = await plans.PlanAsync(request, "ann", null, CancellationToken.None);
        return (await plans.ApplyAsync(plan.PlanId, "acme", "ann", "to be sure", null, CancellationToken.None)).BackfillId!.Value;
    }

    private static async Task<BackfillState> StateAsync(TestEngine engine, long backfill) => (await engine.Get<BackfillQueue>().FindAsync(backfill, "acme", CancellationToken.None))!;

    private async Task FillAsync(TestEngine engine, BackfillRequest request)
    {
        var backfill = await ApplyAsync(engine, request);
        await _database.WaitUntilAsync("(SELECT state = 'done' FROM dags.backfill WHERE backfill_id = @backfill)", new { backfill });
    }

    // Data of stores a and b for each of the days; a task by store and one for the day.
    private async Task<TestEngine> StartAsync(int days)
    {
        var dag = new Dag("days",
        [
            new DagTask("by_store", WorkAsync)
            {
                Produces = new Asset("by_store", PartitionGrain.StoreDay, [new AssetInput(Datasets.PosTransaction)]),
                Retry = new RetryPolicy { MaxTries = 1 },
            },
            new DagTask("by_day", (_, _) => Task.FromResult(Output([""])))
            {
                Upstreams = ["by_store"],
                Produces = new Asset("by_day", PartitionGrain.Day, [new AssetInput("by_store")]),
            },
        ])
        {
            Volume = (_, _, _, chosen, _) => Task.FromResult<(long?, long?)>((chosen.Count * 100, chosen.Count * 1000)),
        };
        var engine = await TestEngine.StartAsync(_database, [dag, new Dag("plain", [new DagTask("work", (_, _) => Task.FromResult(TaskOutput.None))])]);
        for (var day = 0; day < days; day++)
        {
            await ArriveAsync(First.AddDays(day), "a", 1);
            await ArriveAsync(First.AddDays(day), "b", 1);
        }

        return engine;
    }

    private async Task<TaskOutput> WorkAsync(TaskContext context, CancellationToken cancellationToken)
    {
        lock (_order)
        {
            _order.Add(context.Day.BusinessDate);
        }

        await _gate.WaitAsync(cancellationToken);
        return _fails(context) ? throw new InvalidOperationException("no") : Output(context.TextList("stores") ?? ["a", "b"]);
    }

    private static TaskOutput Output(IReadOnlyList<string> stores) => new((publication, _) =>
    {
        foreach (var store in stores)
        {
            publication.Changed(store);
        }

        return Task.CompletedTask;
    })
    {
        Stores = stores,
    };

    private async Task ArriveAsync(DateOnly day, string store, long version)
    {
        await using var connection = await _database.Job.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await AssetPartitions.ArrivedAsync(connection, transaction, [new PartitionChange(new PartitionKey("acme", store, day, Datasets.PosTransaction), version)], CancellationToken.None);
        await transaction.CommitAsync();
    }
}
