using System.Collections.Immutable;

namespace RetailInsight.Ml.Targets;

/// <summary>What decided how much of its gap a store is asked for.</summary>
internal enum PotentialBound
{
    /// <summary>The gap itself, as far as it is of the sort that moves.</summary>
    Gap,

    /// <summary>Stores of its kind hardly ever close more in a year.</summary>
    ObservedImprovement,

    /// <summary>There is a gap, but it is of the sort that stands: the same a year ago, or none of its kind ever moved.</summary>
    StandingGap,

    /// <summary>It stands where the best quarter of its peers stands, or above: it holds what it has.</summary>
    UpperQuartile,

    /// <summary>Too few peers, or too few stores seen in both years to say what moves: nothing is asked for.</summary>
    NoEvidence,
}

/// <summary>
/// How much better a store could be in a figure, as differences of natural logarithms: 0.05 = about 5 %. Estimates.
/// </summary>
/// <param name="Store">Store code.</param>
/// <param name="Level">The figure itself, in its own unit, as far as its counts bear it: a small store is drawn to what its structure lets expect.</param>
/// <param name="Gap">How far the upper quartile of its peers is above it at equal structure; negative when it is below it.</param>
/// <param name="Movable">What of this is of the sort that moves from year to year; negative for a store above the quartile.</param>
/// <param name="Low">Lower end of the interval that holds the movable gap in at least four of five cases; not below 0.</param>
/// <param name="High">Upper end of it.</param>
/// <param name="Rho">How far what was measured is believed to be movable rather than noise or standing, 0 to 1.</param>
/// <param name="Cap">The improvement that four of five improving stores of its kind did not exceed in a year.</param>
/// <param name="Lift">What it is asked for: the movable gap, at most the cap, never below 0; 0 at or above the upper quartile.</param>
/// <param name="Bound">Which of them decided.</param>
/// <param name="Peers">The peers it was compared with.</param>
internal sealed record Potential(
    string Store, double Level, double Gap, double Movable, double Low, double High, double Rho, double Cap, double Lift, PotentialBound Bound,
    ImmutableArray<string> Peers);
