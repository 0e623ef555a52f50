using System.ComponentModel;
using System.Globalization;
using RetailInsight.Api.Exports;
using RetailInsight.Api.Growth;
using RetailInsight.Api.Kpis;
using RetailInsight.Api.Metrics;
using RetailInsight.Api.Targets;

namespace RetailInsight.Api.Peers;

/// <summary>The answer of <c>GET /v1/peers</c>.</summary>
internal sealed record PeerAnswer(
    [property: Description("Rises with every publication to the datamart.")] long DataVersion,
    string Store,
    [property: Description("First day that counts; null where no whole day of the period has figures.")] DateOnly? From,
    [property: Description("Last day that counts.")] DateOnly? To,
    [property: Description("ISO 4217 code of every amount: the latest the store reported in.")] string Currency,
    [property: Description("Stores in the group, this one included; 0 where it has fewer than smallest_group.")] int GroupSize,
    [property: Description("In a smaller group a mean would tell what the others earned.")] int SmallestGroup,
    [property: Description("By figure; one that fewer than smallest_group stores have is left out.")] IReadOnlyList<PeerStandingView> Standings,
    [property: Description("Why the store has no nearest stores and no potential at present; null where it is compared.")] PeerExclusion? NotCompared,
    [property: Description("The state of the data of the store.")] DataState Data)
{
    public static PeerAnswer Of(ComparedDays asked, PeerGroup group, IReadOnlyList<PeerStandingView> standings, DataState data) => new(
        asked.Read.DataVersion, asked.Stores.First(), asked.First, asked.Last, group.Currency, group.Size, TargetReads.SmallestGroup, standings, group.NotCompared, data);
}

/// <summary>Where the store stands in one figure.</summary>
internal sealed record PeerStandingView(
    [property: Description("net_sales_per_day, visitors_per_day, conversion, basket_value or items_per_receipt.")] string Metric,
    [property: Description("A currency code, visitors, ratio or items.")] string Unit,
    [property: Description(PeerStandingView.Rounded)] string Value,
    [property: Description("First quartile of the group, likewise.")] string Quarter,
    [property: Description("Median of the group, likewise.")] string Median,
    [property: Description("Third quartile of the group, likewise.")] string ThreeQuarters,
    [property: Description("1 for the highest; equals share the better one.")] int Rank,
    [property: Description("Stores that have the figure, this one included.")] int Of,
    [property: Description("Net sales a day that reaching the median would bring while the other figures stay, two decimals rounded half away from zero; null at or above the median.")] string? GainPerDay)
{
    /// <summary>How values are written.</summary>
    public const string Rounded = "Four decimals, rounded half away from zero.";

    /// <summary>The columns of a file.</summary>
    public static IReadOnlyList<CsvColumn<PeerStandingView>> Columns { get; } =
    [
        new("metric", one => one.Metric), new("unit", one => one.Unit), new("value", one => one.Value), new("quarter", one => one.Quarter), new("median", one => one.Median),
        new("three_quarters", one => one.ThreeQuarters), new("rank", one => one.Rank.ToString(CultureInfo.InvariantCulture)), new("of", one => one.Of.ToString(CultureInfo.InvariantCulture)), new("gain_per_day", one => one.GainPerDay),
    ];

    public static PeerStandingView From(PeerStanding standing, string currency) => new(
        PeerStanding.Name(standing.Figure), UnitOf(standing.Figure, currency), Write(standing.Own)!, Write(standing.Quarter)!, Write(standing.Median)!, Write(standing.ThreeQuarters)!, standing.Rank, standing.Of,
        WireFigures.Ratio(standing.GainPerDay, 2));

    /// <summary>A value, with four decimals.</summary>
    public static string? Write(decimal? value) => WireFigures.Ratio(value, 4);

    private static string UnitOf(PeerFigure figure, string currency) => figure switch
    {
        PeerFigure.NetPerDay or PeerFigure.BasketValue => currency,
        PeerFigure.VisitorsPerDay => "visitors",
        PeerFigure.Conversion => "ratio",
        _ => "items",
    };
}
