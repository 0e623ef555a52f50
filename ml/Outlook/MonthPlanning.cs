using System.Collections.Immutable;
using RetailInsight.Ml.Forecasting;
using RetailInsight.Ml.Targets;

namespace RetailInsight.Ml.Outlook;

/// <summary>What is to be done about the targets of a month: proposed, proposed anew where the outlook has changed, frozen when the month has begun.</summary>
internal static class MonthPlanning
{
    // A proposal that would change by less stays: a target that moves every night is none.
    private const double WorthProposing = 0.005;

    // Items a receipt are part of the value of the receipt, which is counted already.
    private static readonly string[] Lifting = ["basket_value", "conversion"];

    /// <summary>The versions to be added.</summary>
    /// <param name="month">First day of the month.</param>
    /// <param name="today">The trading day that begins now.</param>
    /// <param name="history">What was sold, and when stores will open.</param>
    /// <param name="sales">What is expected.</param>
    /// <param name="potentials">What stores could lift.</param>
    /// <param name="plans">What stands.</param>
    /// <param name="decided">Who decides, and when.</param>
    public static IEnumerable<PlannedTarget> Plan(
        DateOnly month, DateOnly today, ChainHistory history, StoreForecaster sales, IReadOnlyList<PotentialRow> potentials, MonthPlans plans, Decision decided)
    {
        var expected = Expected(month, history, sales);
        var lifts = potentials.ToLookup(row => row.Potential.Store, StringComparer.Ordinal);
        foreach (var currency in expected.GroupBy(store => history.Currencies[store.Key], StringComparer.Ordinal).OrderBy(same => same.Key, StringComparer.Ordinal))
        {
            var stores = currency.OrderBy(store => store.Key, StringComparer.Ordinal).ToList();
            var open = stores.Where(store => plans.Stores.GetValueOrDefault(store.Key) is not { } plan || (plan.Latest.State == TargetState.Proposed && today < month)).ToList();
            foreach (var store in stores.Except(open).Where(store => plans.Stores[store.Key].Latest.State == TargetState.Proposed))
            {
                yield return new PlannedTarget(store.Key, month, plans.Stores[store.Key].Freeze(today, decided).Latest);
            }

            var asked = MonthTarget.Propose([.. open.Select(store => Month(store.Key, store.Value, sales, lifts))], currency.Key, plans.Policy, Left(plans, currency.Key, open.Select(store => store.Key)));
            foreach (var (target, days) in asked.Zip(open, (target, store) => (target, store.Value)))
            {
                foreach (var version in Versions(target, days, month, today, plans, lifts, decided))
                {
                    yield return new PlannedTarget(target.Store, month, version);
                }
            }
        }
    }

    private static IEnumerable<TargetVersion> Versions(
        MonthTarget target, IReadOnlyList<ExpectedDay> days, DateOnly month, DateOnly today, MonthPlans plans, ILookup<string, PotentialRow> lifts, Decision decided)
    {
        var rows = lifts[target.Store].ToList();
        var explanation = TargetExplanation.Of(
            target, plans.Policy, [.. rows.Select(row => PotentialPart.Of(row.Metric, row.Potential))], rows.Count == 0 ? [] : rows[0].Potential.Peers);
        var shares = DayShares.Of(target.Amount, days);
        if (plans.Stores.GetValueOrDefault(target.Store) is not { } plan)
        {
            plan = TargetPlan.Propose(target.Store, month, "net_sales", target.Amount, shares, explanation, decided);
            return today < month ? [plan.Latest] : [plan.Latest, plan.Freeze(today, decided).Latest];
        }

        var before = plan.Latest.Amount.Micros;
        return Math.Abs(target.Amount.Micros - before) > before * WorthProposing ? [plan.ProposeAgain(target.Amount, shares, explanation, decided).Latest] : [];
    }

    private static StoreMonth Month(string store, IReadOnlyList<ExpectedDay> days, StoreForecaster sales, ILookup<string, PotentialRow> lifts) => new(
        store, days, new TotalErrors(sales.TotalErrors(store, days.Count)), lifts[store].Where(row => Lifting.Contains(row.Metric)).Sum(row => row.Potential.Lift));

    // What head office asks of all, less what others are asked for already; nothing where that is more than the whole.
    private static Core.Canon.Money? Left(MonthPlans plans, string currency, IEnumerable<string> open)
    {
        if (!plans.Totals.TryGetValue(currency, out var total) || !open.Any())
        {
            return null;
        }

        var others = plans.Stores.Where(plan => plan.Value.Latest.Amount.Currency == currency && !open.Contains(plan.Key)).Sum(plan => plan.Value.Latest.Amount.Micros);
        return total with { Micros = Math.Max(0, total.Micros - others) };
    }

    // Every day of the month: gone by as it was open, to come as it is expected to be.
    private static Dictionary<string, IReadOnlyList<ExpectedDay>> Expected(DateOnly month, ChainHistory history, StoreForecaster sales)
    {
        var end = month.AddMonths(1);
        var open = history.NetSales.Select(day => day.Day).Concat(history.Upcoming).Where(day => day.Date >= month && day.Date < end).ToList();
        var amounts = DayFacts.Of(open, history.NetSales.Select(day => day.Day).Concat(history.Upcoming))
            .ToDictionary(facts => (facts.Day.Store, facts.Day.Date), sales.Model.Expect);
        return open.Select(day => day.Store).Distinct(StringComparer.Ordinal).ToDictionary(
            store => store,
            store => (IReadOnlyList<ExpectedDay>)[.. Enumerable.Range(month.DayNumber, end.DayNumber - month.DayNumber).Select(DateOnly.FromDayNumber).Select(day =>
                amounts.TryGetValue((store, day), out var amount) ? new ExpectedDay(day, true, amount) : new ExpectedDay(day, false, 0))],
            StringComparer.Ordinal);
    }
}
