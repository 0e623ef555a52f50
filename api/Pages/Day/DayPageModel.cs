using RetailInsight.Api.Kpis;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Targets;

namespace RetailInsight.Api.Pages.Day;

/// <summary>One hour slot; figures null when nothing was published for it. <paramref name="Open"/>: inside opening hours of a store with counters.</summary>
internal sealed record HourSlot(int Hour, Figures? Figures, bool Open);

/// <summary>A day and what it is compared with. Hours are cut at <paramref name="UntilHour"/> on both sides while the day still runs.</summary>
internal sealed record DayComparison(Figures? Now, Figures? Then, int? UntilHour);

/// <summary>A store of the chain on the day.</summary>
internal sealed record StoreRow(Store Store, Figures Figures, Figures? WeekBefore, StoreTarget? SalesTarget);

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
    int OtherCurrencies)
{
    public const int TrendDays = 14;

    public Figures? Figures => Days[^1].Figures;

    /// <summary>Reads the page; without a date, of the latest one with figures.</summary>
    public static async Task<DayPageModel> ReadAsync(
        PageRequest request, DateOnly today, CancellationToken cancellationToken)
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
        var hours = (await read.HoursAsync(codes, [date, date.AddDays(-7)], cancellationToken)).FindAll(hour => hour.Figures.Currency == currency);
        var targets = await read.TargetsAsync(codes, date, date, null, codes.Length * 8, cancellationToken);
        var onDay = summed.FindAll(row => row.BusinessDate == date);
        DateTimeOffset? computedAt = onDay.Count == 0 ? null : onDay.Min(row => row.ComputedAt);
        var zone = store?.TimeZone ?? company.TimeZone;
        var until = RunningUntil(store is null ? stores : [store], date, computedAt, zone);
        return new DayPageModel(
            company, stores, store, date, latest, currency, days, Compare(days, hours, date, until), Slots(store is null ? stores : [store], hours, date),
            computedAt, zone, targets, ByStore(store, stores, summed, targets, date),
            rows.Where(row => row.BusinessDate == date && row.Figures.Currency != currency).DistinctBy(row => row.Store).Count());
    }

    /// <summary>The hours of which something can be known: one that is running or has not come yet is no silent hour.</summary>
    public IEnumerable<HourSlot> PastHours => Hours.Where(slot => Comparison.UntilHour is not { } until || slot.Hour < until || slot.Figures is not null);

    /// <summary>An instant in the zone of the store or the company.</summary>
    public DateTimeOffset Local(DateTimeOffset instant) => TimeZoneInfo.ConvertTime(instant, TimeZoneInfo.FindSystemTimeZoneById(TimeZone));

    // A day published before closing time is compared hour for hour; after it, whole with whole.
    private static int? RunningUntil(IReadOnlyList<Store> stores, DateOnly date, DateTimeOffset? computedAt, string zone)
    {
        if (computedAt is not { } instant || stores.Count == 0)
        {
            return null;
        }

        var local = TimeZoneInfo.ConvertTime(instant, TimeZoneInfo.FindSystemTimeZoneById(zone)).DateTime;
        var minutes = (local - date.ToDateTime(TimeOnly.MinValue)).TotalMinutes;
        return minutes < stores.Max(store => store.ClosesMinute) ? (int)Math.Max(0, Math.Floor(minutes / 60)) : null;
    }

    private static DayComparison Compare(
        IReadOnlyList<(DateOnly Date, Figures? Figures)> days, List<StoreHour> hours, DateOnly date, int? until)
    {
        if (until is not { } hour)
        {
            return new DayComparison(days[^1].Figures, days[^8].Figures, null);
        }

        Figures? Before(DateOnly day) =>
            Figures.Sum(hours.Where(row => row.BusinessDate == day && row.Hour < hour).Select(row => row.Figures));
        return new DayComparison(Before(date), Before(date.AddDays(-7)), hour);
    }

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

    private static List<StoreRow> ByStore(Store? store, IReadOnlyList<Store> stores, List<StoreDay> days, List<StoreTarget> targets, DateOnly date)
    {
        if (store is not null)
        {
            return [];
        }

        var now = days.FindAll(day => day.BusinessDate == date).ToDictionary(day => day.Store, day => day.Figures);
        var then = days.FindAll(day => day.BusinessDate == date.AddDays(-7)).ToDictionary(day => day.Store, day => day.Figures);
        var sales = targets.FindAll(target => target.Metric == "net_sales").ToDictionary(target => target.Store);
        return [.. stores.Where(one => now.ContainsKey(one.Code))
            .Select(one => new StoreRow(one, now[one.Code], then.GetValueOrDefault(one.Code), sales.GetValueOrDefault(one.Code)))
            .OrderByDescending(row => row.Figures.Net)];
    }
}
