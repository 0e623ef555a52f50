using Microsoft.AspNetCore.Antiforgery;
using RetailInsight.Api.Access;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;

namespace RetailInsight.Api.Pages.People;

/// <summary>
/// <c>/welcome/{token}</c>: where somebody who was invited, or whose password was taken away, chooses one. Looking at the page uses nothing
/// up, so a mail program that follows links does no harm.
/// </summary>
internal static class WelcomePage
{
    public static void MapWelcome(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/welcome/{token}", (string token, HttpContext context) => Show(context, context.Request.Query["login"].ToString(), token, Markup.Empty)).AllowAnonymous().ExcludeFromDescription();
        routes.MapPost("/welcome", ChooseAsync).AllowAnonymous().ExcludeFromDescription();
    }

    /// <summary>The address somebody chooses a password at.</summary>
    public static string Address(HttpContext context, UserWithToken made) =>
        $"{context.Request.Scheme}://{context.Request.Host}/welcome/{made.OneTimeToken}?login={Uri.EscapeDataString(made.User.Login)}";

    private static async Task<IResult> ChooseAsync(
        HttpContext context, IAntiforgery antiforgery, UserRegister people, UserDirectory users, LoginThrottle throttle, CancellationToken cancellationToken)
    {
        var common = Language.Choose(context);
        var words = PeopleWording.Of(common);
        if (await PostedForm.ReadAsync(context, antiforgery, cancellationToken) is not { } form)
        {
            return ErrorPage.Show(context, StatusCodes.Status400BadRequest);
        }

        var (login, token, password) = (UserDirectory.Normalise(form["login"].ToString()), form["token"].ToString(), form["password"].ToString());
        if (throttle.Refuse(context, login) is { } wait)
        {
            context.Response.Headers.RetryAfter = ErrorResponses.RetryAfter(wait);
            return Show(context, login, token, AccountPage.Alert(common.SignInTooOften), StatusCodes.Status429TooManyRequests);
        }

        if (AccountPage.PasswordFault(login, password, form["again"].ToString(), words) is { } fault)
        {
            return Show(context, login, token, AccountPage.Alert(fault), StatusCodes.Status400BadRequest);
        }

        var set = await people.SetPasswordAsync(context, login, token, password, cancellationToken);
        users.Forget(login);
        if (!set || await users.SignInAsync(context, login, password) is not { } person)
        {
            return Show(context, login, token, AccountPage.Alert(words.LinkOver), StatusCodes.Status401Unauthorized);
        }

        await SessionCookie.SignInAsync(context, person);
        return Results.LocalRedirect(person.User.Role == Role.Vendor ? "/account" : "/");
    }

    private static IResult Show(HttpContext context, string login, string token, Markup above, int status = StatusCodes.Status200OK)
    {
        var common = Language.Choose(context);
        var words = PeopleWording.Of(common);
        // The token stands in the address until it is used.
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        return Layout.Bare(
            common, words.Welcome, Markup.Empty,
            Markup.Of(
                $"""
                <section class="narrow card"><h1>{words.Welcome}</h1><p class="lead">{words.WelcomeLead}</p>{above}
                <form method="post" action="/welcome" class="stack">{Layout.FormToken(context)}<input type="hidden" name="token" value="{token}">
                <label>{common.Login}<input name="login" value="{login}" autocomplete="username" autocapitalize="none" spellcheck="false" required maxlength="200"></label>
                {AccountPage.NewPassword(words)}<button>{words.Choose}</button></form></section>
                """),
            status);
    }
}
