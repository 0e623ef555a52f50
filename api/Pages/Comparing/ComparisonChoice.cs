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

/// <summary>Which comparison a page makes: the one in the address, then the one chosen before, then the same weekday.</summary>
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

    /// <summary>The comparison of this request; one in the address is kept for a year. Null when the address has a word without meaning.</summary>
    public static PageComparison? Choose(HttpContext context, QueryParameters query)
    {
        if (query.Text(Parameter) is not { } word)
        {
            return (PageComparison)Math.Max(0, Array.IndexOf(Words, context.Request.Cookies[CookieName] ?? ""));
        }

        var asked = Array.IndexOf(Words, word);
        if (asked < 0)
        {
            return null;
        }

        context.Response.Cookies.Append(CookieName, word, new CookieOptions
        {
            MaxAge = TimeSpan.FromDays(365),
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Secure = context.Request.IsHttps,
            IsEssential = true,
        });
        return (PageComparison)asked;
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
