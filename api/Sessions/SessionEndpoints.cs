using System.ComponentModel;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using RetailInsight.Api.Access;
using RetailInsight.Api.Problems;

namespace RetailInsight.Api.Sessions;

/// <summary>Sign in, who am I, sign out: for programs. People use the login page.</summary>
internal static class SessionEndpoints
{
    public static void MapSessions(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1/session").WithTags("Session");
        group.MapPost("", SignInAsync).WithName("createSession").WithSummary("Sign in; the answer sets the session cookie.")
            .AllowAnonymous().Produces<SessionView>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(415).ProducesProblem(429).ProducesProblem(500);
        group.MapGet("", (SessionUser user) => SessionView.Of(user)).WithName("getSession").WithSummary("Who is signed in.")
            .RequireAuthorization(Permissions.SignedIn).ProducesProblem(401).ProducesProblem(500);
        group.MapDelete("", (Delegate)SignOutAsync).WithName("deleteSession").WithSummary("Sign out; without a session it does nothing.")
            .AllowAnonymous().Produces(204).ProducesProblem(500);
        group.MapPost("/password", SetPasswordAsync).WithName("setPassword")
            .WithSummary("Choose a new password, with the one-time token or the password that holds now. Ends every session of the person.")
            .AllowAnonymous().Produces(204).ProducesProblem(400).ProducesProblem(401).ProducesProblem(415).ProducesProblem(429).ProducesProblem(500);
        routes.MapDelete("/v1/sessions", SignOutEverywhereAsync).WithName("deleteSessions").WithTags("Session")
            .WithSummary("Sign out everywhere: every session of the person ends within seconds, this one too. Tokens of an identity provider are its own to end.")
            .RequireAuthorization(Permissions.SignedIn).Produces(204).ProducesProblem(401).ProducesProblem(403).ProducesProblem(500);
    }

    private static async Task<IResult> SignInAsync(
        SignIn body, HttpContext context, UserDirectory users, LoginThrottle throttle, ILogger<UserDirectory> logger)
    {
        if (throttle.Refuse(context, body.Login) is { } wait)
        {
            context.Response.Headers.RetryAfter = ErrorResponses.RetryAfter(wait);
            return ApiProblem.TooManyAttempts();
        }

        var found = await users.SignInAsync(context, body.Login, body.Password);
        if (found is null)
        {
            Log.SignInFailed(logger, context.Connection.RemoteIpAddress);
            return ApiProblem.CredentialsInvalid();
        }

        await SessionCookie.SignInAsync(context, found);
        return TypedResults.Ok(SessionView.Of(found.User));
    }

    private static async Task<IResult> SetPasswordAsync(
        NewPassword body, HttpContext context, UserRegister people, UserDirectory users, LoginThrottle throttle, CancellationToken cancellationToken)
    {
        if (throttle.Refuse(context, body.Login) is { } wait)
        {
            context.Response.Headers.RetryAfter = ErrorResponses.RetryAfter(wait);
            return ApiProblem.TooManyAttempts();
        }

        var login = UserDirectory.Normalise(body.Login);
        if (PasswordRule.Fault(login, body.Password) is { } fault)
        {
            return ApiProblem.Parameters([new("password", fault)]);
        }

        var set = await people.SetPasswordAsync(context, login, body.Secret, body.Password, cancellationToken);
        users.Forget(login);
        return set ? TypedResults.NoContent() : ApiProblem.CredentialsInvalid();
    }

    private static async Task<IResult> SignOutEverywhereAsync(
        HttpContext context, SessionUser user, UserRegister people, UserDirectory users, CancellationToken cancellationToken)
    {
        await people.SignOutAsync(context, user, user.Login, cancellationToken);
        users.Forget(user.Login);
        await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        return TypedResults.NoContent();
    }

    private static async Task<IResult> SignOutAsync(HttpContext context)
    {
        await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        return TypedResults.NoContent();
    }
}

/// <summary>The credentials of a person.</summary>
internal sealed record SignIn(string Login, string Password);

/// <summary>A password a person chooses.</summary>
internal sealed record NewPassword(
    string Login,
    [property: Description("The one-time token, or the password that holds now.")] string Secret,
    [property: Description("12 to 1000 characters, not the login.")] string Password);

/// <summary>The signed-in person.</summary>
internal sealed record SessionView(
    string Login,
    string DisplayName,
    string Tenant,
    [property: Description("vendor, store_manager, area_manager, head_office, data_engineer or admin.")] string Role,
    [property: Description("The stores the person may see; null is every store of the tenant.")] IReadOnlyList<string>? Stores,
    [property: Description("ja or en.")] string Language)
{
    public static SessionView Of(SessionUser user) => new(
        user.Login, user.DisplayName, user.Tenant, user.Role, user.Stores?.Order(StringComparer.Ordinal).ToList(), user.Language);
}
