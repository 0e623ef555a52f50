using RetailInsight.Api.Calendars;
using RetailInsight.Api.Health;
using RetailInsight.Api.Kpis;
using RetailInsight.Api.Pages.Breakdowns;
using RetailInsight.Api.Pages.Comparing;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Targets;
using RetailInsight.Core.Calendar;

namespace RetailInsight.Api.Pages.Day;

/// <summary>One hour slot; figures null when nothing was published for it. <paramref name="Open"/>: inside opening hours of a store with counters.</summary>
internal sealed record HourSlot(int Hour, Figures? Figures, bool Open);

/// <summary>A day and what it is compared with. Hours are cut at <paramref name="UntilHour"/> on both sides while the day still runs.</summary>
/// <param name="Choice">What was chosen.</param>
/// <param name="Pair">The other day; null for a target.</param>
/// <param name="Now">The day, of the stores that have sales on both; for a target of every store.</param>
/// <param name="Then">The other day, of the same stores.</param>
/// <param name="UntilHour">Null once the day is whole.</param>
/// <param name="Target">Net sales to reach over the whole day, in currency units, and what the same stores reached; null where there is none.</param>
/// <param name="Stores">How many stores have sales on both days, on the day and on the other one; null for one store and for a target.</param>
internal sealed record DayComparison(
    PageComparison Choice, DayPair? Pair, Figures? Now, Figures? Then, int? UntilHour, (decimal Target, decimal Actual)? Target, (int Both, int Now, int Then)? Stores)
{
    /// <summary>Whether stores of one of the two days are left out.</summary>
    public bool LeavesOut => Stores is { } stores && stores.Both > 0 && (stores.Both < stores.Now || stores.Both < stores.Then);
}

/// <summary>A store of the chain on the day; <paramref name="Now"/> is the part of it that is compared with <paramref name="Before"/>.</summary>
internal sealed record StoreRow(Store Store, Figures Figures, Figures? Now, Figures? Before, StoreTarget? SalesTarget);

/// <summary>Everything the day page shows, read in one snapshot. <see cref="Store"/> null is the whole chain.</summary>
internal sealed record DayPageModel(
    Tenant Company,
    IReadOnlyList<Store> Stores,
    Store? Store,
    DateOnly Date,
    DateOnly? Latest,
    string Currency,
    IReadOnlyList<(DateOnly Date, Figures? Figures)> Days,
    DayComparison Comparison,
    IReadOnlyList<HourSlot> Hours,
    DateTimeOffset? ComputedAt,
    string TimeZone,
    IReadOnlyList<StoreTarget> Targets,
    IReadOnlyList<StoreRow> Rows,
    int OtherCurrencies,
    CompanyCalendar Calendar,
    BreakdownModel Breakdown,
    Completeness Completeness)
{
    public const int TrendDays = 14;

    public Figures? Figures => Days[^1].Figures;

    /// <summary>Reads the page; without a date, of the latest one with figures.</summary>
    public static async Task<DayPageModel> ReadAsync(
        PageRequest request, PageComparison choice, DateOnly today, CancellationToken cancellationToken)
    {
        var (read, company, stores, store, asked) = (request.Read, request.Company, request.Stores, request.Store, request.Date);
        var codes = request.Codes;
        var latest = await read.LatestDateAsync(codes, cancellationToken);
        var date = asked ?? latest ?? today;
        var first = date.AddDays(1 - TrendDays);
        var rows = await read.DaysAsync(codes, first, date, null, codes.Length * TrendDays, cancellationToken);
        var currency = store is null ? company.Currency : rows.LastOrDefault()?.Figures.Currency ?? company.Currency;
        var summed = rows.Where(row => row.Figures.Currency == currency).ToList();
        var days = Enumerable.Range(0, TrendDays).Select(first.AddDays)
            .Select(day => (day, Figures.Sum(summed.Where(row => row.BusinessDate == day).Select(row => row.Figures)))).ToList();
        var calendar = await read.CalendarAsync(cancellationToken);
        DayPair? pair = ComparisonChoice.BasisOf(choice) is { } basis ? ComparedPeriod.Of(calendar.Retail, new DateSpan(date, date), basis).Pairs[0] : null;
        var other = pair?.Other ?? date;
        var before = other >= first ? summed.FindAll(row => row.BusinessDate == other)
            : (await read.DaysAsync(codes, other, other, null, codes.Length, cancellationToken)).FindAll(row => row.Figures.Currency == currency);
        var hours = (await read.HoursAsync(codes, other == date ? [date] : [date, other], cancellationToken)).FindAll(hour => hour.Figures.Currency == currency);
        var targets = await read.TargetsAsync(codes, date, date, null, codes.Length * 8, cancellationToken);
        var onDay = summed.FindAll(row => row.BusinessDate == date);
        DateTimeOffset? computedAt = onDay.Count == 0 ? null : onDay.Min(row => row.ComputedAt);
        var zone = store?.TimeZone ?? company.TimeZone;
        var until = RunningDay.UntilHour(store is null ? stores : [store], date, computedAt, zone);
        var aims = targets.FindAll(target => target.Metric == "net_sales" && target.Unit == currency);
        var (now, then) = (SoFar(onDay, hours, date, until), pair is null ? [] : SoFar(before, hours, other, until));
        var (sold, soldThen) = (onDay.FindAll(row => row.Figures.Net is not null).ConvertAll(row => row.Store), before.FindAll(row => row.Figures.Net is not null).ConvertAll(row => row.Store));
        var both = pair is null ? [.. codes] : sold.Intersect(soldThen).ToArray();
        var comparison = new DayComparison(
            choice, pair, SumOf(now, both), SumOf(then, both), until,
            aims.Count == 0 ? null : (aims.Sum(target => target.Target), aims.Sum(target => target.Actual)),
            store is not null || pair is null ? null : (both.Length, sold.Count, soldThen.Count));
        return new DayPageModel(
            company, stores, store, date, latest, currency, days, comparison, Slots(store is null ? stores : [store], hours, date),
            computedAt, zone, targets, ByStore(store is null ? stores : [], onDay, now, then, targets),
            rows.Where(row => row.BusinessDate == date && row.Figures.Currency != currency).DistinctBy(row => row.Store).Count(), calendar, await BreakdownModel.ReadAsync(request, new DateSpan(date, date), currency, cancellationToken),
            await read.CompletenessAsync(codes, new DateSpan(date, date), until is null ? null : date, cancellationToken));
    }

    /// <summary>The hours of which something can be known: one that is running or has not come yet is no silent hour.</summary>
    public IEnumerable<HourSlot> PastHours => Hours.Where(slot => Comparison.UntilHour is not { } until || slot.Hour < until || slot.Figures is not null);

    /// <summary>An instant in the zone of the store or the company.</summary>
    public DateTimeOffset Local(DateTimeOffset instant) => TimeZoneInfo.ConvertTime(instant, TimeZoneInfo.FindSystemTimeZoneById(TimeZone));

    /// <summary>Whether the figures were published while the day still ran.</summary>
    public bool IsRunning => Comparison.UntilHour is not null;

    /// <summary>The part of the day that can be known: while it runs its hours so far.</summary>
    public Figures? Known => Comparison.UntilHour is not { } until ? Figures : Figures.Sum(Hours.Where(slot => slot.Hour < until).Select(slot => slot.Figures).OfType<Figures>());

    // A day published before closing time is compared hour for hour; after it, whole with whole.
    private static Dictionary<string, Figures> SoFar(List<StoreDay> whole, List<StoreHour> hours, DateOnly date, int? until) => until is { } hour
        ? hours.Where(row => row.BusinessDate == date && row.Hour < hour).GroupBy(row => row.Store).ToDictionary(rows => rows.Key, rows => Figures.Sum(rows.Select(row => row.Figures))!)
        : whole.ToDictionary(row => row.Store, row => row.Figures);

    private static Figures? SumOf(Dictionary<string, Figures> figures, IEnumerable<string> stores) => Figures.Sum(stores.Select(figures.GetValueOrDefault).OfType<Figures>());

    private static List<HourSlot> Slots(IReadOnlyList<Store> stores, List<StoreHour> hours, DateOnly date)
    {
        var published = hours.Where(hour => hour.BusinessDate == date).GroupBy(hour => hour.Hour)
            .ToDictionary(group => group.Key, group => Figures.Sum(group.Select(hour => hour.Figures)));
        if (published.Count == 0)
        {
            return [];
        }

        var first = Math.Min(stores.Min(store => store.OpensMinute / 60), published.Keys.Min());
        var last = Math.Max(stores.Max(store => (store.ClosesMinute - 1) / 60), published.Keys.Max());
        return [.. Enumerable.Range(first, last - first + 1).Select(hour => new HourSlot(
            hour,
            published.GetValueOrDefault(hour),
            stores.Any(store => store.DoorLines > 0 && hour * 60 < store.ClosesMinute && (hour + 1) * 60 > store.OpensMinute)))];
    }

    private static List<StoreRow> ByStore(
        IReadOnlyList<Store> stores, List<StoreDay> onDay, Dictionary<string, Figures> now, Dictionary<string, Figures> then, List<StoreTarget> targets)
    {
        var shown = onDay.ToDictionary(day => day.Store, day => day.Figures);
        var sales = targets.FindAll(target => target.Metric == "net_sales").ToDictionary(target => target.Store);
        return [.. stores.Where(one => shown.ContainsKey(one.Code))
            .Select(one => new StoreRow(one, shown[one.Code], now.GetValueOrDefault(one.Code), then.GetValueOrDefault(one.Code), sales.GetValueOrDefault(one.Code)))
            .OrderByDescending(row => row.Figures.Net ?? long.MinValue)];
    }
}
