using System.Text.Json;

namespace RetailInsight.Dags.Operations;

/// <summary>A dependency of a graph.</summary>
/// <param name="Upstream">Goes before.</param>
/// <param name="Downstream">Waits.</param>
/// <param name="ByKey">Whether each of a mapped task waits for its own sibling alone.</param>
internal sealed record EdgeView(string Upstream, string Downstream, bool ByKey);

/// <summary>A field of a definition that is another.</summary>
/// <param name="Task">The task; null where it is the DAG's own.</param>
/// <param name="Field">Its name in the definition.</param>
/// <param name="Was">Null where there was none.</param>
/// <param name="Is">Null where there is none any more.</param>
internal sealed record FieldChange(string? Task, string Field, JsonElement? Was, JsonElement? Is);

/// <summary>What is different between two versions of a DAG.</summary>
internal sealed record VersionDifference(
    DagVersionView Older,
    DagVersionView Newer,
    IReadOnlyList<string> TasksAdded,
    IReadOnlyList<string> TasksRemoved,
    IReadOnlyList<FieldChange> FieldsChanged,
    IReadOnlyList<EdgeView> EdgesAdded,
    IReadOnlyList<EdgeView> EdgesRemoved)
{
    // Told as edges and as tasks, not as fields.
    private static readonly string[] Structure = ["id", "upstreams", "siblings", "tasks"];

    /// <summary>Compares two definitions as they were registered.</summary>
    public static VersionDifference Of(DagVersionView older, JsonElement was, DagVersionView newer, JsonElement now)
    {
        var (before, after) = (Tasks(was), Tasks(now));
        return new VersionDifference(
            older,
            newer,
            [.. after.Keys.Except(before.Keys).Order(StringComparer.Ordinal)],
            [.. before.Keys.Except(after.Keys).Order(StringComparer.Ordinal)],
            [
                .. Fields(null, was, now),
                .. before.Keys.Intersect(after.Keys).Order(StringComparer.Ordinal).SelectMany(task => Fields(task, before[task], after[task])),
            ],
            [.. Edges(after.Values).Except(Edges(before.Values))],
            [.. Edges(before.Values).Except(Edges(after.Values))]);
    }

    private static Dictionary<string, JsonElement> Tasks(JsonElement spec) => spec.GetProperty("tasks").EnumerateArray().ToDictionary(task => task.GetProperty("id").GetString()!);

    private static IEnumerable<FieldChange> Fields(string? task, JsonElement was, JsonElement now)
    {
        foreach (var name in was.EnumerateObject().Concat(now.EnumerateObject()).Select(field => field.Name).Distinct().Except(Structure).Order(StringComparer.Ordinal))
        {
            var (before, after) = (Value(was, name), Value(now, name));
            if (before is null ? after is not null : after is null || !JsonElement.DeepEquals(before.Value, after.Value))
            {
                yield return new FieldChange(task, name, before, after);
            }
        }
    }

    // A field that is null and one an older registration did not know say the same.
    private static JsonElement? Value(JsonElement holder, string name) => holder.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static IEnumerable<EdgeView> Edges(IEnumerable<JsonElement> tasks) =>
        from task in tasks
        from upstream in task.GetProperty("upstreams").EnumerateArray()
        let siblings = task.TryGetProperty("siblings", out var list) ? list.EnumerateArray().Select(one => one.GetString()) : []
        let name = upstream.GetString()!
        select new EdgeView(name, task.GetProperty("id").GetString()!, siblings.Contains(name));
}
