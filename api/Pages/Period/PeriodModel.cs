using RetailInsight.Api.Calendars;
using RetailInsight.Api.Growth;
using RetailInsight.Api.Kpis;
using RetailInsight.Api.Pages.Breakdowns;
using RetailInsight.Api.Pages.Comparing;
using RetailInsight.Api.Targets;
using RetailInsight.Core.Calendar;

namespace RetailInsight.Api.Pages.Period;

/// <summary>A day of the period beside the one it is compared with.</summary>
/// <param name="Date">Trading day.</param>
/// <param name="Total">Its figures; null without any.</param>
/// <param name="Pair">The other day; null where there is none.</param>
/// <param name="Compared">Figures of the other day.</param>
/// <param name="Target">In currency units; null where there is none.</param>
internal sealed record PeriodDay(DateOnly Date, DayTotal? Total, DayPair? Pair, DayTotal? Compared, decimal? Target);

/// <summary>Days that stand in one bar of the chart and one row of its table: a day, a week of a quarter, a month of a year.</summary>
/// <param name="Span">Its days that lie in the period.</param>
/// <param name="Net">Net sales, micros; null without figures.</param>
/// <param name="Compared">Likewise of the other days.</param>
/// <param name="Target">In currency units; null where there is none.</param>
/// <param name="Figures">All figures; null without any.</param>
internal sealed record PeriodBar(DateSpan Span, long? Net, long? Compared, decimal? Target, Figures? Figures);

/// <summary>What the page of a period shows.</summary>
/// <param name="Grain">How long it is.</param>
/// <param name="Choice">What it is compared with.</param>
/// <param name="Calendar">The company's.</param>
/// <param name="Compared">The days compared with, up to <paramref name="Through"/>; null for a target.</param>
/// <param name="Days">Every day of the period, also those to come.</param>
/// <param name="Through">The last day with figures; null where none has.</param>
/// <param name="UntilHour">The hour before which the last day counts on both sides while it still runs; null once it is whole.</param>
/// <param name="LastNow">Figures of the last day before that hour.</param>
/// <param name="LastThen">Figures of its other day before that hour.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="Reached">What the store-days that have a target reached, in currency units.</param>
/// <param name="Target">Their target, in currency units; null where there is none.</param>
/// <param name="Stores">Stores and what they did, in the period up to <paramref name="Through"/> and in the days compared; empty for one store.</param>
/// <param name="Growth">Of its whole days; null without any to compare.</param>
/// <param name="Breakdown">What its sales are made of.</param>
internal sealed record PeriodModel(
    CalendarGrain Grain, PageComparison Choice, CompanyCalendar Calendar, ComparedPeriod? Compared, IReadOnlyList<PeriodDay> Days, DateOnly? Through,
    int? UntilHour, Figures? LastNow, Figures? LastThen, string Currency, decimal Reached, decimal? Target,
    IReadOnlyList<(StoreTotal Now, StoreTotal? Then)> Stores, SalesGrowth? Growth, BreakdownModel Breakdown)
{
    /// <summary>First day.</summary>
    public DateOnly From => Days[0].Date;

    /// <summary>Last day.</summary>
    public DateOnly To => Days[^1].Date;

    /// <summary>The days that count on both sides: up to the last one with figures.</summary>
    public IEnumerable<PeriodDay> Elapsed => Days.Where(day => day.Date <= Through);

    /// <summary>The period so far; null without figures.</summary>
    public Figures? Now => Figures.Sum(Elapsed.Select(day => day.Total?.Figures).OfType<Figures>());

    /// <summary>What is compared of it: of a day that still runs its hours so far.</summary>
    public Figures? ComparedNow => Figures.Sum(Elapsed.Select(day => IsRunning(day) ? LastNow : day.Total?.Figures).OfType<Figures>());

    /// <summary>The same part of the days compared with; null without figures.</summary>
    public Figures? Then => Compared is null ? null : Figures.Sum(Elapsed.Select(day => IsRunning(day) ? LastThen : day.Compared?.Figures).OfType<Figures>());

    /// <summary>Elapsed days without figures on one side only: then the sums do not mean the same.</summary>
    public int UnevenDays => Compared is null ? 0 : Elapsed.Count(day => (day.Total is null) != (day.Compared is null));

    /// <summary>What the chart draws: days, the weeks of a quarter, the months of a year.</summary>
    public IReadOnlyList<PeriodBar> Bars
    {
        get
        {
            var grain = Grain switch { CalendarGrain.Quarter => CalendarGrain.Week, CalendarGrain.Year => CalendarGrain.Month, _ => CalendarGrain.Day };
            return [.. Days.GroupBy(day => Calendar.Periods.SpanOf(grain, day.Date).From).Select(group =>
            {
                var (total, other) = (Figures.Sum(group.Select(day => day.Total?.Figures).OfType<Figures>()), Figures.Sum(group.Select(day => day.Compared?.Figures).OfType<Figures>()));
                var targets = group.Select(day => day.Target).OfType<decimal>().ToList();
                return new PeriodBar(new DateSpan(group.First().Date, group.Last().Date), total?.Net, other?.Net, targets.Count == 0 ? null : targets.Sum(), total);
            })];
        }
    }

    /// <summary>Reads the page.</summary>
    public static async Task<PeriodModel> ReadAsync(
        PageRequest request, CalendarGrain grain, PageComparison choice, DateOnly today, CancellationToken cancellationToken)
    {
        var (read, codes) = (request.Read, request.Codes);
        var calendar = await read.CalendarAsync(cancellationToken);
        var period = calendar.Periods.SpanOf(grain, request.Date ?? await read.LatestDateAsync(codes, cancellationToken) ?? today);
        var reported = await read.ReportedDaysAsync(codes, period.From, period.To, cancellationToken);
        var currency = request.CurrencyOf(reported);
        var now = (await read.DayTotalsAsync(codes, period.From, period.To, currency, cancellationToken)).ToDictionary(day => day.Date);
        DateOnly? through = now.Count == 0 ? null : now.Keys.Max();
        var whole = ComparisonChoice.BasisOf(choice) is { } basis ? ComparedPeriod.Of(calendar.Retail, period, basis) : null;
        var pairs = whole?.Pairs.ToDictionary(pair => pair.Day) ?? [];
        var then = whole is { First: { } first, Last: { } last }
            ? (await read.DayTotalsAsync(codes, first, last, currency, cancellationToken)).ToDictionary(day => day.Date) : [];
        var targets = await read.SalesTargetsAsync(codes, period.From, period.To, currency, cancellationToken);
        var targetOf = targets.ToDictionary(target => target.Date, target => target.Target);
        var until = through is { } day ? RunningDay.UntilHour(request.Shown, day, now[day].ComputedAt, request.TimeZone) : null;
        var (lastNow, lastThen) = until is { } hour
            ? await LastDayAsync(request, through!.Value, pairs.TryGetValue(through.Value, out var pair) ? pair.Other : null, hour, currency, cancellationToken) : (null, null);
        var compared = through is { } end ? whole?.Through(end) : null;
        var growthDays = until is null ? compared : compared?.Through(through!.Value.AddDays(-1));
        return new PeriodModel(
            grain, choice, calendar, compared,
            [.. period.Days.Select(date => new PeriodDay(
                date, now.GetValueOrDefault(date), pairs.TryGetValue(date, out var own) ? own : null,
                pairs.TryGetValue(date, out var other) ? then.GetValueOrDefault(other.Other) : null, targetOf.TryGetValue(date, out var target) ? target : null))],
            through, until, lastNow, lastThen, currency, targets.Sum(target => target.Actual), targets.Count == 0 ? null : targets.Sum(target => target.Target),
            request.Store is not null || through is null ? [] : await StoresAsync(request, [.. period.Days.TakeWhile(one => one <= through)], compared, currency, cancellationToken),
            growthDays is { Pairs.Count: > 0 } ? await read.GrowthAsync(codes, growthDays, calendar, currency, cancellationToken) : null,
            await BreakdownModel.ReadAsync(request, period, currency, cancellationToken));
    }

    private bool IsRunning(PeriodDay day) => UntilHour is not null && day.Date == Through;

    private static async Task<(Figures? Now, Figures? Then)> LastDayAsync(
        PageRequest request, DateOnly date, DateOnly? other, int until, string currency, CancellationToken cancellationToken)
    {
        var hours = await request.Read.HourTotalsAsync(request.Codes, other is { } compared ? [date, compared] : [date], currency, cancellationToken);
        Figures? SoFar(DateOnly? on) => Figures.Sum(hours.Where(hour => hour.Date == on && hour.Hour < until).Select(hour => hour.Figures));
        return (SoFar(date), SoFar(other));
    }

    private static async Task<IReadOnlyList<(StoreTotal Now, StoreTotal? Then)>> StoresAsync(
        PageRequest request, IReadOnlyList<DateOnly> elapsed, ComparedPeriod? compared, string currency, CancellationToken cancellationToken)
    {
        var now = await request.Read.StoreTotalsAsync(request.Codes, elapsed, currency, cancellationToken);
        var then = compared is not { Pairs.Count: > 0 } ? []
            : (await request.Read.StoreTotalsAsync(request.Codes, [.. compared.Pairs.Select(pair => pair.Other)], currency, cancellationToken)).ToDictionary(store => store.Store);
        return [.. now.OrderByDescending(store => store.Figures.Net).Select(store => (store, then.GetValueOrDefault(store.Store)))];
    }
}
