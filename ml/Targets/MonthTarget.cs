using RetailInsight.Core.Canon;

namespace RetailInsight.Ml.Targets;

/// <summary>What is known of a store's month before it begins.</summary>
/// <param name="Store">Store code.</param>
/// <param name="Days">Its days.</param>
/// <param name="Errors">How far totals of a month fell from what was expected of such stores.</param>
/// <param name="Lift">Its potential, as a difference of logs; not below 0.</param>
internal sealed record StoreMonth(string Store, IReadOnlyList<ExpectedDay> Days, TotalErrors Errors, double Lift)
{
    /// <summary>Sum of what is expected of the open days, in currency units. An estimate.</summary>
    public double Expected => Days.Where(day => day.IsOpen).Sum(day => day.Amount);
}

/// <summary>What a store is asked for in a month.</summary>
/// <param name="Store">Store code.</param>
/// <param name="Amount">A multiple of the currency's smallest unit.</param>
/// <param name="Expected">What the forecast expects, in currency units. An estimate.</param>
/// <param name="Start">What the lift started from, in currency units. An estimate.</param>
/// <param name="Lift">The lift that was asked for, as a difference of logs, after the odds had their say.</param>
/// <param name="IsHeldByOdds">Whether the whole lift would have been less probable than the tenant allows.</param>
/// <param name="CompanyAdjustment">What the company's total added or took.</param>
/// <param name="Probability">How probable it is to reach, if the store works on as it does; 0 to 1.</param>
internal sealed record MonthTarget(
    string Store, Money Amount, double Expected, double Start, double Lift, bool IsHeldByOdds, Money CompanyAdjustment, double Probability)
{
    /// <summary>
    /// The targets of stores for a month: start × e^(ambition × lift), not beyond what is probable enough, then brought to the
    /// company's total where there is one.
    /// </summary>
    /// <param name="stores">Stores of one currency, each once.</param>
    /// <param name="currency">ISO 4217 code of all amounts.</param>
    /// <param name="policy">What the tenant asks.</param>
    /// <param name="companyTotal">What the stores must come to, or null where nothing is set from above.</param>
    /// <exception cref="ArgumentException">A company total without a store to carry it, not in minor units or below 0; a negative lift.</exception>
    /// <exception cref="OverflowException">An amount does not fit in 64 bits of micros.</exception>
    public static IReadOnlyList<MonthTarget> Propose(
        IReadOnlyList<StoreMonth> stores, string currency, TargetPolicy policy, Money? companyTotal)
    {
        policy.Validate();
        var targets = stores.Select(store => Alone(store, currency, policy)).ToList();
        if (companyTotal is not { } total)
        {
            return targets;
        }

        // The variance of a total is that of its log times its square.
        var variances = stores.Select(store => store.Expected * store.Expected * store.Errors.MeanSquare).ToList();
        var amounts = CompanyTotal.Reconcile([.. targets.Select(target => target.Amount)], variances, total);
        return
        [
            .. targets.Select((target, i) => target with
            {
                Amount = amounts[i],
                CompanyAdjustment = amounts[i] - target.Amount,
                Probability = ProbabilityOf(amounts[i], 0, stores[i].Expected, stores[i].Errors),
            }),
        ];
    }

    /// <summary>How probable it is that a month comes to an amount, before it begins or while it runs.</summary>
    /// <param name="target">The amount.</param>
    /// <param name="reached">What the days gone by came to, in currency units.</param>
    /// <param name="rest">What is expected of the days to come, in currency units. An estimate.</param>
    /// <param name="errors">How far totals over as many days as are to come fell from what was expected.</param>
    /// <returns>The share of such rests that would reach it, 0 to 1.</returns>
    public static double ProbabilityOf(Money target, decimal reached, double rest, TotalErrors errors)
    {
        var missing = Money.ToDecimal(target.Micros) - reached;
        return missing <= 0 ? 1 : rest > 0 ? errors.ShareReaching(Math.Log((double)missing / rest)) : 0;
    }

    private static MonthTarget Alone(StoreMonth store, string currency, TargetPolicy policy)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(store.Lift);
        var start = store.Errors.LevelReachedBy(policy.StartProbability);
        var highest = policy.LeastProbability > 0 ? store.Errors.LevelReachedBy(policy.LeastProbability) : double.PositiveInfinity;
        var wanted = policy.Ambition * store.Lift;
        var lift = Math.Min(wanted, highest - start);
        var amount = RoundedDown(store.Expected * Math.Exp(start + lift), currency);
        return new(
            store.Store, amount, store.Expected, store.Expected * Math.Exp(start), lift, lift < wanted, amount with { Micros = 0 },
            ProbabilityOf(amount, 0, store.Expected, store.Errors));
    }

    // Downward, so that rounding does not make a target less probable than was allowed.
    private static Money RoundedDown(double amount, string currency)
    {
        var unit = Money.MinorUnitMicros(currency);
        var units = Math.Floor(amount * Money.MicrosPerUnit / unit);
        return new(checked((long)units * unit), currency);
    }
}
