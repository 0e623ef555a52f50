using Microsoft.Extensions.Options;

namespace RetailInsight.Gateway.Ingest;

/// <summary>
/// Room for uploads that do not fit in memory. One that finds none waits, unread, and so do its sender's bytes.
/// </summary>
internal sealed class LargeUploads(IOptions<GatewayOptions> options) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _room = new(options.Value.LargeUploads);

    /// <summary>Waits for room; disposing gives it back.</summary>
    /// <exception cref="TimeoutException">There was none for half a minute.</exception>
    public async Task<IDisposable> EnterAsync(CancellationToken cancellationToken) =>
        await _room.WaitAsync(Patience, cancellationToken)
            ? new Place(_room)
            : throw new TimeoutException("There is no room for another large upload.");

    public void Dispose() => _room.Dispose();

    private sealed class Place(SemaphoreSlim room) : IDisposable
    {
        public void Dispose() => room.Release();
    }
}
