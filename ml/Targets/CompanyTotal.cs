using RetailInsight.Core.Canon;

namespace RetailInsight.Ml.Targets;

/// <summary>Brings the targets of stores to a total set from above.</summary>
internal static class CompanyTotal
{
    /// <summary>
    /// Shares the difference in proportion to the variance of each store's forecast, which changes the targets least as measured
    /// by their uncertainty (minimum variance, Wickramasuriya, Athanasopoulos and Hyndman 2019, independent errors): a store whose
    /// month is well known is moved little. None falls below 0; what it cannot give is shared by the others.
    /// </summary>
    /// <param name="targets">One a store, of one currency, not below 0.</param>
    /// <param name="variances">One a store, in squared currency units; all 0 = equal shares.</param>
    /// <param name="total">What they must come to, a multiple of the smallest unit.</param>
    /// <returns>New targets in the same order; they add up to <paramref name="total"/> exactly.</returns>
    /// <exception cref="ArgumentException">The total is below 0 or finer than the smallest unit, or there is no store to carry it.</exception>
    public static IReadOnlyList<Money> Reconcile(IReadOnlyList<Money> targets, IReadOnlyList<double> variances, Money total)
    {
        var unit = Money.MinorUnitMicros(total.Currency);
        if (total.Micros < 0 || total.Micros % unit != 0)
        {
            throw new ArgumentException("The total is a multiple of the currency's smallest unit, not below 0.", nameof(total));
        }

        var amounts = targets.ToArray();
        var open = Enumerable.Range(0, amounts.Length).ToList();
        while (true)
        {
            var difference = amounts.Aggregate(total, (left, amount) => left - amount);
            if (difference.Micros == 0)
            {
                return amounts;
            }

            var shares = Allocation.ByEstimate(difference.Micros, [.. open.Select(i => variances[i])], unit);
            for (var k = 0; k < open.Count; k++)
            {
                var amount = amounts[open[k]];
                amounts[open[k]] = amount with { Micros = Math.Max(0, checked(amount.Micros + shares[k])) };
            }

            open.RemoveAll(i => amounts[i].Micros == 0);
        }
    }
}
