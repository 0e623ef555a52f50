namespace RetailInsight.Api.Pages;

/// <summary>What a person sees when a page cannot be shown.</summary>
internal static class ErrorPage
{
    public static IResult Show(HttpContext context, int status)
    {
        var words = Language.Choose(context);
        var reason = status switch
        {
            StatusCodes.Status403Forbidden => words.Forbidden,
            StatusCodes.Status404NotFound => words.NotFound,
            StatusCodes.Status429TooManyRequests => words.TooOften,
            StatusCodes.Status422UnprocessableEntity => words.TooMuch,
            < 500 => words.BadRequest,
            _ => words.Failed,
        };
        return Layout.Page(
            context,
            words,
            words.ErrorTitle,
            Markup.Of($"""<section class="narrow card"><h1>{words.ErrorTitle}</h1><p>{reason}</p><p><a class="next" href="/">{words.BackToStart}</a></p></section>"""),
            status);
    }
}
