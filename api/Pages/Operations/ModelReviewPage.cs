using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Antiforgery;
using RetailInsight.Api.Idempotency;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Tenancy;
using RetailInsight.Dags.Operations;

namespace RetailInsight.Api.Pages.Operations;

/// <summary>What models were unsure of, one below the other, and what it was; and what was said lately.</summary>
internal static class ModelReviewPage
{
    /// <summary>Where it lies.</summary>
    public const string Address = "/ops/models/review";

    private const int MostOpen = 100;
    private const int MostDecided = 30;

    public static Task<IResult> ShowAsync(HttpContext context, SessionUser user, ReviewDesk desk, TenantScope scope, CancellationToken cancellationToken) =>
        OperationsRequest.ShowAsync(context, user, ["reason", "done"], async (request, query, token) =>
        {
            var (reason, done) = (query.Text("reason"), query.Text("done"));
            return (reason is not null && !ReviewDesk.Reasons.Contains(reason)) || (done is not null && done != "decided") ? null
                : await PageAsync(
                    request, desk, scope, reason, done is null ? Markup.Empty : Markup.Of($"""<p class="good-news" role="status">{ModelWatchWording.Of(request.Common).Decided}</p>"""),
                    StatusCodes.Status200OK, token);
        }, cancellationToken);

    /// <summary>Says what a case was.</summary>
    public static async Task<IResult> PostAsync(
        long reviewCase, HttpContext context, SessionUser user, IAntiforgery antiforgery, ReviewDesk desk, TenantScope scope, CancellationToken cancellationToken)
    {
        var form = await PostedForm.ReadAsync(context, antiforgery, cancellationToken);
        if (await desk.FindAsync(user.Tenant, reviewCase, cancellationToken) is null)
        {
            return ErrorPage.Show(context, StatusCodes.Status404NotFound);
        }

        if (form is null)
        {
            return ErrorPage.Show(context, StatusCodes.Status400BadRequest);
        }

        var request = await OperationsRequest.ReadAsync(context, user, cancellationToken);
        var words = ModelWatchWording.Of(request.Common);
        var label = form["label"].ToString();
        if (!ReviewDesk.Labels.Contains(label))
        {
            return await PageAsync(request, desk, scope, null, OperationsRequest.Alert(words.NeedsLabel), StatusCodes.Status400BadRequest, cancellationToken);
        }

        const string Done = Address + "?done=decided";
        return await FormEffect.OnceAsync(context, user, form, async effect =>
            await desk.DecideAsync(user.Tenant, reviewCase, label, PlanChoice.Reason(form["note"]), user.Login, effect.LeadingTo<ReviewCase>(_ => Done), cancellationToken) ? Results.LocalRedirect(Done)
                : await PageAsync(request, desk, scope, null, OperationsRequest.Alert(words.Gone), StatusCodes.Status409Conflict, cancellationToken), cancellationToken);
    }

    private static async Task<IResult> PageAsync(OperationsRequest request, ReviewDesk desk, TenantScope scope, string? reason, Markup notice, int status, CancellationToken cancellationToken)
    {
        var words = ModelWatchWording.Of(request.Common);
        var open = await desk.ListAsync(request.User.Tenant, "open", reason, MostOpen, cancellationToken);
        var decided = await desk.ListAsync(request.User.Tenant, "decided", reason, MostDecided, cancellationToken);
        var stores = (await scope.ReadAsync(request.User.Tenant, (read, token) => read.EveryStoreAsync(token), cancellationToken)).ToDictionary(store => store.Code, store => store.Name);
        var cases = open.Count == 0 ? Markup.Of($"""<section class="card"><p class="lead">{words.ReviewNone}</p></section>""")
            : Markup.Of($"""<ol class="questions">{open.Select(one => Case(request, words, one, stores))}</ol>""");
        return request.Page(null, words.ReviewTitle, Markup.Of(
            $"""
            {notice}<h1>{words.ReviewTitle}</h1><p class="lead">{words.ReviewLead}</p><p><a class="next" href="{ModelDriftPage.Address}">{words.DriftTitle}</a></p>
            <form method="get" action="{Address}" class="choice" role="search">
            <label>{words.Reason}<select name="reason">{OperationsRequest.Option("", words.AllReasons, reason is null)}{ReviewDesk.Reasons.Select(one => OperationsRequest.Option(one, words.CaseReasons[one], one == reason))}</select></label>
            <button>{request.Common.Show}</button></form>
            {cases}
            <section class="card"><h2>{words.DecidedLately}</h2>{Decided(request, words, decided, stores)}</section>
            """), status);
    }

    private static Markup Case(OperationsRequest request, ModelWatchWording words, ReviewCase one, Dictionary<string, string> stores)
    {
        var form = !request.MayOperate ? Markup.Empty : Markup.Of(
            $"""
            <form method="post" action="{string.Create(CultureInfo.InvariantCulture, $"{Address}/{one.CaseId}")}" class="act">{Layout.FormToken(request.Context)}{FormEffect.Key()}
            <fieldset class="labels"><legend>{words.WhatWasIt}</legend>{ReviewDesk.Labels.Select(label => Markup.Of(
                $"""<label><input type="radio" name="label" value="{label}" required> {words.Labels[label]}</label>"""))}</fieldset>
            <label>{words.Note}<input name="note" maxlength="{PlanChoice.LongestReason}" autocomplete="off"></label><button>{words.Decide}</button></form>
            """);
        return Markup.Of(
            $"""
            <li class="card" id="{string.Create(CultureInfo.InvariantCulture, $"case-{one.CaseId}")}"><h2><bdi>{stores.GetValueOrDefault(one.Store, one.Store)}</bdi> {words.Subjects[one.Subject]} <small>{request.Day(one.BusinessDate)} · {words.CaseReasons[one.Reason]} · {FigureText.Say(words.Until, request.Day(one.ExpiresOn))}{(one.Chance < 1 ? " · " + FigureText.Say(words.Drawn, FigureText.Percent((decimal)one.Chance)) : "")}</small></h2>
            <p class="effect">{Detail(request, words, one)}</p>{form}</li>
            """);
    }

    // What the forecast said and what came, or which groups a store is between.
    private static string Detail(OperationsRequest request, ModelWatchWording words, ReviewCase one)
    {
        decimal? Number(string name) => one.Detail.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDecimal() : null;
        var figures = new FigureText(request.Common, one.Detail.TryGetProperty("unit", out var unit) && unit.GetString() is { Length: 3 } currency ? currency : request.Company.Currency);
        string Amount(string name) => Number(name) is { } amount ? one.Subject == "visitors" ? FigureText.Count(decimal.Round(amount, MidpointRounding.AwayFromZero)) : figures.Amount(amount) : request.Common.Undefined;
        string Plain(string name, int decimals) => Number(name) is { } number ? FigureText.Number(number, decimals) : request.Common.Undefined;
        return one.Reason switch
        {
            "missed_range" => FigureText.Say(words.MissedDetail, Amount("actual"), Amount("expected"), Amount("low"), Amount("high")),
            "group_change" => FigureText.Say(words.GroupDetail, Plain("earlier", 0), Plain("group", 0), Plain("candidate", 0)),
            "far_from_group" => FigureText.Say(words.FarDetail, Plain("group", 0), Plain("distance", 2), Plain("usual", 2)),
            "fallback" => FigureText.Say(words.FallbackDetail, Amount("expected"), words.Whys.GetValueOrDefault(one.Detail.GetProperty("why").GetString() ?? "", request.Common.Undefined)),
            "outside_training" => FigureText.Say(
                words.UnseenDetail, Amount("expected"), string.Join(request.Common.Language == "ja" ? "、" : ", ", one.Detail.GetProperty("unseen").EnumerateArray().Select(what => words.Unseen.GetValueOrDefault(what.GetString()!, what.GetString()!)))),
            _ => FigureText.Say(words.RangeDetail, Amount("expected"), Amount("low"), Amount("high")),
        };
    }

    private static Markup Decided(OperationsRequest request, ModelWatchWording words, IReadOnlyList<ReviewCase> decided, Dictionary<string, string> stores) => decided.Count == 0
        ? Markup.Of($"""<p class="lead">{words.DecidedNone}</p>""")
        : Markup.Of(
            $"""
            <div class="scroll" tabindex="0" role="region" aria-label="{words.DecidedLately}"><table class="list">
            <thead><tr><th scope="col">{request.Words.At}</th><th scope="col" class="left">{request.Common.Store}</th><th scope="col" class="left">{words.Reason}</th><th scope="col" class="left">{words.WhatWasIt}</th><th scope="col" class="left">{request.Words.Actor}</th><th scope="col" class="left">{words.Note}</th></tr></thead>
            <tbody>{decided.Select(one => Markup.Of(
                $"""<tr><th scope="row">{request.Moment(one.DecidedAt)}</th><td class="left"><bdi>{stores.GetValueOrDefault(one.Store, one.Store)}</bdi> {words.Subjects[one.Subject]} {request.Day(one.BusinessDate)}</td><td class="left">{words.CaseReasons[one.Reason]}</td><td class="left">{words.Labels[one.Label!]}</td><td class="left"><bdi>{one.DecidedBy}</bdi></td><td class="left text"><bdi>{one.Note}</bdi></td></tr>"""))}</tbody></table></div>
            """);
}
