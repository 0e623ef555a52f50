using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using RetailInsight.Api.Audit;
using RetailInsight.Api.Sessions;

namespace RetailInsight.Api.Access;

/// <summary>Writes into the audit whom a role did not let in, and where.</summary>
internal sealed class AuditedDenial(AuditLog audit) : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler _framework = new();

    /// <inheritdoc/>
    public async Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Forbidden && context.Features.Get<SessionUser>() is { } user)
        {
            await audit.WriteRefusalAsync(
                AuditEntry.Of(context, user, "access.use", context.Request.Path.Value ?? "", new { context.Request.Method, user.Role }), context.RequestAborted);
        }

        await _framework.HandleAsync(next, context, policy, authorizeResult);
    }
}
