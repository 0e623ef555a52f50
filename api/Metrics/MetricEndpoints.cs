using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Metrics;

/// <summary><c>/v1/metrics</c>: what the numbers mean, and questions about them.</summary>
internal static class MetricEndpoints
{
    public static void MapMetrics(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1/metrics").WithTags("Metrics");
        group.MapGet("", List).WithName("listMetrics")
            .WithSummary("The catalogue: every metric's definition card, in the language of Accept-Language.")
            .RequireAuthorization().Produces<MetricList>().Produces(304).ProducesProblem(400).ProducesProblem(401).ProducesProblem(500);
        group.MapGet("/{id}", Find).WithName("getMetric").WithSummary("One definition card.")
            .RequireAuthorization().Produces<MetricCard>().Produces(304).ProducesProblem(400).ProducesProblem(401).ProducesProblem(404).ProducesProblem(500);
        group.MapGet("/query", GetAsync).WithName("queryMetricsByAddress")
            .WithSummary("A question as an address: every answer can be linked to and kept until new data is published.")
            .AsQuery().Produces(304).WithParameterExamples(
                ("metrics", "net_sales,conversion"), ("from", "2026-11-01"), ("to", "2026-11-14"), ("dimensions", "store,business_date"), ("grain", "week"),
                ("compare", "last_year_weekday"), ("order", "-net_sales"));
        group.MapPost("/query", PostAsync).WithName("queryMetrics").WithSummary("A question as JSON; the same answer as by address.")
            .AsQuery().ProducesProblem(413).ProducesProblem(415).WithBodyExample(
                """{"metrics":["net_sales","conversion"],"dimensions":["store","business_date"],"grain":"week","from":"2026-11-01","to":"2026-11-14","compare":"last_year_weekday","order":["-net_sales"]}""");
    }

    private static RouteHandlerBuilder AsQuery(this RouteHandlerBuilder route) => route.RequireAuthorization().Produces<MetricAnswer>().WithFiles()
        .ProducesProblem(400).ProducesProblem(401).ProducesProblem(404).ProducesProblem(409).ProducesProblem(422).ProducesProblem(500);

    private static IResult List(HttpContext context, SessionUser user)
    {
        var language = MetricLanguage.Of(context, user);
        return new QueryParameters(context).Problem is { } problem ? problem
            : EntityTag.IsCurrent(context, user, $"{MetricCatalogue.Version}/{language}", "Accept-Language") ? Results.StatusCode(304)
            : TypedResults.Ok(new MetricList(
                [.. MetricCatalogue.All.Select(metric => MetricCard.Of(metric, language))],
                MetricCatalogue.Dimensions.ToDictionary(dimension => dimension.Key, dimension => dimension.Value.In(language)),
                ["day", "week", "month", "quarter", "year"], [.. Enum.GetValues<Comparison>().Select(MetricQueryReader.Name)]));
    }

    private static IResult Find(string id, HttpContext context, SessionUser user)
    {
        var language = MetricLanguage.Of(context, user);
        return new QueryParameters(context).Problem is { } problem ? problem
            : MetricCatalogue.Find(id) is not { } metric ? MetricProblem.Unknown(id)
            : EntityTag.IsCurrent(context, user, $"{MetricCatalogue.Version}/{language}", "Accept-Language") ? Results.StatusCode(304)
            : TypedResults.Ok(MetricCard.Of(metric, language));
    }

    // The parameters are read strictly by QueryParameters; they stand here as well so that OpenAPI knows them.
    private static Task<IResult> GetAsync(
        HttpContext context, SessionUser user, MetricQuestion question, CancellationToken cancellationToken,
        [Description("Ids of the catalogue, separated by commas.")] string? metrics = null,
        [Description("First business date, YYYY-MM-DD.")] string? from = null,
        [Description("Last business date, YYYY-MM-DD.")] string? to = null,
        [Description("What the rows are split by, separated by commas.")] string? dimensions = null,
        [Description("day, week, month, quarter or year.")] string? grain = null,
        [FromQuery(Name = "week_start"), Description("monday or sunday.")] string? weekStart = null,
        [FromQuery, Description("DIMENSION:VALUE, or DIMENSION!:VALUE to leave the value out; repeat for several values and dimensions.")] string[]? filter = null,
        [Description("none, same_weekday, previous_period, previous_week, last_year_weekday, last_year_date or target.")] string? compare = null,
        [Description("Dimensions and metrics separated by commas; a leading - turns the order.")] string? order = null,
        [Description("Rows a page, 1 to 1000; default 100.")] string? limit = null,
        [Description("The next_cursor of the page before.")] string? cursor = null,
        [Description("json, csv or parquet; default what Accept asks for, else json.")] string? format = null,
        [Description("utf-8 or cp932: the characters of a CSV file.")] string? encoding = null)
    {
        var query = new QueryParameters(
            context, nameof(metrics), nameof(from), nameof(to), nameof(dimensions), nameof(grain), "week_start", nameof(filter), nameof(compare), nameof(order),
            nameof(limit), nameof(cursor), nameof(format), nameof(encoding));
        var body = new MetricQueryBody(
            query.List(nameof(metrics)), query.Required(nameof(from)), query.Required(nameof(to)), query.List(nameof(dimensions)), query.Text(nameof(grain)),
            query.Text("week_start"), Filters(query), query.Text(nameof(compare)), query.List(nameof(order)), query.Limit(), query.Text(nameof(cursor)));
        return question.AnswerAsync(context, user, body, query, cancellationToken);
    }

    private static Task<IResult> PostAsync(
        MetricQueryBody body, HttpContext context, SessionUser user, MetricQuestion question, CancellationToken cancellationToken,
        [Description("json, csv or parquet; default what Accept asks for, else json.")] string? format = null,
        [Description("utf-8 or cp932: the characters of a CSV file.")] string? encoding = null) =>
        question.AnswerAsync(context, user, body, new QueryParameters(context, nameof(format), nameof(encoding)), cancellationToken);

    private static List<MetricFilter> Filters(QueryParameters query)
    {
        var filters = new Dictionary<(string Dimension, bool Exclude), MetricFilter>();
        foreach (var text in query.Many("filter") ?? [])
        {
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
            {
                query.Fault("filter", "must be DIMENSION:VALUE or DIMENSION!:VALUE.");
                continue;
            }

            var exclude = text[colon - 1] == '!';
            var dimension = text[..(exclude ? colon - 1 : colon)];
            if (!filters.TryGetValue((dimension, exclude), out var filter))
            {
                filters[(dimension, exclude)] = filter = new MetricFilter(dimension, [], exclude);
            }

            filter.Values.Add(text[(colon + 1)..]);
        }

        return [.. filters.Values];
    }
}
