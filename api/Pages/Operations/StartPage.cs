using System.Globalization;
using Microsoft.AspNetCore.Antiforgery;
using RetailInsight.Api.Audit;
using RetailInsight.Api.Idempotency;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Tenancy;
using RetailInsight.Dags.Operations;

namespace RetailInsight.Api.Pages.Operations;

/// <summary>Starts a run by hand: which DAG, which business day, which stores.</summary>
internal static class StartPage
{
    public static Task<IResult> ShowAsync(HttpContext context, SessionUser user, RunActions actions, CancellationToken cancellationToken) =>
        OperationsRequest.ShowAsync(context, user, ["dag", "date", "stores"], async (request, query, token) =>
        {
            var date = query.Date("date") ?? request.Today.AddDays(-1);
            return Form(request, await actions.DailyAsync(token), query.Text("dag") ?? "", date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), query.Text("stores") ?? "", null);
        }, cancellationToken);

    public static async Task<IResult> PostAsync(
        HttpContext context, SessionUser user, IAntiforgery antiforgery, RunActions actions, TenantScope scope, CancellationToken cancellationToken)
    {
        if (await PostedForm.ReadAsync(context, antiforgery, cancellationToken) is not { } form)
        {
            return ErrorPage.Show(context, StatusCodes.Status400BadRequest);
        }

        var request = await OperationsRequest.ReadAsync(context, user, cancellationToken);
        var words = RunWording.Of(request.Common);
        var dags = await actions.DailyAsync(cancellationToken);
        var (dag, date, text) = (form["dag"].ToString(), form["date"].ToString(), AuditEntry.Storable(form["stores"].ToString()));
        var codes = text.Split([' ', ',', '、', '　'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var known = (await scope.ReadAsync(user.Tenant, (read, token) => read.StoresAsync(user, token), cancellationToken)).Select(store => store.Code).ToHashSet();
        var unknown = codes.Where(code => !known.Contains(code)).ToList();
        var isDay = DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day is { Year: >= 1900 and <= 9990 };
        var fault = !dags.Contains(dag) ? words.WrongDag : !isDay ? words.WrongDate : unknown.Count > 0 ? FigureText.Say(words.WrongStores, string.Join(", ", unknown)) : null;
        if (fault is not null)
        {
            return Form(request, dags, dag, date, text, fault);
        }

        // Whoever sees some stores only may also have only those computed.
        IReadOnlyList<string>? stores = codes.Length > 0 ? codes : user.Stores is null ? null : [.. known];
        static string Address(long run) => OperationsPages.RunAddress(run) + "?done=started";
        return await FormEffect.OnceAsync(context, user, form, async effect =>
        {
            var (run, complaint) = await actions.StartAsync(dag, new TriggerRequest(user.Tenant, day, stores), user.Login, effect.LeadingTo<RunView>(made => Address(made.RunId)), cancellationToken);
            return run is { } started ? Results.LocalRedirect(Address(started)) : Form(request, dags, dag, date, text, FigureText.Say(words.WrongOther, complaint));
        }, cancellationToken);
    }

    private static IResult Form(OperationsRequest request, IReadOnlyList<string> dags, string dag, string date, string stores, string? fault)
    {
        var words = RunWording.Of(request.Common);
        var form = dags.Count == 0 ? Markup.Of($"""<p class="lead">{words.StartNone}</p>""") : Markup.Of(
            $"""
            <form method="post" action="{OperationsPages.PathOf(OperationsSection.Start)}" class="stack">{Layout.FormToken(request.Context)}{FormEffect.Key()}
            <label>{request.Words.Dag}<select name="dag">{dags.Select(one => OperationsRequest.Option(one, one, one == dag))}</select></label>
            <label>{request.Words.BusinessDay}<input type="date" name="date" value="{date}" required></label>
            <label>{words.StartStores}<input name="stores" value="{stores}" maxlength="400" autocomplete="off" spellcheck="false"></label>
            <button>{words.StartButton}</button></form>
            """);
        return request.Page(
            OperationsSection.Start, words.Start,
            Markup.Of(
                $"""
                <div class="medium"><h1>{words.Start}</h1>{OperationsRequest.Alert(fault)}
                <section class="card"><p class="lead">{words.StartLead}</p>{form}</section></div>
                """),
            fault is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);
    }
}
