namespace RetailInsight.Dags.Engine;

/// <summary>The configuration section <c>Dags</c>.</summary>
internal sealed class EngineOptions
{
    /// <summary>Whether this process schedules: turns clock and partition changes into runs and runs into ready tasks.</summary>
    public bool Schedule { get; set; } = true;

    /// <summary>Whether this process runs tasks.</summary>
    public bool Work { get; set; } = true;

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

    /// <summary>A ready task that no living worker knows fails after so long.</summary>
    public TimeSpan UnknownTaskTimeout { get; set; } = TimeSpan.FromMinutes(10);
}
