using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;
using RetailInsight.Api.Exports;
using RetailInsight.Api.Growth;
using RetailInsight.Api.Metrics;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Similarity;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Targets;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Peers;

/// <summary><c>/v1/peers</c>: what the page of peers shows, over any days: a store's rank and its distance to the middle, and the stores of its group one may see.</summary>
internal static class PeerEndpoints
{
    private const string Store = "Store code.";
    private const string From = "First business date, YYYY-MM-DD.";
    private const string To = "Last business date, YYYY-MM-DD, at most 400 days in all: the group is that of the last day that counts. Of a period that still runs the whole days that have figures count.";
    private const string Format = "json or csv; default what Accept asks for, else json.";
    private const string Encoding = "utf-8 or cp932: the characters of a CSV file.";

    private static readonly (string, string)[] Example = [("store", "S01"), ("from", "2026-10-18"), ("to", "2026-11-14"), ("format", "json")];

    public static void MapPeers(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1/peers").WithTags("Peers");
        group.MapGet("", StandingsAsync).WithName("getPeers")
            .WithSummary($"Where a store stands among the stores that resemble it, by figure; empty where its group has fewer than {TargetReads.SmallestGroup} stores.")
            .AsVersionedRead<PeerAnswer>().ProducesProblem(422).WithFiles(parquet: false).WithParameterExamples(Example);
        group.MapGet("/stores", StoresAsync).WithName("listPeerStores").WithSummary("The figures of those stores of the group that you may see, best sales a day first.")
            .AsVersionedRead<PeerStores>().ProducesProblem(422).WithFiles(parquet: false).WithParameterExamples(Example);
        group.MapGet("/nearest", NearestAsync).WithName("listNearestPeers").WithSummary("The ten stores nearest to a store by what they are, with the reasons; those you may not see are not named.")
            .AsVersionedRead<NearestPeers>().WithParameterExamples(("store", "S01"), ("as_of", "2026-11-14"));
    }

    // The parameters are read strictly by QueryParameters; they stand here as well so that OpenAPI knows them.
    private static Task<IResult> StandingsAsync(
        HttpContext context, SessionUser user, TenantScope scope, FigureAnswers answers, CancellationToken cancellationToken,
        [Description(Store)] string? store = null, [Description(From)] string? from = null, [Description(To)] string? to = null,
        [Description(Format)] string? format = null, [Description(Encoding)] string? encoding = null) =>
        AskAsync(context, user, scope, answers, "peers", group => group.Standings.Select(standing => PeerStandingView.From(standing, group.Currency)), PeerStandingView.Columns, PeerAnswer.Of, cancellationToken);

    private static Task<IResult> StoresAsync(
        HttpContext context, SessionUser user, TenantScope scope, FigureAnswers answers, CancellationToken cancellationToken,
        [Description(Store)] string? store = null, [Description(From)] string? from = null, [Description(To)] string? to = null,
        [Description(Format)] string? format = null, [Description(Encoding)] string? encoding = null) =>
        AskAsync(context, user, scope, answers, "peer-stores", group => group.Named.Select(PeerStoreView.Of), PeerStoreView.Columns, PeerStores.Of, cancellationToken);

    private static Task<IResult> NearestAsync(
        HttpContext context, SessionUser user, TenantScope scope, CancellationToken cancellationToken, [Description(Store)] string? store = null,
        [FromQuery(Name = "as_of"), Description("The latest day that counts, YYYY-MM-DD; default the last there is.")] string? asOf = null)
    {
        var query = new QueryParameters(context, "store", "as_of");
        var code = query.Required("store");
        return SimilarityEndpoints.AskAsync(context, user, scope, query, async (read, stores, compared, token) => !stores.Any(one => one.Code == code) ? ApiProblem.StoreUnknown(code)
            : TypedResults.Ok(new NearestPeers(
                read.DataVersion, code, compared, compared is { } day ? [.. (await read.NearestAsync(code, day, stores, token)).Select(NearestPeer.Of)] : [])), cancellationToken);
    }

    private static Task<IResult> AskAsync<TRow, TAnswer>(
        HttpContext context, SessionUser user, TenantScope scope, FigureAnswers answers, string name, Func<PeerGroup, IEnumerable<TRow>> rows, IReadOnlyList<CsvColumn<TRow>> columns,
        Func<ComparedDays, PeerGroup, IReadOnlyList<TRow>, DataState, TAnswer> answer, CancellationToken cancellationToken)
    {
        var query = new QueryParameters(context, ["store", "from", "to", .. FigureAnswers.Form]);
        var (form, code) = (AnswerForm.Read(context, query, parquet: false), query.Required("store"));
        return ComparedDays.AskAsync(context, user, scope, query, Comparison.PreviousPeriod, answers.Surroundings(form), async (asked, token) =>
        {
            var group = asked.Last is null ? PeerGroup.None(asked.Currency)
                : await PeerGroup.ReadAsync(asked.Read, code, await asked.Read.StoresAsync(user, token), asked.Span, asked.Currency, token);
            var found = rows(group).ToList();
            return form!.IsFile
                ? await answers.FileAsync(
                    context, user, form, $"{name}-{asked.Span.From:yyyyMMdd}-{asked.Span.To:yyyyMMdd}", new { asked.Period.From, asked.Period.To, Store = code }, asked.Read.DataVersion, found,
                    [.. columns, new CsvColumn<TRow>("currency", _ => group.Currency), new("from", _ => $"{asked.Span.From:yyyy-MM-dd}"), new("to", _ => $"{asked.Span.To:yyyy-MM-dd}")], token)
                : TypedResults.Ok(answer(asked, group, found, await answers.StateAsync(asked.Read, asked.Stores, asked.Span, token)));
        }, cancellationToken);
    }
}
