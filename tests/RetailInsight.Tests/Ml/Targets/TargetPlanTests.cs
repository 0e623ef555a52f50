using System.Collections.Immutable;
using RetailInsight.Core.Canon;
using RetailInsight.Ml.Targets;

namespace RetailInsight.Tests.Ml.Targets;

public sealed class TargetPlanTests
{
    private static readonly DateOnly Month = new(2026, 12, 1);
    private static readonly ExpectedDay[] Days = [.. Enumerable.Range(0, 31).Select(i => new ExpectedDay(Month.AddDays(i), i != 30, 100))];
    private static readonly Decision Computed = new("targets", new DateTimeOffset(2026, 11, 28, 0, 0, 0, TimeSpan.Zero));
    private static readonly Decision Manager = new("suzuki", new DateTimeOffset(2026, 12, 11, 1, 0, 0, TimeSpan.Zero));

    private static readonly TargetExplanation Explanation = new(
        3000, 2950, 0.5, 0.015, false, Yen(0), 0.55, [new("conversion", 0.08, 0.03, 0.01, 0.05, 0.06, PotentialBound.Gap)], ["b", "c"]);

    [Fact]
    public void A_proposal_is_replaced_until_the_month_begins_and_then_holds()
    {
        var plan = Proposed(3000).ProposeAgain(Yen(3100), DayShares.Of(Yen(3100), Days), Explanation, Computed);
        Assert.Throws<InvalidOperationException>(() => plan.Freeze(Month.AddDays(-1), Computed));

        var frozen = plan.Freeze(Month, Computed);
        Assert.Equal([TargetState.Proposed, TargetState.Proposed, TargetState.Frozen], frozen.Versions.Select(version => version.State));
        Assert.Equal([1, 2, 3], frozen.Versions.Select(version => version.Number));
        Assert.Equal((Yen(3100), (string?)null), (frozen.Latest.Amount, frozen.Latest.Reason));
        Assert.Throws<InvalidOperationException>(() => frozen.ProposeAgain(Yen(1), DayShares.Of(Yen(1), Days), Explanation, Computed));
        Assert.Throws<InvalidOperationException>(() => frozen.Freeze(Month, Computed));
    }

    [Fact]
    public void A_step_leaves_earlier_versions_as_they_were()
    {
        var frozen = Proposed(3000).Freeze(Month, Computed);
        var revised = frozen.Revise(Yen(2000), Days, Month.AddDays(10), "two weeks closed for works", Manager);

        Assert.Equal(2, frozen.Versions.Length);
        Assert.Equal(frozen.Versions, revised.Versions.Take(2));
        Assert.Equal((3, TargetState.Revised, Yen(2000), "two weeks closed for works", Manager, Explanation),
            (revised.Latest.Number, revised.Latest.State, revised.Latest.Amount, revised.Latest.Reason, revised.Latest.Decided, revised.Latest.Explanation));
    }

    [Fact]
    public void What_was_asked_of_days_gone_by_stays_and_the_others_carry_the_change()
    {
        var frozen = Proposed(3000).Freeze(Month, Computed);
        var revised = frozen.Revise(Yen(4001), Days, Month.AddDays(10), "a new station exit", Manager);
        Assert.Equal(frozen.Latest.Days.Take(10), revised.Latest.Days.Take(10));
        Assert.Equal(4001m, revised.Latest.Days.Sum(day => Money.ToDecimal(day.Amount.Micros)));
        Assert.Equal(Yen(151), revised.Latest.Days[10].Amount);
        Assert.Equal(Yen(150), revised.Latest.Days[29].Amount);
        Assert.Equal(Yen(0), revised.Latest.Days[30].Amount);

        Assert.Throws<ArgumentException>(() => frozen.Revise(Yen(999), Days, Month.AddDays(10), "less than was asked already", Manager));
        Assert.Throws<ArgumentException>(() => frozen.Revise(Yen(3001), Days, Month.AddDays(30), "no open day is left", Manager));
    }

    [Fact]
    public void A_target_that_holds_is_changed_with_a_reason_by_someone_and_before_the_month_is_over()
    {
        var frozen = Proposed(3000).Freeze(Month, Computed);
        Assert.Throws<InvalidOperationException>(() => Proposed(3000).Revise(Yen(1), Days, Month, "not frozen yet", Manager));
        Assert.Throws<ArgumentException>(() => frozen.Revise(Yen(3100), Days, Month, " ", Manager));
        Assert.Throws<ArgumentException>(() => frozen.Revise(Yen(3100), Days, Month, "nobody", Manager with { By = "" }));
        Assert.Throws<InvalidOperationException>(() => frozen.Revise(Yen(3100), Days, new DateOnly(2027, 1, 1), "too late", Manager));
        Assert.Equal(Yen(3100), frozen.Revise(Yen(3100), Days, Month, "once", Manager).Revise(Yen(3100), Days, Month, "and again", Manager).Latest.Amount);
    }

    [Fact]
    public void Days_that_do_not_make_up_the_month_are_refused()
    {
        var days = DayShares.Of(Yen(3000), Days);
        Assert.Throws<ArgumentException>(() => Propose(Month, Yen(3001), days));
        Assert.Throws<ArgumentException>(() => Propose(Month, Yen(3000), [.. days.Take(30)]));
        Assert.Throws<ArgumentException>(() => Propose(Month.AddDays(1), Yen(3000), days));
        Assert.Throws<InvalidOperationException>(() => Propose(Month, Money.FromDecimal(3000, "EUR"), days));
    }

    [Fact]
    public void A_plan_is_restored_from_its_versions_and_from_no_other_history()
    {
        var plan = Proposed(3000).Freeze(Month, Computed).Revise(Yen(3100), Days, Month, "once", Manager);
        var restored = TargetPlan.Restore("a", Month, "net_sales", plan.Versions);
        Assert.True(plan.Versions.SequenceEqual(restored.Versions));
        Assert.Throws<InvalidOperationException>(() => restored.Freeze(Month, Computed));

        Assert.Throws<ArgumentException>(() => TargetPlan.Restore("a", Month, "net_sales", []));
        Assert.Throws<ArgumentException>(() => TargetPlan.Restore("a", Month, "net_sales", [.. plan.Versions.Skip(1)]));
        Assert.Throws<ArgumentException>(() => TargetPlan.Restore("a", Month, "net_sales", [plan.Versions[0], plan.Versions[2] with { Number = 2 }]));
        Assert.Throws<ArgumentException>(() => TargetPlan.Restore("a", Month, "net_sales", [.. plan.Versions.Take(2), plan.Versions[2] with { Reason = null }]));
    }

    private static TargetPlan Proposed(long yen) => Propose(Month, Yen(yen), DayShares.Of(Yen(yen), Days));

    private static TargetPlan Propose(DateOnly month, Money amount, ImmutableArray<DayTarget> days) =>
        TargetPlan.Propose("a", month, "net_sales", amount, days, Explanation, Computed);

    private static Money Yen(long amount) => Money.FromDecimal(amount, "JPY");
}
