using RetailInsight.Gateway.Problems;

namespace RetailInsight.Gateway.Feeds;

/// <summary>Marks endpoints that want a key.</summary>
internal sealed class RequiresApiKey;

/// <summary>Lets a request through to an endpoint that wants a key only with a good one, and only so many a second per tenant.</summary>
internal sealed class ApiKeyGate(RequestDelegate next, KeyDirectory keys, TenantLimits limits)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<RequiresApiKey>() is null)
        {
            await next(context);
            return;
        }

        var key = KeyOf(context.Request);
        var caller = await keys.FindAsync(key, context.RequestAborted);
        if (caller is null)
        {
            await RefuseAsync(context, key is not null);
            return;
        }

        var budget = limits.TakeRequest(caller.Tenant);
        context.Response.Headers["RateLimit-Policy"] = limits.Policy;
        context.Response.Headers["RateLimit"] = TenantLimits.Field(budget);
        if (!budget.Allowed)
        {
            var problem = Problem.Of(StatusCodes.Status429TooManyRequests, "rate_limited", "Too many requests", "Nothing was kept. Send it again after the seconds in Retry-After.");
            await (problem with { RetryAfterSeconds = budget.RetryAfterSeconds }).ExecuteAsync(context);
            return;
        }

        context.Features.Set(caller);
        await next(context);
    }

    private static string? KeyOf(HttpRequest request)
    {
        const string Scheme = "Bearer ";
        var authorization = request.Headers.Authorization.ToString();
        if (authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return authorization[Scheme.Length..].Trim();
        }

        var header = request.Headers["X-Api-Key"];
        return header.Count == 0 ? null : header.ToString();
    }

    private static Task RefuseAsync(HttpContext context, bool sent)
    {
        context.Response.Headers.WWWAuthenticate = sent ? "Bearer realm=\"retailinsight\", error=\"invalid_token\"" : "Bearer realm=\"retailinsight\"";
        var problem = sent
            ? Problem.Of(StatusCodes.Status401Unauthorized, "api_key_invalid", "API key not accepted", "The key is mistyped, unknown, revoked or expired. Nothing was kept.")
            : Problem.Of(StatusCodes.Status401Unauthorized, "api_key_missing", "API key missing", "Send the header Authorization: Bearer <key>, or X-Api-Key. Nothing was kept.");
        return problem.ExecuteAsync(context);
    }
}
