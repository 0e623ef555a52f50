using RetailInsight.Local.Demo;
using RetailInsight.Local.Simulation;

namespace RetailInsight.Tests.Simulation;

public sealed class DemoPeriodTests
{
    [Fact]
    public void A_later_start_goes_on_where_an_earlier_one_stood_and_changes_nothing_before()
    {
        var home = Directory.CreateTempSubdirectory("demo-period-").FullName;
        try
        {
            var noon = new DateTime(2026, 11, 22, 12, 30, 0);
            var first = DemoPeriod.Next(home, noon);
            Assert.Equal((new DateOnly(2026, 11, 8), true, new DateOnly(2026, 11, 8)), (first.First, first.HasNews, first.From));
            first.Keep(home);
            Assert.False(DemoPeriod.Next(home, noon).HasNews);
            var later = DemoPeriod.Next(home, noon.AddDays(2));
            Assert.Equal((first.First, new DateOnly(2026, 11, 21), 17), (later.First, later.From, later.Options.Days));

            var (before, after) = (new RetailSimulation(first.Options with { Stores = 4 }), new RetailSimulation(later.Options with { Stores = 4 }));
            foreach (var store in before.Stores)
            {
                Assert.Equal(before.Day(store, new DateOnly(2026, 11, 20)).Receipts.Select(Told), after.Day(store, new DateOnly(2026, 11, 20)).Receipts.Select(Told));
                var (part, whole) = (before.Day(store, new DateOnly(2026, 11, 22)).Receipts, after.Day(store, new DateOnly(2026, 11, 22)).Receipts);
                Assert.True(part.Count < whole.Count);
                Assert.All(part, receipt => Assert.True(receipt.Second <= 12.5 * 3600));
                Assert.Equal(whole.Take(part.Count).Select(receipt => (receipt.Key, receipt.Second, receipt.Net)), part.Select(receipt => (receipt.Key, receipt.Second, receipt.Net)));
                Assert.All(part.Where(receipt => receipt.IsVoided), receipt => Assert.Contains(part, other => other.VoidOf == receipt.Number && other.Register == receipt.Register));
                var (doors, all) = (before.Doors(store, new DateOnly(2026, 11, 22), part), after.Doors(store, new DateOnly(2026, 11, 22), whole));
                Assert.Equal(all.Where(door => door.FromMinute + DoorCounter.IntervalMinutes <= 750), doors);
            }
        }
        finally
        {
            Directory.Delete(home, true);
        }
    }

    [Fact]
    public void The_chain_keeps_the_time_of_Japan() =>
        Assert.Equal(new DateTime(2026, 11, 22, 0, 4, 0), DemoPeriod.WallClock(new DateTimeOffset(2026, 11, 21, 15, 4, 59, TimeSpan.Zero)));

    private static string Told(Receipt receipt) => $"{receipt.Key} {receipt.Second} {receipt.Net} {receipt.IsVoided} {receipt.VoidOf}";
}
