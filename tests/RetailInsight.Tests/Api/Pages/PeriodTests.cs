using RetailInsight.Api.Calendars;
using RetailInsight.Api.Health;
using RetailInsight.Api.Pages;
using RetailInsight.Api.Pages.Breakdowns;
using RetailInsight.Api.Pages.Comparing;
using RetailInsight.Api.Pages.Period;
using RetailInsight.Core.Calendar;

namespace RetailInsight.Tests.Api.Pages;

public sealed class PeriodTests
{
    [Theory]
    [InlineData(CalendarGrain.Week, 7, 7)]
    [InlineData(CalendarGrain.Month, 30, 30)]
    [InlineData(CalendarGrain.Quarter, 92, 14)]
    [InlineData(CalendarGrain.Year, 365, 12)]
    public void A_chart_has_a_bar_a_day_a_week_or_a_month_and_its_bars_hold_every_day_once(CalendarGrain grain, int days, int bars)
    {
        var span = new PeriodCalendar().SpanOf(grain, new DateOnly(2026, 11, 14));
        var model = new PeriodModel(
            grain, PageComparison.SameWeekday, CompanyCalendar.Plain, null, [.. span.Days.Select(day => new PeriodDay(day, null, null, null, null, 1))], null, null, null, "JPY", 0, null, [], null,
            new BreakdownModel(null, [], [], []), new Completeness(span, [], []));
        Assert.Equal((days, bars), (model.Days.Count, model.Bars.Count));
        Assert.Equal(days, model.Bars.Sum(bar => bar.Span.Length));
        Assert.Equal(days, model.Bars.Sum(bar => bar.Target));
    }

    [Fact]
    public void A_comparison_is_said_with_its_date_and_why()
    {
        var calendar = new RetailCalendar(new HolidayCalendar([new(new DateOnly(2025, 11, 3), "文化の日"), new(new DateOnly(2026, 11, 3), "文化の日")]));
        string Said(Wording words, string date, ComparisonBasis basis) => new ComparisonText(words, calendar).OfDay(
            ComparedPeriod.Of(calendar, new DateSpan(DateOnly.Parse(date, System.Globalization.CultureInfo.InvariantCulture), DateOnly.Parse(date, System.Globalization.CultureInfo.InvariantCulture)), basis).Pairs[0]);

        Assert.Equal("Compared with Mon 3 November 2025: also a holiday (文化の日)", Said(Wording.English, "2026-11-03", ComparisonBasis.LastYearWeekday));
        Assert.Equal("Compared with Mon 27 October 2025: the nearest usual one, for the same weekday last year was a holiday (文化の日)", Said(Wording.English, "2026-11-02", ComparisonBasis.LastYearWeekday));
        Assert.Equal("Compared with Tue 3 November 2026: the same weekday a week before. It was a holiday (文化の日)", Said(Wording.English, "2026-11-10", ComparisonBasis.SameWeekday));
        Assert.Equal("比べる相手: 2025年11月3日(月) — 同じ祝日(文化の日)", Said(Wording.Japanese, "2026-11-03", ComparisonBasis.LastYearWeekday));
    }
}
