using System.Globalization;
using Microsoft.AspNetCore.Antiforgery;
using RetailInsight.Api.Idempotency;
using RetailInsight.Api.Sessions;
using RetailInsight.Dags.Operations;

namespace RetailInsight.Api.Pages.Operations;

/// <summary>The models: which is used and which is tried, how they did, what was decided and why, and the way back to the champion before.</summary>
internal static class ModelsPage
{
    private const string RolledBack = "rolled_back";

    public static Task<IResult> ShowAsync(HttpContext context, SessionUser user, ModelDesk desk, CancellationToken cancellationToken) =>
        OperationsRequest.ShowAsync(context, user, ["done"], async (request, query, token) =>
        {
            var done = query.Text("done");
            var notice = done is null ? Markup.Empty : Markup.Of($"""<p class="good-news" role="status">{ModelsWording.Of(request.Common).RolledBack}</p>""");
            return done is not (null or RolledBack) ? null : await PageAsync(request, desk, notice, StatusCodes.Status200OK, token);
        }, cancellationToken);

    /// <summary>Makes the champion before this one champion again.</summary>
    public static async Task<IResult> PostAsync(string model, HttpContext context, SessionUser user, IAntiforgery antiforgery, ModelDesk desk, CancellationToken cancellationToken)
    {
        var form = await PostedForm.ReadAsync(context, antiforgery, cancellationToken);
        if (!await desk.HasAsync(user.Tenant, model, cancellationToken))
        {
            return ErrorPage.Show(context, StatusCodes.Status404NotFound);
        }

        if (form is null || !long.TryParse(form["version"], NumberStyles.None, CultureInfo.InvariantCulture, out var seen))
        {
            return ErrorPage.Show(context, StatusCodes.Status400BadRequest);
        }

        var request = await OperationsRequest.ReadAsync(context, user, cancellationToken);
        var reason = PlanChoice.Reason(form["reason"]);
        if (reason.Length == 0)
        {
            return await PageAsync(request, desk, OperationsRequest.Alert(RunWording.Of(request.Common).NeedsReason), StatusCodes.Status400BadRequest, cancellationToken);
        }

        var words = ModelsWording.Of(request.Common);
        var address = $"{OperationsPages.PathOf(OperationsSection.Models)}?done={RolledBack}";
        return await FormEffect.OnceAsync(context, user, form, async effect =>
        {
            var refusal = await desk.RollBackAsync(user.Tenant, model, seen, user.Login, reason, effect.LeadingTo<AliasView>(_ => address), cancellationToken);
            return refusal is not var (_, isOutdated) ? Results.LocalRedirect(address)
                : await PageAsync(request, desk, OperationsRequest.Alert(isOutdated ? words.Outdated : words.NoWayBack), StatusCodes.Status409Conflict, cancellationToken);
        }, cancellationToken);
    }

    private static async Task<IResult> PageAsync(OperationsRequest request, ModelDesk desk, Markup notice, int status, CancellationToken cancellationToken)
    {
        var words = ModelsWording.Of(request.Common);
        var models = await desk.ListAsync(request.User.Tenant, cancellationToken);
        return request.Page(OperationsSection.Models, words.Title, Markup.Of(
            $"""
            {notice}<h1>{words.Title}</h1><p class="lead">{words.Lead}</p>
            <p><a class="next" href="{ModelDriftPage.Address}">{ModelWatchWording.Of(request.Common).DriftTitle}</a> <a class="next" href="{ModelReviewPage.Address}">{ModelWatchWording.Of(request.Common).ReviewTitle}</a></p>
            {(models.Count == 0 ? Markup.Of($"""<section class="card"><p class="lead">{words.None}</p></section>""") : Markup.Join(models.Select(one => new ModelsView(request, one).Render())))}
            """), status);
    }
}
