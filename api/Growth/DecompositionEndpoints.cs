using System.ComponentModel;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using RetailInsight.Api.Kpis;
using RetailInsight.Api.Metrics;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Tenancy;
using RetailInsight.Core.Calendar;
using RetailInsight.Core.Canon;

namespace RetailInsight.Api.Growth;

/// <summary><c>GET /v1/metrics/decomposition</c>: what moved net sales, as the pages take it apart.</summary>
internal static class DecompositionEndpoints
{
    public static void MapDecomposition(this IEndpointRouteBuilder routes) => routes.MapGet("/v1/metrics/decomposition", GetAsync).WithName("getDecomposition").WithTags("Metrics")
        .WithSummary("What moved net sales against an earlier period: a part in money for each factor, which add up exactly.")
        .AsVersionedRead<DecompositionAnswer>().ProducesProblem(422).WithParameterExamples(("from", "2026-11-01"), ("to", "2026-11-14"), ("compare", "same_weekday"));

    // The parameters are read strictly by QueryParameters; they stand here as well so that OpenAPI knows them.
    private static Task<IResult> GetAsync(
        HttpContext context, SessionUser user, TenantScope scope, CancellationToken cancellationToken,
        [Description("First business date, YYYY-MM-DD.")] string? from = null,
        [Description("Last business date, YYYY-MM-DD, at most 400 days in all. Of a period that still runs the whole days that have figures count.")] string? to = null,
        [Description("same_weekday, previous_period, last_year_weekday or last_year_date. Default last_year_date.")] string? compare = null,
        [FromQuery, Description("Store code; repeat for several, which are summed first. Omitted: every store you may see.")] string[]? store = null)
    {
        return ComparedDays.AskAsync(context, user, scope, new QueryParameters(context, ComparedDays.Parameters), Comparison.LastYearDate, null, async (asked, token) =>
        {
            var now = await SumAsync(asked, [.. asked.Days?.Pairs.Select(pair => pair.Day) ?? []], token);
            var then = await SumAsync(asked, [.. asked.Days?.Pairs.Select(pair => pair.Other) ?? []], token);
            return TypedResults.Ok(DecompositionAnswer.Of(asked, now, then));
        }, cancellationToken);
    }

    private static async Task<Figures?> SumAsync(ComparedDays asked, IReadOnlyList<DateOnly> days, CancellationToken cancellationToken) => days.Count == 0
        ? null : Figures.Sum((await asked.Read.StoreTotalsAsync(asked.Stores, days, asked.Currency, cancellationToken)).Select(store => store.Figures));
}

/// <summary>The answer of <c>GET /v1/metrics/decomposition</c>.</summary>
internal sealed record DecompositionAnswer(
    [property: Description("Rises with every publication to the datamart.")] long DataVersion,
    [property: Description("First day that counts; null where no whole day of the period has figures.")] DateOnly? From,
    [property: Description("Last day that counts.")] DateOnly? To,
    string Compare,
    [property: Description("First day compared with.")] DateOnly? ComparedFrom,
    [property: Description("Last day compared with.")] DateOnly? ComparedTo,
    [property: Description("ISO 4217 code of every amount; stores that report in another are left out.")] string Currency,
    [property: Description(WireFigures.Net)] string? Value,
    [property: Description("The same of the days compared with; null without figures.")] string? Comparison,
    [property: Description("value − comparison in whole smallest units of the currency, halves away from zero: what the parts add up to. Null where nothing is taken apart.")] string? Difference,
    [property: Description("Receipts and basket value, each followed by the factors it is made of. Empty where one side has no receipt.")] IReadOnlyList<DecompositionFactor> Factors)
{
    public static DecompositionAnswer Of(ComparedDays asked, Figures? now, Figures? then)
    {
        var change = now is null || then is null ? null : now.ChangeFrom(then);
        return new DecompositionAnswer(
            asked.Read.DataVersion, asked.First, asked.Last,
            asked.Compare, asked.Days?.First, asked.Days?.Last, asked.Currency, Amount(now), Amount(then),
            change is null ? null : Money.Format(change.Change),
            change is null ? [] : [.. change.Top.SelectMany(part => change.Below(part.Factor).Select(below => DecompositionFactor.Of(below, part.Factor, now!, then!)).Prepend(DecompositionFactor.Of(part, null, now!, then!)))]);
    }

    private static string? Amount(Figures? figures) => figures?.Net is { } net ? Money.Format(net) : null;
}

/// <summary>A factor of net sales and what it contributed to their change.</summary>
internal sealed record DecompositionFactor(
    [property: Description("receipts, visitors, conversion, basket_value, items_per_receipt or price_per_item. Receipts are not taken apart where visitors were not counted well on both sides.")] string Factor,
    [property: Description("The factor this one is part of; null for the two whose product sales are.")] string? PartOf,
    [property: Description("What it is.")] string? Value,
    [property: Description("What it was.")] string? Comparison,
    [property: Description("Its part of the difference, in whole smallest units of the currency. The parts of one level add up exactly to that above.")] string Part)
{
    public static DecompositionFactor Of(DecompositionPart part, SalesFactor? above, Figures now, Figures then) =>
        new(Word(part.Factor), above is { } factor ? Word(factor) : null, Read(part.Factor, now), Read(part.Factor, then), Money.Format(part.Micros));

    private static string Word(SalesFactor factor) => JsonNamingPolicy.SnakeCaseLower.ConvertName(factor.ToString());

    private static string? Read(SalesFactor factor, Figures figures) => factor switch
    {
        SalesFactor.Visitors => WireFigures.Ratio(figures.Visitors, 0),
        SalesFactor.Conversion => WireFigures.Ratio(figures.Conversion, 4),
        SalesFactor.Receipts => WireFigures.Ratio(figures.Receipts, 0),
        SalesFactor.ItemsPerReceipt => WireFigures.Ratio(figures.ItemsPerReceipt, 2),
        SalesFactor.BasketValue => WireFigures.Ratio(figures.BasketValue, 2),
        _ => WireFigures.Ratio(figures.PricePerItem, 2),
    };
}
