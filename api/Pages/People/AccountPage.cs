using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using RetailInsight.Api.Access;
using RetailInsight.Api.Pages.Morning;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;

namespace RetailInsight.Api.Pages.People;

/// <summary>The own login: who one is here, another password, sign out everywhere, and the way to what is one's own.</summary>
internal static class AccountPage
{
    public static void MapAccount(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/account", (HttpContext context, SessionUser user) => Show(context, user, Markup.Empty)).RequireAuthorization(Permissions.SignedIn).ExcludeFromDescription();
        routes.MapPost("/account/password", ChangeAsync).RequireAuthorization(Permissions.SignedIn).WithMetadata(new CountedCall()).ExcludeFromDescription();
        routes.MapPost("/account/sign-out", SignOutAsync).RequireAuthorization(Permissions.SignedIn).WithMetadata(new CountedCall()).ExcludeFromDescription();
    }

    private static async Task<IResult> ChangeAsync(
        HttpContext context, SessionUser user, IAntiforgery antiforgery, UserRegister people, UserDirectory users, LoginThrottle throttle, CancellationToken cancellationToken)
    {
        var words = PeopleWording.Of(Language.Choose(context));
        if (await PostedForm.ReadAsync(context, antiforgery, cancellationToken) is not { } form)
        {
            return Show(context, user, Alert(Language.Choose(context).FormExpired), StatusCodes.Status400BadRequest);
        }

        if (throttle.Refuse(context, user.Login) is { } wait)
        {
            context.Response.Headers.RetryAfter = ErrorResponses.RetryAfter(wait);
            return Show(context, user, Alert(Language.Choose(context).SignInTooOften), StatusCodes.Status429TooManyRequests);
        }

        var password = form["password"].ToString();
        if (PasswordFault(user.Login, password, form["again"].ToString(), words) is { } fault)
        {
            return Show(context, user, Alert(fault), StatusCodes.Status400BadRequest);
        }

        var set = await people.SetPasswordAsync(context, user.Login, form["current"].ToString(), password, cancellationToken);
        users.Forget(user.Login);
        if (!set)
        {
            return Show(context, user, Alert(words.CurrentWrong), StatusCodes.Status401Unauthorized);
        }

        // Every session ended with the old password; whoever just proved to know the new one goes on in this browser.
        if (await users.FindAsync(user.Login, cancellationToken) is { } now)
        {
            await SessionCookie.SignInAsync(context, now);
        }

        return Show(context, user, Markup.Of($"""<p class="good-news" role="status">{words.PasswordChanged}</p>"""));
    }

    private static async Task<IResult> SignOutAsync(
        HttpContext context, SessionUser user, IAntiforgery antiforgery, UserRegister people, UserDirectory users, CancellationToken cancellationToken)
    {
        if (await PostedForm.ReadAsync(context, antiforgery, cancellationToken) is null)
        {
            return ErrorPage.Show(context, StatusCodes.Status400BadRequest);
        }

        await people.SignOutAsync(context, user, user.Login, cancellationToken);
        users.Forget(user.Login);
        await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        return Results.LocalRedirect("/login");
    }

    /// <summary>What is wrong with a new password typed twice; null when nothing is.</summary>
    public static string? PasswordFault(string login, string password, string again, PeopleWording words) =>
        password != again ? words.NotTheSame : PasswordRule.Fault(login, password) is null ? null : words.PasswordRule;

    /// <summary>A fault above a form.</summary>
    public static Markup Alert(string text) => Markup.Of($"""<p class="alert" role="alert">{text}</p>""");

    /// <summary>The fields of a new password.</summary>
    public static Markup NewPassword(PeopleWording words) => Markup.Of(
        $"""
        <label>{words.NewPassword}<input name="password" type="password" autocomplete="new-password" required minlength="12" maxlength="1000"></label>
        <label>{words.Again}<input name="again" type="password" autocomplete="new-password" required minlength="12" maxlength="1000"></label>
        <p class="note">{words.PasswordRule}</p>
        """);

    private static IResult Show(HttpContext context, SessionUser user, Markup above, int status = StatusCodes.Status200OK)
    {
        var common = Language.Choose(context);
        var words = PeopleWording.Of(common);
        var stores = user.Stores is null ? common.AllStores : string.Join(", ", user.Stores.Order(StringComparer.Ordinal));
        var links = new List<Markup>();
        if (user.Role != Role.Vendor)
        {
            links.Add(Markup.Of($"""<li><a href="/morning">{MorningWording.Of(common).Title}</a></li>"""));
            links.Add(Markup.Of($"""<li><a href="/shares">{ToolsWording.Of(common).MyLinks}</a></li>"""));
        }

        if (user.Role is Role.HeadOffice or Role.Admin)
        {
            links.Add(Markup.Of($"""<li><a href="/people">{words.Title}</a></li>"""));
        }

        var password = user.Login.Contains('|', StringComparison.Ordinal) ? Markup.Of($"""<p class="lead">{words.ElsewhereNote}</p>""") : Markup.Of(
            $"""
            <form method="post" action="/account/password" class="stack">{Layout.FormToken(context)}
            <input type="hidden" name="username" value="{user.Login}" autocomplete="username">
            <label>{words.Current}<input name="current" type="password" autocomplete="current-password" required maxlength="1000"></label>
            {NewPassword(words)}<button>{words.ChangePassword}</button></form>
            """);
        return Layout.Page(
            context, common, words.Account,
            Markup.Of(
                $"""
                <div class="medium"><h1>{words.Account}</h1>{above}
                <section class="card"><h2><bdi>{user.DisplayName}</bdi></h2><dl class="parts"><div><dt>{common.Login}</dt><dd><bdi>{user.Login}</bdi></dd></div><div><dt>{words.Role}</dt><dd>{words.RoleName(user.Role)}</dd></div><div><dt>{common.Store}</dt><dd>{stores}</dd></div></dl><ul class="row">{links}</ul></section>
                <section class="card"><h2>{words.ChangePassword}</h2>{password}</section>
                <section class="card"><h2>{words.SignOutEverywhere}</h2><p class="lead">{words.SignOutNote}</p><form method="post" action="/account/sign-out" class="row">{Layout.FormToken(context)}<button class="danger">{words.SignOutEverywhere}</button></form></section></div>
                """),
            status);
    }
}
