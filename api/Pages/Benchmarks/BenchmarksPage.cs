using Microsoft.AspNetCore.Antiforgery;
using RetailInsight.Api.Access;
using RetailInsight.Api.Benchmarks;
using RetailInsight.Api.Idempotency;
using RetailInsight.Api.Pages.MonthTargets;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Targets;
using RetailInsight.Api.Tenancy;
using RetailInsight.Core.Benchmarks;

namespace RetailInsight.Api.Pages.Benchmarks;

/// <summary>The company beside others of its industry, and the form by which head office agrees to it or takes it back.</summary>
internal static class BenchmarksPage
{
    /// <summary>Its address.</summary>
    public const string Path = "/benchmarks";

    private const string Saved = "saved";

    public static void MapBenchmarksPage(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, GetAsync).RequireAuthorization().ExcludeFromDescription();
        routes.MapPost(Path, SetAsync).RequireAuthorization(Permissions.ShareBenchmarks).WithMetadata(new CountedCall()).ExcludeFromDescription();
    }

    private static Task<IResult> GetAsync(HttpContext context, SessionUser user, TenantScope scope, CancellationToken cancellationToken)
    {
        var query = new QueryParameters(context, "month", Saved, "lang");
        var month = MonthTargetEndpoints.Month(query.Text("month"));
        return query.Problem is not null || (month is null && query.Text("month") is not null)
            ? Task.FromResult(ErrorPage.Show(context, StatusCodes.Status400BadRequest))
            : ShowAsync(context, user, scope, month, query.Text(Saved) is null ? null : new TargetMessage(BenchmarksWording.Of(Language.Choose(context)).Saved, IsGood: true), cancellationToken);
    }

    private static Task<IResult> ShowAsync(HttpContext context, SessionUser user, TenantScope scope, DateOnly? month, TargetMessage? message, CancellationToken cancellationToken) =>
        scope.ReadAsync(user.Tenant, async (read, token) =>
        {
            var stores = await read.StoresAsync(user, token);
            var found = await read.BenchmarksAsync(month, [.. stores.Select(store => store.Code)], token);
            var view = new BenchmarksView(context, user, Language.Choose(context), stores, found, month ?? (found.Months is [var latest, ..] ? latest : default));
            return Layout.Page(context, Language.Choose(context), view.Title, view.Render(message), message?.Status ?? StatusCodes.Status200OK);
        }, cancellationToken);

    private static async Task<IResult> SetAsync(
        HttpContext context, SessionUser user, IAntiforgery antiforgery, BenchmarkRegister register, TenantScope scope, CancellationToken cancellationToken)
    {
        if (await PostedForm.ReadAsync(context, antiforgery, cancellationToken) is not { } form)
        {
            return ErrorPage.Show(context, StatusCodes.Status400BadRequest);
        }

        var industry = form["industry"].ToString();
        if (form["do"] == "agree" && (!Industry.Codes.Contains(industry) || form["understood"] != "on"))
        {
            return await ShowAsync(context, user, scope, null, new TargetMessage(BenchmarksWording.Of(Language.Choose(context)).NotAgreed), cancellationToken);
        }

        await register.SetAsync(context, user, form["do"] == "agree" ? industry : null, cancellationToken);
        return Results.LocalRedirect($"{Path}?{Saved}=1");
    }
}
