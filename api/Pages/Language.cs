using Microsoft.AspNetCore.WebUtilities;
using RetailInsight.Api.Sessions;

namespace RetailInsight.Api.Pages;

/// <summary>Which language a page speaks: the address, then the choice made before, then the person's own, then Japanese.</summary>
internal static class Language
{
    private const string Parameter = "lang";
    private const string CookieName = "retailinsight.lang";

    /// <summary>The texts for this request; a language in the address is kept for a year.</summary>
    public static Wording Choose(HttpContext context)
    {
        var asked = context.Request.Query[Parameter].ToString();
        if (asked is "ja" or "en")
        {
            context.Response.Cookies.Append(CookieName, asked, new CookieOptions
            {
                MaxAge = TimeSpan.FromDays(365),
                HttpOnly = true,
                SameSite = SameSiteMode.Lax,
                Secure = context.Request.IsHttps,
                IsEssential = true,
            });
            return Wording.Of(asked);
        }

        var kept = context.Request.Cookies[CookieName];
        return Wording.Of(kept is "ja" or "en" ? kept : context.Features.Get<SessionUser>()?.Language);
    }

    /// <summary>This page in another language.</summary>
    public static string Address(HttpContext context, string language)
    {
        var query = QueryHelpers.ParseQuery(context.Request.QueryString.Value);
        query[Parameter] = language;
        var path = HttpMethods.IsGet(context.Request.Method) ? context.Request.Path.Value ?? "/" : "/";
        return QueryHelpers.AddQueryString(path, query);
    }
}
