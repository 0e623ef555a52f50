using Microsoft.Extensions.Options;
using RetailInsight.Gateway.Feeds;

namespace RetailInsight.Gateway.Ingest;

/// <summary>
/// Room for uploads that do not fit in memory, shared fairly among tenants. One that finds none waits, unread, and so do its
/// sender's bytes.
/// </summary>
internal sealed class LargeUploads(IOptions<GatewayOptions> options)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly FairRoom _room = new(options.Value.LargeUploads);

    /// <summary>Waits for room; disposing gives it back.</summary>
    /// <exception cref="TimeoutException">There was none for half a minute.</exception>
    public async Task<IDisposable> EnterAsync(string tenant, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            return await _room.EnterAsync(tenant, patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException("There is no room for another large upload.");
        }
    }
}
