using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;

namespace RetailInsight.Api.Pages;

/// <summary>Sign in and out with a form.</summary>
internal static class LoginPage
{
    public static void MapLogin(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/login", (HttpContext context) => Show(context, "", null)).AllowAnonymous().ExcludeFromDescription();
        routes.MapPost("/login", SignInAsync).AllowAnonymous().ExcludeFromDescription();
        routes.MapPost("/logout", SignOutAsync).AllowAnonymous().ExcludeFromDescription();
    }

    /// <summary>An address on this site to go on to; anything that could lead elsewhere becomes the start page.</summary>
    public static string SafeReturn(string? address) =>
        address is ['/', ..] && !address.StartsWith("//", StringComparison.Ordinal)
            && !address.Any(letter => letter == '\\' || char.IsControl(letter))
            ? address
            : "/";

    private static async Task<IResult> SignInAsync(
        HttpContext context, IAntiforgery antiforgery, UserDirectory users, LoginThrottle throttle, ILogger<UserDirectory> logger, CancellationToken cancellationToken)
    {
        var words = Language.Choose(context);
        if (!context.Request.HasFormContentType || !await antiforgery.IsRequestValidAsync(context))
        {
            return Show(context, "", words.FormExpired, StatusCodes.Status400BadRequest);
        }

        var form = await context.Request.ReadFormAsync(cancellationToken);
        var login = form["login"].ToString();
        if (throttle.Refuse(context, login) is { } wait)
        {
            context.Response.Headers.RetryAfter = ErrorResponses.RetryAfter(wait);
            return Show(context, login, words.SignInTooOften, StatusCodes.Status429TooManyRequests);
        }

        var found = await users.SignInAsync(context, login, form["password"].ToString());
        if (found is null)
        {
            Log.SignInFailed(logger, context.Connection.RemoteIpAddress);
            return Show(context, login, words.SignInFailed, StatusCodes.Status401Unauthorized);
        }

        await SessionCookie.SignInAsync(context, found);
        return Results.LocalRedirect(SafeReturn(context.Request.Query["return"]));
    }

    private static async Task<IResult> SignOutAsync(HttpContext context, IAntiforgery antiforgery)
    {
        if (!context.Request.HasFormContentType || !await antiforgery.IsRequestValidAsync(context))
        {
            return ErrorPage.Show(context, StatusCodes.Status400BadRequest);
        }

        await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        return Results.LocalRedirect("/login");
    }

    private static IResult Show(HttpContext context, string login, string? fault, int status = StatusCodes.Status200OK)
    {
        var words = Language.Choose(context);
        var alert = fault is null ? Markup.Empty : Markup.Of($"""<p class="alert" role="alert">{fault}</p>""");
        var action = "/login?return=" + Uri.EscapeDataString(SafeReturn(context.Request.Query["return"]));
        return Layout.Page(
            context,
            words,
            words.SignIn,
            Markup.Of(
                $"""
                <section class="narrow card">
                <h1>{words.SignIn}</h1>
                <p class="lead">{words.SignInLead}</p>
                {alert}
                <form method="post" action="{action}" class="stack">
                {Layout.FormToken(context)}
                <label>{words.Login}<input name="login" value="{login}" autocomplete="username" autocapitalize="none" spellcheck="false" required maxlength="200"></label>
                <label>{words.Password}<input name="password" type="password" autocomplete="current-password" required maxlength="1000"></label>
                <button>{words.SignIn}</button>
                </form>
                </section>
                """),
            status);
    }
}
