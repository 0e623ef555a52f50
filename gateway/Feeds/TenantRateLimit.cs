using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;

namespace RetailInsight.Gateway.Feeds;

/// <summary>One token bucket a tenant, so that none crowds the others out.</summary>
internal sealed class TenantRateLimit(IOptions<GatewayOptions> options) : IAsyncDisposable
{
    private readonly PartitionedRateLimiter<string> _buckets = PartitionedRateLimiter.Create<string, string>(
        tenant => RateLimitPartition.GetTokenBucketLimiter(tenant, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = options.Value.RequestBurst,
            TokensPerPeriod = options.Value.RequestsPerSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
        }));

    /// <summary>A lease that says whether the request may pass and, if not, when to come back.</summary>
    public RateLimitLease TryTake(string tenant) => _buckets.AttemptAcquire(tenant);

    public ValueTask DisposeAsync() => _buckets.DisposeAsync();
}
