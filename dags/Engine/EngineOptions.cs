namespace RetailInsight.Dags.Engine;

/// <summary>The configuration section <c>Dags</c>.</summary>
internal sealed class EngineOptions
{
    /// <summary>Whether this process schedules: turns clock and partition changes into runs and runs into ready tasks.</summary>
    public bool Schedule { get; set; } = true;

    /// <summary>Whether this process runs tasks.</summary>
    public bool Work { get; set; } = true;

    /// <summary>Whether this process reaches the warehouse. With DuckDB only the one that has the file open: another sets it to false and leaves tasks that need the warehouse to that one.</summary>
    public bool Warehouse { get; set; } = true;

    /// <summary>How many tasks this process runs at once.</summary>
    public int Capacity { get; set; } = 4;

    /// <summary>Pools with their slots, made where they do not exist yet. What an operator sets afterwards holds.</summary>
    public Dictionary<string, int> Pools { get; init; } = [];

    /// <summary>How long an idle scheduler or worker waits before it looks again.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Whether processes tell each other of work. Without, each finds it at its next poll.</summary>
    public bool Notify { get; set; } = true;

    /// <summary>How often a worker says that it lives.</summary>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>A worker silent for so long is dead; its tasks run again. At least three heartbeats.</summary>
    public TimeSpan HeartbeatTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a task may take its worker down before it fails.</summary>
    public int MaxCrashes { get; set; } = 5;

    /// <summary>How long a stopping worker waits for its tasks to notice.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Above so many MiB, measured after a collection, a worker takes no more tasks and ends its process, which is to be started anew; null for never.</summary>
    public int? WorkerMemoryLimit { get; set; }

    /// <summary>How long such a worker lets its tasks run before it gives them back.</summary>
    public TimeSpan RecycleTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>A ready task that no living worker knows fails after so long.</summary>
    public TimeSpan UnknownTaskTimeout { get; set; } = TimeSpan.FromMinutes(10);
}
