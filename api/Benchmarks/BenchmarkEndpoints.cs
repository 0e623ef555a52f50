using System.ComponentModel;
using RetailInsight.Api.Access;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Targets;
using RetailInsight.Api.Tenancy;
using RetailInsight.Core.Benchmarks;

namespace RetailInsight.Api.Benchmarks;

/// <summary><c>/v1/benchmarks</c> and <c>/v1/benchmark-consent</c>: the company beside others of its industry, if it shares itself.</summary>
internal static class BenchmarkEndpoints
{
    public static void MapBenchmarks(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/benchmarks", ListAsync).WithName("getBenchmarks").WithTags("Benchmarks")
            .WithSummary("What the companies of the industry came to in a month that is over, as quartiles of their stores, and where the own stores stand.")
            .AsVersionedRead<BenchmarkAnswer>(ofStore: false).WithParameterExamples(("month", "2026-10"));
        routes.MapGet("/v1/benchmark-consent", GetConsentAsync).WithName("getBenchmarkConsent").WithTags("Benchmarks")
            .WithSummary("Whether the company compares itself with others.").AsVersionedRead<BenchmarkConsentView>(ofStore: false);
        routes.MapPut("/v1/benchmark-consent", SetConsentAsync).WithName("setBenchmarkConsent").WithTags("Benchmarks")
            .WithSummary("Share from next month on, or stop from the next publication on. Who shares reads, who does not does not.")
            .RequireAuthorization(Permissions.ShareBenchmarks).Produces<BenchmarkConsentView>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403)
            .ProducesProblem(413).ProducesProblem(415).ProducesProblem(500).WithMetadata(new CountedCall())
            .WithBodyExample("""{"state":"sharing","industry":"food"}""");
    }

    private static Task<IResult> ListAsync(
        HttpContext context, SessionUser user, TenantScope scope, CancellationToken cancellationToken, [Description("YYYY-MM; default the latest there is.")] string? month = null)
    {
        var query = new QueryParameters(context, nameof(month));
        var asked = query.Text(nameof(month));
        var first = asked is null ? null : MonthTargetEndpoints.Month(asked);
        if (asked is not null && first is null)
        {
            query.Fault(nameof(month), "is a month such as 2026-10.");
        }

        return query.Problem is { } problem ? Task.FromResult(problem)
            : scope.ReadAsync(user.Tenant, async (read, token) => EntityTag.IsCurrent(context, user, $"{read.DataVersion}") ? Results.StatusCode(StatusCodes.Status304NotModified)
                : TypedResults.Ok(BenchmarkAnswer.Of(
                    read.DataVersion, await read.BenchmarksAsync(first, [.. (await read.StoresAsync(user, token)).Select(store => store.Code)], token))), cancellationToken);
    }

    private static Task<IResult> GetConsentAsync(HttpContext context, SessionUser user, TenantScope scope, CancellationToken cancellationToken) =>
        new QueryParameters(context).Problem is { } problem ? Task.FromResult(problem)
            : scope.ReadAsync(user.Tenant, async (read, token) => EntityTag.IsCurrent(context, user, $"{read.DataVersion}") ? Results.StatusCode(StatusCodes.Status304NotModified)
                : TypedResults.Ok(BenchmarkConsentView.Of((await read.ConsentsAsync(token)).FirstOrDefault())), cancellationToken);

    private static async Task<IResult> SetConsentAsync(
        BenchmarkConsentRequest body, HttpContext context, SessionUser user, BenchmarkRegister register, TenantScope scope, CancellationToken cancellationToken)
    {
        if (new QueryParameters(context).Problem is { } problem)
        {
            return problem;
        }

        if (FaultOf(body) is { } fault)
        {
            return ApiProblem.Parameters([fault]);
        }

        await register.SetAsync(context, user, body.State == "sharing" ? body.Industry : null, cancellationToken);
        return await scope.ReadAsync(
            user.Tenant, async (read, token) => (IResult)TypedResults.Ok(BenchmarkConsentView.Of((await read.ConsentsAsync(token)).FirstOrDefault())), cancellationToken);
    }

    private static ParameterFault? FaultOf(BenchmarkConsentRequest body) => body switch
    {
        { State: not ("sharing" or "not_sharing") } => new("state", "is sharing or not_sharing."),
        { State: "sharing", Industry: null } => new("industry", $"is missing: one of {string.Join(", ", Industry.Codes)}."),
        { State: "not_sharing", Industry: not null } => new("industry", "belongs to sharing alone: leave it out."),
        { Industry: { } industry } when !Industry.Codes.Contains(industry) => new("industry", $"is one of {string.Join(", ", Industry.Codes)}."),
        _ => null,
    };
}
