using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace RetailInsight.Dags.Engine;

/// <summary>Definitions that cannot run; the message lists everything that is wrong with all of them.</summary>
internal sealed class DagDefinitionException(IReadOnlyList<string> errors)
    : Exception("DAG definitions cannot run:" + Environment.NewLine + string.Join(Environment.NewLine, errors.Select(error => "- " + error)))
{
    /// <summary>One sentence an error.</summary>
    public IReadOnlyList<string> Errors { get; } = errors;
}

/// <summary>The DAGs this process knows, checked.</summary>
internal sealed partial class DagCatalogue
{
    private readonly FrozenDictionary<(string Dag, string Task), DagTask> _tasks;

    /// <summary>Checks the definitions.</summary>
    /// <exception cref="DagDefinitionException">At least one cannot run.</exception>
    public DagCatalogue(IEnumerable<Dag> dags)
    {
        Dags = [.. dags];
        var errors = Dags.GroupBy(dag => dag.Id).Where(same => same.Count() > 1).Select(same => $"{same.Key}: defined {same.Count()} times")
            .Concat(Dags.SelectMany(dag => Errors(dag).Select(error => $"{dag.Id}: {error}"))).Concat(AssetErrors()).ToList();
        if (errors.Count > 0)
        {
            throw new DagDefinitionException(errors);
        }

        _tasks = Dags.SelectMany(dag => dag.Tasks.Select(task => (Key: (dag.Id, task.Id), task))).ToFrozenDictionary(pair => pair.Key, pair => pair.task);
        TaskNames = [.. _tasks.Keys.Select(key => $"{key.Dag}/{key.Task}")];
    }

    /// <summary>All of them.</summary>
    public IReadOnlyList<Dag> Dags { get; }

    /// <summary>Every task as <c>dag/task</c>.</summary>
    public string[] TaskNames { get; }

    /// <summary>The tasks a worker can run that has these capabilities, as <c>dag/task</c>.</summary>
    public string[] TaskNamesFor(IReadOnlyCollection<string> capabilities) =>
        [.. _tasks.Where(task => task.Value.Needs is null || capabilities.Contains(task.Value.Needs)).Select(task => $"{task.Key.Dag}/{task.Key.Task}")];

    /// <summary>Every DAG's id.</summary>
    public string[] DagIds => [.. Dags.Select(dag => dag.Id)];

    /// <summary>The definition of a task.</summary>
    public DagTask Task(string dagId, string taskId) => _tasks[(dagId, taskId)];

    /// <summary>The definition of a task; null where the code does not know it any more.</summary>
    public DagTask? Find(string dagId, string taskId) => _tasks.GetValueOrDefault((dagId, taskId));

    /// <summary>The mapped task whose keys a task runs with: itself, or the one it is mapped with; null where it runs once.</summary>
    public static string? MapRoot(Dag dag, DagTask task) => task.Map is not null ? task.Id
        : task.MapWith is { } other && dag.Tasks.FirstOrDefault(candidate => candidate.Id == other) is { } sibling ? MapRoot(dag, sibling) : null;

    private IEnumerable<string> AssetErrors()
    {
        var assets = Dags.SelectMany(dag => dag.Tasks).Where(task => task.Produces is not null).Select(task => task.Produces!).ToList();
        foreach (var same in assets.GroupBy(asset => asset.Id).Where(same => same.Count() > 1))
        {
            yield return $"asset {same.Key}: {same.Count()} tasks produce it";
        }

        foreach (var asset in assets)
        {
            if (!Identifier().IsMatch(asset.Id))
            {
                yield return $"asset '{asset.Id}': the id must be lower-case letters, digits and underscores";
            }

            if (asset.Inputs.Count == 0 || asset.Inputs.Any(input => input.DaysBefore < 0) || asset.Inputs.Select(input => input.Upstream).Distinct().Count() != asset.Inputs.Count)
            {
                yield return $"asset {asset.Id}: it needs inputs, each once, of its own day or of days before it";
            }
        }

        if (Cycle(assets.DistinctBy(asset => asset.Id).ToDictionary(asset => asset.Id, asset => asset.Inputs.Select(input => input.Upstream))) is { Count: > 0 } cycle)
        {
            yield return $"assets are made of each other: {string.Join(", ", cycle)}";
        }
    }

    private static IEnumerable<string> Errors(Dag dag)
    {
        if (!Identifier().IsMatch(dag.Id))
        {
            yield return "the id must be lower-case letters, digits and underscores";
        }

        if (dag.Tasks.Count == 0)
        {
            yield return "it has no task";
        }

        if (dag.MaxActiveRuns < 1)
        {
            yield return "MaxActiveRuns must be at least 1";
        }

        if (dag.Schedule?.Error() is { } error)
        {
            yield return error;
        }

        if (dag.Partitions is { Datasets.Count: 0 })
        {
            yield return "its partition trigger names no dataset";
        }

        foreach (var same in dag.Tasks.GroupBy(task => task.Id).Where(same => same.Count() > 1))
        {
            yield return $"task {same.Key} is defined {same.Count()} times";
        }

        foreach (var wrong in dag.Tasks.SelectMany(task => Errors(task, dag)).Concat(ParameterErrors(dag)))
        {
            yield return wrong;
        }

        if (Cycle(dag.Tasks.DistinctBy(task => task.Id).ToDictionary(task => task.Id, task => task.Upstreams.AsEnumerable())) is { Count: > 0 } cycle)
        {
            yield return $"tasks wait for each other: {string.Join(", ", cycle)}";
        }
    }

    private static IEnumerable<string> ParameterErrors(Dag dag)
    {
        foreach (var parameter in dag.Parameters)
        {
            var error = !Identifier().IsMatch(parameter.Name) ? "its name must be lower-case letters, digits and underscores"
                : dag.Parameters.Count(other => other.Name == parameter.Name) > 1 ? "it is defined more than once" : parameter.Error;
            if (error is not null)
            {
                yield return $"parameter '{parameter.Name}': {error}";
            }
        }
    }

    private static IEnumerable<string> Errors(DagTask task, Dag dag)
    {
        if (!Identifier().IsMatch(task.Id))
        {
            yield return $"task id '{task.Id}' must be lower-case letters, digits and underscores";
        }

        foreach (var unknown in task.Upstreams.Where(upstream => dag.Tasks.All(other => other.Id != upstream)))
        {
            yield return $"task {task.Id} waits for {unknown}, which does not exist";
        }

        if (task.Upstreams.Distinct().Count() != task.Upstreams.Count)
        {
            yield return $"task {task.Id} names an upstream twice";
        }

        if (task.Slots < 1)
        {
            yield return $"task {task.Id} takes {task.Slots} slots; at least 1 is needed";
        }

        if (task is { Map: not null, MapWith: not null })
        {
            yield return $"task {task.Id} has keys of its own and those of {task.MapWith}; only one can be";
        }

        // Its keys are known when its sibling's are: it has to wait for it in any case.
        if (task.MapWith is { } with && (!task.Upstreams.Contains(with) || dag.Tasks.All(other => other.Id != with || (other.Map is null && other.MapWith is null))))
        {
            yield return $"task {task.Id} is mapped with {with}, which must be a mapped task among its upstreams";
        }

        if (task.Retry.MaxTries < 1)
        {
            yield return $"task {task.Id} has MaxTries {task.Retry.MaxTries}; at least 1 is needed";
        }

        if (task.Timeout <= TimeSpan.Zero)
        {
            yield return $"task {task.Id} has no time to run";
        }
    }

    private static List<string> Cycle(Dictionary<string, IEnumerable<string>> upstreamsOf)
    {
        var left = upstreamsOf.ToDictionary(pair => pair.Key, pair => pair.Value.Where(upstreamsOf.ContainsKey).ToHashSet());
        while (left.FirstOrDefault(task => task.Value.Count == 0).Key is { } free)
        {
            left.Remove(free);
            foreach (var upstreams in left.Values)
            {
                upstreams.Remove(free);
            }
        }

        // What only waits for a cycle is not part of it.
        while (left.Keys.FirstOrDefault(id => left.Values.All(upstreams => !upstreams.Contains(id))) is { } last)
        {
            left.Remove(last);
        }

        return [.. left.Keys.Order(StringComparer.Ordinal)];
    }

    [GeneratedRegex("^[a-z][a-z0-9_]*$")]
    private static partial Regex Identifier();
}
