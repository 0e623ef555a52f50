using RetailInsight.Api.Morning;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sharing;

namespace RetailInsight.Api.Pages.Morning;

/// <summary>
/// <c>/unsubscribe/{token}</c>, the address every morning sheet carries. Looking at it changes nothing, since mail programs follow links; a POST ends the
/// subscription, from the page's button or from a mail program as RFC 8058 has it. No login and no form token: whoever holds the mail may stop it.
/// </summary>
internal static class UnsubscribePage
{
    public static void MapUnsubscribe(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/unsubscribe/{token}", (string token, HttpContext context, ShareThrottle throttle) => Refusal(context, throttle) ?? Ask(context, token))
            .AllowAnonymous().ExcludeFromDescription();
        routes.MapPost("/unsubscribe/{token}", StopAsync).AllowAnonymous().DisableAntiforgery().ExcludeFromDescription();
    }

    private static async Task<IResult> StopAsync(string token, HttpContext context, MorningRegister register, ShareThrottle throttle, CancellationToken cancellationToken)
    {
        if (Refusal(context, throttle) is { } refusal)
        {
            return refusal;
        }

        var words = MorningWording.Of(Language.Choose(context));
        return await register.StopAsync(context, token, cancellationToken)
            ? Say(context, words.UnsubscribeTitle, words.Unsubscribed, Markup.Empty, StatusCodes.Status200OK)
            : Say(context, words.UnsubscribeTitle, words.UnknownLink, Markup.Empty, StatusCodes.Status404NotFound);
    }

    private static IResult Ask(HttpContext context, string token)
    {
        var words = MorningWording.Of(Language.Choose(context));
        var button = Markup.Of($"""<form method="post" action="/unsubscribe/{Uri.EscapeDataString(token)}" class="stack"><button>{words.Stop}</button></form>""");
        return Say(context, words.UnsubscribeTitle, words.UnsubscribeLead, button, StatusCodes.Status200OK);
    }

    private static IResult Say(HttpContext context, string title, string text, Markup more, int status)
    {
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        return Layout.Bare(Language.Choose(context), title, Markup.Empty, Markup.Of($"""<section class="narrow card"><h1>{title}</h1><p class="lead">{text}</p>{more}</section>"""), status);
    }

    private static IResult? Refusal(HttpContext context, ShareThrottle throttle)
    {
        if (throttle.Refuse(context) is not { } wait)
        {
            return null;
        }

        context.Response.Headers.RetryAfter = ErrorResponses.RetryAfter(wait);
        return ErrorPage.Show(context, StatusCodes.Status429TooManyRequests);
    }
}
