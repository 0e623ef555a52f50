using RetailInsight.Api.Sessions;
using RetailInsight.Dags.Engine.Backfills;

namespace RetailInsight.Api.Pages.Operations;

/// <summary>The latest backfills with how far they are, newest first.</summary>
internal static class BackfillListPage
{
    private const int Most = 50;

    public static Task<IResult> ShowAsync(HttpContext context, SessionUser user, BackfillQueue queue, CancellationToken cancellationToken) =>
        OperationsRequest.ShowAsync(context, user, [], async (request, _, token) =>
        {
            var words = BackfillWording.Of(request.Common);
            var backfills = await queue.ListAsync(user.Tenant, Most, token);
            var live = backfills.Any(one => one.State == "running") ? Markup.Of($""" data-live="5" """) : Markup.Empty;
            var list = backfills.Count == 0 ? Markup.Of($"""<section class="card"><p class="lead">{words.None}</p></section>""")
                : Markup.Of($"""<ol class="backfills" id="backfills"{live}>{backfills.Select(one => Item(request, words, one))}</ol>""");
            return request.Page(OperationsSection.Backfills, words.Title, Markup.Of(
                $"""
                <h1>{words.Title}</h1><p class="lead">{words.Lead}</p>
                {(request.MayOperate ? Markup.Of($"""<p><a class="next" href="{BackfillText.New}">{words.New}</a></p>""") : Markup.Empty)}
                {list}
                """));
        }, cancellationToken);

    private static Markup Item(OperationsRequest request, BackfillWording words, BackfillState one)
    {
        var form = BackfillText.Form(one, request);
        var folded = form.ToString().Length == 0 ? form : Markup.Of($"<details><summary>{words.Act}</summary>{form}</details>");
        return Markup.Of(
            $"""
            <li class="card"><h2><a href="{BackfillText.Address(one.BackfillId)}">{FigureText.Say(words.Name, one.BackfillId)}</a> {one.DagId} <small>{BackfillText.Span(one.FirstDate, one.LastDate, words)}</small> {BackfillText.Badge(one, request)}</h2>
            {BackfillText.Progress(one, request)}
            <p class="note">{FigureText.Say(words.By, one.Actor, request.Moment(Utc(one.CreatedAt)))} · <bdi>{one.Reason}</bdi></p>{folded}</li>
            """);
    }

    private static DateTimeOffset Utc(DateTime at) => new(at, TimeSpan.Zero);
}
