namespace RetailInsight.Dags.Engine;

/// <summary>The states of tasks in groups, as lists for SQL.</summary>
internal static class TaskStates
{
    /// <summary>Not ended: the run is not through.</summary>
    public const string Open = "('waiting', 'ready', 'running', 'deferred', 'awaiting_input', 'retry_wait')";

    /// <summary>Ended in a way that fails the run and what stands behind.</summary>
    public const string Failed = "('failed', 'upstream_failed', 'canceled')";
}
