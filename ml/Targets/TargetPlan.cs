using System.Collections.Immutable;
using RetailInsight.Core.Canon;

namespace RetailInsight.Ml.Targets;

/// <summary>
/// The life of a store's target for a month: proposed, as often as it is computed; frozen when the month begins; from then on
/// revised by a person with a reason only. Every version is kept. Immutable: each step returns a new plan.
/// </summary>
internal sealed class TargetPlan
{
    private TargetPlan(string store, DateOnly month, string metric, ImmutableArray<TargetVersion> versions)
    {
        Store = store;
        Month = month;
        Metric = metric;
        Versions = versions;
    }

    /// <summary>Store code.</summary>
    public string Store { get; }

    /// <summary>First day of the month.</summary>
    public DateOnly Month { get; }

    /// <summary>What is to be reached: net_sales.</summary>
    public string Metric { get; }

    /// <summary>All versions, the first one first.</summary>
    public ImmutableArray<TargetVersion> Versions { get; }

    /// <summary>The version that counts.</summary>
    public TargetVersion Latest => Versions[^1];

    /// <summary>A plan with its first proposal.</summary>
    /// <exception cref="ArgumentException">The month is not given by its first day, or the days are not its days or do not add up.</exception>
    public static TargetPlan Propose(
        string store, DateOnly month, string metric, Money amount, ImmutableArray<DayTarget> days, TargetExplanation explanation, Decision decided) =>
        month.Day != 1
            ? throw new ArgumentException("A month is given by its first day.", nameof(month))
            : new TargetPlan(store, month, metric, []).With(TargetState.Proposed, amount, days, explanation, null, decided);

    /// <summary>The plan of versions kept before, in order.</summary>
    /// <exception cref="ArgumentException">They are no history that the steps of a plan could have made.</exception>
    public static TargetPlan Restore(string store, DateOnly month, string metric, IReadOnlyList<TargetVersion> versions)
    {
        for (var i = 0; i < versions.Count; i++)
        {
            var isFollowing = i == 0 ? versions[i].State == TargetState.Proposed : MayFollow(versions[i - 1].State, versions[i].State);
            if (versions[i].Number != i + 1 || !isFollowing || versions[i].State == TargetState.Revised == string.IsNullOrWhiteSpace(versions[i].Reason))
            {
                throw new ArgumentException($"Version {i + 1} cannot follow.", nameof(versions));
            }
        }

        return versions.Count == 0
            ? throw new ArgumentException("A plan has one version at least.", nameof(versions))
            : new TargetPlan(store, month, metric, [.. versions]);
    }

    /// <summary>Replaces a proposal by a newer one.</summary>
    /// <exception cref="InvalidOperationException">The target is frozen.</exception>
    /// <exception cref="ArgumentException">The days are not those of the month or do not add up.</exception>
    public TargetPlan ProposeAgain(Money amount, ImmutableArray<DayTarget> days, TargetExplanation explanation, Decision decided) =>
        With(TargetState.Proposed, amount, days, explanation, null, decided);

    /// <summary>Makes the latest proposal the target that holds.</summary>
    /// <param name="today">The store's trading day: the first of the month, or later where the computation was late.</param>
    /// <param name="decided">Who and when.</param>
    /// <exception cref="InvalidOperationException">It is frozen already, or the month has not begun.</exception>
    public TargetPlan Freeze(DateOnly today, Decision decided) => today < Month
        ? throw new InvalidOperationException($"The month {Month:yyyy-MM} has not begun.")
        : With(TargetState.Frozen, Latest.Amount, Latest.Days, Latest.Explanation, null, decided);

    /// <summary>
    /// A person changes a target that holds. What was asked of days gone by stays as it was, so that nobody's yesterday is judged
    /// anew; the days from today on share the rest.
    /// </summary>
    /// <param name="amount">The new month.</param>
    /// <param name="days">What is expected of its days.</param>
    /// <param name="today">The store's trading day.</param>
    /// <param name="reason">Why, in the person's words.</param>
    /// <param name="decided">Which person, and when.</param>
    /// <exception cref="InvalidOperationException">It is not frozen, or the month is over.</exception>
    /// <exception cref="ArgumentException">No reason, nobody who decides, or the days cannot carry the amount.</exception>
    public TargetPlan Revise(Money amount, IReadOnlyList<ExpectedDay> days, DateOnly today, string reason, Decision decided)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return today >= Month.AddMonths(1)
            ? throw new InvalidOperationException($"The month {Month:yyyy-MM} is over.")
            : With(TargetState.Revised, amount, DayShares.Rest(amount, days, Latest.Days, today), Latest.Explanation, reason.Trim(), decided);
    }

    private static bool MayFollow(TargetState before, TargetState after) => after switch
    {
        TargetState.Revised => before is TargetState.Frozen or TargetState.Revised,
        _ => before == TargetState.Proposed,
    };

    private TargetPlan With(
        TargetState state, Money amount, ImmutableArray<DayTarget> days, TargetExplanation explanation, string? reason, Decision decided)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(decided.By);
        if (!Versions.IsEmpty && !MayFollow(Latest.State, state))
        {
            throw new InvalidOperationException($"A target that is {Latest.State} does not become {state}.");
        }

        var inOrder = days.OrderBy(day => day.Day).ToImmutableArray();
        if (!inOrder.Select(day => day.Day).SequenceEqual(Enumerable.Range(0, Month.AddMonths(1).DayNumber - Month.DayNumber).Select(Month.AddDays)))
        {
            throw new ArgumentException("The days are not those of the month, each once.", nameof(days));
        }

        return inOrder.Aggregate(amount with { Micros = 0 }, (sum, day) => sum + day.Amount) != amount
            ? throw new ArgumentException("The days do not add up to the month.", nameof(days))
            : new TargetPlan(Store, Month, Metric, Versions.Add(new(Versions.Length + 1, state, amount, inOrder, explanation, reason, decided)));
    }
}
