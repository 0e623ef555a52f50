namespace RetailInsight.Gateway.Feeds;

/// <summary>
/// Room for so many at once. A tenant has at most half of the places, so that there is one for another tenant whatever the first
/// does; a place that becomes free goes to the waiting tenant that has the fewest, and among equals to the first to come.
/// </summary>
/// <param name="places">How many at once, at least 1; with 1 a tenant may have it.</param>
internal sealed class FairRoom(int places)
{
    private readonly int _mostOfTenant = Math.Max(1, places / 2);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _taken = new(StringComparer.Ordinal);
    private readonly List<Waiting> _waiting = [];
    private int _free = places;

    /// <summary>Waits for a place; disposing gives it back.</summary>
    /// <exception cref="OperationCanceledException">There was none before the token was cancelled.</exception>
    public async Task<IDisposable> EnterAsync(string tenant, CancellationToken cancellationToken)
    {
        var mine = new Waiting(tenant);
        lock (_lock)
        {
            _waiting.Add(mine);
            Admit();
        }

        try
        {
            await mine.Admitted.Task.WaitAsync(cancellationToken);
            return new Place(this, tenant);
        }
        catch (OperationCanceledException)
        {
            lock (_lock)
            {
                if (!_waiting.Remove(mine))
                {
                    Leave(tenant);
                }
            }

            throw;
        }
    }

    private int TakenBy(string tenant) => _taken.GetValueOrDefault(tenant);

    // Under the lock.
    private void Admit()
    {
        while (_free > 0 && _waiting.Where(waiting => TakenBy(waiting.Tenant) < _mostOfTenant).MinBy(waiting => TakenBy(waiting.Tenant)) is { } next)
        {
            _waiting.Remove(next);
            _free--;
            _taken[next.Tenant] = TakenBy(next.Tenant) + 1;
            next.Admitted.SetResult();
        }
    }

    private void Leave(string tenant)
    {
        lock (_lock)
        {
            _free++;
            if (--_taken[tenant] == 0)
            {
                _taken.Remove(tenant);
            }

            Admit();
        }
    }

    private sealed class Waiting(string tenant)
    {
        public string Tenant => tenant;

        public TaskCompletionSource Admitted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Place(FairRoom room, string tenant) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
            {
                room.Leave(tenant);
            }
        }
    }
}
