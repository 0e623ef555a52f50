using System.ComponentModel;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using RetailInsight.Api.Kpis;
using RetailInsight.Api.Metrics;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Tenancy;
using RetailInsight.Core.Canon;

namespace RetailInsight.Api.Growth;

/// <summary><c>GET /v1/metrics/growth</c>: growth of net sales over an earlier period, raw, of the same stores, and for the trading days.</summary>
internal static class GrowthEndpoints
{
    public static void MapGrowth(this IEndpointRouteBuilder routes) => routes.MapGet("/v1/metrics/growth", GetAsync).WithName("getGrowth").WithTags("Metrics")
        .WithSummary("Growth of net sales over an earlier period: of all stores, of the same stores, and with the trading days evened out.")
        .AsVersionedRead<GrowthAnswer>().ProducesProblem(422).WithParameterExamples(("from", "2026-11-01"), ("to", "2026-11-14"), ("compare", "last_year_date"));

    private static Task<IResult> GetAsync(
        HttpContext context, SessionUser user, TenantScope scope, CancellationToken cancellationToken,
        [Description("First business date, YYYY-MM-DD.")] string? from = null,
        [Description("Last business date, YYYY-MM-DD, at most 400 days in all. Of a period that still runs the whole days that have figures count.")] string? to = null,
        [Description("same_weekday, previous_period, last_year_weekday or last_year_date. Default last_year_date.")] string? compare = null,
        [FromQuery, Description("Store code; repeat for several. Omitted: every store you may see.")] string[]? store = null)
    {
        return ComparedDays.AskAsync(context, user, scope, new QueryParameters(context, ComparedDays.Parameters), Comparison.LastYearDate, null, async (asked, token) =>
        {
            var growth = asked.Days is { Pairs.Count: > 0 } days ? await asked.Read.GrowthAsync(asked.Stores, days, asked.Calendar, asked.Currency, token) : null;
            return TypedResults.Ok(GrowthAnswer.Of(growth, asked.Read.DataVersion, asked.Compare, asked.Currency));
        }, cancellationToken);
    }
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
    [property: Description("Open long enough, no refurbishment, and sales on every day of both periods but the weekdays the store is closed on every week.")] GrowthFigure SameStores,
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
