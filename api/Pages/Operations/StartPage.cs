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
            return Form(request, await actions.DailyAsync(token), new(query.Text("dag") ?? "", date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), query.Text("stores") ?? "", new Dictionary<string, string>()), null);
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
        var asked = new Asked(dag, date, text, Values(form, dag));
        var codes = text.Split([' ', ',', '、', '　'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var known = (await scope.ReadAsync(user.Tenant, (read, token) => read.StoresAsync(user, token), cancellationToken)).Select(store => store.Code).ToHashSet();
        var unknown = codes.Where(code => !known.Contains(code)).ToList();
        var isDay = DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day is { Year: >= 1900 and <= 9990 };
        var fault = dags.All(one => one.Dag != dag) ? words.WrongDag : !isDay ? words.WrongDate : unknown.Count > 0 ? FigureText.Say(words.WrongStores, string.Join(", ", unknown)) : null;
        if (fault is not null)
        {
            return Form(request, dags, asked, fault);
        }

        // Whoever sees some stores only may also have only those computed.
        IReadOnlyList<string>? stores = codes.Length > 0 ? codes : user.Stores is null ? null : [.. known];
        static string Address(long run) => OperationsPages.RunAddress(run) + "?done=started";
        return await FormEffect.OnceAsync(context, user, form, async effect =>
        {
            var (run, complaint) = await actions.StartAsync(dag, new TriggerRequest(user.Tenant, day, stores, asked.Values.ToDictionary()), user.Login, effect.LeadingTo<RunView>(made => Address(made.RunId)), cancellationToken);
            return run is { } started ? Results.LocalRedirect(Address(started)) : Form(request, dags, asked, FigureText.Say(words.WrongOther, complaint));
        }, cancellationToken);
    }

    // Each DAG has fields of its own; those of the others are left out of account.
    private static Dictionary<string, string> Values(IFormCollection form, string dag) => form
        .Where(field => field.Key.StartsWith(dag + ".", StringComparison.Ordinal) && field.Value.ToString().Length > 0)
        .ToDictionary(field => field.Key[(dag.Length + 1)..], field => AuditEntry.Storable(field.Value.ToString()), StringComparer.Ordinal);

    private static IResult Form(OperationsRequest request, IReadOnlyList<DailyDag> dags, Asked asked, string? fault)
    {
        var words = RunWording.Of(request.Common);
        var form = dags.Count == 0 ? Markup.Of($"""<p class="lead">{words.StartNone}</p>""") : Markup.Of(
            $"""
            <form method="post" action="{OperationsPages.PathOf(OperationsSection.Start)}" class="stack">{Layout.FormToken(request.Context)}{FormEffect.Key()}
            <label>{request.Words.Dag}<select name="dag">{dags.Select(one => OperationsRequest.Option(one.Dag, one.Dag, one.Dag == asked.Dag))}</select></label>
            <label>{request.Words.BusinessDay}<input type="date" name="date" value="{asked.Date}" required></label>
            <label>{words.StartStores}<input name="stores" value="{asked.Stores}" maxlength="400" autocomplete="off" spellcheck="false"></label>
            {dags.Where(one => one.Parameters.Count > 0).Select(one => Parameters(request, words, one, asked))}
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

    private static Markup Parameters(OperationsRequest request, RunWording words, DailyDag dag, Asked asked) => Markup.Of(
        $"""
        <fieldset class="checks"><legend>{FigureText.Say(words.StartParameters, dag.Dag)}</legend>
        {dag.Parameters.Select(parameter => Markup.Of($"""<label>{parameter.Name}{Field(words, dag.Dag, parameter, asked.Dag == dag.Dag ? asked.Values.GetValueOrDefault(parameter.Name, "") : "")}<small>{(request.Common.Language == "ja" ? parameter.Japanese : parameter.Description)}</small></label>"""))}
        </fieldset>
        """);

    private static Markup Field(RunWording words, string dag, ParameterView parameter, string value) => parameter.Choices.Count > 0
        ? Markup.Of($"""<select name="{dag}.{parameter.Name}">{parameter.Choices.Prepend("").Select(choice => OperationsRequest.Option(choice, choice.Length == 0 ? words.StartNotGiven : choice, choice == value))}</select>""")
        : Markup.Of($"""<input name="{dag}.{parameter.Name}" value="{value}" maxlength="200" autocomplete="off" spellcheck="false">""");

    private sealed record Asked(string Dag, string Date, string Stores, IReadOnlyDictionary<string, string> Values);
}
