using RetailInsight.Platform.GoogleCloud.BigQuery;

namespace RetailInsight.Tests.Platform.BigQuery;

public sealed class ModificationBudgetTests
{
    private const int PerDay = 1_500;

    [Theory]
    [InlineData(1)]
    public void No_pattern_of_arrivals_exceeds_the_budget_in_any_24_hours(int seed)
    {
        var random = new Random(seed);
        var clock = new StoppedClock();
        var budget = new ModificationBudget(PerDay, clock);
        var loads = new List<DateTimeOffset>();
        while (clock.GetUtcNow() < StoppedClock.Start.AddDays(3))
        {
            // Quiet hours, busy hours, and callers that heed the interval or do not.
            var pause = random.Next(4) switch { 0 => TimeSpan.FromHours(random.NextDouble() * 2), 1 => TimeSpan.Zero, _ => budget.Interval };
            clock.Advance(pause);
            for (var burst = random.Next(1, 200); burst > 0; burst--)
            {
                clock.Advance(TimeSpan.FromSeconds(random.NextDouble()));
                if (budget.Take($"load {loads.Count}") == TimeSpan.Zero)
                {
                    loads.Add(clock.GetUtcNow());
                }
            }
        }

        Assert.True(loads.Count > PerDay);
        for (var at = PerDay; at < loads.Count; at++)
        {
            Assert.True(loads[at] - loads[at - PerDay] >= TimeSpan.FromHours(24), $"{PerDay + 1} loads within 24 hours up to {loads[at]:u}.");
        }
    }

    [Theory]
    [InlineData(1_500)]
    [InlineData(40)]
    [InlineData(10)]
    public void Whoever_heeds_the_interval_is_never_stopped(int perDay)
    {
        // Loads as fast as allowed, for a week: the longest silence is the distance of the worst hour, not the rest of a day.
        var clock = new StoppedClock();
        var budget = new ModificationBudget(perDay, clock);
        var loads = new List<DateTimeOffset>();
        while (clock.GetUtcNow() < StoppedClock.Start.AddDays(7))
        {
            Assert.Equal(TimeSpan.Zero, budget.Take($"load {loads.Count}"));
            loads.Add(clock.GetUtcNow());
            clock.Advance(budget.Interval);
        }

        var longest = loads.Zip(loads.Skip(1), (one, next) => next - one).Max();
        Assert.InRange(longest / (TimeSpan.FromHours(24) / perDay), 0, 2.5);
        Assert.InRange(loads.Count, perDay * 7 / 2, perDay * 7);
    }

    [Fact]
    public void A_flood_that_does_not_heed_the_interval_is_slowed_down_and_not_stopped_for_hours()
    {
        var clock = new StoppedClock();
        var budget = new ModificationBudget(PerDay, clock);
        var longest = TimeSpan.Zero;
        for (var load = 0; clock.GetUtcNow() < StoppedClock.Start.AddDays(3); load++)
        {
            for (TimeSpan pause; (pause = budget.Take($"load {load}")) > TimeSpan.Zero;)
            {
                longest = pause > longest ? pause : longest;
                clock.Advance(pause);
            }
        }

        Assert.InRange(longest, TimeSpan.FromSeconds(58), TimeSpan.FromMinutes(3));
    }

    [Fact]
    public void A_fresh_day_loads_every_second_and_a_quiet_hour_makes_the_next_load_prompt()
    {
        var clock = new StoppedClock();
        var budget = new ModificationBudget(PerDay, clock);
        Assert.Equal(TimeSpan.FromSeconds(1), budget.Interval);
        for (var load = 0; load < PerDay / 2; load++)
        {
            budget.Note($"load {load}", clock.GetUtcNow());
        }

        Assert.InRange(budget.Interval, TimeSpan.FromSeconds(58), TimeSpan.FromMinutes(3));
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(TimeSpan.FromSeconds(1), budget.Interval);
    }

    [Fact]
    public void Loads_of_other_processes_that_used_everything_are_waited_out()
    {
        var clock = new StoppedClock();
        var budget = new ModificationBudget(PerDay, clock);
        for (var load = 0; load < PerDay; load++)
        {
            budget.Note($"load {load}", clock.GetUtcNow());
        }

        Assert.Equal(TimeSpan.FromHours(24), budget.Take("one more"));
        Assert.Equal(TimeSpan.Zero, budget.Take("load 0"));
        clock.Advance(TimeSpan.FromHours(24));
        Assert.Equal(TimeSpan.Zero, budget.Take("one more"));
    }

    private sealed class StoppedClock : TimeProvider
    {
        public static readonly DateTimeOffset Start = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
        private DateTimeOffset _now = Start;

        public override DateTimeOffset GetUtcNow() => _now;

        public void Advance(TimeSpan time) => _now += time;
    }
}
