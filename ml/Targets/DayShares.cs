using System.Collections.Immutable;
using RetailInsight.Core.Canon;

namespace RetailInsight.Ml.Targets;

/// <summary>What is asked of a store on a day.</summary>
/// <param name="Day">Trading day.</param>
/// <param name="Amount">A multiple of the currency's smallest unit.</param>
internal readonly record struct DayTarget(DateOnly Day, Money Amount);

/// <summary>
/// Splits a month over its days in proportion to what is expected of each, by largest remainder: weekdays, holidays and pay
/// days come in with the expectation, and the days add up to the month to the yen.
/// </summary>
internal static class DayShares
{
    /// <summary>One target a day, in the order of the days; closed days get 0, open days of which nothing is expected share equally only if nothing is of any.</summary>
    /// <param name="month">What the days add up to; not below 0.</param>
    /// <param name="days">Days of the month, each once.</param>
    /// <exception cref="ArgumentException">No day is open to carry the amount, a day comes twice, or an expectation is no amount.</exception>
    public static ImmutableArray<DayTarget> Of(Money month, IReadOnlyList<ExpectedDay> days)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(month.Micros);
        if (days.Select(day => day.Day).Distinct().Count() < days.Count || days.Any(day => day.IsOpen && !(double.IsFinite(day.Amount) && day.Amount >= 0)))
        {
            throw new ArgumentException("Each day comes once, with a finite expectation that is not below 0.", nameof(days));
        }

        var open = days.Where(day => day.IsOpen).ToList();
        var amounts = Allocation.ByEstimate(month.Micros, [.. open.Select(day => day.Amount)], Money.MinorUnitMicros(month.Currency));
        var next = 0;
        return [.. days.Select(day => new DayTarget(day.Day, month with { Micros = day.IsOpen ? amounts[next++] : 0 }))];
    }

    /// <summary>
    /// The days of a month whose target is changed while it runs: days before <paramref name="from"/> keep what was asked of
    /// them, the others share what is left.
    /// </summary>
    /// <param name="month">The new month.</param>
    /// <param name="days">Its days.</param>
    /// <param name="asked">What was asked of the days until now.</param>
    /// <param name="from">The first day that may change.</param>
    /// <exception cref="ArgumentException">The days gone by were asked for more than the new month, or no open day is left to carry the rest.</exception>
    public static ImmutableArray<DayTarget> Rest(Money month, IReadOnlyList<ExpectedDay> days, IReadOnlyList<DayTarget> asked, DateOnly from)
    {
        var kept = asked.Where(day => day.Day < from).ToList();
        var left = kept.Aggregate(month, (rest, day) => rest - day.Amount);
        return left.Micros < 0
            ? throw new ArgumentException($"The days before {from:yyyy-MM-dd} were asked for more than the whole month.", nameof(month))
            : [.. kept, .. Of(left, [.. days.Where(day => day.Day >= from)])];
    }
}
