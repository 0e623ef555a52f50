using RetailInsight.Platform.GoogleCloud.BigQuery;

namespace RetailInsight.Tests.Platform.BigQuery;

public sealed class ModificationBudgetTests
{
    private const int PerDay = 1_500;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
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

    [Fact]
    public void Whoever_heeds_the_interval_never_waits_and_loads_often()
    {
        var clock = new StoppedClock();
        var budget = new ModificationBudget(PerDay, clock);
        var day = new int[5];
        for (var load = 0; clock.GetUtcNow() < StoppedClock.Start.AddDays(day.Length); load++)
        {
            Assert.Equal(TimeSpan.Zero, budget.Take($"load {load}"));
            day[(clock.GetUtcNow() - StoppedClock.Start).Days]++;
            clock.Advance(budget.Interval);
        }

        Assert.All(day, loads => Assert.InRange(loads, PerDay * 3 / 4, PerDay));
    }

    [Fact]
    public void A_fresh_day_loads_every_second_and_a_used_one_rarely()
    {
        var clock = new StoppedClock();
        var budget = new ModificationBudget(PerDay, clock);
        Assert.Equal(TimeSpan.FromSeconds(1), budget.Interval);
        for (var load = 0; load < PerDay; load++)
        {
            budget.Note($"load {load}", clock.GetUtcNow());
        }

        Assert.InRange(budget.Interval, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(150));
        Assert.Equal(TimeSpan.FromHours(24), budget.Take("one more"));
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
