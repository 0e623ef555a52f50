using Microsoft.AspNetCore.WebUtilities;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sharing;

namespace RetailInsight.Api.Pages.Sharing;

/// <summary>
/// <c>/s/{token}</c>: a page for somebody without a login, as whoever shared it may see it now. Nothing on it leads anywhere; every way a
/// link can be dead looks the same.
/// </summary>
internal static class SharedPage
{
    public static void MapSharedPage(this IEndpointRouteBuilder routes) => routes.MapGet("/s/{token}", ShowAsync).AllowAnonymous().ExcludeFromDescription();

    private static async Task<IResult> ShowAsync(
        string token, HttpContext context, ShareRegister shares, ShareThrottle throttle, PageSource source, TimeProvider clock, CancellationToken cancellationToken)
    {
        // Neither a search engine nor the next site nor a cache learns of it.
        context.Response.Headers["X-Robots-Tag"] = "noindex, nofollow, noarchive";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        context.Response.Headers.CacheControl = "no-store";
        if (throttle.Refuse(context) is { } wait)
        {
            context.Response.Headers.RetryAfter = ErrorResponses.RetryAfter(wait);
            return ErrorPage.Show(context, StatusCodes.Status429TooManyRequests);
        }

        if (await shares.FindAsync(token, cancellationToken) is not var (link, maker) || FigurePage.Find(link.Page) is not { } page)
        {
            return Gone(context);
        }

        var words = Wording.Of(link.Language);
        var query = new QueryParameters(new QueryCollection(QueryHelpers.ParseQuery(link.Filter)), context.Request.Path, PageFrame.Takes(page.Parameters));
        return await PageFrame.AskAsync(
            maker, source, query, words, (request, stop) => page.RenderAsync(request, clock.GetUtcNow(), stop), _ => Gone(context),
            async (request, content, stop) =>
            {
                if (!await shares.CountAsync(context, link, stop))
                {
                    return Gone(context);
                }

                var until = TimeZoneInfo.ConvertTime(link.ExpiresAt, TimeZoneInfo.FindSystemTimeZoneById(request.Company.TimeZone));
                var banner = FigureText.Say(SharingWording.Of(words).Banner, maker.DisplayName, request.Company.Name, $"{until.Year}/{FigureText.Moment(until)}");
                return Layout.Bare(
                    words, $"{request.StoreName} {content.Title}", Markup.Of($"""<p class="banner">{banner}</p>"""),
                    Markup.Of($"{StillPage.Of(content.Main)}{PageTools.Printed(request, clock.GetUtcNow())}"));
            },
            cancellationToken);
    }

    private static IResult Gone(HttpContext context)
    {
        var words = Language.Choose(context);
        var sharing = SharingWording.Of(words);
        return Layout.Bare(
            words, sharing.Gone, Markup.Empty, Markup.Of($"""<section class="narrow card"><h1>{sharing.Gone}</h1><p class="lead">{sharing.GoneNote}</p></section>"""),
            StatusCodes.Status404NotFound);
    }
}
