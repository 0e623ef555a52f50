using System.Globalization;
using Microsoft.AspNetCore.Antiforgery;
using RetailInsight.Api.Idempotency;
using RetailInsight.Api.Sessions;
using RetailInsight.Dags.Engine;
using RetailInsight.Dags.Operations;

namespace RetailInsight.Api.Pages.Operations;

/// <summary>Takes a mark back: says what it was, asks why, and where the run has moved on says what stands against it.</summary>
internal static class UndoPage
{
    /// <summary>Where a mark is taken back.</summary>
    public static string Address(long action) => string.Create(CultureInfo.InvariantCulture, $"/ops/actions/{action}/undo");

    public static Task<IResult> ShowAsync(long action, HttpContext context, SessionUser user, ActionQueries actions, CancellationToken cancellationToken) =>
        OperationsRequest.ShowAsync(context, user, [], async (request, _, token) => await actions.FindMarkAsync(action, user.Tenant, token) is { } mark
            ? Show(request, mark, null, [], StatusCodes.Status200OK)
            : ErrorPage.Show(context, StatusCodes.Status404NotFound), cancellationToken);

    public static async Task<IResult> PostAsync(
        long action, HttpContext context, SessionUser user, IAntiforgery antiforgery, ActionQueries actions, RunActions runs, CancellationToken cancellationToken)
    {
        var form = await PostedForm.ReadAsync(context, antiforgery, cancellationToken);
        if (await actions.FindMarkAsync(action, user.Tenant, cancellationToken) is not { RunId: { } run } mark)
        {
            return ErrorPage.Show(context, StatusCodes.Status404NotFound);
        }

        if (form is null)
        {
            return ErrorPage.Show(context, StatusCodes.Status400BadRequest);
        }

        var request = await OperationsRequest.ReadAsync(context, user, cancellationToken);
        var reason = PlanChoice.Reason(form["reason"]);
        if (reason.Length == 0)
        {
            return Show(request, mark, RunWording.Of(request.Common).NeedsReason, [], StatusCodes.Status400BadRequest);
        }

        var address = OperationsPages.RunAddress(run) + "?done=applied";
        return await FormEffect.OnceAsync(context, user, form, async effect =>
        {
            var result = await runs.UndoAsync(mark, user.Login, reason, effect.LeadingTo<PlanResult>(_ => address), cancellationToken);
            return result.ActionId is not null ? Results.LocalRedirect(address) : Show(request, mark, request.Words.UndoRefused, result.Differences, StatusCodes.Status409Conflict);
        }, cancellationToken);
    }

    // What has moved on is told in the engine's own sentences.
    private static IResult Show(OperationsRequest request, ActionEntry mark, string? fault, IReadOnlyList<string> differences, int status)
    {
        var (words, run) = (request.Words, RunWording.Of(request.Common));
        var alert = OperationsRequest.Alert(fault);
        var moved = differences.Count == 0 ? Markup.Empty : Markup.Of($"""<section class="card"><ul lang="en">{differences.Select(one => Markup.Of($"<li><bdi>{one}</bdi></li>"))}</ul></section>""");
        var form = mark.IsUndone || status == StatusCodes.Status409Conflict ? Markup.Empty : Markup.Of(
            $"""
            <form method="post" action="{Address(mark.ActionId!.Value)}" class="act">{Layout.FormToken(request.Context)}{FormEffect.Key()}
            <label>{run.Reason}<input name="reason" maxlength="{PlanChoice.LongestReason}" autocomplete="off" required></label><button>{words.ActionNames["undo"]}</button></form>
            """);
        return request.Page(null, words.UndoTitle, Markup.Of(
            $"""
            <div class="medium"><h1>{words.UndoTitle}</h1>{alert}{moved}
            <section class="card"><p class="lead">{FigureText.Say(words.UndoLead, mark.Actor, request.Moment(mark.At))}</p>{ActionsPage.Table(request, [mark], withRun: true, offersUndo: false)}{form}</section>
            <p><a class="next" href="{OperationsPages.RunAddress(mark.RunId!.Value)}">{FigureText.Say(run.BackToRun, mark.RunId)}</a></p></div>
            """), status);
    }
}
