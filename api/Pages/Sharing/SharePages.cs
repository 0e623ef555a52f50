using System.Globalization;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.WebUtilities;
using RetailInsight.Api.Access;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Sharing;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Pages.Sharing;

/// <summary>Making links, the list of the own ones, and taking them back.</summary>
internal static class SharePages
{
    private const int LongestFilter = 1000;

    public static void MapShares(this IEndpointRouteBuilder routes)
    {
        routes.MapSharedPage();
        routes.MapGet("/shares", (HttpContext context, SessionUser user, ShareRegister shares, TenantScope scope, TimeProvider clock, CancellationToken cancellationToken) =>
            ListAsync(context, user, shares, scope, clock, Markup.Empty, StatusCodes.Status200OK, cancellationToken)).RequireAuthorization().ExcludeFromDescription();
        routes.MapPost("/shares", CreateAsync).RequireAuthorization().WithMetadata(new CountedCall()).ExcludeFromDescription();
        routes.MapPost("/shares/{shareId}/revoke", RevokeAsync).RequireAuthorization().WithMetadata(new CountedCall()).ExcludeFromDescription();
    }

    private static async Task<IResult> CreateAsync(
        HttpContext context, SessionUser user, IAntiforgery antiforgery, ShareRegister shares, UserDirectory users, PageSource source, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (await PostedForm.ReadAsync(context, antiforgery, cancellationToken) is not { } form)
        {
            return ErrorPage.Show(context, StatusCodes.Status400BadRequest);
        }

        var filter = form["filter"].ToString();
        if (FigurePage.Find(form["page"].ToString()) is not { } page || filter is not ['?', ..] || filter.Length > LongestFilter
            || !int.TryParse(form["days"], NumberStyles.None, CultureInfo.InvariantCulture, out var days) || !ShareLink.Lives.Contains(days))
        {
            return ErrorPage.Show(context, StatusCodes.Status400BadRequest);
        }

        var words = Language.Choose(context);
        var sharing = SharingWording.Of(words);
        if (await users.FindAsync(user.Login, cancellationToken) is null)
        {
            // People of an identity provider: their rights are known only while their token is at hand.
            return await ListAsync(context, user, shares, source.Scope, clock, Alert(sharing.NotHere), StatusCodes.Status403Forbidden, cancellationToken);
        }

        // Made once as its maker sees it: a link that could never show anything is not made. The reading ends before the link is made and
        // listed, which take connections of their own: many who held one and waited for another would wait for each other.
        var query = new QueryParameters(new QueryCollection(QueryHelpers.ParseQuery(filter)), context.Request.Path, PageFrame.Takes(page.Parameters));
        var (zone, refusal) = await PageFrame.AskAsync<(string Zone, IResult? Refusal)>(
            user, source, query, words, status => ("", ErrorPage.Show(context, status)),
            async (request, token) => (request.Company.TimeZone, await page.RenderAsync(request, clock.GetUtcNow(), token) is null ? ErrorPage.Show(context, StatusCodes.Status400BadRequest) : null),
            cancellationToken);
        if (refusal is not null)
        {
            return refusal;
        }

        if (await shares.CreateAsync(context, user, page.Name, filter, words.Language, days, cancellationToken) is not var (link, secret))
        {
            return await ListAsync(context, user, shares, source.Scope, clock, Alert(FigureText.Say(sharing.TooMany, ShareRegister.MostAlive)), StatusCodes.Status409Conflict, cancellationToken);
        }

        var address = $"{context.Request.Scheme}://{context.Request.Host}/s/{secret}";
        var made = Markup.Of(
            $"""
            <section class="card good-news" role="status"><h2>{sharing.Made}</h2><label>{sharing.Address}<input class="address" value="{address}" readonly></label>
            <p class="note">{FigureText.Say(sharing.MadeNote, Local(link.ExpiresAt, zone))}</p></section>
            """);
        return await ListAsync(context, user, shares, source.Scope, clock, made, StatusCodes.Status200OK, cancellationToken);
    }

    private static async Task<IResult> RevokeAsync(
        string shareId, HttpContext context, SessionUser user, IAntiforgery antiforgery, ShareRegister shares, CancellationToken cancellationToken) =>
        await PostedForm.ReadAsync(context, antiforgery, cancellationToken) is null ? ErrorPage.Show(context, StatusCodes.Status400BadRequest)
        : Guid.TryParseExact(shareId, "N", out var id) && await shares.RevokeAsync(context, user, id, cancellationToken) ? Results.LocalRedirect("/shares")
        : ErrorPage.Show(context, StatusCodes.Status404NotFound);

    private static async Task<IResult> ListAsync(
        HttpContext context, SessionUser user, ShareRegister shares, TenantScope scope, TimeProvider clock, Markup above, int status, CancellationToken cancellationToken)
    {
        var words = Language.Choose(context);
        var sharing = SharingWording.Of(words);
        var links = await shares.ListAsync(user, cancellationToken);
        var company = await scope.ReadAsync(user.Tenant, (read, token) => read.CompanyAsync(token), cancellationToken);
        var list = links.Count == 0 ? Markup.Of($"""<p class="lead">{sharing.None}</p>""") : Markup.Of(
            $"""
            <div class="scroll" tabindex="0" role="region" aria-label="{sharing.Title}"><table>
            <thead><tr><th scope="col">{sharing.Page}</th><th scope="col" class="left">{sharing.Filter}</th><th scope="col">{sharing.Created}</th><th scope="col">{sharing.Until}</th><th scope="col">{sharing.Uses}</th><th scope="col">{sharing.Revoke}</th></tr></thead>
            <tbody>{links.Select(link => Row(context, link, words, sharing, company.TimeZone, clock.GetUtcNow()))}</tbody></table></div>
            """);
        return Layout.Page(
            context, words, sharing.Title,
            Markup.Of($"""<h1>{sharing.Title}</h1>{above}<section class="card stores"><p class="lead">{sharing.Lead}</p>{list}</section>"""), status);
    }

    private static Markup Row(HttpContext context, ShareLink link, Wording words, SharingWording sharing, string zone, DateTimeOffset now)
    {
        var name = FigurePage.Find(link.Page) is { } page ? words.PageNames[(int)page.Link] : link.Page;
        var act = link.RevokedAt is not null ? Markup.Of($"{sharing.Revoked}") : link.IsAlive(now)
            ? Markup.Of($"""<form method="post" action="/shares/{link.Id.ToString("N")}/revoke">{Layout.FormToken(context)}<button class="quiet danger">{sharing.Revoke}</button></form>""")
            : Markup.Of($"{sharing.Expired}");
        var uses = link.LastUsedAt is { } last ? FigureText.Say(sharing.UsesValue, FigureText.Count(link.Uses), Local(last, zone)) : sharing.Unused;
        var filter = string.Join(" ", QueryHelpers.ParseQuery(link.Filter).Select(one => one.Value.ToString()));
        return Markup.Of(
            $"""<tr><th scope="row">{name}</th><td class="left"><bdi>{filter}</bdi></td><td>{Local(link.CreatedAt, zone)}</td><td>{Local(link.ExpiresAt, zone)}</td><td>{uses}</td><td>{act}</td></tr>""");
    }

    private static Markup Alert(string text) => Markup.Of($"""<p class="alert" role="alert">{text}</p>""");

    private static string Local(DateTimeOffset instant, string zone) => FigureText.Moment(TimeZoneInfo.ConvertTime(instant, TimeZoneInfo.FindSystemTimeZoneById(zone)));
}
