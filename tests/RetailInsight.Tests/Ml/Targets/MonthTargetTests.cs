using RetailInsight.Core.Canon;
using RetailInsight.Ml.Targets;

namespace RetailInsight.Tests.Ml.Targets;

public sealed class MonthTargetTests
{
    private static readonly TargetPolicy WholeLift = new(1, 0.5, 0);

    // 101 errors, evenly from -10 % to +10 %.
    private static readonly TotalErrors Errors = new(Enumerable.Range(-50, 101).Select(i => 0.002 * i));

    [Fact]
    public void The_lift_is_asked_for_by_the_ambition()
    {
        foreach (var (ambition, expected) in new[] { (0.0, 3_000_000), (0.5, 3_075_945), (1.0, 3_153_813) })
        {
            var target = Assert.Single(MonthTarget.Propose([Store("a", 100_000, 0.05)], "JPY", WholeLift with { Ambition = ambition }, null));
            Assert.Equal(Money.FromDecimal(expected, "JPY"), target.Amount);
            Assert.False(target.IsHeldByOdds);
            Assert.Equal(Errors.ShareReaching(ambition * 0.05), target.Probability, 0.01);
        }
    }

    [Fact]
    public void Unless_asked_for_more_a_target_is_met_in_half_of_the_months_at_least_and_in_six_of_ten_where_nothing_is_to_lift()
    {
        var random = new Random(3);
        for (var round = 0; round < 500; round++)
        {
            // A forecast may be biased: the odds come from what it did, not from what it promised.
            var bias = random.NextDouble() - 0.5;
            var errors = new TotalErrors(Enumerable.Range(0, random.Next(100, 400)).Select(_ => bias + (0.2 * (random.NextDouble() - 0.5))));
            var targets = MonthTarget.Propose(
                [Store("holds", 88_888, 0) with { Errors = errors }, Store("slightly", 88_888, 0.01) with { Errors = errors }, Store("lifts", 88_888, 0.2) with { Errors = errors }],
                "JPY", TargetPolicy.Default, null);
            Assert.InRange(targets[0].Probability, 0.6, 0.62);
            Assert.InRange(targets[1].Probability, 0.5, 0.62);
            Assert.InRange(targets[2].Probability, 0.5, 0.52);
            Assert.Equal([false, false, true], targets.Select(target => target.IsHeldByOdds));
            Assert.True(targets[0].Amount.Micros < targets[1].Amount.Micros && targets[1].Amount.Micros < targets[2].Amount.Micros);
        }
    }

    [Fact]
    public void Amounts_are_whole_yen_and_whole_cents()
    {
        Assert.Equal(0, Propose("JPY").Micros % 1_000_000);
        Assert.Equal(0, Propose("EUR").Micros % 10_000);
        Assert.NotEqual(0, Propose("EUR").Micros % 1_000_000);

        Money Propose(string currency) => MonthTarget.Propose([Store("a", 1234.5678, 0.03)], currency, WholeLift, null)[0].Amount;
    }

    [Fact]
    public void The_odds_of_a_month_that_runs_are_those_of_what_is_missing()
    {
        var target = Money.FromDecimal(3_000_000, "JPY");
        Assert.Equal(51 / 101.0, MonthTarget.ProbabilityOf(target, 0, 3_000_000, Errors));
        Assert.Equal(51 / 101.0, MonthTarget.ProbabilityOf(target, 2_000_000, 1_000_000, Errors));
        Assert.Equal(0, MonthTarget.ProbabilityOf(target, 2_000_000, 900_000, Errors));
        Assert.Equal(1, MonthTarget.ProbabilityOf(target, 2_000_000, 1_200_000, Errors));
        Assert.Equal(1, MonthTarget.ProbabilityOf(target, 3_000_000, 0, Errors));
        Assert.Equal(0, MonthTarget.ProbabilityOf(target, 2_999_999, 0, Errors));
        var rising = Enumerable.Range(0, 40).Select(i => MonthTarget.ProbabilityOf(target, 1_000_000 + (20_000 * i), 1_800_000, Errors)).ToList();
        Assert.Equal(rising.Order(), rising);
    }

    [Fact]
    public void Errors_tell_the_level_that_a_share_of_months_reached()
    {
        var random = new Random(1);
        foreach (var count in new[] { 1, 2, 10, 99, 1000 })
        {
            var errors = new TotalErrors(Enumerable.Range(0, count).Select(_ => Math.Round(random.NextDouble(), 2, MidpointRounding.ToEven)));
            foreach (var share in new[] { 0, 0.1, 0.45, 0.5, 0.6, 0.99, 1 })
            {
                var level = errors.LevelReachedBy(share);
                Assert.True(errors.ShareReaching(level) >= share - 1e-9);
                Assert.Equal(errors.Logs.Count(log => log >= level) / (double)count, errors.ShareReaching(level));
                Assert.DoesNotContain(errors.Logs, log => log > level && errors.ShareReaching(log) >= share);
            }
        }

        Assert.Throws<ArgumentException>(() => new TotalErrors([]));
        Assert.Throws<ArgumentException>(() => new TotalErrors([0, double.NaN]));
    }

    [Fact]
    public void What_is_no_policy_is_refused()
    {
        foreach (var policy in new[] { new TargetPolicy(1.1, 0.6, 0.5), new(0.5, double.NaN, 0), new(0.5, 0.6, 0.7) })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => MonthTarget.Propose([Store("a", 1, 0)], "JPY", policy, null));
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => MonthTarget.Propose([Store("a", 1, -0.01)], "JPY", TargetPolicy.Default, null));
    }

    [Fact]
    public void A_company_total_moves_the_uncertain_stores_most_and_changes_their_odds()
    {
        var wide = new TotalErrors(Errors.Logs.Select(log => 3 * log));
        var stores = new[] { Store("sure", 100_000, 0), Store("unsure", 100_000, 0) with { Errors = wide }, Store("small", 10_000, 0) };
        var alone = MonthTarget.Propose(stores, "JPY", WholeLift, null);
        var targets = MonthTarget.Propose(stores, "JPY", WholeLift, Money.FromDecimal(6_400_000, "JPY"));

        Assert.Equal(6_400_000m, targets.Sum(target => Money.ToDecimal(target.Amount.Micros)));
        var moved = targets.Select(target => Money.ToDecimal(target.CompanyAdjustment.Micros)).ToList();
        Assert.Equal(targets.Select((target, i) => target.Amount - alone[i].Amount), targets.Select(target => target.CompanyAdjustment));
        Assert.InRange(moved[1] / moved[0], 8.999m, 9.001m);
        Assert.InRange(moved[0] / moved[2], 99.5m, 100.5m);
        Assert.All(targets.Zip(alone), pair => Assert.True(pair.First.Probability < pair.Second.Probability));
    }

    [Fact]
    public void Stores_come_to_the_company_total_exactly_and_none_below_0()
    {
        var random = new Random(5);
        for (var round = 0; round < 400; round++)
        {
            var currency = round % 2 == 0 ? "JPY" : "EUR";
            var unit = Money.MinorUnitMicros(currency);
            var count = random.Next(1, round % 50 == 0 ? 3000 : 40);
            var targets = Enumerable.Range(0, count).Select(_ => new Money(random.Next(4) == 0 ? 0 : random.NextInt64(2_000_000_000) * unit, currency)).ToList();
            var variances = targets.Select(_ => random.Next(5) == 0 ? 0 : Math.Exp(20 * random.NextDouble())).ToList();
            var sum = targets.Sum(target => target.Micros / unit);
            var total = new Money((long)(sum * 2 * random.NextDouble()) * unit, currency);

            var amounts = CompanyTotal.Reconcile(targets, variances, total);
            Assert.Equal(total.Micros, amounts.Sum(amount => amount.Micros));
            Assert.All(amounts, amount => Assert.True(amount.Micros >= 0 && amount.Micros % unit == 0));

            // All move the same way.
            Assert.All(amounts.Zip(targets), pair => Assert.True((pair.First.Micros - pair.Second.Micros) * Math.Sign(total.Micros - (sum * unit)) >= 0));
        }
    }

    [Fact]
    public void A_company_total_needs_a_store_and_whole_yen()
    {
        Assert.Throws<ArgumentException>(() => CompanyTotal.Reconcile([], [], Money.FromDecimal(1, "JPY")));
        Assert.Throws<ArgumentException>(() => CompanyTotal.Reconcile([Money.FromDecimal(1, "JPY")], [1], Money.FromDecimal(1.5m, "JPY")));
        Assert.Throws<ArgumentException>(() => CompanyTotal.Reconcile([Money.FromDecimal(1, "JPY")], [1], Money.FromDecimal(-1, "JPY")));
        Assert.Throws<InvalidOperationException>(() => CompanyTotal.Reconcile([Money.FromDecimal(1, "EUR")], [1], Money.FromDecimal(1, "JPY")));
        Assert.Equal([Money.FromDecimal(0, "JPY")], CompanyTotal.Reconcile([Money.FromDecimal(9, "JPY")], [1], Money.FromDecimal(0, "JPY")));
    }

    private static StoreMonth Store(string code, double day, double lift) =>
        new(code, [.. Enumerable.Range(0, 31).Select(i => new ExpectedDay(new DateOnly(2026, 12, 1).AddDays(i), i < 30, day))], Errors, lift);
}
