using Microsoft.Extensions.Logging;

namespace RetailInsight.Platform.GoogleCloud.PubSub;

/// <summary>Counts operations under way; disposing lets nothing new in and waits for what is there.</summary>
/// <param name="patience">How long disposing waits.</param>
/// <param name="clock">Clock of the wait.</param>
/// <param name="logger">Told when it was not long enough.</param>
internal sealed class WorkUnderWay(TimeSpan patience, TimeProvider clock, ILogger logger) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _idle;
    private int _count;

    /// <summary>Runs an operation that closing waits for.</summary>
    /// <exception cref="ObjectDisposedException">The bus is closed.</exception>
    public async Task<T> RunAsync<T>(Func<Task<T>> operation, CancellationToken cancellationToken)
    {
        Enter();
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            return await operation();
        }
        finally
        {
            Leave();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
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

        if (await Task.WhenAny(idle, Task.Delay(patience, clock)) != idle)
        {
            Log.NotDrained(logger, patience);
        }
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
