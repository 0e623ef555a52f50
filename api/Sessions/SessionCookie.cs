using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using RetailInsight.Dags;

namespace RetailInsight.Api.Sessions;

/// <summary>
/// The session is a signed cookie that holds login, stamp and hour of sign-in only; rights are looked up for each request, so they
/// can be withdrawn. SameSite=Lax, because links in mails lead to the pages.
/// </summary>
internal static class SessionCookie
{
    private const string StampClaim = "stamp";
    private const string SinceClaim = "since";

    /// <summary>The name of a cookie: with the prefix browsers tie to this host, the whole of it and TLS where people come over HTTPS.</summary>
    public static string Name(ApiOptions options, string name) => (options.Https ? "__Host-retailinsight." : "retailinsight.") + name;

    public static void Configure(CookieAuthenticationOptions cookies, ApiOptions options)
    {
        cookies.Cookie.Name = Name(options, "session");
        cookies.Cookie.HttpOnly = true;
        cookies.Cookie.SameSite = SameSiteMode.Lax;
        cookies.Cookie.SecurePolicy = options.Https ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
        cookies.Cookie.Path = "/";
        cookies.ExpireTimeSpan = TimeSpan.FromMinutes(options.SessionIdleMinutes);
        cookies.SlidingExpiration = true;
        cookies.LoginPath = "/login";
        cookies.ReturnUrlParameter = "return";
        cookies.Events.OnValidatePrincipal = context => ValidateAsync(context, TimeSpan.FromHours(options.SessionHours));
        cookies.Events.OnRedirectToLogin = context => Answer(context, StatusCodes.Status401Unauthorized);
        cookies.Events.OnRedirectToAccessDenied = context => Answer(context, StatusCodes.Status403Forbidden);
    }

    public static Task SignInAsync(HttpContext context, Registration registration)
    {
        var now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeSeconds();
        return context.SignInAsync(
            CookieAuthenticationDefaults.AuthenticationScheme,
            new ClaimsPrincipal(new ClaimsIdentity(
                [new(ClaimTypes.Name, registration.User.Login), new(StampClaim, registration.Stamp), new(SinceClaim, now.ToString(CultureInfo.InvariantCulture))],
                CookieAuthenticationDefaults.AuthenticationScheme)),
            new AuthenticationProperties { IsPersistent = true });
    }

    /// <summary>Lets handlers and policies see the person of this request.</summary>
    public static void Admit(HttpContext context, ClaimsPrincipal principal, SessionUser user)
    {
        context.Features.Set(user);
        principal.AddIdentity(new ClaimsIdentity([new(ClaimTypes.Role, user.Role), new(DagsPolicies.TenantClaim, user.Tenant)]));
    }

    private static async Task ValidateAsync(CookieValidatePrincipalContext context, TimeSpan longest)
    {
        var services = context.HttpContext.RequestServices;
        var login = context.Principal?.Identity?.Name;
        var found = login is null ? null : await services.GetRequiredService<UserDirectory>().FindAsync(login, context.HttpContext.RequestAborted);
        if (context.Principal is not { } principal || found is null || principal.FindFirstValue(StampClaim) != found.Stamp
            || !long.TryParse(principal.FindFirstValue(SinceClaim), NumberStyles.None, CultureInfo.InvariantCulture, out var since)
            || services.GetRequiredService<TimeProvider>().GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(since) > longest)
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
            return;
        }

        Admit(context.HttpContext, principal, found.User);
    }

    private static Task Answer(RedirectContext<CookieAuthenticationOptions> context, int status)
    {
        if (status == StatusCodes.Status401Unauthorized && !Surface.IsApi(context.Request.Path))
        {
            context.Response.Redirect(context.RedirectUri);
        }
        else
        {
            context.Response.StatusCode = status;
        }

        return Task.CompletedTask;
    }
}
