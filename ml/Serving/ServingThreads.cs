using System.Collections.Concurrent;

namespace RetailInsight.Ml.Serving;

/// <summary>
/// Threads of their own for models, and a queue of bounded length before them. A run that hangs keeps its thread and nothing else: neither the
/// thread pool nor whoever waits.
/// </summary>
internal sealed class ServingThreads : IDisposable
{
    private readonly BlockingCollection<Action> _queue;

    /// <summary>Starts them.</summary>
    /// <param name="threads">How many runs at once.</param>
    /// <param name="waiting">How many may wait.</param>
    public ServingThreads(int threads, int waiting)
    {
        _queue = new(waiting);
        for (var i = 0; i < threads; i++)
        {
            new Thread(Work) { IsBackground = true, Name = "model" }.Start();
        }
    }

    /// <summary>Runs work on one of the threads; null when the queue is full.</summary>
    /// <param name="work">What to run; not begun if nobody waits any more by then.</param>
    /// <param name="cancellationToken">Nobody waits any more.</param>
    public Task<T>? TryRun<T>(Func<T> work, CancellationToken cancellationToken)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        return _queue.TryAdd(() =>
        {
            if (cancellationToken.IsCancellationRequested)
            {
                result.TrySetCanceled(cancellationToken);
                return;
            }

            try
            {
                result.TrySetResult(work());
            }
            catch (Exception failure)
            {
                // Observed here as well: nobody may be waiting for it any more.
                result.TrySetException(failure);
                _ = result.Task.Exception;
            }
        }) ? result.Task : null;
    }

    /// <summary>Takes no more work; threads end when theirs is done.</summary>
    public void Dispose() => _queue.CompleteAdding();

    private void Work()
    {
        foreach (var work in _queue.GetConsumingEnumerable())
        {
            work();
        }
    }
}
