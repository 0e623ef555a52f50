using RetailInsight.Api.Stores;
using RetailInsight.Api.Tenancy;
using RetailInsight.Core.Canon;

namespace RetailInsight.Api.Targets;

/// <summary>A day of a month on its way to a target; amounts are added up since the month began, in currency units.</summary>
/// <param name="Date">Trading day.</param>
/// <param name="Sold">Net sales by the end of the day so far; null where there are no figures yet.</param>
/// <param name="Asked">What the target asks by then.</param>
/// <param name="Expected">What is expected by then; null on days gone by and where nothing is. An estimate.</param>
/// <param name="Low">One in ten stays below. An estimate.</param>
/// <param name="High">One in ten goes above. An estimate.</param>
internal sealed record ProgressDay(DateOnly Date, decimal? Sold, decimal Asked, decimal? Expected, decimal? Low, decimal? High);

/// <summary>How a month of one store, or of several together, goes on to its target. Amounts in currency units; what is to come are estimates.</summary>
/// <param name="Month">First day.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="Target">What is asked.</param>
/// <param name="Sold">Net sales so far.</param>
/// <param name="Through">The last day with figures; null before the first.</param>
/// <param name="Final">What the whole month comes to: what was sold and what is to come; null where nothing is expected any more, or not yet.</param>
/// <param name="Probability">Of reaching the target, 0 to 1; null where nobody can say.</param>
/// <param name="IsOver">Whether its days are gone by.</param>
/// <param name="IsUnsure">Whether a store's own history is too short to go by.</param>
/// <param name="Days">Each day of the month.</param>
internal sealed record MonthProgress(
    DateOnly Month, string Currency, decimal Target, decimal Sold, DateOnly? Through, RunningRange? Final, decimal? Probability, bool IsOver, bool IsUnsure, IReadOnlyList<ProgressDay> Days)
{
    /// <summary>What is still expected.</summary>
    public decimal? Rest => Final is { } final ? Math.Max(0, final.Expected - Sold) : null;

    /// <summary>The lower end of it.</summary>
    public decimal? RestLow => Final is { } final ? Math.Max(0, final.Low - Sold) : null;

    /// <summary>The upper end of it.</summary>
    public decimal? RestHigh => Final is { } final ? Math.Max(0, final.High - Sold) : null;
}

/// <summary>A store's month.</summary>
/// <param name="Store">The store.</param>
/// <param name="Target">Its target; null without one.</param>
/// <param name="Sold">Net sales by day in the target's currency, micros.</param>
/// <param name="Coming">What is expected by day since the forecast began, added up.</param>
/// <param name="Original">The first definition of a target, by day that has one: the mean of its group, and what the store reached that day, in currency units.</param>
/// <param name="IsUnsure">Whether its own history is too short to go by.</param>
internal sealed record StoreMonth(
    Store Store, MonthTarget? Target, IReadOnlyDictionary<DateOnly, long> Sold, IReadOnlyDictionary<DateOnly, RunningRange> Coming,
    IReadOnlyDictionary<DateOnly, (decimal Target, decimal Actual)> Original, bool IsUnsure)
{
    /// <summary>Whether anything of the month is expected of it.</summary>
    public bool HasForecast { get; init; }
}

/// <summary>Targets of stores for a month, with what was sold and what is to come.</summary>
/// <param name="Month">First day.</param>
/// <param name="Today">The company's trading day.</param>
/// <param name="AsOf">The trading day the latest forecast was made as of; null without any.</param>
/// <param name="FirstMonth">The first month the company has any target for; null without any.</param>
/// <param name="Stores">By code.</param>
internal sealed record MonthOutlook(DateOnly Month, DateOnly Today, DateOnly? AsOf, DateOnly? FirstMonth, IReadOnlyList<StoreMonth> Stores)
{
    /// <summary>The first day of the month a date lies in.</summary>
    public static DateOnly MonthOf(DateOnly date) => new(date.Year, date.Month, 1);

    /// <summary>Reads it.</summary>
    /// <param name="read">Where.</param>
    /// <param name="stores">Whose.</param>
    /// <param name="month">First day of the month.</param>
    /// <param name="today">The company's trading day.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async Task<MonthOutlook> ReadAsync(TenantRead read, IReadOnlyList<Store> stores, DateOnly month, DateOnly today, CancellationToken cancellationToken)
    {
        var codes = stores.Select(store => store.Code).ToArray();
        var targets = (await read.MonthTargetsAsync(codes, month, cancellationToken)).ToDictionary(target => target.Store, StringComparer.Ordinal);
        var sold = (await read.SoldAsync(codes, month, cancellationToken)).ToLookup(day => day.Store, StringComparer.Ordinal);
        var asOf = await read.OutlookDayAsync(cancellationToken);
        var coming = (asOf is { } day ? await read.RunningAsync(codes, month, day, cancellationToken) : []).ToLookup(one => one.Store, StringComparer.Ordinal);
        var original = (await read.OriginalTargetsAsync(codes, month, cancellationToken)).ToLookup(one => one.Store, StringComparer.Ordinal);
        return new MonthOutlook(month, today, asOf, await read.FirstTargetMonthAsync(cancellationToken), [.. stores.Select(store =>
        {
            var target = targets.GetValueOrDefault(store.Code);
            return new StoreMonth(
                store, target, sold[store.Code].Where(one => one.Currency == target?.Currency).ToDictionary(one => one.Date, one => one.Net),
                coming[store.Code].Where(one => one.Currency == target?.Currency).ToDictionary(one => one.Date, one => one.Range),
                original[store.Code].Where(one => target is null || one.Currency == target.Currency).ToDictionary(one => one.Date, one => (one.Target, one.Actual)), coming[store.Code].Any(one => one.IsUnsure))
            { HasForecast = coming[store.Code].Any() };
        })]);
    }

    /// <summary>Why a store has no target: too_far, past, not_computed, no_forecast, or next_night where it will have one.</summary>
    public string WhyNone(StoreMonth store) => Month > MonthOf(Today).AddMonths(1) ? "too_far"
        : AsOf is not { } asOf ? "not_computed"
        : Month.AddMonths(1) <= asOf || Month < FirstMonth ? "past"
        : store.HasForecast ? "next_night" : "no_forecast";

    /// <summary>The stores with a target in a currency, together; null where there is none.</summary>
    /// <param name="stores">Some of <see cref="Stores"/>.</param>
    /// <param name="currency">ISO 4217 code; null for that of the first target.</param>
    public MonthProgress? Progress(IEnumerable<StoreMonth> stores, string? currency = null)
    {
        var all = stores.Where(store => store.Target is not null).ToList();
        currency ??= all.FirstOrDefault()?.Target!.Currency;
        var aimed = all.FindAll(store => store.Target!.Currency == currency);
        if (aimed.Count == 0)
        {
            return null;
        }

        var end = Month.AddMonths(1);
        DateOnly? through = aimed.SelectMany(store => store.Sold.Keys).Select(date => (DateOnly?)date).Max();
        var from = AsOf is { } asOf && asOf >= Month ? asOf.AddDays(1) : Month;
        var before = aimed.Sum(store => store.Sold.Where(day => day.Key < from).Sum(day => Money.ToDecimal(day.Value)));
        var (sold, asked) = (0m, 0m);
        var last = new Dictionary<string, RunningRange>(StringComparer.Ordinal);
        RunningRange? final = null;
        var days = new List<ProgressDay>();
        for (var date = Month; date < end; date = date.AddDays(1))
        {
            sold += aimed.Sum(store => Money.ToDecimal(store.Sold.GetValueOrDefault(date)));
            asked += aimed.Sum(store => Money.ToDecimal(store.Target!.Days.GetValueOrDefault(date)));
            foreach (var store in aimed.Where(store => store.Coming.ContainsKey(date)))
            {
                last[store.Store.Code] = store.Coming[date];
            }

            // A store that does not open any more adds what it sold before; one of which nothing was ever expected adds nothing to come.
            if (date >= from && last.Count > 0)
            {
                var sum = RunningRange.Sum(last.Values);
                final = new RunningRange(before + sum.Expected, [.. sum.Levels.Select(level => before + level)]);
            }

            days.Add(new ProgressDay(date, date <= through ? sold : null, asked, final?.Expected, final?.Low, final?.High));
        }

        var target = aimed.Sum(store => Money.ToDecimal(store.Target!.Latest.Amount));
        var isOver = end <= Today && (through is null || AsOf >= end.AddDays(-1));
        decimal? probability = sold >= target ? 1 : isOver ? 0 : final?.ShareReaching(target) ?? (from >= end ? 0 : null);
        return new MonthProgress(Month, currency!, target, sold, through, isOver ? null : final, probability, isOver, aimed.Exists(store => store.IsUnsure), days);
    }
}
