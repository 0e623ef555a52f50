using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Antiforgery;
using RetailInsight.Api.Charts;
using RetailInsight.Api.Idempotency;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Tenancy;
using RetailInsight.Dags.Engine.Approvals;
using RetailInsight.Dags.Engine.Assets;

namespace RetailInsight.Api.Pages.Operations;

/// <summary>What waits for somebody to say yes, with what would change by store; and what was answered lately.</summary>
internal static class ApprovalPage
{
    private const int MostAnswered = 30;
    private const int MostChanges = 60;

    public static Task<IResult> ShowAsync(HttpContext context, SessionUser user, ApprovalDesk desk, PartitionHistory history, TenantScope scope, CancellationToken cancellationToken) =>
        OperationsRequest.ShowAsync(context, user, ["done"], async (request, query, token) =>
        {
            var (words, done) = (ApprovalWording.Of(request.Common), query.Text("done"));
            return done is not (null or "approved" or "refused") ? null
                : await PageAsync(
                    request, desk, history, scope,
                    done is null ? Markup.Empty : Markup.Of($"""<p class="good-news" role="status">{(done == "approved" ? words.Approved : words.Refused)}</p>"""), StatusCodes.Status200OK, token);
        }, cancellationToken);

    /// <summary>Says yes or no.</summary>
    public static async Task<IResult> PostAsync(
        long approval, HttpContext context, SessionUser user, IAntiforgery antiforgery, ApprovalDesk desk, PartitionHistory history, TenantScope scope, CancellationToken cancellationToken)
    {
        var form = await PostedForm.ReadAsync(context, antiforgery, cancellationToken);
        if (!await desk.HasAsync(approval, user.Tenant, cancellationToken))
        {
            return ErrorPage.Show(context, StatusCodes.Status404NotFound);
        }

        if (form is null || form["do"].ToString() is not ("approve" or "refuse"))
        {
            return ErrorPage.Show(context, StatusCodes.Status400BadRequest);
        }

        var request = await OperationsRequest.ReadAsync(context, user, cancellationToken);
        var reason = PlanChoice.Reason(form["reason"]);
        if (reason.Length == 0)
        {
            return await PageAsync(request, desk, history, scope, OperationsRequest.Alert(RunWording.Of(request.Common).NeedsReason), StatusCodes.Status400BadRequest, cancellationToken);
        }

        var isYes = form["do"] == "approve";
        var address = $"{OperationsPages.PathOf(OperationsSection.Approvals)}?done={(isYes ? "approved" : "refused")}";
        return await FormEffect.OnceAsync(context, user, form, async effect =>
            await desk.AnswerAsync(approval, user.Tenant, isYes, user.Login, reason, effect.LeadingTo<string>(_ => address), cancellationToken) is null ? Results.LocalRedirect(address)
                : await PageAsync(request, desk, history, scope, OperationsRequest.Alert(ApprovalWording.Of(request.Common).Gone), StatusCodes.Status409Conflict, cancellationToken), cancellationToken);
    }

    private static async Task<IResult> PageAsync(
        OperationsRequest request, ApprovalDesk desk, PartitionHistory history, TenantScope scope, Markup notice, int status, CancellationToken cancellationToken)
    {
        var words = ApprovalWording.Of(request.Common);
        var open = await desk.OpenAsync(request.User.Tenant, cancellationToken);
        var answered = await desk.AnsweredAsync(request.User.Tenant, MostAnswered, cancellationToken);
        var lineage = await history.LineageAsync(cancellationToken);
        var stores = await scope.ReadAsync(request.User.Tenant, (read, token) => read.EveryStoreAsync(token), cancellationToken);
        var gate = await desk.GateAsync(request.User.Tenant, cancellationToken);
        var questions = open.Count == 0 ? Markup.Of($"""<section class="card"><p class="lead">{words.None}</p></section>""")
            : Markup.Of($"""<ol class="questions">{open.Select(one => Question(request, words, one, lineage, stores))}</ol>""");
        return request.Page(OperationsSection.Approvals, words.Title, Markup.Of(
            $"""
            {notice}<h1>{words.Title}</h1><p class="lead">{words.Lead}</p>
            <p class="note">{(gate is null ? words.GateNone : FigureText.Say(words.Gate, gate.TolerancePerMille, gate.OlderThanDays))}{(request.MayApprove ? "" : " " + words.OnlyApprovers)}</p>
            {questions}
            <section class="card"><h2>{words.Answered}</h2>{Answered(request, words, answered)}</section>
            """), status);
    }

    private static Markup Question(OperationsRequest request, ApprovalWording words, OpenApproval one, IReadOnlyList<AssetLineage> lineage, List<Store> stores)
    {
        var asset = lineage.FirstOrDefault(made => made.DagId == one.DagId && made.TaskId == one.TaskId);
        var concerned = asset is null ? one.TaskId : string.Join(", ", PartitionText.Behind(lineage, asset.Asset).Select(behind => behind.Asset).Prepend(asset.Asset));
        var form = !request.MayApprove ? Markup.Empty : Markup.Of(
            $"""
            <form method="post" action="{string.Create(CultureInfo.InvariantCulture, $"/ops/approvals/{one.ApprovalId}")}" class="act">{Layout.FormToken(request.Context)}{FormEffect.Key()}
            <label>{RunWording.Of(request.Common).Reason}<input name="reason" maxlength="{PlanChoice.LongestReason}" autocomplete="off" required></label>
            <button name="do" value="approve">{words.Yes}</button><button name="do" value="refuse" class="danger">{words.No}</button></form><p class="note">{words.After}</p>
            """);
        return Markup.Of(
            $"""
            <li class="card"><h2><bdi>{one.DagId}</bdi> {request.Partition(one.PartitionKey)} <small><bdi>{one.TaskId}</bdi> · <a href="{OperationsPages.RunAddress(one.RunId)}">{FigureText.Say(RunWording.Of(request.Common).Title, one.RunId)}</a> · {FigureText.Say(words.Asked, request.Moment(PartitionText.Utc(one.AskedAt)))}</small></h2>
            {Changes(request, words, one, asset, stores)}
            <p class="note">{FigureText.Say(words.Concerned, concerned)}</p>{form}</li>
            """);
    }

    // A question the engine puts in words alone stands as it is.
    private static Markup Changes(OperationsRequest request, ApprovalWording words, OpenApproval one, AssetLineage? asset, List<Store> stores)
    {
        var detail = JsonElement.Parse(one.Detail);
        if (detail.ValueKind != JsonValueKind.Array)
        {
            return Markup.Of($"""<p class="effect" lang="en"><bdi>{one.Question}</bdi></p>""");
        }

        var figures = new FigureText(request.Common, request.Company.Currency);
        var stands = detail.Deserialize<List<StoreChange>>(JsonSerializerOptions.Web)!;
        Func<decimal, string>[] say = [figures.Amount, FigureText.Count, FigureText.Count];
        var rows = stands.SelectMany(store => store.Figures().Select((pair, figure) => (store.Store, figure, pair.Was, pair.Is))).Where(row => row.Was != row.Is)
            .OrderByDescending(row => Share(row.Was, row.Is) is { } share ? Math.Abs(share) : decimal.MaxValue).ToList();
        var (was, now) = (stands.Sum(store => store.NetWas ?? 0) / 1_000_000m, stands.Sum(store => store.NetIs ?? 0) / 1_000_000m);
        var most = rows.Select(row => Math.Abs(Share(row.Was, row.Is) ?? 0)).DefaultIfEmpty(0).Max();
        string Said(decimal? value, int figure) => value is { } known ? say[figure](known) : request.Common.Undefined;
        Markup Row((string Store, int Figure, decimal? Was, decimal? Is) row)
        {
            var name = stores.FirstOrDefault(store => store.Code == row.Store)?.Name ?? row.Store;
            var share = Share(row.Was, row.Is);
            var difference = row is { Was: { } from, Is: { } to } ? $"{(to > from ? "+" : "")}{say[row.Figure](to - from)}" : request.Common.Undefined;
            var percent = share is { } part ? $" ({(part > 0 ? "+" : "")}{FigureText.Percent(part)})" : "";
            var link = asset is null || OperationsRequest.DayOf(one.PartitionKey) is not { } day ? Markup.Of($"{name}") : Markup.Of($"""<a href="{PartitionText.Address(asset.Asset, day, row.Store)}">{name}</a>""");
            return Markup.Of(
                $"""<tr><th scope="row"><bdi>{link}</bdi></th><td class="left">{words.Figures[row.Figure]}</td><td>{Said(row.Was, row.Figure)}</td><td>{Said(row.Is, row.Figure)}</td><td>{difference}{percent}</td><td>{ShiftBar.Draw(share, most, FigureText.Say(words.BarSaid, name, words.Figures[row.Figure], difference + percent))}</td></tr>""");
        }

        return Markup.Of(
            $"""
            <p class="effect">{FigureText.Say(words.Summary, FigureText.Count(stands.Count), figures.Amount(was), figures.Amount(now), figures.MoneyChange(now - was))}</p>
            <div class="scroll" tabindex="0" role="region" aria-label="{words.Difference}"><table class="list">
            <thead><tr><th scope="col">{words.Store}</th><th scope="col" class="left">{words.Figure}</th><th scope="col">{words.Was}</th><th scope="col">{words.Is}</th><th scope="col">{words.Difference}</th><th scope="col">{words.Bar}</th></tr></thead>
            <tbody>{rows.Take(MostChanges).Select(Row)}</tbody></table></div>{(rows.Count > MostChanges ? Markup.Of($"""<p class="note">{FigureText.Say(words.More, rows.Count - MostChanges)}</p>""") : Markup.Empty)}
            """);
    }

    private static decimal? Share(decimal? was, decimal? now) => was is { } from && now is { } to && from != 0 ? (to - from) / Math.Abs(from) : null;

    private static Markup Answered(OperationsRequest request, ApprovalWording words, IReadOnlyList<AnsweredApproval> answered) => answered.Count == 0
        ? Markup.Of($"""<p class="lead">{words.AnsweredNone}</p>""")
        : Markup.Of(
            $"""
            <div class="scroll" tabindex="0" role="region" aria-label="{words.Answered}"><table class="list">
            <thead><tr><th scope="col">{request.Words.At}</th><th scope="col" class="left">{words.Answer}</th><th scope="col" class="left">{request.Words.Actor}</th><th scope="col" class="left">{request.Words.Run}</th><th scope="col" class="left">{request.Words.Reason}</th></tr></thead>
            <tbody>{answered.Select(one => Markup.Of(
                $"""<tr><th scope="row">{request.Moment(PartitionText.Utc(one.AnsweredAt))}</th><td class="left">{words.Answers[one.IsApproved ? 0 : 1]}</td><td class="left"><bdi>{one.AnsweredBy}</bdi></td><td class="left"><a href="{OperationsPages.RunAddress(one.RunId)}">{one.RunId.ToString(CultureInfo.InvariantCulture)}</a> {one.DagId} {request.Partition(one.PartitionKey)}</td><td class="left text"><bdi>{one.Reason}</bdi></td></tr>"""))}</tbody></table></div>
            """);

    /// <summary>How a store's day would change, as the question holds it; amounts in 1/1,000,000 of the currency.</summary>
    private sealed record StoreChange(string Store, long? NetWas, long? NetIs, long? ReceiptsWas, long? ReceiptsIs, long? VisitorsWas, long? VisitorsIs)
    {
        public IEnumerable<(decimal? Was, decimal? Is)> Figures() => [(NetWas / 1_000_000m, NetIs / 1_000_000m), (ReceiptsWas, ReceiptsIs), (VisitorsWas, VisitorsIs)];
    }
}
