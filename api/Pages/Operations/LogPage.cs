using System.Globalization;
using RetailInsight.Api.Sessions;
using RetailInsight.Dags.Engine;
using RetailInsight.Dags.Operations;

namespace RetailInsight.Api.Pages.Operations;

/// <summary>What a try has logged. While it runs the script adds lines as they come; without one the page is loaded again.</summary>
internal static class LogPage
{
    private const int MostLines = 500;

    public static Task<IResult> ShowAsync(long run, long attempt, HttpContext context, SessionUser user, RunGraphQueries runs, CancellationToken cancellationToken) =>
        OperationsRequest.ShowAsync(context, user, ["after"], async (request, query, token) =>
        {
            var after = query.Whole("after") ?? 0;
            return after > int.MaxValue ? null
                : await runs.LogAsync(run, attempt, user.Tenant, (int)after, MostLines, token) is { } log ? Show(request, log, (int)after)
                : ErrorPage.Show(context, StatusCodes.Status404NotFound);
        }, cancellationToken);

    private static IResult Show(OperationsRequest request, TryLog log, int after)
    {
        var words = RunWording.Of(request.Common);
        var name = log.MapKey is null ? log.TaskId : $"{log.TaskId}[{log.MapKey}]";
        var last = log.Lines.Count == 0 ? after : log.Lines[^1].Line;
        var next = string.Create(CultureInfo.InvariantCulture, $"{OperationsPages.LogAddress(log.Run, log.Try.LeaseToken)}?after={last}");
        var isOpen = log.Try.EndedAt is null;
        var isMore = log.Lines.Count == MostLines;
        var address = OperationsPages.LogAddress(log.Run, log.Try.LeaseToken);
        var lines = new List<Markup>();
        foreach (var line in log.Lines)
        {
            if (line.Line > after + 1)
            {
                lines.Add(Markup.Of($"""<li class="gap">{FigureText.Say(words.LogGap, FigureText.Count(line.Line - after - 1))}</li>"""));
            }

            lines.Add(Line(request, words, line));
            after = line.Line;
        }

        return request.Page(null, $"{words.Log} {name}", Markup.Of(
            $"""
            <p class="crumb"><a class="next" href="{OperationsPages.RunAddress(log.Run)}">{FigureText.Say(words.BackToRun, log.Run)}</a></p>
            <div class="headline"><h1><bdi>{name}</bdi> <span class="of">{FigureText.Say(words.TryOf, log.DagId, request.Partition(log.PartitionKey))}</span> <span id="outcome"{(isOpen ? Markup.Of($""" data-live="3" """) : Markup.Empty)}>{StateMark.Badge(log.Try.Outcome, request.Words)}</span></h1>
            <dl class="parts"><div><dt>{words.Tries}</dt><dd>{log.Try.TryNumber}</dd></div><div><dt>{request.Words.Started}</dt><dd>{request.Moment(log.Try.StartedAt)}</dd></div><div><dt>{request.Words.Duration}</dt><dd>{request.Duration(log.Try.StartedAt, log.Try.EndedAt)}</dd></div></dl>
            {(log.Try.Error is { Length: > 0 } error ? Markup.Of($"""<p class="alert"><bdi>{error}</bdi></p>""") : Markup.Empty)}</div>
            <section class="card"><h2>{words.Log}</h2>
            <div class="scroll log" tabindex="0" role="region" aria-label="{words.Log}"><ol id="log" data-next="{next}"{(isOpen || isMore ? Markup.Of($" data-open") : Markup.Empty)}>{lines}</ol>{(lines.Count == 0 ? Markup.Of($"""<p class="lead" id="log-none">{words.LogNone}</p>""") : Markup.Empty)}</div>
            <p class="row">{(isMore ? Markup.Of($"""<a class="next" href="{next}">{words.LogNext}</a>""") : Markup.Empty)}{(isOpen ? Markup.Of($"""<a class="next" href="{address}">{words.LogReload}</a>""") : Markup.Empty)}{(log.Lines is [{ Line: > 1 }, ..] ? Markup.Of($"""<a class="next" href="{address}">{words.LogFirst}</a>""") : Markup.Empty)}</p></section>
            """));
    }

    private static Markup Line(OperationsRequest request, RunWording words, TaskLogLine line)
    {
        var level = Math.Clamp((int)line.Level, 0, words.Levels.Count - 1);
        return Markup.Of(
            $"""<li class="{(level >= (int)LogLevel.Error ? "error" : level == (int)LogLevel.Warning ? "warning" : "info")}"><span class="no">{line.Line}</span><time>{request.Clock(line.At, "HH:mm:ss.fff")}</time><b>{words.Levels[level]}</b><span class="said"><bdi>{line.Message}</bdi></span></li>""");
    }
}
