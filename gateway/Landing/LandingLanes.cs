namespace RetailInsight.Gateway.Landing;

/// <summary>
/// Landings of one tenant and vendor take turns in this process before they take turns in the database, so that those
/// waiting hold no connection.
/// </summary>
internal sealed class LandingLanes
{
    private readonly SemaphoreSlim[] _lanes = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1))];

    /// <summary>Waits for the turn; disposing ends it.</summary>
    /// <param name="key">See <see cref="LandingTransaction.LockKey"/>.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    public async Task<IDisposable> EnterAsync(long key, CancellationToken cancellationToken)
    {
        var lane = _lanes[(int)(unchecked((ulong)key) % (ulong)_lanes.Length)];
        await lane.WaitAsync(cancellationToken);
        return new Turn(lane);
    }

    private sealed class Turn(SemaphoreSlim lane) : IDisposable
    {
        public void Dispose() => lane.Release();
    }
}
