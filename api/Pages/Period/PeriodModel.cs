using RetailInsight.Api.Calendars;
using RetailInsight.Api.Growth;
using RetailInsight.Api.Health;
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
/// <param name="Compared">Figures of the other day, of every store.</param>
/// <param name="Alike">Both days of the stores that have sales on both; null where there is no such store, and on the day that runs.</param>
/// <param name="Target">In currency units; null where there is none.</param>
internal sealed record PeriodDay(DateOnly Date, DayTotal? Total, DayPair? Pair, DayTotal? Compared, PairTotal? Alike, decimal? Target)
{
    /// <summary>Whether the registers of any store reported.</summary>
    public bool IsReported => Total?.Figures.Net is not null;

    /// <summary>Whether those of any store reported on the other day.</summary>
    public bool IsComparedReported => Compared?.Figures.Net is not null;
}

/// <summary>Days that stand in one bar of the chart and one row of its table: a day, a week of a quarter, a month of a year.</summary>
/// <param name="Span">Its days that lie in the period.</param>
/// <param name="Net">Net sales, micros; null without figures.</param>
/// <param name="Compared">Likewise of the other days: of those gone by of the stores that have sales on both sides.</param>
/// <param name="Target">In currency units; null where there is none.</param>
/// <param name="Figures">All figures; null without any.</param>
/// <param name="StoreDays">Store-days with sales.</param>
/// <param name="StoreDaysExpected">Store-days that should have some; not fewer than those that have.</param>
internal sealed record PeriodBar(DateSpan Span, long? Net, long? Compared, decimal? Target, Figures? Figures, int StoreDays, int StoreDaysExpected)
{
    /// <summary>Whether sales of some store-days are missing.</summary>
    public bool IsPartial => StoreDays < StoreDaysExpected;
}

/// <summary>What the page of a period shows.</summary>
/// <param name="Grain">How long it is.</param>
/// <param name="Choice">What it is compared with.</param>
/// <param name="Calendar">The company's.</param>
/// <param name="Compared">The days compared with, up to <paramref name="Through"/>; null for a target.</param>
/// <param name="Days">Every day of the period, also those to come.</param>
/// <param name="Through">The last day with figures; null where none has.</param>
/// <param name="UntilHour">The hour before which the last day counts on both sides while it still runs; null once it is whole.</param>
/// <param name="Last">The last day and its other one before that hour, of the stores that have sales on both; null once it is whole.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="Reached">What the store-days that have a target reached, in currency units.</param>
/// <param name="Target">Their target, in currency units; null where there is none.</param>
/// <param name="Stores">Stores and what they did up to <paramref name="Through"/>, and beside the days compared, whole days only; empty for one store.</param>
/// <param name="Growth">Of its whole days; null without any to compare.</param>
/// <param name="Breakdown">What its sales are made of.</param>
/// <param name="Completeness">What arrived of it so far.</param>
internal sealed record PeriodModel(
    CalendarGrain Grain, PageComparison Choice, CompanyCalendar Calendar, ComparedPeriod? Compared, IReadOnlyList<PeriodDay> Days, DateOnly? Through,
    int? UntilHour, PairTotal? Last, string Currency, decimal Reached, decimal? Target,
    IReadOnlyList<(StoreTotal Now, StorePair? Pair)> Stores, SalesGrowth? Growth, BreakdownModel Breakdown, Completeness Completeness)
{
    /// <summary>First day.</summary>
    public DateOnly From => Days[0].Date;

    /// <summary>Last day.</summary>
    public DateOnly To => Days[^1].Date;

    /// <summary>The days that count on both sides: up to the last one with figures.</summary>
    public IEnumerable<PeriodDay> Elapsed => Days.Where(day => day.Date <= Through);

    /// <summary>The period so far; null without figures.</summary>
    public Figures? Now => Figures.Sum(Elapsed.Select(day => day.Total?.Figures).OfType<Figures>());

    /// <summary>What is compared of it: the store-days with sales on both sides, of a day that still runs its hours so far.</summary>
    public Figures? ComparedNow => Figures.Sum(Elapsed.Select(AlikeOf).OfType<PairTotal>().Select(pair => pair.Now));

    /// <summary>The same store-days of the days compared with; null without figures.</summary>
    public Figures? Then => Compared is null ? null : Figures.Sum(Elapsed.Select(AlikeOf).OfType<PairTotal>().Select(pair => pair.Then));

    /// <summary>Elapsed days with sales on one side only, which are not compared.</summary>
    public int UnevenDays => Compared is null ? 0 : Elapsed.Count(day => day.IsReported != day.IsComparedReported);

    /// <summary>Elapsed days on which the stores with sales are not the same on both sides.</summary>
    public int PartlyComparedDays => Compared is null ? 0 : Elapsed.Count(day =>
        day.IsReported && day.IsComparedReported && (day.Total!.Stores > (AlikeOf(day)?.Stores ?? 0) || day.Compared!.Stores > (AlikeOf(day)?.Stores ?? 0)));

    /// <summary>What the chart draws: days, the weeks of a quarter, the months of a year.</summary>
    public IReadOnlyList<PeriodBar> Bars
    {
        get
        {
            var grain = Grain switch { CalendarGrain.Quarter => CalendarGrain.Week, CalendarGrain.Year => CalendarGrain.Month, _ => CalendarGrain.Day };
            return [.. Days.GroupBy(day => Calendar.Periods.SpanOf(grain, day.Date).From).Select(group =>
            {
                var total = Figures.Sum(group.Select(day => day.Total?.Figures).OfType<Figures>());

                // A day that runs or is to come is shown beside all of its other one.
                var other = Figures.Sum(group.Select(day => day.Date <= Through && !IsRunning(day) ? day.Alike?.Then : day.Compared?.Figures).OfType<Figures>());
                var (known, expected) = (group.Sum(day => day.Total?.Stores ?? 0), group.Where(day => day.Date <= Through).Sum(day => Math.Max(Completeness.On(day.Date)?.Expected ?? 0, day.Total?.Stores ?? 0)));
                var targets = group.Select(day => day.Target).OfType<decimal>().ToList();
                return new PeriodBar(new DateSpan(group.First().Date, group.Last().Date), total?.Net, other?.Net, targets.Count == 0 ? null : targets.Sum(), total, known, expected);
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
        DateOnly? through = now.Count == 0 ? null : now.Values.Where(one => one.Figures.Net is not null).Select(one => (DateOnly?)one.Date).Max() ?? now.Keys.Max();
        var whole = ComparisonChoice.BasisOf(choice) is { } basis ? ComparedPeriod.Of(calendar.Retail, period, basis) : null;
        var pairs = whole?.Pairs.ToDictionary(pair => pair.Day) ?? [];
        var then = whole is { First: { } first, Last: { } last }
            ? (await read.DayTotalsAsync(codes, first, last, currency, cancellationToken)).ToDictionary(day => day.Date) : [];
        var targets = await read.SalesTargetsAsync(codes, period.From, period.To, currency, cancellationToken);
        var targetOf = targets.ToDictionary(target => target.Date, target => target.Target);
        var until = through is { } day ? RunningDay.UntilHour(request.Shown, day, now[day].ComputedAt, request.TimeZone) : null;
        var running = until is { } hour && pairs.TryGetValue(through!.Value, out var pair) ? await LastDayAsync(request, pair, hour, currency, cancellationToken) : null;
        var compared = through is { } end ? whole?.Through(end) : null;
        var wholeDays = until is null ? compared : compared?.Through(through!.Value.AddDays(-1));
        var alike = await AlikeAsync(request, wholeDays?.Pairs ?? [], now, then, currency, cancellationToken);
        return new PeriodModel(
            grain, choice, calendar, compared,
            [.. period.Days.Select(date => new PeriodDay(
                date, now.GetValueOrDefault(date), pairs.TryGetValue(date, out var own) ? own : null,
                pairs.TryGetValue(date, out var other) ? then.GetValueOrDefault(other.Other) : null, alike.GetValueOrDefault(date), targetOf.TryGetValue(date, out var target) ? target : null))],
            through, until, running, currency, targets.Sum(target => target.Actual), targets.Count == 0 ? null : targets.Sum(target => target.Target),
            request.Store is not null || through is null ? [] : await StoresAsync(request, [.. period.Days.TakeWhile(one => one <= through)], wholeDays, currency, cancellationToken),
            wholeDays is { Pairs.Count: > 0 } ? await read.GrowthAsync(codes, wholeDays, calendar, currency, cancellationToken) : null,
            await BreakdownModel.ReadAsync(request, period, currency, cancellationToken),
            await read.CompletenessAsync(codes, new DateSpan(period.From, through ?? period.From), until is null ? null : through, cancellationToken));
    }

    /// <summary>What is compared of a day: of one that runs its hours so far; null where nothing is.</summary>
    public PairTotal? AlikeOf(PeriodDay day) => IsRunning(day) ? Last : day.Alike;

    /// <summary>The day that still runs; null where all are whole.</summary>
    public DateOnly? Running => UntilHour is null ? null : Through;

    private bool IsRunning(PeriodDay day) => UntilHour is not null && day.Date == Through;

    // A pair of days on which every store reported needs no second look.
    private static async Task<Dictionary<DateOnly, PairTotal>> AlikeAsync(
        PageRequest request, IReadOnlyList<DayPair> pairs, Dictionary<DateOnly, DayTotal> now, Dictionary<DateOnly, DayTotal> then, string currency, CancellationToken cancellationToken)
    {
        var alike = new Dictionary<DateOnly, PairTotal>();
        var differing = new List<DayPair>();
        foreach (var pair in pairs)
        {
            if (now.GetValueOrDefault(pair.Day) is not { Stores: > 0 } day || then.GetValueOrDefault(pair.Other) is not { Stores: > 0 } other)
            {
                continue;
            }

            if (day.Stores == request.Shown.Count && other.Stores == request.Shown.Count)
            {
                alike.Add(pair.Day, new PairTotal(pair.Day, day.Stores, day.Figures, other.Figures));
            }
            else
            {
                differing.Add(pair);
            }
        }

        foreach (var total in differing.Count == 0 ? [] : await request.Read.PairTotalsAsync(request.Codes, differing, currency, cancellationToken))
        {
            alike.Add(total.Date, total);
        }

        return alike;
    }

    private static async Task<PairTotal?> LastDayAsync(PageRequest request, DayPair pair, int until, string currency, CancellationToken cancellationToken)
    {
        var stores = await request.Read.StoresReportedAsync(request.Codes, pair.Day, pair.Other, currency, cancellationToken);
        var hours = stores.Count == 0 ? [] : await request.Read.HourTotalsAsync(stores, [pair.Day, pair.Other], currency, cancellationToken);
        Figures? SoFar(DateOnly on) => Figures.Sum(hours.Where(hour => hour.Date == on && hour.Hour < until).Select(hour => hour.Figures));
        return SoFar(pair.Day) is { } now && SoFar(pair.Other) is { } then ? new PairTotal(pair.Day, stores.Count, now, then) : null;
    }

    private static async Task<IReadOnlyList<(StoreTotal Now, StorePair? Pair)>> StoresAsync(
        PageRequest request, IReadOnlyList<DateOnly> elapsed, ComparedPeriod? compared, string currency, CancellationToken cancellationToken)
    {
        var now = await request.Read.StoreTotalsAsync(request.Codes, elapsed, currency, cancellationToken);
        var pairs = compared is not { Pairs.Count: > 0 } ? []
            : (await request.Read.StorePairsAsync(request.Codes, compared.Pairs, currency, cancellationToken)).ToDictionary(store => store.Store);
        return [.. now.OrderByDescending(store => store.Figures.Net ?? long.MinValue).Select(store => (store, pairs.GetValueOrDefault(store.Store)))];
    }
}
