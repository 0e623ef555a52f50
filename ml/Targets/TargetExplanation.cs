using System.Collections.Immutable;
using RetailInsight.Core.Canon;

namespace RetailInsight.Ml.Targets;

/// <summary>What a target owes to the potential in one figure. Differences of logs.</summary>
/// <param name="Metric">basket_value, items_per_receipt or conversion.</param>
/// <param name="Gap">Gap to the upper quartile of the peers at equal structure.</param>
/// <param name="Lift">What of it is asked for at full ambition.</param>
/// <param name="Low">Lower end of the interval of what is movable.</param>
/// <param name="High">Upper end of it.</param>
/// <param name="Cap">What stores of the kind are seen to improve in a year at most.</param>
/// <param name="Bound">What decided the potential.</param>
internal sealed record PotentialPart(string Metric, double Gap, double Lift, double Low, double High, double Cap, PotentialBound Bound)
{
    /// <summary>Of a potential.</summary>
    public static PotentialPart Of(string metric, Potential potential) =>
        new(metric, potential.Gap, potential.Lift, potential.Low, potential.High, potential.Cap, potential.Bound);
}

/// <summary>Why a target is what it is, in figures a page can put into words.</summary>
/// <param name="Expected">What the forecast expected of the month, in currency units. An estimate.</param>
/// <param name="Start">What the lift started from, in currency units. An estimate.</param>
/// <param name="Ambition">Share of the potential the tenant asked for.</param>
/// <param name="Lift">The lift the target contains, as a difference of logs.</param>
/// <param name="IsHeldByOdds">Whether the odds allowed no more.</param>
/// <param name="CompanyAdjustment">What the company's total added or took.</param>
/// <param name="Probability">How probable it was to be reached when it was proposed, 0 to 1.</param>
/// <param name="Potentials">The potential it comes from, by figure.</param>
/// <param name="Peers">The stores compared with.</param>
internal sealed record TargetExplanation(
    double Expected, double Start, double Ambition, double Lift, bool IsHeldByOdds, Money CompanyAdjustment, double Probability,
    ImmutableArray<PotentialPart> Potentials, ImmutableArray<string> Peers)
{
    /// <summary>Puts together what was estimated of the store and what was made of it.</summary>
    public static TargetExplanation Of(MonthTarget target, TargetPolicy policy, ImmutableArray<PotentialPart> potentials, ImmutableArray<string> peers) => new(
        target.Expected, target.Start, policy.Ambition, target.Lift, target.IsHeldByOdds, target.CompanyAdjustment, target.Probability, potentials, peers);
}
