using Microsoft.AspNetCore.WebUtilities;
using RetailInsight.Api.Problems;
using RetailInsight.Core.Calendar;

namespace RetailInsight.Api.Pages.Comparing;

/// <summary>What a page compares its figures with.</summary>
internal enum PageComparison
{
    /// <summary>The same weekdays some weeks before: the default.</summary>
    SameWeekday,

    /// <summary>The days directly before, as many.</summary>
    PreviousPeriod,

    /// <summary>The same weekdays of last year, holidays with the same holidays.</summary>
    LastYearWeekday,

    /// <summary>The same dates of last year.</summary>
    LastYearDate,

    /// <summary>What was to be reached.</summary>
    Target,
}

/// <summary>
/// Which comparison a page makes: the one in the address, else the same weekday. So an address shows everybody the same; whoever chose another one
/// before is led to the address that says so.
/// </summary>
internal static class ComparisonChoice
{
    /// <summary>Its name in an address.</summary>
    public const string Parameter = "compare";

    private const string CookieName = "retailinsight.compare";

    private static readonly string[] Words = ["same_weekday", "previous_period", "last_year_weekday", "last_year_date", "target"];

    /// <summary>The word of a comparison in an address.</summary>
    public static string WordOf(PageComparison comparison) => Words[(int)comparison];

    /// <summary>How its days are found; null for a target, which has none.</summary>
    public static ComparisonBasis? BasisOf(PageComparison comparison) => comparison == PageComparison.Target ? null : (ComparisonBasis)(int)comparison;

    /// <summary>Whether the days lie a year back.</summary>
    public static bool IsLastYear(PageComparison comparison) => comparison is PageComparison.LastYearWeekday or PageComparison.LastYearDate;

    /// <summary>The comparison an address asks for; null when it has a word without meaning.</summary>
    public static PageComparison? Of(QueryParameters query) => query.Text(Parameter) is not { } word ? PageComparison.SameWeekday
        : Array.IndexOf(Words, word) is >= 0 and var asked ? (PageComparison)asked : null;

    /// <summary>
    /// Where a request leads whose address names no comparison although this browser chose another than the usual one last; null where the page may
    /// be shown as it is. A choice in the address is kept for a year.
    /// </summary>
    public static string? Remembered(HttpContext context)
    {
        var request = context.Request;
        if (!request.Query.TryGetValue(Parameter, out var asked))
        {
            return HttpMethods.IsGet(request.Method) && request.Cookies[CookieName] is { } kept && Array.IndexOf(Words, kept) > (int)PageComparison.SameWeekday
                ? QueryHelpers.AddQueryString(request.Path + request.QueryString, Parameter, kept) : null;
        }

        if (asked.Count == 1 && Words.Contains(asked[0]))
        {
            context.Response.Cookies.Append(CookieName, asked[0]!, new CookieOptions
            {
                MaxAge = TimeSpan.FromDays(365),
                HttpOnly = true,
                SameSite = SameSiteMode.Lax,
                Secure = request.IsHttps,
                IsEssential = true,
            });
        }

        return null;
    }

    /// <summary>The choice, as a field of a page's form.</summary>
    public static Markup Field(PageComparison chosen, Wording words)
    {
        var wording = ComparisonWording.Of(words);
        return Markup.Of(
            $"""
            <label>{wording.Label}<select name="{Parameter}">{Words.Select((word, at) => Markup.Of($"""<option value="{word}"{PageFrame.Selected(at == (int)chosen)}>{wording.Names[at]}</option>"""))}</select></label>
            """);
    }
}
