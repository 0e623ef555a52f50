using RetailInsight.Api.Idempotency;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Tenancy;
using RetailInsight.Dags.Engine.Assets;
using RetailInsight.Dags.Engine.Backfills;

namespace RetailInsight.Api.Pages.Operations;

/// <summary>Asks what a backfill is to compute: first which DAG and days, whose counts are told then, then which of them and how.</summary>
internal static class BackfillNewPage
{
    private const int UsualDays = 28;
    private const int UsualAtOnce = 2;

    public static Task<IResult> ShowAsync(HttpContext context, SessionUser user, PartitionHistory history, BackfillPlans plans, TenantScope scope, CancellationToken cancellationToken) =>
        OperationsRequest.ShowAsync(context, user, ["dag", "from", "to", "stores"], async (request, query, token) =>
        {
            var to = query.Date("to") ?? request.Today.AddDays(-1);
            var choice = new BackfillChoice(
                query.Text("dag"), query.Date("from") ?? to.AddDays(1 - UsualDays), to, query.Text("stores") ?? "", null, 0, UsualAtOnce);
            return query.Problem is null ? await FormAsync(request, history, plans, scope, choice, token) : null;
        }, cancellationToken);

    /// <summary>The DAGs whose runs work on trading days.</summary>
    public static async Task<IReadOnlyList<string>> DagsAsync(PartitionHistory history, CancellationToken cancellationToken) =>
        [.. (await history.LineageAsync(cancellationToken)).Select(asset => asset.DagId).OfType<string>().Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The form with what was chosen.</summary>
    /// <param name="request">Who asks.</param>
    /// <param name="history">Knows the DAGs.</param>
    /// <param name="plans">Counts.</param>
    /// <param name="scope">Knows the stores.</param>
    /// <param name="choice">What was chosen so far.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async Task<IResult> FormAsync(
        OperationsRequest request, PartitionHistory history, BackfillPlans plans, TenantScope scope, BackfillChoice choice, CancellationToken cancellationToken)
    {
        var words = BackfillWording.Of(request.Common);
        var dags = await DagsAsync(history, cancellationToken);
        if (dags.Count == 0)
        {
            return request.Page(OperationsSection.Backfills, words.New, Markup.Of($"""<div class="medium"><h1>{words.New}</h1><section class="card"><p class="lead">{words.NoDags}</p></section></div>"""));
        }

        choice = choice with { Dag = choice.Dag ?? dags[^1] };
        var fault = await choice.FaultAsync(request, dags, scope, cancellationToken);
        var counts = fault is null && await choice.ReadAsync(request, dags, scope, cancellationToken) is { } asked ? await plans.CountAsync(asked, cancellationToken) : null;
        return request.Page(OperationsSection.Backfills, words.New, Markup.Of(
            $"""
            <div class="medium"><h1>{words.New}</h1><p class="crumb"><a class="next" href="{BackfillText.List}">{words.Back}</a></p>
            {OperationsRequest.Alert(fault)}
            <form method="get" action="{BackfillText.New}" class="choice">
            <label>{request.Words.Dag}<select name="dag">{dags.Select(one => OperationsRequest.Option(one, one, one == choice.Dag))}</select></label>
            <label>{words.From}<input type="date" name="from" value="{choice.From:yyyy-MM-dd}" required></label>
            <label>{words.To}<input type="date" name="to" value="{choice.To:yyyy-MM-dd}" required></label>
            <label>{words.Stores}<input name="stores" value="{choice.Stores}" maxlength="400" autocomplete="off" spellcheck="false"></label>
            <button>{words.Count}</button></form>
            {(counts is null ? Markup.Empty : Rest(request, words, choice, counts))}</div>
            """), fault is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);
    }

    private static Markup Rest(OperationsRequest request, BackfillWording words, BackfillChoice choice, IReadOnlyDictionary<BackfillSelector, int> counts)
    {
        // What is there to do is offered first.
        var chosen = choice.Selector ?? (int)Enum.GetValues<BackfillSelector>().FirstOrDefault(selector => counts[selector] > 0);
        return Markup.Of(
            $"""
            <form method="post" action="{BackfillText.Plans}" class="card stack backfill-form">{Layout.FormToken(request.Context)}{FormEffect.Key()}
            <input type="hidden" name="dag" value="{choice.Dag}"><input type="hidden" name="from" value="{choice.From:yyyy-MM-dd}"><input type="hidden" name="to" value="{choice.To:yyyy-MM-dd}"><input type="hidden" name="stores" value="{choice.Stores}">
            <h2>{choice.Dag} <small>{BackfillText.Span(choice.From, choice.To, words)}</small></h2>
            <fieldset class="checks one"><legend>{words.What}</legend>{words.Selectors.Select((label, index) => Markup.Of(
                $"""<label class="check"><input type="radio" name="selector" value="{BackfillText.Selectors[index]}"{Checked(index == chosen)}><span>{label} <b>{FigureText.Say(words.DaysFound, FigureText.Count(counts[(BackfillSelector)index]))}</b></span></label>"""))}</fieldset>
            <fieldset class="checks one"><legend>{words.Order}</legend>{words.Orders.Select((label, index) => Markup.Of(
                $"""<label class="check"><input type="radio" name="order" value="{BackfillText.Orders[index]}"{Checked(index == choice.Order)}>{label}</label>"""))}</fieldset>
            <label>{FigureText.Say(words.AtOnce, BackfillPlans.MostActiveRuns)}<input type="number" name="at_once" min="1" max="{BackfillPlans.MostActiveRuns}" value="{choice.AtOnce}" required></label>
            <div class="row"><button>{words.Preview}</button></div></form>
            """);
    }

    private static Markup Checked(bool isChosen) => isChosen ? Markup.Of($" checked") : Markup.Empty;
}
