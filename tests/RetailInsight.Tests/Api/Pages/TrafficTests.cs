using RetailInsight.Api.Health;
using RetailInsight.Api.Kpis;
using RetailInsight.Api.Pages;
using RetailInsight.Api.Pages.Traffic;
using RetailInsight.Core.Calendar;

namespace RetailInsight.Tests.Api.Pages;

public sealed class TrafficTests
{
    [Fact]
    public void A_busy_hour_that_converts_badly_comes_first_with_what_it_would_bring()
    {
        var model = Model(((DayOfWeek.Saturday, 15), Cell(4, 400, 40)), ((DayOfWeek.Monday, 10), Cell(4, 100, 40)), ((DayOfWeek.Monday, 11), Cell(4, 100, 40)), ((DayOfWeek.Monday, 12), Cell(4, 100, 40)));
        var chance = Assert.Single(model.Chances);
        Assert.Equal((DayOfWeek.Saturday, 15), (chance.Weekday, chance.Hour));

        // 100 visitors an hour at 160/700 instead of 10 %, 1,000 yen a receipt.
        Assert.Equal(100m * ((160m / 700m) - 0.1m) * 1_000m, chance.Potential, 6);
    }

    [Fact]
    public void Quiet_hours_and_hours_seen_once_are_no_chance()
    {
        Assert.Empty(Model(((DayOfWeek.Saturday, 15), Cell(1, 400, 1)), ((DayOfWeek.Monday, 10), Cell(4, 400, 160)), ((DayOfWeek.Monday, 11), Cell(4, 4, 0))).Chances);
        Assert.Empty(Model().Chances);
    }

    private static TrafficModel Model(params ((DayOfWeek, int) Key, TrafficCell Cell)[] cells) => new(
        new DateOnly(2026, 10, 25), new DateOnly(2026, 11, 21), "JPY", 10, 20, cells.ToDictionary(cell => cell.Key, cell => cell.Cell), Figures.Sum(cells.Select(cell => cell.Cell.Figures!)), 0,
        new LastDay(new DateOnly(2026, 11, 21), false), new Completeness(new DateSpan(new DateOnly(2026, 10, 25), new DateOnly(2026, 11, 21)), [], []));

    private static TrafficCell Cell(int days, long visitors, long receipts) =>
        new(days, new Figures("JPY", receipts * 1_000_000_000, 0, receipts * 1_000_000_000, receipts, receipts * 1_000_000, 0, visitors, receipts, visitors, 60 * days, 60 * days));
}
