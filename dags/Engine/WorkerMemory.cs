namespace RetailInsight.Dags.Engine;

/// <summary>Watches how much memory this process takes: tasks that leave some behind, here or in native libraries, fill it over days.</summary>
internal sealed class WorkerMemory(EngineOptions options)
{
    private const long Megabyte = 1 << 20;

    private volatile bool _isOver;

    /// <summary>Whether it was over the line when it was last measured. It stays so: what a collection could not give back does not come back.</summary>
    public bool IsOver => _isOver;

    /// <summary>What the process took when it was last measured, in MiB.</summary>
    public long Used { get; private set; }

    /// <summary>Measures; over the line a collection first gives back what it can.</summary>
    /// <returns>Whether it has just turned out to be over the line.</returns>
    public bool Measure()
    {
        if (options.WorkerMemoryLimit is not { } limit || _isOver)
        {
            return false;
        }

        Used = Environment.WorkingSet / Megabyte;
        if (Used > limit)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            Used = Environment.WorkingSet / Megabyte;
        }

        return _isOver = Used > limit;
    }
}
