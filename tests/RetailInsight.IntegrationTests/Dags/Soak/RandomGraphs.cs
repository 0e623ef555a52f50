using RetailInsight.Dags.Engine;

namespace RetailInsight.IntegrationTests.Dags.Soak;

/// <summary>Random graphs of up to 12 tasks, all rules, some mapped, as the model and as the engine see them.</summary>
internal static class RandomGraphs
{
    private static readonly TriggerRule[] Rules = Enum.GetValues<TriggerRule>();

    public static IReadOnlyList<ModelTask> Create(Random random)
    {
        var tasks = new List<ModelTask>();
        for (var number = random.Next(1, 13); number > 0; number--)
        {
            var upstreams = tasks.Where(_ => random.Next(tasks.Count) < 2).Select(task => task.Id).Take(4).ToList();
            var (root, keys) = ((string?)null, 0);
            var id = $"t{tasks.Count}";
            switch (random.Next(8))
            {
                case 0:
                    (root, keys) = (id, random.Next(4));
                    break;
                case 1 or 2 when tasks.Where(task => task.MapRoot is not null).ToList() is { Count: > 0 } mapped:
                    // Its sibling goes first among those before it: that is how the definition finds it again.
                    var sibling = mapped[random.Next(mapped.Count)];
                    root = sibling.MapRoot;
                    upstreams = [sibling.Id, .. upstreams.Where(upstream => upstream != sibling.Id)];
                    break;
                default:
                    break;
            }

            var rule = random.Next(5) < 2 ? TriggerRule.AllSuccess : Rules[random.Next(Rules.Length)];
            tasks.Add(new ModelTask(id, rule, upstreams, root, keys, random.Next(1, 4), random.Next(5) == 0));
        }

        return tasks;
    }

    public static Dag Define(string id, IReadOnlyList<ModelTask> tasks) => new(id, [.. tasks.Select(Define)]) { MaxActiveRuns = 10_000 };

    private static DagTask Define(ModelTask task) => new(task.Id, (_, _) => throw new InvalidOperationException("The walk ends tries itself."))
    {
        Upstreams = task.Upstreams,
        Rule = task.Rule,
        Tolerated = task.Tolerated,
        Retry = new RetryPolicy { MaxTries = task.MaxTries },
        Map = task.MapRoot == task.Id ? (_, _, _, _) => Task.FromResult<IReadOnlyList<string>>([.. Enumerable.Range(0, task.Keys).Select(key => $"k{key}")]) : null,
        MapWith = task.MapRoot is { } root && root != task.Id ? task.Upstreams[0] : null,
    };
}
