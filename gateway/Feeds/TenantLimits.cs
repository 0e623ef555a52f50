using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Options;

namespace RetailInsight.Gateway.Feeds;

/// <summary>What is left of a tenant's requests.</summary>
/// <param name="Allowed">Whether this request may pass.</param>
/// <param name="Remaining">Requests that may follow at once.</param>
/// <param name="ResetSeconds">Seconds until the whole burst is there again.</param>
/// <param name="RetryAfterSeconds">Seconds until one more may pass; 0 when one may now.</param>
internal readonly record struct RequestBudget(bool Allowed, int Remaining, int ResetSeconds, int RetryAfterSeconds);

/// <summary>
/// One token bucket of requests and one sum of bytes on their way a tenant, so that none crowds the others out. Measured by the
/// monotonic clock: setting the time of day changes nothing. Header fields as of draft-ietf-httpapi-ratelimit-headers-10.
/// </summary>
internal sealed class TenantLimits
{
    private readonly TimeProvider _clock;
    private readonly int _perSecond;
    private readonly int _burst;
    private readonly long _bytes;
    private readonly ConcurrentDictionary<string, Use> _uses = new(StringComparer.Ordinal);

    public TenantLimits(TimeProvider clock, IOptions<GatewayOptions> options)
    {
        _clock = clock;
        (_perSecond, _burst, _bytes) = (options.Value.RequestsPerSecond, options.Value.RequestBurst, options.Value.BytesInFlight);
        Policy = string.Create(
            CultureInfo.InvariantCulture, $"\"requests\";q={_burst};w={Seconds(_burst)}, \"bytes-in-flight\";q={_bytes};qu=\"content-bytes\"");
    }

    /// <summary>The field <c>RateLimit-Policy</c>, the same for every tenant.</summary>
    public string Policy { get; }

    /// <summary>The field <c>RateLimit</c>.</summary>
    public static string Field(in RequestBudget budget) =>
        string.Create(CultureInfo.InvariantCulture, $"\"requests\";r={budget.Remaining};t={budget.ResetSeconds}");

    /// <summary>Takes one request from the tenant's budget.</summary>
    public RequestBudget TakeRequest(string tenant)
    {
        var use = UseOf(tenant);
        lock (use)
        {
            var now = _clock.GetTimestamp();
            use.Requests = Math.Min(_burst, use.Requests + (_clock.GetElapsedTime(use.At, now).TotalSeconds * _perSecond));
            use.At = now;
            var allowed = use.Requests >= 1;
            use.Requests -= allowed ? 1 : 0;
            return new(allowed, (int)use.Requests, Seconds(_burst - use.Requests), allowed ? 0 : Math.Max(1, Seconds(1 - use.Requests)));
        }
    }

    /// <summary>Begins to count the bytes of one payload.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="statedLength">Content-Length, when there is one.</param>
    /// <exception cref="BadHttpRequestException">429: the tenant has as many on their way as it may.</exception>
    public BytesOnTheirWay TakeBytes(string tenant, long? statedLength)
    {
        var bytes = new BytesOnTheirWay(UseOf(tenant), _bytes);
        bytes.Cover(statedLength ?? 0);
        return bytes;
    }

    private Use UseOf(string tenant) => _uses.GetOrAdd(tenant, static (_, limits) => new Use { Requests = limits._burst, At = limits._clock.GetTimestamp() }, this);

    private int Seconds(double requests) => (int)Math.Ceiling(requests / _perSecond);

    /// <summary>What a tenant uses at this moment.</summary>
    internal sealed class Use
    {
        public double Requests { get; set; }

        public long At { get; set; }

        public long Bytes { get; set; }
    }

    /// <summary>The bytes of one payload in its tenant's sum; disposing takes them out.</summary>
    internal sealed class BytesOnTheirWay(Use use, long most) : IDisposable
    {
        private long _covered;

        /// <summary>Counts the payload with so many bytes, unless it is counted with more already. A payload alone always passes.</summary>
        /// <exception cref="BadHttpRequestException">429: the tenant has as many on their way as it may.</exception>
        public void Cover(long length)
        {
            lock (use)
            {
                var more = length - _covered;
                if (more <= 0)
                {
                    return;
                }

                if (use.Bytes + more > most && use.Bytes > _covered)
                {
                    throw new BadHttpRequestException(
                        string.Create(CultureInfo.InvariantCulture, $"Payloads of together {most} bytes may be on their way at once. Nothing of this one was kept. Send it again after the seconds in Retry-After."),
                        StatusCodes.Status429TooManyRequests);
                }

                use.Bytes += more;
                _covered = length;
            }
        }

        public void Dispose()
        {
            lock (use)
            {
                use.Bytes -= _covered;
                _covered = 0;
            }
        }
    }
}
