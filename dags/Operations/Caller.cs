using System.Reflection;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace RetailInsight.Dags.Operations;

/// <summary>Who asks.</summary>
/// <param name="Name">Recorded with what is done.</param>
/// <param name="Tenant">Whose runs the person may see and change; null for an operator of the platform, who may all.</param>
internal sealed record Caller(string Name, string? Tenant)
{
    /// <summary>Lets a handler take the caller as a parameter.</summary>
    public static ValueTask<Caller?> BindAsync(HttpContext context, ParameterInfo parameter) =>
        ValueTask.FromResult<Caller?>(new Caller(context.User.Identity?.Name ?? "", context.User.FindFirstValue(DagsPolicies.TenantClaim)));
}
