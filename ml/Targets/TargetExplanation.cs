using System.Collections.Immutable;
using RetailInsight.Core.Canon;

namespace RetailInsight.Ml.Targets;

/// <summary>Why a target is what it is, in figures a page can put into words. Gaps, lift and cap are differences of logs.</summary>
/// <param name="Expected">What the forecast expected of the month, in currency units. An estimate.</param>
/// <param name="Start">What the lift started from, in currency units. An estimate.</param>
/// <param name="Ambition">Share of the potential the tenant asked for.</param>
/// <param name="Gap">Gap to the upper quartile of the peers at equal structure.</param>
/// <param name="Movable">What of it is of the sort that moves.</param>
/// <param name="Low">Lower end of its interval.</param>
/// <param name="High">Upper end of its interval.</param>
/// <param name="Rho">How far what was measured is believed.</param>
/// <param name="Cap">What stores of the kind are seen to improve in a year at most.</param>
/// <param name="Bound">What decided the potential.</param>
/// <param name="AskedLift">The lift the target contains.</param>
/// <param name="IsHeldByOdds">Whether the odds allowed no more.</param>
/// <param name="CompanyAdjustment">What the company's total added or took.</param>
/// <param name="Probability">How probable it was to be reached when it was proposed, 0 to 1.</param>
/// <param name="Peers">The stores compared with.</param>
internal sealed record TargetExplanation(
    double Expected, double Start, double Ambition, double Gap, double Movable, double Low, double High, double Rho, double Cap,
    PotentialBound Bound, double AskedLift, bool IsHeldByOdds, Money CompanyAdjustment, double Probability, ImmutableArray<string> Peers)
{
    /// <summary>Puts together what was estimated of the store and what was made of it.</summary>
    /// <exception cref="ArgumentException">They are of different stores.</exception>
    public static TargetExplanation Of(Potential potential, MonthTarget target, TargetPolicy policy) => potential.Store == target.Store
        ? new(
            target.Expected, target.Start, policy.Ambition, potential.Gap, potential.Movable, potential.Low, potential.High, potential.Rho,
            potential.Cap, potential.Bound, target.Lift, target.IsHeldByOdds, target.CompanyAdjustment, target.Probability, potential.Peers)
        : throw new ArgumentException($"The potential is of {potential.Store}, the target of {target.Store}.", nameof(potential));
}
