using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authorization;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;

namespace RetailInsight.Api.Access;

/// <summary>Marks an endpoint whose calls are counted per person though it is for those who see figures: exports, share links.</summary>
internal sealed record CountedCall;

/// <summary>
/// Bounds how often one person starts work that costs others: every change of keys, people and runs, and what <see cref="CountedCall"/>
/// marks. Reads of figures are not counted, also where a query is sent with POST.
/// </summary>
internal sealed class ChangeThrottle(ApiOptions options) : IDisposable
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly PartitionedRateLimiter<string> _limiter = PartitionedRateLimiter.Create<string, string>(login => RateLimitPartition.GetFixedWindowLimiter(
        login, _ => new FixedWindowRateLimiterOptions { PermitLimit = options.ChangesPerMinute, Window = Window }));

    /// <summary>Whether calls of an endpoint are counted.</summary>
    public static bool Counts(IEnumerable<object> metadata, string method)
    {
        var all = metadata as IReadOnlyCollection<object> ?? [.. metadata];
        return all.OfType<CountedCall>().Any() || (!HttpMethods.IsGet(method) && !HttpMethods.IsHead(method)
            && all.OfType<IAuthorizeData>().Any(data => data.Policy is not (null or Permissions.Figures or Permissions.SignedIn)));
    }

    /// <summary>Refuses a call past the count with 429, otherwise goes on.</summary>
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint() is { } endpoint && context.Features.Get<SessionUser>() is { } user && Counts(endpoint.Metadata, context.Request.Method))
        {
            using var lease = _limiter.AttemptAcquire($"{user.Tenant} {user.Login}");
            if (!lease.IsAcquired)
            {
                context.Response.Headers.RetryAfter = ErrorResponses.RetryAfter(lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : Window);
                context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
                return;
            }
        }

        await next(context);
    }

    public void Dispose() => _limiter.Dispose();
}
