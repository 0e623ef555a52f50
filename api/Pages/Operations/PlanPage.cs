using Microsoft.AspNetCore.Antiforgery;
using RetailInsight.Api.Idempotency;
using RetailInsight.Api.Sessions;
using RetailInsight.Dags.Engine;
using RetailInsight.Dags.Operations;

namespace RetailInsight.Api.Pages.Operations;

/// <summary>What something done to a run would touch, before it is done; and what has moved on meanwhile, where it was refused.</summary>
internal static class PlanPage
{
    /// <summary>Makes a plan of what was chosen and leads to it.</summary>
    public static async Task<IResult> MakeAsync(long run, HttpContext context, SessionUser user, IAntiforgery antiforgery, RunActions actions, CancellationToken cancellationToken)
    {
        if (await PostedForm.ReadAsync(context, antiforgery, cancellationToken) is not { } form || PlanChoice.Read(form) is not { } selection)
        {
            return ErrorPage.Show(context, StatusCodes.Status400BadRequest);
        }

        var reason = PlanChoice.Reason(form["reason"]);
        try
        {
            return await actions.PlanAsync(run, user.Tenant, selection, user.Login, cancellationToken) is { } plan
                ? Results.LocalRedirect(OperationsPages.PlanAddress(run, plan.PlanId) + (reason.Length == 0 ? "" : QueryString.Create("reason", reason).Value))
                : ErrorPage.Show(context, StatusCodes.Status404NotFound);
        }
        catch (ArgumentException)
        {
            // A task the run does not have: the form never offers one.
            return ErrorPage.Show(context, StatusCodes.Status400BadRequest);
        }
    }

    public static Task<IResult> ShowAsync(long run, long plan, HttpContext context, SessionUser user, RunActions actions, CancellationToken cancellationToken) =>
        OperationsRequest.ShowAsync(context, user, ["reason"], async (request, query, token) => await actions.FindAsync(run, plan, user.Tenant, token) is { } kept
            ? Show(request, kept, PlanChoice.Reason(query.Text("reason")), StatusCodes.Status200OK)
            : ErrorPage.Show(context, StatusCodes.Status404NotFound), cancellationToken);

    /// <summary>Applies a plan, or says what stands against it.</summary>
    public static async Task<IResult> ApplyAsync(
        long run, long plan, HttpContext context, SessionUser user, IAntiforgery antiforgery, RunActions actions, CancellationToken cancellationToken)
    {
        var form = await PostedForm.ReadAsync(context, antiforgery, cancellationToken);
        if (await actions.FindAsync(run, plan, user.Tenant, cancellationToken) is not { } kept)
        {
            return ErrorPage.Show(context, StatusCodes.Status404NotFound);
        }

        if (form is null)
        {
            return ErrorPage.Show(context, StatusCodes.Status400BadRequest);
        }

        var request = await OperationsRequest.ReadAsync(context, user, cancellationToken);
        var reason = PlanChoice.Reason(form["reason"]);
        if (kept is { IsApplied: false, IsExpired: false } && kept.Plan.Selection.Kind == PlanKind.Mark && reason.Length == 0)
        {
            return Show(request, kept, reason, StatusCodes.Status400BadRequest);
        }

        var address = OperationsPages.RunAddress(run) + "?done=applied";
        return await FormEffect.OnceAsync(context, user, form, async effect =>
        {
            var result = await actions.ApplyAsync(kept, user.Login, reason, effect.LeadingTo<PlanResult>(_ => address), cancellationToken);
            return result.ActionId is not null ? Results.LocalRedirect(address)
                : result.Differences.Count == 0 ? Show(request, (await actions.FindAsync(run, plan, user.Tenant, cancellationToken))!, reason, StatusCodes.Status409Conflict)
                : await actions.PlanAsync(run, user.Tenant, kept.Plan.Selection, user.Login, cancellationToken) is { } made
                    && await actions.FindAsync(run, made.PlanId, user.Tenant, cancellationToken) is { } fresh ? ShowMoved(request, kept.Plan, fresh, reason)
                : ErrorPage.Show(context, StatusCodes.Status404NotFound);
        }, cancellationToken);
    }

    private static IResult Show(OperationsRequest request, KeptPlan kept, string reason, int status)
    {
        var words = RunWording.Of(request.Common);
        var over = kept.IsApplied ? words.PlanApplied : kept.IsExpired ? words.PlanExpired : null;
        var alert = over is not null ? OperationsRequest.Alert(over) : status == StatusCodes.Status400BadRequest ? OperationsRequest.Alert(words.NeedsReason) : Markup.Empty;
        return request.Page(null, words.Plans[PlanChoice.IndexOf(kept.Plan.Selection)], Markup.Of(
            $"""<div class="medium"><h1>{words.Plans[PlanChoice.IndexOf(kept.Plan.Selection)]}</h1>{alert}{Plan(request, words, kept, reason, over is null)}</div>"""), status);
    }

    private static IResult ShowMoved(OperationsRequest request, ActionPlan then, KeptPlan now, string reason)
    {
        var words = RunWording.Of(request.Common);
        var (before, after) = (then.Tasks.ToDictionary(task => task.TiId), now.Plan.Tasks.ToDictionary(task => task.TiId));
        var moved = before.Values.UnionBy(after.Values, task => task.TiId).Select(task => (Task: task, Then: before.GetValueOrDefault(task.TiId), Now: after.GetValueOrDefault(task.TiId)))
            .Where(pair => (pair.Then?.State, pair.Then?.Generation) != (pair.Now?.State, pair.Now?.Generation));
        Markup Stands(PlannedTask? task) => task is null ? Markup.Of($"{words.NotTouched}") : StateMark.Badge(task.State, request.Words);
        return request.Page(null, words.Moved, Markup.Of(
            $"""
            <div class="medium"><h1>{words.Moved}</h1>{OperationsRequest.Alert(words.MovedLead)}
            <section class="card"><div class="scroll" tabindex="0" role="region" aria-label="{words.Moved}"><table class="list">
            <thead><tr><th scope="col">{request.Words.Tasks}</th><th scope="col" class="left">{words.Then}</th><th scope="col" class="left">{words.Now}</th></tr></thead>
            <tbody>{moved.Select(pair => Markup.Of($"""<tr><th scope="row"><bdi>{NameOf(pair.Task)}</bdi></th><td class="left">{Stands(pair.Then)}</td><td class="left">{Stands(pair.Now)}{(pair.Then?.State == pair.Now?.State ? $" {words.Anew}" : "")}</td></tr>"""))}</tbody></table></div></section>
            {Plan(request, words, now, reason, true)}</div>
            """), StatusCodes.Status409Conflict);
    }

    private static Markup Plan(OperationsRequest request, RunWording words, KeptPlan kept, string reason, bool isOpen)
    {
        var plan = kept.Plan;
        var back = Markup.Of($"""<p><a class="next" href="{OperationsPages.RunAddress(plan.RunId)}">{FigureText.Say(words.BackToRun, plan.RunId)}</a></p>""");
        var isCancel = plan.Selection.Kind == PlanKind.Cancel;
        if (plan.Tasks.Count == 0 && !(isCancel && kept.IsRunOpen))
        {
            return Markup.Of($"""<section class="card"><p class="lead">{words.PlanNone}</p></section>{back}""");
        }

        var chosen = plan.Tasks.Count(task => plan.Selection.Tasks.Count == 0 || plan.Selection.Tasks.Contains(task.TaskId) || plan.Selection.Tasks.Contains(NameOf(task)));
        var effect = plan.Tasks.Count == 0 ? words.PlanCancelNone
            : FigureText.Say(words.Effects[PlanChoice.IndexOf(plan.Selection)], FigureText.Count(plan.Tasks.Count), FigureText.Count(chosen), FigureText.Count(plan.Tasks.Count - chosen));
        var running = plan.Tasks.Count(task => task.State == "running");
        var form = !isOpen ? Markup.Empty : Markup.Of(
            $"""
            <form method="post" action="{OperationsPages.PlanAddress(plan.RunId, plan.PlanId)}" class="act">{Layout.FormToken(request.Context)}{FormEffect.Key()}
            <label>{words.Reason}<input name="reason" value="{reason}" maxlength="{PlanChoice.LongestReason}" autocomplete="off"{(plan.Selection.Kind == PlanKind.Mark ? Markup.Of($" required") : Markup.Empty)}></label>
            <button{(isCancel ? Markup.Of($""" class="danger" """) : Markup.Empty)}>{words.Apply}</button></form><p class="note">{FigureText.Say(words.PlanUntil, request.Moment(plan.ExpiresAt))}</p>
            """);
        return Markup.Of(
            $"""
            <section class="card"><p class="effect">{effect}</p>{(running > 0 ? Markup.Of($"""<p class="warn">{FigureText.Say(words.LosesWork, FigureText.Count(running))}</p>""") : Markup.Empty)}
            {(plan.Selection.Kind == PlanKind.Clear ? Markup.Of($"""<p class="note">{words.NewTries}</p>""") : Markup.Empty)}{Cost(request, words, kept)}
            {Touched(request, words, plan)}{form}</section>{back}
            """);
    }

    // How long it takes by what such tasks took lately, and who waits for it.
    private static Markup Cost(OperationsRequest request, RunWording words, KeptPlan kept)
    {
        var takes = kept is { Plan.Selection.Kind: PlanKind.Clear, Estimate: { P50Seconds: { } usual, P90Seconds: { } most } }
            ? Markup.Of($"""<p class="note">{FigureText.Say(words.Takes, request.Duration(TimeSpan.FromSeconds(usual)), request.Duration(TimeSpan.FromSeconds(most)))}</p>""") : Markup.Empty;
        var waiting = kept.Estimate.RunsWaiting.Count;
        return Markup.Of($"""{takes}{(waiting == 0 ? Markup.Empty : Markup.Of($"""<p class="note">{FigureText.Say(words.RunsWait, waiting)}</p>"""))}""");
    }

    // Tasks by name, each with how many stand in which state.
    private static Markup Touched(OperationsRequest request, RunWording words, ActionPlan plan) => plan.Tasks.Count == 0 ? Markup.Empty : Markup.Of(
        $"""
        <div class="scroll" tabindex="0" role="region" aria-label="{request.Words.Tasks}"><table class="list"><thead><tr><th scope="col">{request.Words.Tasks}</th><th scope="col" class="left">{words.PlanState}</th></tr></thead>
        <tbody>{plan.Tasks.GroupBy(task => task.TaskId).Select(task => Markup.Of(
            $"""<tr><th scope="row"><bdi>{(task.Count() == 1 ? NameOf(task.First()) : task.Key)}</bdi></th><td class="left"><span class="counts">{task.CountBy(one => one.State).Select(count => Markup.Of(
                $"""<span class="state-badge {StateMark.Style(count.Key)}">{StateMark.Icon(count.Key)}{StateMark.Name(count.Key, request.Words)}{(count.Value > 1 ? $" {FigureText.Count(count.Value)}" : "")}</span>"""))}</span></td></tr>"""))}</tbody></table></div>
        """);

    private static string NameOf(PlannedTask task) => task.MapKey is null ? task.TaskId : $"{task.TaskId}[{task.MapKey}]";
}
