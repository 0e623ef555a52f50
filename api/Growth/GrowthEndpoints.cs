using System.ComponentModel;
using System.Globalization;
using RetailInsight.Api.Calendars;
using RetailInsight.Api.Kpis;
using RetailInsight.Api.Metrics;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Tenancy;
using RetailInsight.Core.Calendar;
using RetailInsight.Core.Canon;

namespace RetailInsight.Api.Growth;

/// <summary><c>GET /v1/metrics/growth</c>: growth of net sales over an earlier period, raw, of the same stores, and for the trading days.</summary>
internal static class GrowthEndpoints
{
    private static readonly Comparison[] Known = [Comparison.SameWeekday, Comparison.PreviousPeriod, Comparison.LastYearWeekday, Comparison.LastYearDate];

    public static void MapGrowth(this IEndpointRouteBuilder routes) => routes.MapGet("/v1/metrics/growth", GetAsync).WithName("getGrowth").WithTags("Metrics")
        .WithSummary("Growth of net sales over an earlier period: of all stores, of the same stores, and with the trading days evened out.")
        .AsVersionedRead<GrowthAnswer>().WithParameterExamples(("from", "2026-11-01"), ("to", "2026-11-14"), ("compare", "last_year_date"));

    private static Task<IResult> GetAsync(
        HttpContext context, SessionUser user, TenantScope scope, CancellationToken cancellationToken,
        [Description("First business date, YYYY-MM-DD.")] string? from = null,
        [Description("Last business date, YYYY-MM-DD, at most 400 days in all. Of a period that still runs the whole days that have figures count.")] string? to = null,
        [Description("same_weekday, previous_period, last_year_weekday or last_year_date. Default last_year_date.")] string? compare = null,
        [Description("Store code; repeat for several. Omitted: every store you may see.")] string[]? store = null)
    {
        var query = new QueryParameters(context, nameof(from), nameof(to), nameof(compare), nameof(store));
        var (first, last) = query.Period();
        var word = query.Text(nameof(compare)) ?? MetricQueryReader.Name(Comparison.LastYearDate);
        var comparison = Array.Find(Known, one => MetricQueryReader.Name(one) == word);
        if (comparison == Comparison.None)
        {
            query.Fault(nameof(compare), $"must be one of {string.Join(", ", Known.Select(MetricQueryReader.Name))}.");
        }

        // The years at both ends of the calendar have nothing to be compared with.
        if (query.Problem is null && (first.Year < 1950 || last.Year >= 2200))
        {
            query.Fault(nameof(from), "must lie in the years 1950 to 2199, and to as well.");
        }

        return query.Problem is { } problem ? Task.FromResult(problem) : scope.ReadAsync(user.Tenant, async (read, token) =>
        {
            var stores = await read.StoresAsync(user, token);
            var chosen = StoreReads.Select(stores, user, query.Many(nameof(store)), out var unknown) ?? [.. stores.Select(one => one.Code)];
            if (unknown is not null)
            {
                return ApiProblem.StoreUnknown(unknown);
            }

            var calendar = await read.CalendarAsync(token);
            if (EntityTag.IsCurrent(context, user, $"{read.DataVersion}/{calendar.Fingerprint}/{string.Join('\n', stores)}"))
            {
                return Results.StatusCode(StatusCodes.Status304NotModified);
            }

            var company = await read.CompanyAsync(token);
            var period = new DateSpan(first, last);
            var through = await read.LastWholeDayAsync([.. stores.Where(one => chosen.Contains(one.Code))], period, company.TimeZone, token);
            var compared = through is { } whole ? ComparedPeriod.Of(calendar.Retail, period, BasisOf(comparison)).Through(whole) : null;
            var growth = compared is { Pairs.Count: > 0 } ? await read.GrowthAsync(chosen, compared, calendar, company.Currency, token) : null;
            return TypedResults.Ok(GrowthAnswer.Of(growth, read.DataVersion, word, company.Currency));
        }, cancellationToken);
    }

    private static ComparisonBasis BasisOf(Comparison comparison) => comparison switch
    {
        Comparison.SameWeekday => ComparisonBasis.SameWeekday,
        Comparison.PreviousPeriod => ComparisonBasis.PreviousPeriod,
        Comparison.LastYearWeekday => ComparisonBasis.LastYearWeekday,
        _ => ComparisonBasis.LastYearDate,
    };
}

/// <summary>The answer of <c>GET /v1/metrics/growth</c>.</summary>
internal sealed record GrowthAnswer(
    [property: Description("Rises with every publication to the datamart.")] long DataVersion,
    [property: Description("First day that counts; null where no whole day of the period has figures.")] DateOnly? From,
    [property: Description("Last day that counts.")] DateOnly? To,
    string Compare,
    [property: Description("First day compared with.")] DateOnly? ComparedFrom,
    [property: Description("Last day compared with.")] DateOnly? ComparedTo,
    [property: Description("ISO 4217 code of every amount; stores that report in another are left out.")] string Currency,
    GrowthFigure AllStores,
    [property: Description("Open long enough, no refurbishment, and sales on every day of both periods.")] GrowthFigure SameStores,
    AdjustedGrowth Adjusted,
    [property: Description("Stores that sold on either side, by code.")] IReadOnlyList<GrowthStore> Stores)
{
    public static GrowthAnswer Of(SalesGrowth? growth, long version, string compare, string currency) => new(
        version, growth?.Compared.Pairs[0].Day, growth?.Compared.Pairs[^1].Day, compare, growth?.Compared.First, growth?.Compared.Last, currency,
        GrowthFigure.Of(growth?.Stores ?? [], growth?.AllStores), GrowthFigure.Of(growth?.SameStores ?? [], growth?.SameStore),
        new AdjustedGrowth(Days(growth?.WeightedDays), Days(growth?.WeightedDaysThen), WireFigures.Ratio(growth?.Adjusted, 4)),
        [.. (growth?.Stores ?? []).Select(GrowthStore.Of)]);

    private static string? Days(decimal? days) => days?.ToString("0.####", CultureInfo.InvariantCulture);
}

/// <summary>Net sales of some stores in two periods.</summary>
internal sealed record GrowthFigure(
    [property: Description("How many.")] int Stores,
    [property: Description(WireFigures.Net)] string Value,
    [property: Description("The same of the days compared with.")] string Comparison,
    [property: Description("value ÷ comparison − 1, four decimals rounded half away from zero; null when comparison is not above 0.")] string? Change)
{
    public static GrowthFigure Of(IReadOnlyList<StoreGrowth> stores, decimal? change) => new(
        stores.Count, Money.Format(stores.Sum(store => store.Now)), Money.Format(stores.Sum(store => store.Then)), WireFigures.Ratio(change, 4));
}

/// <summary>Growth of all stores with the difference of the trading days taken out.</summary>
internal sealed record AdjustedGrowth(
    [property: Description("Days of the period, each weighing what its weekday sold over the year before against the mean day; holidays weigh as Sundays. Null with less than four weeks of figures.")] string? WeightedDays,
    [property: Description("Likewise of the days compared with.")] string? ComparedWeightedDays,
    [property: Description("(1 + change of all stores) × compared_weighted_days ÷ weighted_days − 1, four decimals.")] string? Change);

/// <summary>A store's part in it.</summary>
internal sealed record GrowthStore(
    string Store,
    [property: Description(WireFigures.Net)] string Value,
    [property: Description("The same of the days compared with.")] string Comparison,
    [property: Description("Whether it is one of the same stores.")] bool SameStore,
    [property: Description("comparable, opened_recently, closed, refurbished, not_fully_traded or not_fully_traded_last_year.")] string Reason,
    [property: Description("The date the reason rests on; null for comparable.")] DateOnly? Since,
    [property: Description("Whether it entered the same stores with this period.")] bool Entered,
    [property: Description("Whether it left them with this period.")] bool Left)
{
    public static GrowthStore Of(StoreGrowth store) => new(
        store.Store, Money.Format(store.Now), Money.Format(store.Then), store.Verdict.IsIn,
        System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(store.Verdict.Reason.ToString()), store.Verdict.Since, store.Entered, store.Left);
}
