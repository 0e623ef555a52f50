namespace RetailInsight.Dags.Engine;

/// <summary>
/// Does together what is asked for while the last round is under way: one transaction then serves many callers, and a lone
/// caller waits for nobody.
/// </summary>
/// <param name="round">Does it for all items of a round.</param>
internal sealed class Rounds<TItem, TResult>(Func<IReadOnlyList<TItem>, CancellationToken, Task<TResult>> round) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Lock _gate = new();
    private Round? _next;

    /// <summary>Takes part in the next round.</summary>
    /// <param name="item">What is to be done.</param>
    /// <param name="cancellationToken">Ends the wait, not the round: others take part in it.</param>
    /// <returns>What the round came to.</returns>
    public Task<TResult> JoinAsync(TItem item, CancellationToken cancellationToken)
    {
        Round mine;
        bool first;
        lock (_gate)
        {
            first = _next is null;
            mine = _next ??= new Round();
            mine.Items.Add(item);
        }

        if (first)
        {
            _ = RunAsync(mine);
        }

        return mine.Result.Task.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async Task RunAsync(Round mine)
    {
        try
        {
            await _turn.WaitAsync();
            lock (_gate)
            {
                _next = null;
            }

            try
            {
                mine.Result.SetResult(await round(mine.Items, CancellationToken.None));
            }
            finally
            {
                _turn.Release();
            }
        }
        catch (Exception error)
        {
            mine.Result.TrySetException(error);
        }
    }

    private sealed class Round
    {
        public List<TItem> Items { get; } = [];

        public TaskCompletionSource<TResult> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
