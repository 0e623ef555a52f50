using System.Threading.RateLimiting;

namespace RetailInsight.Api.Sessions;

/// <summary>
/// Slows guessing: per minute, a few attempts on one login from one address and a few dozen from one address. Keyed by both,
/// so that a stranger cannot lock a person out of their own account.
/// </summary>
internal sealed class LoginThrottle(ApiOptions options) : IDisposable
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly PartitionedRateLimiter<(string Address, string Login)> _limiter = PartitionedRateLimiter.CreateChained(
        Limit(key => $"{key.Address} {key.Login}", options.LoginAttemptsPerMinute),
        Limit(key => key.Address, options.LoginAttemptsPerMinute * 6));

    /// <summary>Null when the attempt may be made, else how long to wait.</summary>
    public TimeSpan? Refuse(HttpContext context, string login)
    {
        using var lease = _limiter.AttemptAcquire((context.Connection.RemoteIpAddress?.ToString() ?? "", UserDirectory.Normalise(login)));
        return lease.IsAcquired ? null : lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : Window;
    }

    public void Dispose() => _limiter.Dispose();

    private static PartitionedRateLimiter<(string Address, string Login)> Limit(Func<(string Address, string Login), string> key, int permits) =>
        PartitionedRateLimiter.Create<(string Address, string Login), string>(attempt => RateLimitPartition.GetFixedWindowLimiter(
            key(attempt), _ => new FixedWindowRateLimiterOptions { PermitLimit = permits, Window = Window }));
}
