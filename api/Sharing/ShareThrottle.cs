using System.Threading.RateLimiting;

namespace RetailInsight.Api.Sharing;

/// <summary>Bounds how often one address follows links: a shared page costs as much as a page, and nobody has to sign in for it.</summary>
internal sealed class ShareThrottle(ApiOptions options) : IDisposable
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly PartitionedRateLimiter<string> _limiter = PartitionedRateLimiter.Create<string, string>(address => RateLimitPartition.GetFixedWindowLimiter(
        address, _ => new FixedWindowRateLimiterOptions { PermitLimit = options.ShareViewsPerMinute, Window = Window }));

    /// <summary>Null when the link may be followed, else how long to wait.</summary>
    public TimeSpan? Refuse(HttpContext context)
    {
        using var lease = _limiter.AttemptAcquire(context.Connection.RemoteIpAddress?.ToString() ?? "");
        return lease.IsAcquired ? null : lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : Window;
    }

    public void Dispose() => _limiter.Dispose();
}
