using Dapper;
using RetailInsight.Dags.Engine;
using RetailInsight.Dags.Engine.Approvals;

namespace RetailInsight.IntegrationTests.Dags.Soak;

/// <summary>One walk: an engine moved by hand, a model beside each of its runs, and the same random actions on both.</summary>
internal sealed class Walk : IAsyncDisposable
{
    private const int Graphs = 40;
    private const int ActionsOfARun = 80;
    private const int MaxCrashes = 3;

    private readonly TestDatabase _database;
    private readonly TestEngine _engine;
    private readonly Random _random;
    private readonly int _width;
    private readonly List<IReadOnlyList<ModelTask>> _graphs;
    private readonly Dictionary<long, RunModel> _runs = [];
    private readonly Dictionary<long, int> _actions = [];
    private readonly List<(ClaimedTask Task, ModelInstance One)> _held = [];
    private readonly List<ClaimedTask> _late = [];
    private readonly List<(ActionPlan Plan, PlanSelection Selection, List<(ModelInstance One, string State, int Generation)> Touched)> _plans = [];
    private readonly List<long> _sessions = [];
    private int _made;

    private Walk(TestDatabase database, TestEngine engine, Random random, int width, List<IReadOnlyList<ModelTask>> graphs) =>
        (_database, _engine, _random, _width, _graphs) = (database, engine, random, width, graphs);

    /// <summary>Actions so far.</summary>
    public long Steps { get; private set; }

    /// <summary>Actions so far, by kind.</summary>
    public Dictionary<string, long> Kinds { get; } = [];

    public static async Task<Walk> StartAsync(TestDatabase database, int seed, int width)
    {
        var random = new Random(seed);
        var graphs = Enumerable.Range(0, Graphs).Select(_ => RandomGraphs.Create(random)).ToList();
        var options = TestEngine.Quick();
        options.MaxCrashes = MaxCrashes;
        options.HeartbeatTimeout = TimeSpan.FromHours(10);
        var engine = await TestEngine.CreateAsync(database, graphs.Select((graph, number) => RandomGraphs.Define(DagId(number), graph)), options);
        return new Walk(database, engine, random, Math.Max(1, width), graphs);
    }

    /// <summary>A round: plans, claims, ends of tries and late ones, dead workers; then plans are applied and questions answered. After each half both sides are compared.</summary>
    public async Task GoOnAsync()
    {
        await ReplaceAsync();
        await PlanAsync(_runs.Count / 10);
        await ClaimAsync();
        await EndTriesAsync(share: 80);
        await DieAsync();
        await SettleAsync();
        await PlanAsync(_runs.Count / 10);
        await ApplyAsync();
        await AnswerAsync();
        await EndLateAsync();
        await SettleAsync();
    }

    /// <summary>Every run comes to its end once nothing but success happens: none waits for what never comes.</summary>
    public async Task EndAsync()
    {
        for (var rounds = 0; _runs.Values.Any(run => !run.HasEnded); rounds++)
        {
            Assert.True(rounds < 200, $"Runs do not end: {string.Join(", ", _runs.Values.Where(run => !run.HasEnded).Take(3).SelectMany(run => run.Instances))}");
            await ClaimAsync();
            await Task.WhenAll(_held.ToList().Select(held => EndAsync(held, 0)));
            _held.Clear();
            foreach (var one in _runs.Values.SelectMany(run => run.Instances).Where(one => one.State == "awaiting_input"))
            {
                await AnswerAsync(_runs.Values.First(run => run.Instances.Contains(one)), one, yes: true);
            }

            await SettleAsync();
        }
    }

    public async ValueTask DisposeAsync() => await _engine.DisposeAsync();

    private static string DagId(int number) => $"graph_{number}";

    private void Count(string kind)
    {
        Steps++;
        Kinds[kind] = Kinds.GetValueOrDefault(kind) + 1;
    }

    // Runs that have seen enough make room for new ones.
    private async Task ReplaceAsync()
    {
        foreach (var old in _runs.Values.Where(run => run.HasEnded && (_actions[run.RunId] > ActionsOfARun || _random.Next(10) == 0)).ToList())
        {
            _runs.Remove(old.RunId);
        }

        if (_runs.Count == _width)
        {
            return;
        }

        var dags = Enumerable.Range(0, _width - _runs.Count).Select(_ => _random.Next(Graphs)).ToList();
        var ids = await _database.ListAsync<long>(
            """
            INSERT INTO dags.dag_run (dag_id, version_id, run_type, tenant, partition_key, state)
            SELECT d.dag_id, d.current_version, 'manual', 'acme', 'acme/' || n.key, 'queued'
            FROM unnest(@dags, @keys) WITH ORDINALITY AS n(dag_id, key, position) JOIN dags.dag d USING (dag_id) ORDER BY n.position RETURNING run_id
            """,
            new { dags = dags.Select(DagId).ToArray(), keys = dags.Select(_ => _made++).ToArray() });
        foreach (var (id, dag) in ids.Zip(dags))
        {
            _runs[id] = new RunModel(id, _graphs[dag]);
            _actions[id] = 0;
            Count("run");
        }

        await SettleAsync();
    }

    private async Task ClaimAsync()
    {
        while (_sessions.Count < 3)
        {
            _sessions.Add(await _engine.Get<WorkerSessions>().OpenAsync(_engine.Get<DagCatalogue>().TaskNames, [], CancellationToken.None));
        }

        foreach (var session in _sessions)
        {
            foreach (var task in await _engine.Get<TaskClaims>().ClaimAsync(session, _engine.Get<DagCatalogue>().TaskNames, 2 * _width / 3 + 1, CancellationToken.None))
            {
                var one = _runs[task.RunId].Find(task.TaskId, task.MapKey);
                RunModel.Claim(one);
                Assert.Equal((one.Tries, one.MaxTries), (task.TryNumber, task.MaxTries));
                _held.Add((task, one));
                _actions[task.RunId]++;
                Count("claim");
            }
        }
    }

    private async Task EndTriesAsync(int share)
    {
        var ending = _held.Where(_ => _random.Next(100) < share).ToList();
        _held.RemoveAll(ending.Contains);

        // Chosen before they run side by side, so that a seed says what happens.
        await Task.WhenAll(ending.Select(held => (held, choice: _random.Next(16))).ToList().Select(pair => EndAsync(pair.held, pair.choice)));
    }

    private async Task EndAsync((ClaimedTask Task, ModelInstance One) held, int choice)
    {
        var (task, one) = held;
        var completion = _engine.Get<TaskCompletion>();
        var retry = new RetryPolicy();
        bool ended;
        switch (choice)
        {
            case 8:
                ended = await completion.FailAsync(task, retry, ErrorClass.Fatal, "fatal", CancellationToken.None);
                RunModel.Fail(one, fatal: true);
                break;
            case 9 or 10:
                ended = await completion.FailAsync(task, retry, ErrorClass.Transient, "transient", CancellationToken.None);
                RunModel.Fail(one, fatal: false);
                break;
            case 11:
                ended = await completion.ReleaseAsync(task, CancellationToken.None);
                RunModel.TakeBack(one, "ready");
                break;
            case 12:
                ended = await completion.SucceedAsync(task, TaskOutput.Later(TimeSpan.FromHours(1), "later"), null, null, CancellationToken.None);
                RunModel.TakeBack(one, "deferred");
                break;
            case 13 or 14:
                var digest = choice == 13 ? "a" : "b";
                ended = await completion.SucceedAsync(task, Effect(task) with { Approval = new ApprovalQuestion("Really?", "{}", digest) }, null, null, CancellationToken.None);
                if (one.Approved.Contains(digest))
                {
                    one.State = "success";
                }
                else
                {
                    RunModel.TakeBack(one, "awaiting_input");
                    one.Asked = digest;
                }

                break;
            case 15:
                ended = await completion.SucceedAsync(task, Effect(task), null, null, CancellationToken.None);
                one.State = "success";
                break;
            default:
                ended = await completion.SucceedAsync(task, TaskOutput.None, null, null, CancellationToken.None);
                one.State = "success";
                break;
        }

        Assert.True(ended, $"Run {task.RunId}: the lease of {one} was lost.");
        lock (Kinds)
        {
            Count(choice switch { < 8 => "success", 8 => "failure", 9 or 10 => "failure to be tried again", 11 => "release", 12 => "deferral", 13 or 14 => "question", _ => "publication" });
        }
    }

    // A worker whose lease was taken comes back: it can end nothing in any way.
    private async Task EndLateAsync()
    {
        var completion = _engine.Get<TaskCompletion>();
        foreach (var late in await Task.WhenAll(_late.Select(task => (Task: task, Choice: _random.Next(4))).ToList().Select(pair => pair.Choice switch
        {
            0 => completion.SucceedAsync(pair.Task, TaskOutput.None, null, null, CancellationToken.None),
            1 => completion.SucceedAsync(pair.Task, Effect(pair.Task), null, null, CancellationToken.None),
            2 => completion.FailAsync(pair.Task, new RetryPolicy(), ErrorClass.Fatal, "late", CancellationToken.None),
            _ => completion.ReleaseAsync(pair.Task, CancellationToken.None),
        })))
        {
            Assert.False(late);
            Count("late end");
        }

        _late.Clear();
    }

    private async Task DieAsync()
    {
        if (_random.Next(6) > 0)
        {
            return;
        }

        var session = _sessions[_random.Next(_sessions.Count)];
        _sessions.Remove(session);
        await _engine.Get<WorkerSessions>().CloseAsync(session, CancellationToken.None);
        var tokens = (await _database.ListAsync<long>("SELECT lease_token FROM dags.task_instance WHERE state = 'running' AND session_id = @session", new { session })).ToHashSet();
        foreach (var held in _held.Where(held => tokens.Contains(held.Task.LeaseToken)).ToList())
        {
            RunModel.Crash(held.One, MaxCrashes);
            _held.Remove(held);
            _late.Add(held.Task);
            Count("crash");
        }
    }

    private async Task PlanAsync(int count)
    {
        var asked = Enumerable.Range(0, count).Select(_ => _runs.Values.ElementAt(_random.Next(_runs.Count))).Distinct()
            .Where(run => _plans.All(other => other.Plan.RunId != run.RunId)).Select(run => (Run: run, Selection: Select(run))).ToList();
        foreach (var (run, selection, made) in await Task.WhenAll(asked.Select(async pair =>
            (pair.Run, pair.Selection, Plan: await _engine.Get<RunPlans>().PlanAsync(pair.Run.RunId, pair.Selection, "ann", CancellationToken.None)))))
        {
            var touched = run.Touched(selection);
            Assert.Equal(
                touched.Select(one => $"{one.Task.Id} {one.Index} {one.State} {one.Generation}").Order(StringComparer.Ordinal),
                made!.Tasks.Select(task => $"{task.TaskId} {task.MapKey?[1..] ?? "-1"} {task.State} {task.Generation}").Order(StringComparer.Ordinal));
            _plans.Add((made, selection, [.. touched.Select(one => (one, one.State, one.Generation))]));
        }
    }

    private PlanSelection Select(RunModel run)
    {
        var kind = _random.Next(10) switch { < 5 => PlanKind.Clear, < 8 => PlanKind.Mark, _ => PlanKind.Cancel };
        var names = run.Instances.Where(_ => _random.Next(run.Instances.Count) < 2)
            .Select(one => one.Index >= 0 && _random.Next(2) == 0 ? $"{one.Task.Id}[k{one.Index}]" : one.Task.Id).Distinct().ToList();
        return new PlanSelection(kind, names, _random.Next(3) > 0, _random.Next(4) == 0, _random.Next(3) == 0 ? "failed" : "success");
    }

    // A plan is applied if the run stands as the plan found it, and refused otherwise.
    private async Task ApplyAsync()
    {
        foreach (var ((plan, selection, then), result) in await Task.WhenAll(_plans.Select(async one => (one, await _engine.Get<RunPlans>().ApplyAsync(one.Plan.PlanId, "ann", "so", CancellationToken.None)))))
        {
            var run = _runs[plan.RunId];
            var now = run.Touched(selection);
            var same = now.Select(one => (one, one.State, one.Generation)).ToHashSet().SetEquals(then);
            var does = same && (now.Count > 0 || (selection.Kind == PlanKind.Cancel && !run.HasEnded));
            Assert.True(does == result.ActionId.HasValue, $"Run {plan.RunId}, {selection}: {result.Refusal} {string.Join("; ", result.Differences)}");
            Count(does ? $"{selection.Kind}".ToLowerInvariant() : same ? "empty plan" : "plan refused for drift");
            _actions[plan.RunId]++;
            if (!does)
            {
                continue;
            }

            foreach (var held in _held.Where(held => now.Contains(held.One)).ToList())
            {
                _held.Remove(held);
                _late.Add(held.Task);
            }

            run.Apply(selection, now);
        }

        _plans.Clear();
    }

    private async Task AnswerAsync()
    {
        var asked = _runs.Values.SelectMany(run => run.Instances.Where(one => one.State == "awaiting_input" && _random.Next(2) == 0).Select(one => (Run: run, One: one, Yes: _random.Next(3) > 0))).ToList();
        await Task.WhenAll(asked.Select(question => AnswerAsync(question.Run, question.One, question.Yes)));
    }

    private async Task AnswerAsync(RunModel run, ModelInstance one, bool yes)
    {
        var question = await _database.ScalarAsync<long>(
            """
            SELECT approval_id FROM dags.approval a JOIN dags.task_instance t USING (ti_id)
            WHERE t.run_id = @RunId AND t.task_id = @Id AND t.map_index = @Index AND a.state = 'open' AND a.digest = @Asked
            """,
            new { run.RunId, one.Task.Id, one.Index, one.Asked });
        Assert.Null(await _engine.Get<ApprovalDesk>().AnswerAsync(question, "acme", yes, "bob", "so", null, CancellationToken.None));
        one.State = yes ? "ready" : "failed";
        if (yes)
        {
            one.Approved.Add(one.Asked);
        }

        lock (Kinds)
        {
            Count(yes ? "yes" : "no");
        }
    }

    private async Task SettleAsync()
    {
        await using (var connection = await _database.Job.OpenConnectionAsync())
        {
            do
            {
                await connection.ExecuteAsync("UPDATE dags.task_instance SET eligible_at = now() - interval '1 second' WHERE state IN ('retry_wait', 'deferred') AND eligible_at > now()");
            }
            while (await _engine.Scheduler.TickAsync(CancellationToken.None)
                || await connection.ExecuteScalarAsync<bool>("SELECT EXISTS (SELECT FROM dags.task_instance WHERE state IN ('retry_wait', 'deferred'))"));
        }

        foreach (var run in _runs.Values)
        {
            run.Settle();
        }

        var stands = (await _database.ListAsync<(long Run, string State)>("SELECT run_id, state FROM dags.dag_run WHERE run_id = ANY(@runs)", new { runs = _runs.Keys.ToArray() })).ToDictionary(row => row.Run, row => row.State);
        var rows = (await _database.ListAsync<(long Run, string Line)>(
            """
            SELECT run_id, concat(task_id, ' ', map_index, ' ', state, ' generation ', generation, ' tries ', try_number, ' of ', max_tries, ' crashes ', crash_count)
            FROM dags.task_instance WHERE run_id = ANY(@runs)
            """,
            new { runs = _runs.Keys.ToArray() })).ToLookup(row => row.Run, row => row.Line);
        foreach (var run in _runs.Values)
        {
            var model = run.Instances.Select(one => one.ToString()).Order(StringComparer.Ordinal).Prepend(run.State).ToList();
            var engine = rows[run.RunId].Order(StringComparer.Ordinal).Prepend(stands[run.RunId]).ToList();
            if (!model.SequenceEqual(engine))
            {
                Assert.Fail($"Run {run.RunId}, the engine: {string.Join("; ", engine.Except(model))}{Environment.NewLine}the model: {string.Join("; ", model.Except(engine))}{Environment.NewLine}"
                    + $"the graph: {string.Join("; ", run.Instances.Select(one => one.Task).Distinct().Select(task => $"{task.Id} {task.Rule} after {string.Join('+', task.Upstreams)} keys of {task.MapRoot}"))}{Environment.NewLine}all: {string.Join("; ", engine)}");
            }
        }

        Assert.Empty(await EngineInvariants.BrokenAsync(_database));
    }

    private static TaskOutput Effect(ClaimedTask task) => new((publication, _) =>
        publication.Connection.ExecuteAsync("INSERT INTO public.effect VALUES (@RunId, @TaskId, @LeaseToken)", task, publication.Transaction));
}
