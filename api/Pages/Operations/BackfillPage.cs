using System.Globalization;
using Microsoft.AspNetCore.Antiforgery;
using RetailInsight.Api.Idempotency;
using RetailInsight.Api.Sessions;
using RetailInsight.Dags.Engine.Backfills;

namespace RetailInsight.Api.Pages.Operations;

/// <summary>One backfill: how far it is, how each of its days stands, and what can be done to it.</summary>
internal static class BackfillPage
{
    private const int MostDrawn = 600;
    private const int DaysAPage = 100;

    public static Task<IResult> ShowAsync(long backfill, HttpContext context, SessionUser user, BackfillQueue queue, CancellationToken cancellationToken) =>
        OperationsRequest.ShowAsync(context, user, ["after", "done"], async (request, query, token) =>
        {
            var (after, done) = (query.Whole("after") ?? 0, query.Text("done"));
            if (after > int.MaxValue || done is not (null or "started" or "changed"))
            {
                return null;
            }

            var words = BackfillWording.Of(request.Common);
            var notice = done is null ? Markup.Empty : Markup.Of($"""<p class="good-news" role="status">{(done == "started" ? words.Begun : words.Changed)}</p>""");
            return await queue.FindAsync(backfill, user.Tenant, token) is { } found
                ? await PageAsync(request, queue, found, (int)after, notice, StatusCodes.Status200OK, token) : ErrorPage.Show(context, StatusCodes.Status404NotFound);
        }, cancellationToken);

    /// <summary>Pauses it, lets it go on, or gives up what has not begun.</summary>
    public static async Task<IResult> PostAsync(long backfill, HttpContext context, SessionUser user, IAntiforgery antiforgery, BackfillQueue queue, CancellationToken cancellationToken)
    {
        var form = await PostedForm.ReadAsync(context, antiforgery, cancellationToken);
        if (await queue.FindAsync(backfill, user.Tenant, cancellationToken) is not { } found)
        {
            return ErrorPage.Show(context, StatusCodes.Status404NotFound);
        }

        if (form is null || StateOf(form["do"].ToString()) is not { } state)
        {
            return ErrorPage.Show(context, StatusCodes.Status400BadRequest);
        }

        var request = await OperationsRequest.ReadAsync(context, user, cancellationToken);
        var reason = PlanChoice.Reason(form["reason"]);
        return reason.Length == 0
            ? await PageAsync(request, queue, found, 0, OperationsRequest.Alert(RunWording.Of(request.Common).NeedsReason), StatusCodes.Status400BadRequest, cancellationToken)
            : await FormEffect.OnceAsync(context, user, form, async effect =>
            {
                var address = BackfillText.Address(backfill) + "?done=changed";
                var refusal = await queue.SetAsync(
                    backfill, user.Tenant, state, form["do"] == "resume_failed", user.Login, reason, effect.LeadingTo<long>(_ => address), cancellationToken);
                return refusal is null ? Results.LocalRedirect(address)
                    : await PageAsync(
                        request, queue, (await queue.FindAsync(backfill, user.Tenant, cancellationToken))!, 0, OperationsRequest.Alert(BackfillWording.Of(request.Common).Refused), StatusCodes.Status409Conflict, cancellationToken);
            }, cancellationToken);
    }

    private static string? StateOf(string what) => what switch
    {
        "pause" => "paused",
        "resume" or "resume_failed" => "running",
        "cancel" => "canceled",
        _ => null,
    };

    private static async Task<IResult> PageAsync(
        OperationsRequest request, BackfillQueue queue, BackfillState found, int after, Markup notice, int status, CancellationToken cancellationToken)
    {
        var words = BackfillWording.Of(request.Common);
        var drawn = await queue.DaysAsync(found, 0, MostDrawn, cancellationToken);
        var listed = await queue.DaysAsync(found, after, DaysAPage, cancellationToken);
        var title = $"{FigureText.Say(words.Name, found.BackfillId)} {found.DagId}";
        var isLive = found.State == "running" || found.Submitted > 0;
        Markup Id(string id) => isLive ? Markup.Of($""" id="{id}" data-live="3" """) : Markup.Of($""" id="{id}" """);
        var form = BackfillText.Form(found, request);
        return request.Page(null, title, Markup.Of(
            $"""
            {notice}
            <div class="headline"{Id("head")}><p class="crumb"><a class="next" href="{BackfillText.List}">{words.Back}</a></p>
            <h1>{FigureText.Say(words.Name, found.BackfillId)} <span class="of"><bdi>{found.DagId}</bdi> {BackfillText.Span(found.FirstDate, found.LastDate, words)}</span> {BackfillText.Badge(found, request)}</h1>
            <dl class="parts">{Facts(request, words, found)}</dl>{BackfillText.Progress(found, request)}</div>
            {(form.ToString().Length == 0 ? Markup.Empty : Markup.Of($"""<section class="card"><h2>{words.Act}</h2><p class="note">{words.ActNote}</p>{form}</section>"""))}
            <section class="card"><h2>{words.DaysTitle}</h2><div{Id("days")}>{Days(request, words, found, drawn, listed)}</div></section>
            """), status);
    }

    private static Markup Facts(OperationsRequest request, BackfillWording words, BackfillState found)
    {
        static Markup Fact(string name, string value) => Markup.Of($"<div><dt>{name}</dt><dd><bdi>{value}</bdi></dd></div>");
        return Markup.Of(
            $"""
            {Fact(words.Facts[1], words.SelectorNames[BackfillText.Selectors.IndexOf(found.Selector)])}{Fact(words.Facts[2], words.Orders[BackfillText.Orders.IndexOf(found.Ordering)])}{Fact(words.Facts[3], FigureText.Count(found.MaxActiveRuns))}
            {Fact(request.Words.Actor, found.Actor)}{Fact(request.Words.Created, request.Moment(new DateTimeOffset(found.CreatedAt, TimeSpan.Zero)))}{Fact(request.Words.Reason, found.Reason)}
            """);
    }

    private static Markup Days(OperationsRequest request, BackfillWording words, BackfillState found, IReadOnlyList<BackfillSlot> drawn, IReadOnlyList<BackfillSlot> listed)
    {
        var run = RunWording.Of(request.Common);
        string Said(BackfillSlot slot) => FigureText.Say(words.DayNote, request.Day(slot.BusinessDate), StateMark.Name(slot.State, request.Words));
        var all = found.Pending + found.Submitted + found.Success + found.Failed + found.Canceled;
        var undrawn = all - drawn.Count;
        var more = listed.Count < DaysAPage || listed[^1].Position >= all ? Markup.Empty : Markup.Of(
            $"""<p><a class="next" href="{string.Create(CultureInfo.InvariantCulture, $"{BackfillText.Address(found.BackfillId)}?after={listed[^1].Position}")}">{request.Words.More}</a></p>""");
        return Markup.Of(
            $"""
            {DayCalendar.Draw([.. drawn.Select(slot => new CalendarDay(slot.BusinessDate, slot.State, Said(slot), slot.RunId is { } id ? OperationsPages.RunAddress(id) : null))], request.Common, words.CalendarMore)}
            {(undrawn <= 0 ? Markup.Empty : Markup.Of($"""<p class="note">{FigureText.Say(words.CalendarMore, FigureText.Count(undrawn))}</p>"""))}
            <div class="scroll" tabindex="0" role="region" aria-label="{words.DaysTitle}"><table class="list">
            <thead><tr><th scope="col">{request.Words.BusinessDay}</th><th scope="col" class="left">{request.Words.State}</th><th scope="col" class="left">{request.Words.Run}</th><th scope="col" class="left">{run.Stores}</th></tr></thead>
            <tbody>{listed.Select(slot => Markup.Of(
                $"""<tr><th scope="row">{BackfillText.Day(slot.BusinessDate)} ({request.Common.Weekdays[(int)slot.BusinessDate.DayOfWeek]})</th><td class="left">{StateMark.Badge(slot.State, request.Words)}</td><td class="left">{Run(request, slot)}</td><td class="left text">{BackfillText.Stores(slot.Stores, request)}</td></tr>"""))}</tbody></table></div>{more}
            """);
    }

    private static Markup Run(OperationsRequest request, BackfillSlot slot) => slot.RunId is { } run
        ? Markup.Of($"""<a href="{OperationsPages.RunAddress(run)}">{run.ToString(CultureInfo.InvariantCulture)}</a>""") : Markup.Of($"{request.Common.Undefined}");
}
