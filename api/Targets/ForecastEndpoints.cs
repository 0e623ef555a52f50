using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using RetailInsight.Api.Exports;
using RetailInsight.Api.Kpis;
using RetailInsight.Api.Metrics;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Tenancy;
using RetailInsight.Core.Calendar;

namespace RetailInsight.Api.Targets;

/// <summary><c>GET /v1/forecasts</c>: what is expected of days that are to come, with its range and the factors it is made of.</summary>
internal static class ForecastEndpoints
{
    private static readonly string[] Metrics = ["net_sales", "visitors"];

    public static void MapForecasts(this IEndpointRouteBuilder routes) => routes.MapGet("/v1/forecasts", ListAsync).WithName("listForecasts").WithTags("Targets")
        .WithSummary("What is expected of stores' days that are to come, up to the end of next month: mean, range, and the factors that make it, as of the latest night.")
        .AsVersionedRead<ForecastPage>().WithFiles(parquet: false).WithParameterExamples(("from", "2026-11-24"), ("to", "2026-12-31"), ("metric", "net_sales"), ("store", "S01"), ("limit", "100"), ("format", "json"));

    // The parameters are read strictly by QueryParameters; they stand here as well so that OpenAPI knows them.
    private static Task<IResult> ListAsync(
        HttpContext context, SessionUser user, TenantScope scope, FigureAnswers answers, CancellationToken cancellationToken,
        [FromQuery, Description("Store code; repeat for several. Omitted: every store you may see.")] string[]? store = null,
        [Description("net_sales or visitors; default net_sales.")] string? metric = null,
        [Description("First business date, YYYY-MM-DD.")] string? from = null,
        [Description("Last business date, YYYY-MM-DD, at most 400 days in all.")] string? to = null,
        [Description("The next_cursor of the page before.")] string? cursor = null,
        [Description("Items a page, 1 to 1000; default 100.")] string? limit = null,
        [Description("json or csv; default what Accept asks for, else json. CSV holds every row.")] string? format = null,
        [Description("utf-8 or cp932: the characters of a CSV file.")] string? encoding = null)
    {
        var query = new QueryParameters(context, [nameof(store), nameof(metric), nameof(from), nameof(to), .. FigureAnswers.FormAndPage]);
        var (form, size, after) = (AnswerForm.Read(context, query, parquet: false), query.Limit(), query.Cursor());
        var (first, last) = query.Period();
        var name = query.Text(nameof(metric)) ?? Metrics[0];
        if (!Metrics.Contains(name))
        {
            query.Fault(nameof(metric), $"must be one of {string.Join(", ", Metrics)}.");
        }

        return query.Problem is { } problem ? Task.FromResult(problem) : scope.ReadAsync(user.Tenant, async (read, token) =>
        {
            var visible = await read.StoresAsync(user, token);
            var codes = StoreReads.Select(visible, user, query.Many(nameof(store)), out var unknown) ?? [.. visible.Select(one => one.Code)];
            if (unknown is not null)
            {
                return ApiProblem.StoreUnknown(unknown);
            }

            if (EntityTag.IsCurrent(context, user, $"{read.DataVersion}/{answers.Surroundings(form)}", "Accept"))
            {
                return Results.StatusCode(StatusCodes.Status304NotModified);
            }

            var asOf = await read.OutlookDayAsync(token);
            var rows = asOf is { } day ? await read.ForecastsAsync(codes, name, first, last, day, form!.IsFile ? null : after, form.IsFile ? int.MaxValue : size + 1, token) : [];
            if (form!.IsFile)
            {
                return await answers.FileAsync(
                    context, user, form, $"forecasts-{name}-{first:yyyyMMdd}-{last:yyyyMMdd}", new { From = first, To = last, Metric = name, Stores = FetchedFile.Shown(codes) }, read.DataVersion, rows,
                    [.. ForecastView.Columns, new CsvColumn<ForecastDay>("as_of", _ => $"{asOf:yyyy-MM-dd}")], token);
            }

            var page = rows.Take(size).ToList();
            return TypedResults.Ok(new ForecastPage(
                read.DataVersion, asOf, name, [.. page.Select(ForecastView.Of)], await answers.StateAsync(read, codes, new DateSpan(first, last), token),
                rows.Count > size ? new StoreDayKey(page[^1].Store, page[^1].Date).ToCursor() : null));
        }, cancellationToken);
    }
}

/// <summary>The answer of <c>GET /v1/forecasts</c>.</summary>
internal sealed record ForecastPage(
    [property: Description("Rises with every publication to the datamart.")] long DataVersion,
    [property: Description("The trading day what is expected was computed as of; days up to it are gone by and not listed. Null before the first time.")] DateOnly? AsOf,
    string Metric,
    IReadOnlyList<ForecastView> Items,
    DataState DataState,
    [property: Description("Send as cursor to read on; null on the last page.")] string? NextCursor);

/// <summary>What is expected of a day. Estimates, decimal strings in the unit.</summary>
internal sealed record ForecastView(
    string Store,
    DateOnly BusinessDate,
    [property: Description("The mean.")] string Expected,
    [property: Description("One such day in ten stays below.")] string Low,
    [property: Description("Half of such days stay below.")] string Median,
    [property: Description("One in ten goes above.")] string High,
    [property: Description("ISO 4217 code, or visitors.")] string Unit,
    [property: Description("Whether the store's own history is too short to go by.")] bool LowConfidence,
    [property: Description("Level first, then factors; their product is expected.")] IReadOnlyList<ForecastFactor> Factors,
    [property: Description("SHA-256 of the champion whose recipe was used; the name of the recipe before there was one.")] string Model)
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static IReadOnlyList<CsvColumn<ForecastDay>> Columns { get; } =
    [
        new("store", row => row.Store, IsText: true), new("business_date", row => $"{row.Date:yyyy-MM-dd}"), new("metric", row => row.Metric), new("expected", row => Text(row.Expected)),
        new("low", row => Text(row.Low)), new("median", row => Text(row.Median)), new("high", row => Text(row.High)), new("unit", row => row.Unit),
        new("low_confidence", row => row.IsUnsure ? "true" : "false"), new("model", row => row.Model),
    ];

    public static ForecastView Of(ForecastDay row) => new(
        row.Store, row.Date, Text(row.Expected), Text(row.Low), Text(row.Median), Text(row.High), row.Unit, row.IsUnsure,
        [.. JsonSerializer.Deserialize<List<Written>>(row.Factors, Json)!.Select(one => new ForecastFactor(one.Name, Text(one.Effect)))], row.Model);

    private static string Text(decimal value) => value.ToString("0.############", CultureInfo.InvariantCulture);

    private sealed record Written(string Name, decimal Effect);
}

/// <summary>A factor of what is expected.</summary>
internal sealed record ForecastFactor(
    [property: Description("level, weekday, promotion, season, holiday …")] string Name,
    [property: Description("The level in the unit; of the others what it is multiplied by.")] string Effect);
