using Microsoft.AspNetCore.Antiforgery;
using RetailInsight.Api.Sessions;

namespace RetailInsight.Api.Pages;

/// <summary>The frame of every page: head, top bar, footer.</summary>
internal static class Layout
{
    /// <summary>An HTML answer with a status.</summary>
    public static IResult Page(HttpContext context, Wording words, string title, Markup main, int status = StatusCodes.Status200OK, Markup? navigation = null, long? lastChange = null, Markup inHead = default)
    {
        var user = context.Features.Get<SessionUser>();
        return Document(
            words,
            title,
            lastChange is null ? inHead : Markup.Of($"""<script src="{Assets.ScriptPath}" defer></script>{inHead}"""),
            Markup.Of(
                $"""
                <a class="skip" href="#main">{words.SkipToContent}</a>
                <header class="bar">
                <a class="brand" href="/"><img src="{Assets.MarkPath}" alt="" width="24" height="24">RetailInsight</a>
                <nav class="session">
                <a href="{Language.Address(context, words.OtherLanguage)}" lang="{words.OtherLanguage}" hreflang="{words.OtherLanguage}">{words.OtherLanguageName}</a>
                {(user is null ? Markup.Empty : SignOut(context, words, user))}
                </nav>
                </header>
                {Bar(words, user, navigation)}
                <main id="main"{Watched(lastChange)}>
                {main}
                </main>
                """),
            status);
    }

    // A vendor sees no page of the bar.
    private static Markup Bar(Wording words, SessionUser? user, Markup? own) => own ?? (user is null or { Role: Access.Role.Vendor } ? Markup.Empty : Navigation.Bar(words, user));

    /// <summary>A page for somebody without a login: nothing on it leads elsewhere, and search engines pass it by.</summary>
    public static IResult Bare(Wording words, string title, Markup banner, Markup main, int status = StatusCodes.Status200OK) => Document(
        words,
        title,
        Markup.Of($"""<meta name="robots" content="noindex, nofollow">"""),
        Markup.Of(
            $"""
            <header class="bar"><span class="brand"><img src="{Assets.MarkPath}" alt="" width="24" height="24">RetailInsight</span></header>
            {banner}
            <main id="main">
            {main}
            </main>
            """),
        status);

    private static IResult Document(Wording words, string title, Markup inHead, Markup body, int status) => Results.Content(
        Markup.Of(
            $"""
            <!doctype html>
            <html lang="{words.Language}">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>{title} · RetailInsight</title>
            <link rel="icon" href="{Assets.MarkPath}" type="image/svg+xml">
            <link rel="stylesheet" href="{Assets.StyleSheetPath}">
            {inHead}
            </head>
            <body>
            {body}
            </body>
            </html>
            """).ToString(),
        "text/html; charset=utf-8",
        System.Text.Encoding.UTF8,
        status);

    // Where the script looks for news, and from which change on.
    private static Markup Watched(long? lastChange) => lastChange is { } seen
        ? Markup.Of($""" data-seen="{seen.ToString(System.Globalization.CultureInfo.InvariantCulture)}" """) : Markup.Empty;

    /// <summary>The hidden field that proves a form came from our page.</summary>
    public static Markup FormToken(HttpContext context)
    {
        var tokens = context.RequestServices.GetRequiredService<IAntiforgery>().GetAndStoreTokens(context);
        return Markup.Of($"""<input type="hidden" name="{tokens.FormFieldName}" value="{tokens.RequestToken}">""");
    }

    private static Markup SignOut(HttpContext context, Wording words, SessionUser user) => Markup.Of(
        $"""
        <form method="post" action="/logout">{FormToken(context)}<a class="who" href="/account"><bdi>{user.DisplayName}</bdi></a><button class="quiet">{words.SignOut}</button></form>
        """);
}
