using RetailInsight.Api.Pages.Sheets;
using RetailInsight.Api.Sharing;

namespace RetailInsight.Api.Pages;

/// <summary>The ways to take a page along: its tables and its chart as files, a link for somebody else, and what paper says besides.</summary>
internal static class PageTools
{
    public static Markup Render(HttpContext context, FigurePage page, PageRequest request, PageContent content, DateTimeOffset now)
    {
        var words = ToolsWording.Of(request.Words);
        var filter = page.Filter(request, content);
        return Markup.Of(
            $"""
            {Printed(request, now)}
            <section class="tools" aria-label="{words.Title}">
            {Save(page, content, filter, words)}
            <details name="tools"><summary>{words.Share}</summary><div class="card panel">
            <form method="post" action="/shares" class="stack">{Layout.FormToken(context)}<input type="hidden" name="page" value="{page.Name}"><input type="hidden" name="filter" value="{filter}">
            <label>{words.Days}<select name="days">{ShareLink.Lives.Select(days => Markup.Of($"""<option value="{days}"{PageFrame.Selected(days == ShareLink.UsualLife)}>{FigureText.Say(words.DaysValue, days)}</option>"""))}</select></label>
            <button>{words.MakeLink}</button></form><p class="note">{words.ShareNote} <a href="/shares">{words.MyLinks}</a></p></div></details>
            </section>
            """);
    }

    /// <summary>When the page was made, for paper only: a screen can be made anew.</summary>
    public static Markup Printed(PageRequest request, DateTimeOffset now)
    {
        var local = TimeZoneInfo.ConvertTime(now, TimeZoneInfo.FindSystemTimeZoneById(request.TimeZone));
        var said = FigureText.Say(ToolsWording.Of(request.Words).Printed, $"{local.Year}/{FigureText.Moment(local)}", request.TimeZone);
        return Markup.Of($"""<p class="only-print">{request.Company.Name} · {request.StoreName} · <time datetime="{now.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}">{said}</time></p>""");
    }

    private static Markup Save(FigurePage page, PageContent content, string filter, ToolsWording words)
    {
        var files = content.Tables.Select(table => Markup.Of(
            $"""
            <li><a href="{PageFiles.Address(page, table.Name + ".csv", filter)}" download>{table.Title} <small>{words.Csv}</small></a><a href="{PageFiles.Address(page, table.Name + ".csv", filter)}&amp;encoding=cp932" download aria-label="{FigureText.Say(words.Cp932Label, table.Title)}"><small>{words.Cp932}</small></a></li>

            """)).ToList();
        if (ChartFile.IsIn(content.Main))
        {
            files.Add(Markup.Of($"""<li><a href="{PageFiles.Address(page, "chart.svg", filter)}" download>{words.Chart}</a></li>"""));
        }

        return files.Count == 0 ? Markup.Empty : Markup.Of($"""<details name="tools"><summary>{words.Save}</summary><div class="card panel"><ul>{files}</ul><p class="note">{words.SaveNote}</p></div></details>""");
    }
}
