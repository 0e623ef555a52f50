using Microsoft.AspNetCore.Antiforgery;
using RetailInsight.Api.Idempotency;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Tenancy;
using RetailInsight.Dags.Engine.Assets;
using RetailInsight.Dags.Engine.Backfills;
using RetailInsight.Dags.Operations;

namespace RetailInsight.Api.Pages.Operations;

/// <summary>What a backfill would compute and cost, before it is made; and which days stand otherwise now, where it was refused.</summary>
internal static class BackfillPlanPage
{
    private const int MostWaiting = 40;
    private const int MostMoved = 100;
    private const int MostListed = 200;

    /// <summary>Makes a plan of what was chosen and leads to it.</summary>
    public static async Task<IResult> MakeAsync(
        HttpContext context, SessionUser user, IAntiforgery antiforgery, PartitionHistory history, BackfillPlans plans, TenantScope scope, CancellationToken cancellationToken)
    {
        if (await PostedForm.ReadAsync(context, antiforgery, cancellationToken) is not { } form || BackfillChoice.Read(form) is not { } choice)
        {
            return ErrorPage.Show(context, StatusCodes.Status400BadRequest);
        }

        var request = await OperationsRequest.ReadAsync(context, user, cancellationToken);
        if (await choice.ReadAsync(request, await BackfillNewPage.DagsAsync(history, cancellationToken), scope, cancellationToken) is not { } asked)
        {
            return await BackfillNewPage.FormAsync(request, history, plans, scope, choice, cancellationToken);
        }

        return await FormEffect.OnceAsync(context, user, form, async effect =>
        {
            var plan = await plans.PlanAsync(asked, user.Login, effect.LeadingTo<BackfillPlan>(made => BackfillText.PlanAddress(made.PlanId)), cancellationToken);
            return Results.LocalRedirect(BackfillText.PlanAddress(plan.PlanId));
        }, cancellationToken);
    }

    public static Task<IResult> ShowAsync(long plan, HttpContext context, SessionUser user, BackfillPlans plans, RunGridQueries runs, CancellationToken cancellationToken) =>
        OperationsRequest.ShowAsync(context, user, [], async (request, _, token) => await plans.FindAsync(plan, user.Tenant, token) is { } kept
            ? await ShowAsync(request, kept, runs, null, "", StatusCodes.Status200OK, token) : ErrorPage.Show(context, StatusCodes.Status404NotFound), cancellationToken);

    /// <summary>Makes the backfill, or says what stands against it.</summary>
    public static async Task<IResult> ApplyAsync(
        long plan, HttpContext context, SessionUser user, IAntiforgery antiforgery, BackfillPlans plans, RunGridQueries runs, CancellationToken cancellationToken)
    {
        var form = await PostedForm.ReadAsync(context, antiforgery, cancellationToken);
        if (await plans.FindAsync(plan, user.Tenant, cancellationToken) is not { } kept)
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
            return await ShowAsync(request, kept, runs, RunWording.Of(request.Common).NeedsReason, reason, StatusCodes.Status400BadRequest, cancellationToken);
        }

        static string Address(long backfill) => BackfillText.Address(backfill) + "?done=started";
        return await FormEffect.OnceAsync(context, user, form, async effect =>
        {
            var result = await plans.ApplyAsync(plan, user.Tenant, user.Login, reason, effect.LeadingTo<long>(Address), cancellationToken);
            return result.BackfillId is { } backfill ? Results.LocalRedirect(Address(backfill))
                : result.Differences.Count == 0 ? await ShowAsync(request, (await plans.FindAsync(plan, user.Tenant, cancellationToken))!, runs, null, reason, StatusCodes.Status409Conflict, cancellationToken)
                : await ShowMovedAsync(request, kept.Plan, await plans.PlanAsync(kept.Plan.Request, user.Login, null, cancellationToken), runs, reason, cancellationToken);
        }, cancellationToken);
    }

    private static async Task<IResult> ShowAsync(
        OperationsRequest request, KeptBackfillPlan kept, RunGridQueries runs, string? fault, string reason, int status, CancellationToken cancellationToken)
    {
        var (words, run) = (BackfillWording.Of(request.Common), RunWording.Of(request.Common));
        var over = kept.IsApplied ? words.Applied : kept.IsExpired ? run.PlanExpired : null;
        var alert = OperationsRequest.Alert(over ?? fault);
        var plan = await PlanAsync(request, kept.Plan, runs, reason, over is null, cancellationToken);
        return request.Page(null, words.Plan, Markup.Of($"""<div class="medium"><h1>{words.Plan}</h1>{alert}{plan}</div>"""), status);
    }

    private static async Task<IResult> ShowMovedAsync(
        OperationsRequest request, BackfillPlan then, BackfillPlan now, RunGridQueries runs, string reason, CancellationToken cancellationToken)
    {
        var (words, run) = (BackfillWording.Of(request.Common), RunWording.Of(request.Common));
        var (before, after) = (then.Days.ToDictionary(day => day.BusinessDate), now.Days.ToDictionary(day => day.BusinessDate));
        string Stands(BackfillDay? day) => day is null ? words.NotConcerned : BackfillText.Stores(day.Stores, request);
        var moved = before.Keys.Union(after.Keys).Order().Select(date => (Date: date, Then: Stands(before.GetValueOrDefault(date)), Now: Stands(after.GetValueOrDefault(date)))).Where(day => day.Then != day.Now).ToList();
        var plan = await PlanAsync(request, now, runs, reason, true, cancellationToken);
        return request.Page(null, words.Moved, Markup.Of(
            $"""
            <div class="medium"><h1>{words.Moved}</h1>{OperationsRequest.Alert(words.MovedLead)}
            <section class="card"><div class="scroll" tabindex="0" role="region" aria-label="{words.Moved}"><table class="list">
            <thead><tr><th scope="col">{request.Words.BusinessDay}</th><th scope="col" class="left">{run.Then}</th><th scope="col" class="left">{run.Now}</th></tr></thead>
            <tbody>{moved.Take(MostMoved).Select(day => Markup.Of($"""<tr><th scope="row">{BackfillText.Day(day.Date)}</th><td class="left text">{day.Then}</td><td class="left text">{day.Now}</td></tr>"""))}</tbody></table></div></section>
            {plan}</div>
            """), StatusCodes.Status409Conflict);
    }

    private static async Task<Markup> PlanAsync(OperationsRequest request, BackfillPlan plan, RunGridQueries runs, string reason, bool isOpen, CancellationToken cancellationToken)
    {
        var (words, run) = (BackfillWording.Of(request.Common), RunWording.Of(request.Common));
        var back = Markup.Of($"""<p><a class="next" href="{BackfillText.New}{Query(plan.Request)}">{words.New}</a></p>""");
        if (plan.Days.Count == 0)
        {
            return Markup.Of($"""<section class="card"><p class="lead">{words.EffectNone}</p></section>{back}""");
        }

        var waiting = (await runs.OpenAsync(plan.Request.Tenant, MostWaiting, cancellationToken)).Where(one => !one.IsRunning && one.DagId == plan.Request.DagId).ToList();
        var form = !isOpen ? Markup.Empty : Markup.Of(
            $"""
            <form method="post" action="{BackfillText.PlanAddress(plan.PlanId)}" class="act">{Layout.FormToken(request.Context)}{FormEffect.Key()}
            <label>{run.Reason}<input name="reason" value="{reason}" maxlength="{PlanChoice.LongestReason}" autocomplete="off" required></label><button>{words.Apply}</button></form>
            <p class="note">{FigureText.Say(run.PlanUntil, request.Moment(plan.ExpiresAt))}</p>
            """);
        return Markup.Of(
            $"""
            <section class="card"><p class="effect">{FigureText.Say(words.Effect, plan.Request.DagId, FigureText.Count(plan.Days.Count))}</p>
            <dl class="parts">{Facts(request, words, plan).Select((fact, index) => Markup.Of($"<div><dt>{words.Facts[index]}</dt><dd>{fact}</dd></div>"))}</dl>
            <h2>{words.Calendar}</h2>{DayCalendar.Draw([.. plan.Days.Select(day => new CalendarDay(day.BusinessDate, "chosen", $"{request.Day(day.BusinessDate)}: {BackfillText.Stores(day.Stores, request)}", null))], request.Common, words.CalendarMore)}
            {Listed(request, words, plan)}
            <p class="note">{(waiting.Count == 0 ? words.WaitingNone : FigureText.Say(words.Waiting, waiting.Count))} {waiting.Select(one => Markup.Of($"""<a class="next" href="{OperationsPages.RunAddress(one.RunId)}">{request.Partition(one.PartitionKey)}</a> """))}</p>
            {form}</section>{back}
            """);
    }

    private static string[] Facts(OperationsRequest request, BackfillWording words, BackfillPlan plan) =>
    [
        BackfillText.Span(plan.Request.From, plan.Request.To, words),
        words.SelectorNames[(int)plan.Request.Selector],
        words.Orders[(int)plan.Request.Order],
        FigureText.Count(plan.Request.Order == BackfillOrder.Sequential ? 1 : plan.Request.MaxActiveRuns),
        plan.Days.Any(day => day.Stores is null) ? RunWording.Of(request.Common).AllStores
            : FigureText.Say(RunWording.Of(request.Common).StoreCount, FigureText.Count(plan.Days.SelectMany(day => day.Stores!).Distinct().Count())),
        FigureText.Count(plan.Estimate.Tasks),
        plan.Estimate.Rows is { } rows ? FigureText.Count(rows) : request.Common.Undefined,
        plan.Estimate.Usual is { } usual ? request.Duration(usual) : request.Common.Undefined,
        plan.Estimate.AtWorst is { } most ? request.Duration(most) : request.Common.Undefined,
    ];

    // Which stores of which day; for all stores of all days there is nothing to list.
    private static Markup Listed(OperationsRequest request, BackfillWording words, BackfillPlan plan) => plan.Days.All(day => day.Stores is null) ? Markup.Empty : Markup.Of(
        $"""
        <details><summary>{words.StoresByDay}</summary><div class="scroll" tabindex="0" role="region" aria-label="{words.StoresByDay}"><table class="list">
        <thead><tr><th scope="col">{request.Words.BusinessDay}</th><th scope="col" class="left">{RunWording.Of(request.Common).Stores}</th></tr></thead>
        <tbody>{plan.Days.Take(MostListed).Select(day => Markup.Of($"""<tr><th scope="row">{BackfillText.Day(day.BusinessDate)}</th><td class="left text">{BackfillText.Stores(day.Stores, request)}</td></tr>"""))}</tbody></table></div></details>
        """);

    private static string? Query(BackfillRequest asked) => QueryString.Create(new Dictionary<string, string?>
    {
        ["dag"] = asked.DagId,
        ["from"] = Iso(asked.From),
        ["to"] = Iso(asked.To),
        ["stores"] = string.Join(' ', asked.Stores ?? []),
    }).Value;

    private static string Iso(DateOnly date) => date.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
}
