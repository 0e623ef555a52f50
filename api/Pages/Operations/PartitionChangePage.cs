using Microsoft.AspNetCore.Antiforgery;
using RetailInsight.Api.Idempotency;
using RetailInsight.Api.Sessions;
using RetailInsight.Dags.Engine.Assets;

namespace RetailInsight.Api.Pages.Operations;

/// <summary>Brings an earlier version back, or releases what is held: says first what that does, and asks why.</summary>
internal static class PartitionChangePage
{
    public static Task<IResult> ShowRestoreAsync(
        string asset, string date, HttpContext context, SessionUser user, PartitionHistory history, PartitionRestore restore, CancellationToken cancellationToken) =>
        OperationsRequest.ShowAsync(context, user, ["store", "version"], async (request, query, token) =>
            query.Whole("version") is not { } version ? null
            : restore.Keeps(asset) && await PartitionPage.FindAsync(history, user, asset, date, query.Text("store") ?? "", token) is { } found && VersionOf(found, version) is not null
                ? await ShowRestoreAsync(request, history, found, version, null, StatusCodes.Status200OK, token)
                : ErrorPage.Show(context, StatusCodes.Status404NotFound), cancellationToken);

    public static async Task<IResult> RestoreAsync(
        string asset, string date, HttpContext context, SessionUser user, IAntiforgery antiforgery, PartitionHistory history, PartitionRestore restore, CancellationToken cancellationToken)
    {
        var form = await PostedForm.ReadAsync(context, antiforgery, cancellationToken);
        if (form is null || !long.TryParse(form["version"], out var version) || !long.TryParse(form["stands"], out var stands))
        {
            return ErrorPage.Show(context, StatusCodes.Status400BadRequest);
        }

        if (!restore.Keeps(asset) || await PartitionPage.FindAsync(history, user, asset, date, form["store"].ToString(), cancellationToken) is not { } found || VersionOf(found, version) is null)
        {
            return ErrorPage.Show(context, StatusCodes.Status404NotFound);
        }

        var request = await OperationsRequest.ReadAsync(context, user, cancellationToken);
        var (words, reason) = (PartitionWording.Of(request.Common), PlanChoice.Reason(form["reason"]));
        if (reason.Length == 0)
        {
            return await ShowRestoreAsync(request, history, found, version, RunWording.Of(request.Common).NeedsReason, StatusCodes.Status400BadRequest, cancellationToken);
        }

        var address = Done(found, "restored");
        return await FormEffect.OnceAsync(context, user, form, async effect =>
        {
            // What was compared must be what stands.
            var result = await restore.RestoreAsync(found.Partition, version, stands, user.Login, reason, effect.LeadingTo<RestoreResult>(_ => address), cancellationToken);
            return result.Version is not null ? Results.LocalRedirect(address)
                : await ShowRestoreAsync(request, history, found, version, words.RefusedBy(result.Refusal), StatusCodes.Status409Conflict, cancellationToken);
        }, cancellationToken);
    }

    public static Task<IResult> ShowReleaseAsync(string asset, string date, HttpContext context, SessionUser user, PartitionHistory history, CancellationToken cancellationToken) =>
        OperationsRequest.ShowAsync(context, user, ["store"], async (request, query, token) =>
            await PartitionPage.FindAsync(history, user, asset, date, query.Text("store") ?? "", token) is { State.PinnedBy: not null } found
                ? await ShowReleaseAsync(request, history, found, null, StatusCodes.Status200OK, token) : ErrorPage.Show(context, StatusCodes.Status404NotFound), cancellationToken);

    public static async Task<IResult> ReleaseAsync(
        string asset, string date, HttpContext context, SessionUser user, IAntiforgery antiforgery, PartitionHistory history, PartitionRestore restore, CancellationToken cancellationToken)
    {
        if (await PostedForm.ReadAsync(context, antiforgery, cancellationToken) is not { } form)
        {
            return ErrorPage.Show(context, StatusCodes.Status400BadRequest);
        }

        if (await PartitionPage.FindAsync(history, user, asset, date, form["store"].ToString(), cancellationToken) is not { } found)
        {
            return ErrorPage.Show(context, StatusCodes.Status404NotFound);
        }

        var request = await OperationsRequest.ReadAsync(context, user, cancellationToken);
        var reason = PlanChoice.Reason(form["reason"]);
        if (reason.Length == 0)
        {
            return await ShowReleaseAsync(request, history, found, RunWording.Of(request.Common).NeedsReason, StatusCodes.Status400BadRequest, cancellationToken);
        }

        var address = Done(found, "released");
        return await FormEffect.OnceAsync(context, user, form, async effect =>
        {
            var result = await restore.ReleaseAsync(found.Partition, user.Login, reason, effect.LeadingTo<RestoreResult>(_ => address), cancellationToken);
            return result.Version is not null ? Results.LocalRedirect(address)
                : await ShowReleaseAsync(request, history, found, PartitionWording.Of(request.Common).RefusedBy(result.Refusal), StatusCodes.Status409Conflict, cancellationToken);
        }, cancellationToken);
    }

    private static async Task<IResult> ShowRestoreAsync(
        OperationsRequest request, PartitionHistory history, FoundPartition found, long version, string? fault, int status, CancellationToken cancellationToken)
    {
        var words = PartitionWording.Of(request.Common);
        var isOpen = status != StatusCodes.Status409Conflict && version != found.State.Version;
        var (now, then) = (PartitionFigures.Read(found.State.Kpi), PartitionFigures.Read(VersionOf(found, version)!.Kpi));
        var figures = new FigureText(request.Common, request.Company.Currency);
        (string Name, decimal? Now, decimal? Then, Func<decimal, string> Said)[] rows =
            [(words.Net, now.Net, then.Net, figures.Amount), (words.Receipts, now.Receipts, then.Receipts, FigureText.Count), (words.Visitors, now.Visitors, then.Visitors, FigureText.Count)];
        string Said(decimal? value, Func<decimal, string> say) => value is { } known ? say(known) : request.Common.Undefined;
        string Change(decimal? from, decimal? to, Func<decimal, string> say) => from is { } a && to is { } b ? (b > a ? "+" : "") + say(b - a) : request.Common.Undefined;
        var compared = now.IsEmpty && then.IsEmpty ? Markup.Empty : Markup.Of(
            $"""
            <div class="scroll" tabindex="0" role="region" aria-label="{words.Difference}"><table class="list"><thead><tr><th scope="col">{words.Figure}</th><th scope="col">{words.Now}</th><th scope="col">{words.Then}</th><th scope="col">{words.Difference}</th></tr></thead>
            <tbody>{rows.Select(row => Markup.Of($"""<tr><th scope="row">{row.Name}</th><td>{Said(row.Now, row.Said)}</td><td>{Said(row.Then, row.Said)}</td><td>{Change(row.Now, row.Then, row.Said)}</td></tr>"""))}</tbody></table></div>
            """);
        var behind = await BehindAsync(words, history, found, cancellationToken);
        var effect = Markup.Of($"""<p class="effect">{FigureText.Say(words.RestoreEffect, version, found.State.Version)}</p>{compared}<p class="note">{words.RestoreHolds}</p>{behind}""");
        return Show(request, found, "restore", words.RestoreTitle, words.RestoreButton, effect, fault, isOpen, Markup.Of(
            $"""<input type="hidden" name="version" value="{Text(version)}"><input type="hidden" name="stands" value="{Text(found.State.Version)}">"""), status);
    }

    private static async Task<IResult> ShowReleaseAsync(OperationsRequest request, PartitionHistory history, FoundPartition found, string? fault, int status, CancellationToken cancellationToken)
    {
        var words = PartitionWording.Of(request.Common);
        var behind = await BehindAsync(words, history, found, cancellationToken);
        var effect = Markup.Of($"""<p class="effect">{FigureText.Say(words.ReleaseEffect, found.State.PinnedBy)}</p>{behind}""");
        return Show(request, found, "release", words.ReleaseTitle, words.Release, effect, fault, status != StatusCodes.Status409Conflict, Markup.Empty, status);
    }

    private static async Task<Markup> BehindAsync(PartitionWording words, PartitionHistory history, FoundPartition found, CancellationToken cancellationToken)
    {
        var behind = PartitionText.Behind(await history.LineageAsync(cancellationToken), found.Partition.Asset);
        return behind.Count == 0 ? Markup.Empty : Markup.Of($"""<p class="note">{FigureText.Say(words.RestoreBehind, string.Join(", ", behind.Select(one => PartitionText.NameOf(one.Asset, words))))}</p>""");
    }

    private static IResult Show(OperationsRequest request, FoundPartition found, string what, string title, string button, Markup effect, string? fault, bool isOpen, Markup hidden, int status)
    {
        var (words, partition) = (PartitionWording.Of(request.Common), found.Partition);
        var form = !isOpen ? Markup.Empty : Markup.Of(
            $"""
            <form method="post" action="{PartitionText.Address(partition.Asset, partition.BusinessDate, "", what)}" class="act">{Layout.FormToken(request.Context)}{FormEffect.Key()}
            <input type="hidden" name="store" value="{partition.Store}">{hidden}
            <label>{RunWording.Of(request.Common).Reason}<input name="reason" maxlength="{PlanChoice.LongestReason}" autocomplete="off" required></label><button>{button}</button></form>
            """);
        return request.Page(null, title, Markup.Of(
            $"""
            <div class="medium"><h1>{title}</h1>{OperationsRequest.Alert(fault)}
            <section class="card"><p class="lead"><bdi>{PartitionText.NameOf(partition.Asset, words)}</bdi> {request.Day(partition.BusinessDate)} <bdi>{(partition.Store.Length == 0 ? words.WholeDay : partition.Store)}</bdi></p>{effect}{form}</section>
            <p><a class="next" href="{PartitionText.Address(partition.Asset, partition.BusinessDate, partition.Store)}">{words.Back}</a></p></div>
            """), status);
    }

    private static PartitionVersion? VersionOf(FoundPartition found, long version) => found.Versions.FirstOrDefault(one => one.Version == version);

    private static string Done(FoundPartition found, string what) =>
        $"{PartitionText.Address(found.Partition.Asset, found.Partition.BusinessDate, found.Partition.Store)}{(found.Partition.Store.Length == 0 ? "?" : "&")}done={what}";

    private static string Text(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
