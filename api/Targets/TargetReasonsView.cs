using System.ComponentModel;
using RetailInsight.Api.Kpis;
using RetailInsight.Api.Metrics;
using RetailInsight.Core.Canon;

namespace RetailInsight.Api.Targets;

/// <summary>Why a target is what it is, as it was computed.</summary>
internal sealed record TargetReasonsView(
    [property: Description("What was expected of the month. An estimate in currency units.")] string? Expected,
    [property: Description("The level the lift began from. An estimate in currency units.")] string? Start,
    [property: Description("Share of the potential that is asked for.")] string? Ambition,
    [property: Description("What of it the target contains: start is multiplied by 1 + lift.")] string? Lift,
    [property: Description("Whether the odds allowed no more.")] bool HeldByOdds,
    [property: Description("What the company's total added or took: exact decimal string in currency units.")] string CompanyAdjustment,
    [property: Description("How probable it was to be reached when it was computed, 0 to 1.")] string? Probability,
    IReadOnlyList<TargetPotentialView> Potentials,
    [property: Description("How many stores it was compared with.")] int Peers)
{
    public static TargetReasonsView Of(TargetReasons why) => new(
        WireFigures.Ratio(why.Expected, 2), WireFigures.Ratio(why.Start, 2), WireFigures.Ratio(why.Ambition, 2), Share(why.Lift), why.IsHeldByOdds, Money.Format(why.CompanyAdjustment.Micros),
        WireFigures.Ratio(why.Probability, 4), [.. why.Potentials.Select(one => new TargetPotentialView(one.Metric, Share(one.Gap), Share(one.Lift), one.Bound))], why.Peers.Count);

    private static string? Share(double log) => WireFigures.Ratio((decimal)(Math.Exp(log) - 1), 4);
}

/// <summary>What a target owes to the potential in one figure.</summary>
internal sealed record TargetPotentialView(
    [property: Description("basket_value, items_per_receipt or conversion. Items are part of the basket's value and counted there.")] string Metric,
    [property: Description("How far the best quarter of the peers is above the store at equal structure; negative where it is below.")] string? Gap,
    [property: Description("What of it is asked for at full ambition.")] string? Lift,
    [property: Description("What decided: gap, observed_improvement, standing_gap, upper_quartile or no_evidence.")] string Bound);
