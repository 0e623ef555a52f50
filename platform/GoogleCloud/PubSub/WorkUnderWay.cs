namespace RetailInsight.Platform.GoogleCloud.PubSub;

/// <summary>Counts operations under way, so that closing can wait for them.</summary>
internal sealed class WorkUnderWay(TimeProvider clock)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _idle;
    private int _count;

    /// <summary>Runs an operation that closing waits for.</summary>
    /// <exception cref="ObjectDisposedException">The bus is closed.</exception>
    public async Task<T> RunAsync<T>(Func<Task<T>> operation)
    {
        Enter();
        try
        {
            return await operation();
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Lets nothing new in and waits for what is there.</summary>
    /// <returns>Whether all of it ended in time.</returns>
    public async Task<bool> CloseAsync(TimeSpan timeout)
    {
        Task idle;
        lock (_gate)
        {
            _idle ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_count == 0)
            {
                _idle.TrySetResult();
            }

            idle = _idle.Task;
        }

        return await Task.WhenAny(idle, Task.Delay(timeout, clock)) == idle;
    }

    private void Enter()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_idle is not null, typeof(PubSubMessageBus));
            _count++;
        }
    }

    private void Leave()
    {
        lock (_gate)
        {
            if (--_count == 0)
            {
                _idle?.TrySetResult();
            }
        }
    }
}
