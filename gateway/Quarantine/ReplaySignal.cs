namespace RetailInsight.Gateway.Quarantine;

/// <summary>Wakes the worker of replays: one was opened, or the store master has changed.</summary>
internal sealed class ReplaySignal
{
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>There is something to do.</summary>
    public void Set() => Volatile.Read(ref _news).TrySetResult();

    /// <summary>Waits until there is something to do, or for as long as it takes at most.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task WaitAsync(TimeSpan most, CancellationToken cancellationToken)
    {
        try
        {
            await Volatile.Read(ref _news).Task.WaitAsync(most, cancellationToken);
            Volatile.Write(ref _news, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        catch (TimeoutException)
        {
            // Time to look by oneself.
        }
    }
}
