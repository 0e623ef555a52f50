using RetailInsight.Api.Pages.Period;

namespace RetailInsight.Tests.Api.Pages;

public sealed class PeriodTests
{
    [Theory]
    [InlineData(nameof(PeriodGrain.Week), "2026-11-21", "2026-11-16", "2026-11-22")]
    [InlineData(nameof(PeriodGrain.Week), "2026-11-22", "2026-11-16", "2026-11-22")]
    [InlineData(nameof(PeriodGrain.Week), "2027-01-01", "2026-12-28", "2027-01-03")]
    [InlineData(nameof(PeriodGrain.Month), "2028-02-10", "2028-02-01", "2028-02-29")]
    public void A_week_runs_from_monday_and_a_month_to_its_last_day(string grain, string date, string from, string to) =>
        Assert.Equal((Day(from), Day(to)), PeriodModel.Bounds(Enum.Parse<PeriodGrain>(grain), Day(date)));

    [Theory]
    [InlineData(nameof(PeriodGrain.Week), nameof(PeriodComparison.Previous), "2026-11-21", "2026-11-14")]
    [InlineData(nameof(PeriodGrain.Week), nameof(PeriodComparison.LastYearWeekday), "2026-11-21", "2025-11-22")]
    [InlineData(nameof(PeriodGrain.Week), nameof(PeriodComparison.LastYearDate), "2026-11-21", "2025-11-21")]
    [InlineData(nameof(PeriodGrain.Month), nameof(PeriodComparison.Previous), "2026-03-28", "2026-02-28")]
    [InlineData(nameof(PeriodGrain.Month), nameof(PeriodComparison.Previous), "2026-03-29", null)]
    [InlineData(nameof(PeriodGrain.Month), nameof(PeriodComparison.LastYearDate), "2028-02-29", null)]
    [InlineData(nameof(PeriodGrain.Month), nameof(PeriodComparison.LastYearWeekday), "2028-02-29", "2027-03-02")]
    public void A_day_is_compared_with_one_day_at_most_and_no_day_twice(string grain, string comparison, string date, string? expected) =>
        Assert.Equal(expected is null ? null : Day(expected), PeriodModel.Compared(Day(date), Enum.Parse<PeriodGrain>(grain), Enum.Parse<PeriodComparison>(comparison)));

    private static DateOnly Day(string date) => DateOnly.ParseExact(date, "yyyy-MM-dd");
}
