using System.Globalization;
using Microsoft.AspNetCore.Antiforgery;
using RetailInsight.Api.Access;
using RetailInsight.Api.Pages.Devices;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Tenancy;
using RetailInsight.Api.VisitorEstimates;

namespace RetailInsight.Api.Pages.StaffEntries;

/// <summary>One form for how often staff of a store cross its doors. The rules are those of <c>/v1/staff-entries</c>.</summary>
internal static class StaffEntriesPage
{
    /// <summary>Where it lies; <c>?store=</c> is the store, else the first one.</summary>
    public const string Path = "/staff-entries";

    public static void MapStaffEntriesPage(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, async (HttpContext context, SessionUser user, TenantScope scope, CancellationToken cancellationToken) =>
        {
            var query = new QueryParameters(context, "store", "lang");
            var code = query.Text("store");
            return query.Problem is not null ? ErrorPage.Show(context, StatusCodes.Status400BadRequest)
                : await FindAsync(user, scope, code, cancellationToken) is not { } store ? ErrorPage.Show(context, StatusCodes.Status404NotFound)
                : await ShowAsync(context, user, scope, store, null, Markup.Empty, StatusCodes.Status200OK, cancellationToken);
        }).RequireAuthorization(Permissions.Devices).ExcludeFromDescription();
        routes.MapPost(Path, SaveAsync).RequireAuthorization(Permissions.Devices).WithMetadata(new CountedCall()).ExcludeFromDescription();
    }

    /// <summary>The address of a store's form.</summary>
    public static string Address(string store) => $"{Path}?store={Uri.EscapeDataString(store)}";

    private static Task<Store?> FindAsync(SessionUser user, TenantScope scope, string? code, CancellationToken cancellationToken) =>
        scope.ReadAsync(user.Tenant, async (read, token) => (await read.StoresAsync(user, token)).FirstOrDefault(store => code is null || store.Code == code), cancellationToken);

    private static async Task<IResult> SaveAsync(HttpContext context, SessionUser user, IAntiforgery antiforgery, TenantScope scope, StaffEntryRegister register, CancellationToken cancellationToken)
    {
        if (await PostedForm.ReadAsync(context, antiforgery, cancellationToken) is not { } form)
        {
            return ErrorPage.Show(context, StatusCodes.Status400BadRequest);
        }

        if (form["store"].ToString() is not { Length: > 0 } code || await FindAsync(user, scope, code, cancellationToken) is not { } store)
        {
            return ErrorPage.Show(context, StatusCodes.Status404NotFound);
        }

        var words = StaffEntriesWording.Of(Language.Choose(context));
        var rules = Rules(form);
        var faults = StaffEntryRule.Faults(rules);
        if (faults.Count > 0)
        {
            var said = faults.Select(fault => fault.Parameter.EndsWith("per_day", StringComparison.Ordinal) ? words.WrongNumbers : fault.Detail.StartsWith("overlaps", StringComparison.Ordinal) ? words.WrongOverlap : words.WrongDates).Distinct();
            return await ShowAsync(context, user, scope, store, rules, Alert(string.Join(" / ", said)), StatusCodes.Status400BadRequest, cancellationToken);
        }

        return await register.SetAsync(context, user, store.Code, form["version"].ToString(), rules, cancellationToken)
            ? await ShowAsync(context, user, scope, store, null, Markup.Of($"""<p class="good-news" role="status">{words.Saved}</p>"""), StatusCodes.Status200OK, cancellationToken)
            : await ShowAsync(context, user, scope, store, rules, Alert(words.Conflict), StatusCodes.Status409Conflict, cancellationToken);
    }

    private static async Task<IResult> ShowAsync(
        HttpContext context, SessionUser user, TenantScope scope, Store store, IReadOnlyList<StaffEntryRequest>? draft, Markup above, int status, CancellationToken cancellationToken)
    {
        var language = Language.Choose(context);
        var words = StaffEntriesWording.Of(language);
        var rules = await scope.RulesAsync(user, store.Code, cancellationToken) ?? [];
        var shown = draft ?? rules.ConvertAll(rule => new StaffEntryRequest(rule.ValidFrom, rule.PerDay, rule.AtLeast, rule.AtMost, rule.ValidTo));
        var stores = await scope.ReadAsync(user.Tenant, (read, token) => read.StoresAsync(user, token), cancellationToken);
        var main = Markup.Of(
            $"""
            <form class="row" method="get" action="{Path}"><label>{language.Store}<select name="store">{stores.Select(one => Markup.Of($"""<option value="{one.Code}"{PageFrame.Selected(one.Code == store.Code)}>{one.Name}</option>"""))}</select></label><button>{words.Show}</button></form>
            <div class="headline"><h1>{words.Title} <small><bdi>{store.Name}</bdi></small></h1></div>
            {above}
            <section class="card"><p class="note">{words.Lead}</p>
            <form method="post" action="{Path}" class="stack">{Layout.FormToken(context)}<input type="hidden" name="store" value="{store.Code}"><input type="hidden" name="version" value="{StaffEntryRule.Version(rules)}">
            {shown.Select((rule, at) => Row(words, rule, string.Create(CultureInfo.InvariantCulture, $"{words.Rule} {at + 1}")))}{Row(words, null, words.NewRule)}
            <p class="note">{words.RemoveNote}</p><div class="acts"><button>{words.Save}</button></div></form></section>
            <p class="row"><a href="{Navigation.Address(PageLink.Traffic, store.Code, null)}">{words.ToTraffic}</a><a href="{DevicePages.Path}">{words.ToDevices}</a></p>
            """);
        return Layout.Page(context, language, words.Title, main, status);
    }

    private static Markup Row(StaffEntriesWording words, StaffEntryRequest? rule, string legend) => Markup.Of(
        $"""
        <fieldset class="checks"><legend>{legend}</legend>
        <label>{words.From}<input type="date" name="from" value="{Iso(rule?.ValidFrom)}"></label><label>{words.To}<input type="date" name="to" value="{Iso(rule?.ValidTo)}"></label>
        <label>{words.PerDay}<input name="per_day" inputmode="numeric" maxlength="6" value="{Whole(rule?.PerDay)}"></label>
        <label>{words.AtLeast}<input name="at_least" inputmode="numeric" maxlength="6" value="{Whole(rule?.AtLeast)}"></label>
        <label>{words.AtMost}<input name="at_most" inputmode="numeric" maxlength="6" value="{Whole(rule?.AtMost)}"></label></fieldset>
        """);

    // A row without a first day and without a number is none; what cannot be read becomes what the rules refuse.
    private static List<StaffEntryRequest> Rules(IFormCollection form)
    {
        var rules = new List<StaffEntryRequest>();
        for (var at = 0; at < form["from"].Count; at++)
        {
            string Text(string name) => at < form[name].Count ? (form[name][at] ?? "").Trim() : "";
            int Number(string name) => int.TryParse(Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
            DateOnly? Date(string name) => DateOnly.TryParseExact(Text(name), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : Text(name).Length > 0 ? default(DateOnly) : null;
            if (Text("from").Length > 0 || Text("per_day").Length > 0)
            {
                rules.Add(new StaffEntryRequest(Date("from") ?? default, Number("per_day"), Number("at_least"), Number("at_most"), Date("to")));
            }
        }

        return rules;
    }

    private static Markup Alert(string text) => Markup.Of($"""<p class="alert" role="alert">{text}</p>""");

    private static string Iso(DateOnly? date) => date is { Year: >= 1900 } known ? known.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : "";

    private static string Whole(int? number) => number is >= 0 and var known ? known.ToString(CultureInfo.InvariantCulture) : "";
}
