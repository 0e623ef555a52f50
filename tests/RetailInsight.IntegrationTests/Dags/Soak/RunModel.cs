using RetailInsight.Dags.Engine;

namespace RetailInsight.IntegrationTests.Dags.Soak;

/// <summary>A task as the model sees it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Rule">When it runs.</param>
/// <param name="Upstreams">What goes before.</param>
/// <param name="MapRoot">The mapped task whose keys it runs with; null where it runs once.</param>
/// <param name="Keys">Of a mapped task: how many keys it lists.</param>
/// <param name="MaxTries">Tries it is given.</param>
/// <param name="Tolerated">Whether its failure is none of the run.</param>
internal sealed record ModelTask(string Id, TriggerRule Rule, IReadOnlyList<string> Upstreams, string? MapRoot, int Keys, int MaxTries, bool Tolerated);

/// <summary>One row of a run.</summary>
internal sealed class ModelInstance(ModelTask task, int index)
{
    public ModelTask Task { get; } = task;

    public int Index { get; set; } = index;

    public string State { get; set; } = "waiting";

    public int Generation { get; set; } = 1;

    public int Tries { get; set; }

    public int MaxTries { get; set; } = task.MaxTries;

    public int Crashes { get; set; }

    /// <summary>What somebody has said yes to.</summary>
    public HashSet<string> Approved { get; } = [];

    /// <summary>What it asks, while it waits for an answer.</summary>
    public string Asked { get; set; } = "";

    public bool IsOpen => State is "waiting" or "ready" or "running" or "deferred" or "awaiting_input" or "retry_wait";

    public bool HasFailed => State is "failed" or "upstream_failed" or "canceled";

    public override string ToString() => $"{Task.Id} {Index} {State} generation {Generation} tries {Tries} of {MaxTries} crashes {Crashes}";
}

/// <summary>
/// The states of one run as the specification has them, in memory and by the plainest means: everything that waits is decided anew
/// whenever something has changed.
/// </summary>
internal sealed class RunModel(long runId, IReadOnlyList<ModelTask> tasks)
{
    private readonly Dictionary<string, ModelTask> _tasks = tasks.ToDictionary(task => task.Id);

    public long RunId { get; } = runId;

    public string State { get; private set; } = "queued";

    public List<ModelInstance> Instances { get; } = [];

    public bool HasEnded => State is not ("queued" or "running");

    /// <summary>The row a claim was made of.</summary>
    public ModelInstance Find(string task, string key) => Instances.Single(one => one.Task.Id == task && (one.Index < 0 ? "" : "k" + one.Index) == key);

    /// <summary>Everything that happens by itself: time passes, a waiting run starts, what can be decided is, a run that is through ends.</summary>
    public void Settle()
    {
        if (State == "queued")
        {
            State = "running";
            if (Instances.Count == 0)
            {
                Instances.AddRange(tasks.Select(task => new ModelInstance(task, -1)));
            }
        }

        if (State != "running")
        {
            return;
        }

        foreach (var later in Instances.Where(one => one.State is "retry_wait" or "deferred"))
        {
            later.State = "ready";
        }

        while (DecideAll())
        {
            // Until nothing changes.
        }

        if (!Instances.Any(one => one.IsOpen))
        {
            State = Instances.Any(one => one.HasFailed && !one.Task.Tolerated) ? "failed" : "success";
        }
    }

    public static void Claim(ModelInstance one)
    {
        Assert.Equal("ready", one.State);
        (one.State, one.Tries) = ("running", one.Tries + 1);
    }

    /// <summary>The worker died.</summary>
    public static void Crash(ModelInstance one, int maxCrashes)
    {
        (one.Crashes, one.Tries) = (one.Crashes + 1, one.Tries - 1);
        one.State = one.Crashes >= maxCrashes ? "failed" : "retry_wait";
    }

    public static void Fail(ModelInstance one, bool fatal) => one.State = !fatal && one.Tries < one.MaxTries ? "retry_wait" : "failed";

    /// <summary>Ended without a result: given back, deferred or asked about; the try does not count.</summary>
    public static void TakeBack(ModelInstance one, string state) => (one.State, one.Tries) = (state, one.Tries - 1);

    /// <summary>Which rows a plan touches.</summary>
    public List<ModelInstance> Touched(PlanSelection selection)
    {
        var picked = Instances.Where(one => (selection.Tasks.Count == 0 || selection.Tasks.Contains(one.Task.Id) || selection.Tasks.Contains($"{one.Task.Id}[k{one.Index}]"))
            && (!selection.OnlyFailed || one.HasFailed)).ToHashSet();
        var behind = selection.Kind == PlanKind.Clear ? Behind(picked) : [];
        return [.. Instances.Where(one => picked.Contains(one) || ((selection.Downstream || one.State == "upstream_failed") && StandsBehind(one, behind)))
            .Where(one => selection.Kind != PlanKind.Cancel || one.IsOpen)
            .Where(one => selection.Kind != PlanKind.Mark || one.State != "running")];
    }

    /// <summary>Does what a plan says to the rows it touches.</summary>
    public void Apply(PlanSelection selection, List<ModelInstance> touched)
    {
        switch (selection.Kind)
        {
            case PlanKind.Clear:
                foreach (var one in touched)
                {
                    (one.State, one.Crashes, one.MaxTries) = ("waiting", 0, one.Tries + one.Task.MaxTries);
                    one.Generation++;
                }

                State = State == "running" ? State : "queued";
                break;
            case PlanKind.Mark:
                foreach (var one in touched)
                {
                    one.State = selection.As;
                    one.Generation++;
                }

                var behind = Behind(touched);
                foreach (var one in Instances.Where(one => one.State == "upstream_failed" && !touched.Contains(one) && StandsBehind(one, behind)))
                {
                    one.State = "waiting";
                }

                State = HasEnded ? "queued" : State;
                break;
            default:
                touched.ForEach(one => one.State = "canceled");
                State = !HasEnded && !Instances.Any(one => one.IsOpen) ? "canceled" : State;
                break;
        }
    }

    private bool AreSiblings(ModelTask one, string upstream) => one.MapRoot is { } root && _tasks[upstream].MapRoot == root;

    private HashSet<(string Task, int? Index)> Behind(IEnumerable<ModelInstance> from)
    {
        var all = from.Select(one => (one.Task.Id, one.Index >= 0 ? one.Index : (int?)null)).ToHashSet();
        var left = new Queue<(string Task, int? Index)>(all);
        while (left.TryDequeue(out var at))
        {
            foreach (var next in tasks.Where(task => task.Upstreams.Contains(at.Task)))
            {
                var step = (next.Id, AreSiblings(next, at.Task) ? at.Index : null);
                if (all.Add(step))
                {
                    left.Enqueue(step);
                }
            }
        }

        return all;
    }

    private static bool StandsBehind(ModelInstance one, HashSet<(string Task, int? Index)> behind) =>
        behind.Any(at => at.Task == one.Task.Id && (at.Index is null || one.Index < 0 || at.Index == one.Index));

    private bool DecideAll()
    {
        var decided = Instances.Where(one => one.State == "waiting").Select(one => (One: one, Decision: Decide(one), Unmapped: one.Task.MapRoot is not null && one.Index < 0)).Where(pair => pair.Decision != TriggerDecision.Wait).ToList();
        foreach (var (one, decision, _) in decided.Where(pair => pair.Decision != TriggerDecision.Run))
        {
            one.State = decision == TriggerDecision.Skip ? "skipped" : "upstream_failed";
        }

        var changed = decided.Any(pair => pair.Decision != TriggerDecision.Run);
        foreach (var (one, _, unmapped) in decided.Where(pair => pair.Decision == TriggerDecision.Run))
        {
            changed |= unmapped ? Map(one, one.Task.MapRoot!) : Queue(one);
        }

        return changed;
    }

    private static bool Queue(ModelInstance one)
    {
        one.State = "ready";
        return true;
    }

    private bool Map(ModelInstance one, string root)
    {
        if (one.Index >= 0)
        {
            // It has got its keys meanwhile and is looked at once more.
            return true;
        }

        if (root != one.Task.Id)
        {
            // Whose keys are not known yet waits for them; who will never have any is skipped.
            var first = Instances.First(other => other.Task.Id == root);
            one.State = first.Index >= 0 || first.IsOpen ? one.State : "skipped";
            return one.State == "skipped";
        }

        if (one.Task.Keys == 0)
        {
            one.State = "skipped";
            return true;
        }

        foreach (var mapped in Instances.Where(other => other.Task.MapRoot == root).ToList())
        {
            mapped.Index = 0;
            Instances.AddRange(Enumerable.Range(1, one.Task.Keys - 1).Select(index => new ModelInstance(mapped.Task, index) { State = mapped.State, MaxTries = mapped.MaxTries }));
        }

        foreach (var ready in Instances.Where(other => other.Task.Id == root))
        {
            ready.State = "ready";
        }

        return true;
    }

    private TriggerDecision Decide(ModelInstance one)
    {
        var before = Instances.Where(other => one.Task.Upstreams.Contains(other.Task.Id) && (!AreSiblings(one.Task, other.Task.Id) || other.Index == one.Index)).ToList();
        var n = before.Count;
        var s = before.Count(other => other.State == "success");
        var k = before.Count(other => other.State == "skipped");
        var f = before.Count(other => other.State is "failed" or "canceled");
        var u = before.Count(other => other.State == "upstream_failed");
        var done = s + k + f + u == n;
        return one.Task.Rule switch
        {
            TriggerRule.AllSuccess => f + u > 0 ? TriggerDecision.UpstreamFailed : k > 0 ? TriggerDecision.Skip : RunIf(s == n),
            TriggerRule.AllDone => RunIf(done),
            TriggerRule.NoneFailed => f + u > 0 ? TriggerDecision.UpstreamFailed : RunIf(s + k == n),
            TriggerRule.NoneFailedMinOneSuccess => f + u > 0 ? TriggerDecision.UpstreamFailed : k == n ? TriggerDecision.Skip : RunIf(s + k == n && s >= 1),
            TriggerRule.OneSuccess => s >= 1 ? TriggerDecision.Run : !done ? TriggerDecision.Wait : k == n ? TriggerDecision.Skip : TriggerDecision.UpstreamFailed,
            TriggerRule.OneFailed => f + u >= 1 ? TriggerDecision.Run : done ? TriggerDecision.Skip : TriggerDecision.Wait,
            TriggerRule.OneDone => s + f >= 1 ? TriggerDecision.Run : done ? TriggerDecision.Skip : TriggerDecision.Wait,
            TriggerRule.NoneSkipped => k > 0 ? TriggerDecision.Skip : RunIf(done),
            TriggerRule.AllFailed => s + k > 0 ? TriggerDecision.Skip : RunIf(f + u == n),
            TriggerRule.AllSkipped => s + f + u > 0 ? TriggerDecision.Skip : RunIf(k == n),
            TriggerRule.AllDoneMinOneSuccess => k > 0 ? TriggerDecision.Skip : !done ? TriggerDecision.Wait : s >= 1 ? TriggerDecision.Run : TriggerDecision.UpstreamFailed,
            _ => TriggerDecision.Run,
        };
    }

    private static TriggerDecision RunIf(bool holds) => holds ? TriggerDecision.Run : TriggerDecision.Wait;
}
