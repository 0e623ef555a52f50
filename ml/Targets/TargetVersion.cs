using System.Collections.Immutable;
using RetailInsight.Core.Canon;

namespace RetailInsight.Ml.Targets;

/// <summary>How far a target has come.</summary>
internal enum TargetState
{
    /// <summary>Computed before the month; a later computation may replace it.</summary>
    Proposed,

    /// <summary>The month has begun: it holds.</summary>
    Frozen,

    /// <summary>A person changed it while it held, and said why.</summary>
    Revised,
}

/// <summary>Who did something and when.</summary>
/// <param name="By">A person, or the name of the computation.</param>
/// <param name="At">The instant.</param>
internal readonly record struct Decision(string By, DateTimeOffset At);

/// <summary>One version of a store's target for a month. It never changes; what changes is which version is the latest.</summary>
/// <param name="Number">1, 2, 3 … within store, month and figure.</param>
/// <param name="State">What it is.</param>
/// <param name="Amount">The month.</param>
/// <param name="Days">Its days, in order; they add up to <paramref name="Amount"/> exactly.</param>
/// <param name="Explanation">Why it is what it is; that of the version it revises where a person set the amount.</param>
/// <param name="Reason">What the person who revised it said; null for the other states.</param>
/// <param name="Decided">Who and when.</param>
internal sealed record TargetVersion(
    int Number, TargetState State, Money Amount, ImmutableArray<DayTarget> Days, TargetExplanation Explanation, string? Reason, Decision Decided);
