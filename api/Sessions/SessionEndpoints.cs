using System.ComponentModel;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using RetailInsight.Api.Problems;

namespace RetailInsight.Api.Sessions;

/// <summary>Sign in, who am I, sign out: for programs. People use the login page.</summary>
internal static class SessionEndpoints
{
    public static void MapSessions(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1/session").WithTags("Session");
        group.MapPost("", SignInAsync).WithName("createSession").WithSummary("Sign in; the answer sets the session cookie.")
            .Produces<SessionView>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(415).ProducesProblem(429).ProducesProblem(500);
        group.MapGet("", (SessionUser user) => SessionView.Of(user)).WithName("getSession").WithSummary("Who is signed in.")
            .RequireAuthorization().ProducesProblem(401).ProducesProblem(500);
        group.MapDelete("", (Delegate)SignOutAsync).WithName("deleteSession").WithSummary("Sign out; without a session it does nothing.")
            .Produces(204).ProducesProblem(500);
    }

    private static async Task<IResult> SignInAsync(
        SignIn body, HttpContext context, UserDirectory users, LoginThrottle throttle, ILogger<UserDirectory> logger, CancellationToken cancellationToken)
    {
        if (throttle.Refuse(context, body.Login) is { } wait)
        {
            context.Response.Headers.RetryAfter = ErrorResponses.RetryAfter(wait);
            return ApiProblem.TooManyAttempts();
        }

        var found = await users.SignInAsync(body.Login, body.Password, cancellationToken);
        if (found is null)
        {
            Log.SignInFailed(logger, context.Connection.RemoteIpAddress);
            return ApiProblem.CredentialsInvalid();
        }

        await SessionCookie.SignInAsync(context, found);
        return TypedResults.Ok(SessionView.Of(found.User));
    }

    private static async Task<IResult> SignOutAsync(HttpContext context)
    {
        await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        return TypedResults.NoContent();
    }
}

/// <summary>The credentials of a person.</summary>
internal sealed record SignIn(string Login, string Password);

/// <summary>The signed-in person.</summary>
internal sealed record SessionView(
    string Login,
    string DisplayName,
    string Tenant,
    [property: Description("head_office, store_manager, data_engineer or admin.")] string Role,
    [property: Description("The stores the person may see; null is every store of the tenant.")] IReadOnlyList<string>? Stores,
    [property: Description("ja or en.")] string Language)
{
    public static SessionView Of(SessionUser user) => new(
        user.Login, user.DisplayName, user.Tenant, user.Role, user.Stores?.Order(StringComparer.Ordinal).ToList(), user.Language);
}
