using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Similarity;

/// <summary><c>/v1/segments</c>, <c>/v1/store-profiles</c> and <c>/v1/features</c>: what stores are like, and how that divides them.</summary>
internal static class SimilarityEndpoints
{
    private const string AsOf = "The latest day that counts, YYYY-MM-DD: the answer is as of the last day up to it; default the last there is.";

    private static readonly (string, string)[] Example = [("as_of", "2026-11-14"), ("store", "S01")];

    public static void MapSimilarity(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/segments", SegmentsAsync).WithName("listSegments").WithTags("Similarity")
            .WithSummary("How the stores were divided into groups, why into so many, and what each group is like; stores you may not see are counted and not named.")
            .AsVersionedRead<SegmentsAnswer>(ofStore: false).WithParameterExamples(Example);
        routes.MapGet("/v1/store-profiles", ProfilesAsync).WithName("listStoreProfiles").WithTags("Similarity")
            .WithSummary("What stores are like over eight weeks: their features.").AsVersionedRead<ProfileList>().WithParameterExamples(Example);
        routes.MapGet("/v1/features", Features).WithName("listFeatures").WithTags("Similarity").WithSummary("What each feature of a store means, in Japanese and English.")
            .AsVersionedRead<FeatureList>(ofStore: false);
    }

    // The parameters are read strictly by QueryParameters; they stand here as well so that OpenAPI knows them.
    private static Task<IResult> SegmentsAsync(
        HttpContext context, SessionUser user, TenantScope scope, CancellationToken cancellationToken, [FromQuery(Name = "as_of"), Description(AsOf)] string? asOf = null) =>
        AskAsync(context, user, scope, new QueryParameters(context, "as_of"), async (read, stores, compared, token) =>
            TypedResults.Ok(SegmentsAnswer.Of(read.DataVersion, compared, compared is { } day ? await read.DivisionsAsync(day, stores, token) : [])), cancellationToken);

    private static Task<IResult> ProfilesAsync(
        HttpContext context, SessionUser user, TenantScope scope, CancellationToken cancellationToken,
        [FromQuery, Description("Store code; repeat for several. Omitted: every store you may see.")] string[]? store = null, [FromQuery(Name = "as_of"), Description(AsOf)] string? asOf = null)
    {
        var query = new QueryParameters(context, "store", "as_of");
        return AskAsync(context, user, scope, query, async (read, stores, compared, token) =>
        {
            var chosen = StoreReads.Select(stores, user, query.Many("store"), out var unknown) ?? [.. stores.Select(one => one.Code)];
            return unknown is not null ? ApiProblem.StoreUnknown(unknown)
                : TypedResults.Ok(new ProfileList(read.DataVersion, compared, compared is { } day ? [.. (await read.ProfilesAsync(chosen, day, token)).Select(ProfileView.Of)] : []));
        }, cancellationToken);
    }

    private static IResult Features(HttpContext context, SessionUser user) => new QueryParameters(context).Problem is { } problem ? problem
        : EntityTag.IsCurrent(context, user, "features") ? Results.StatusCode(StatusCodes.Status304NotModified) : TypedResults.Ok(FeatureList.All);

    /// <summary>Answers a question as of a day, for the stores the person may see.</summary>
    /// <param name="context">The request.</param>
    /// <param name="user">Who asks.</param>
    /// <param name="scope">The datamart.</param>
    /// <param name="query">The parameters; <c>as_of</c> is read here.</param>
    /// <param name="answer">Answers; the day is null where stores were not compared yet.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    internal static Task<IResult> AskAsync(
        HttpContext context, SessionUser user, TenantScope scope, QueryParameters query, Func<TenantRead, IReadOnlyList<Store>, DateOnly?, CancellationToken, Task<IResult>> answer,
        CancellationToken cancellationToken)
    {
        var until = query.Date("as_of");
        return query.Problem is { } problem ? Task.FromResult(problem) : scope.ReadAsync(user.Tenant, async (read, token) =>
        {
            // Names of stores change without a new data version.
            var stores = await read.StoresAsync(user, token);
            return EntityTag.IsCurrent(context, user, $"{read.DataVersion}/{string.Join('\n', stores)}") ? Results.StatusCode(StatusCodes.Status304NotModified)
                : await answer(read, stores, await read.ComparedAsOfAsync(until, token), token);
        }, cancellationToken);
    }
}
