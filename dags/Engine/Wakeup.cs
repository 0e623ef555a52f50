namespace RetailInsight.Dags.Engine;

/// <summary>Tells a loop of this process that there may be work, so that it need not wait for its next poll. A hint, nothing more.</summary>
internal sealed class Wakeup(TimeProvider clock)
{
    private TaskCompletionSource _bell = New();

    /// <summary>Wakes the loop, or lets its next wait end at once.</summary>
    public void Ring() => Volatile.Read(ref _bell).TrySetResult();

    /// <summary>Waits for the bell or the time.</summary>
    /// <returns>Whether it was the bell.</returns>
    public async Task<bool> WaitAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        try
        {
            await Volatile.Read(ref _bell).Task.WaitAsync(atMost, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            return false;
        }

        Interlocked.Exchange(ref _bell, New());
        return true;
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>The bells of one process.</summary>
internal sealed class EngineSignals(TimeProvider clock)
{
    /// <summary>A task may be ready.</summary>
    public Wakeup Worker { get; } = new(clock);

    /// <summary>A run may start or move on.</summary>
    public Wakeup Scheduler { get; } = new(clock);

    /// <summary>The other processes should look.</summary>
    public Wakeup Others { get; } = new(clock);

    /// <summary>Something changed: rings every bell.</summary>
    public void RingAll()
    {
        RingHere();
        Others.Ring();
    }

    /// <summary>Something changed elsewhere.</summary>
    public void RingHere()
    {
        Worker.Ring();
        Scheduler.Ring();
    }
}
