using Npgsql;
using RetailInsight.Api.Calendars;
using RetailInsight.Api.Kpis;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Tenancy;
using RetailInsight.Core.Calendar;

namespace RetailInsight.Api.Growth;

/// <summary>Reads growth from the published store-days.</summary>
internal static class GrowthReads
{
    /// <summary>The days weekdays are weighed by: those of a year of whole weeks up to the period's last day.</summary>
    public const int WeighedDays = 364;

    /// <summary>With fewer days than four of each weekday nothing is weighed.</summary>
    public const int FewestWeighedDays = 28;

    /// <summary>Growth over some days. The days must be whole ones.</summary>
    /// <param name="read">Where to read.</param>
    /// <param name="codes">Stores.</param>
    /// <param name="compared">Days and what they are compared with; at least one.</param>
    /// <param name="calendar">The company's.</param>
    /// <param name="currency">ISO 4217 code.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async Task<SalesGrowth> GrowthAsync(
        this TenantRead read, IReadOnlyCollection<string> codes, ComparedPeriod compared, CompanyCalendar calendar, string currency, CancellationToken cancellationToken)
    {
        var (days, others) = (compared.Pairs.Select(pair => pair.Day).ToArray(), compared.Pairs.Select(pair => pair.Other).ToArray());
        var now = await read.SalesOnAsync(codes, days, currency, cancellationToken);
        var then = await read.SalesOnAsync(codes, others, currency, cancellationToken);
        var lives = await read.LivesAsync(codes, calendar, cancellationToken);
        var silent = await read.FirstSilentAsync(Incomplete(lives, now, days.Length), days, currency, cancellationToken);
        var silentThen = await read.FirstSilentAsync(Incomplete(lives, then, others.Length), others, currency, cancellationToken);
        var rule = new SameStoreRule(calendar.SameStoreMonths);
        var (period, lastYear) = (new DateSpan(days[0], days[^1]), new DateSpan(compared.First!.Value, compared.Last!.Value));
        var (before, beforeThen) = (Earlier(period, period.Length), Earlier(lastYear, period.Length));
        var stores = lives.Where(life => now.ContainsKey(life.Store) || then.ContainsKey(life.Store)).Select(life =>
        {
            bool HasTraded(DateOnly day) => !(silent.TryGetValue(life.Store, out var one) && one == day) && !(silentThen.TryGetValue(life.Store, out var other) && other == day);
            return new StoreGrowth(
                life.Store, now.GetValueOrDefault(life.Store).Net, then.GetValueOrDefault(life.Store).Net,
                rule.Judge(life, period, lastYear, HasTraded), rule.Judge(life, before, beforeThen, _ => true));
        }).ToList();
        var weights = await read.WeightsAsync(codes, days[^1], calendar.Holidays, currency, cancellationToken);
        return new SalesGrowth(compared, currency, stores, weights?.WeightedDays(days, calendar.Holidays), weights?.WeightedDays(others, calendar.Holidays));
    }

    private static DateSpan Earlier(DateSpan span, int days) => new(span.From.AddDays(-days), span.To.AddDays(-days));

    private static List<StoreLife> Incomplete(List<StoreLife> lives, Dictionary<string, (long Net, int Traded)> sales, int days) =>
        lives.FindAll(life => sales.GetValueOrDefault(life.Store).Traded < days);

    private static async Task<TradingDayWeights?> WeightsAsync(
        this TenantRead read, IReadOnlyCollection<string> codes, DateOnly to, HolidayCalendar holidays, string currency, CancellationToken cancellationToken)
    {
        var known = (await read.DayTotalsAsync(codes, to.AddDays(1 - WeighedDays), to, currency, cancellationToken)).ToDictionary(day => day.Date, day => day.Figures.Net);
        var unknown = known.Where(day => day.Value is null).Select(day => day.Key).ToHashSet();
        if (known.Count == 0)
        {
            return null;
        }

        // A day between the first and the last without figures sold nothing; one of which counters alone reported is not known.
        var span = new DateSpan(known.Keys.Min(), to);
        var days = span.Days.Where(day => !unknown.Contains(day)).Select(day => KeyValuePair.Create(day, known.GetValueOrDefault(day) ?? 0)).ToList();
        return span.Length < FewestWeighedDays || days.Where(day => !holidays.IsHoliday(day.Key)).Sum(day => day.Value) <= 0 ? null : TradingDayWeights.Learn(days, holidays);
    }

    // A day that stands twice counts twice, as its pair does.
    private static async Task<Dictionary<string, (long Net, int Traded)>> SalesOnAsync(
        this TenantRead read, IReadOnlyCollection<string> codes, DateOnly[] days, string currency, CancellationToken cancellationToken) =>
        (await read.ListAsync(
            """
            SELECT f.store, sum(f.net)::bigint, (count(*) FILTER (WHERE f.receipts > 0))::int
            FROM mart.kpi_store_day AS f JOIN unnest(@days) AS asked(day) ON asked.day = f.business_date
            WHERE f.tenant = @tenant AND f.store = ANY(@stores) AND f.business_date BETWEEN @from AND @to AND f.currency = @currency
            GROUP BY f.store
            """,
            row => (Store: row.GetString(0), Net: row.GetInt64(1), Traded: row.GetInt32(2)),
            cancellationToken,
            new("stores", codes.ToArray()), new("days", days), new("from", days.Min()), new("to", days.Max()), new NpgsqlParameter("currency", currency)))
            .ToDictionary(sales => sales.Store, sales => (sales.Net, sales.Traded), StringComparer.Ordinal);

    private static async Task<Dictionary<string, DateOnly>> FirstSilentAsync(
        this TenantRead read, List<StoreLife> stores, DateOnly[] days, string currency, CancellationToken cancellationToken)
    {
        var closed = stores.SelectMany(life => life.ClosedWeekdays, (life, weekday) => (life.Store, Weekday: (int)weekday)).ToList();
        return stores.Count == 0 ? [] : (await read.ListAsync(
            """
            SELECT asked.store, min(day.day)
            FROM unnest(@stores) AS asked(store) CROSS JOIN unnest(@days) AS day(day)
            WHERE NOT EXISTS (SELECT FROM mart.kpi_store_day AS f
              WHERE f.tenant = @tenant AND f.store = asked.store AND f.business_date = day.day AND f.receipts > 0 AND f.currency = @currency)
              AND NOT EXISTS (SELECT FROM unnest(@closed_stores, @closed_weekdays) AS closed(store, weekday)
                WHERE closed.store = asked.store AND closed.weekday = extract(dow FROM day.day))
            GROUP BY asked.store
            """,
            row => (Store: row.GetString(0), Day: row.GetFieldValue<DateOnly>(1)),
            cancellationToken,
            new("stores", stores.Select(life => life.Store).ToArray()), new("days", days), new("closed_stores", closed.Select(one => one.Store).ToArray()),
            new("closed_weekdays", closed.Select(one => one.Weekday).ToArray()), new NpgsqlParameter("currency", currency))).ToDictionary(silent => silent.Store, silent => silent.Day, StringComparer.Ordinal);
    }

    /// <summary>Changes with whatever is on record of the stores' lives: growth depends on it, and it changes without a new data version.</summary>
    public static async Task<string> LivesFingerprintAsync(this TenantRead read, CancellationToken cancellationToken) => (await read.ListAsync(
        "SELECT coalesce(md5(string_agg(concat_ws('|', store, coalesce(opened_on::text, '-'), coalesce(closed_on::text, '-'), coalesce(refurbished_from::text, '-'), coalesce(refurbished_to::text, '-'), closed_weekdays::text), ';' ORDER BY store)), '') FROM tenancy.store WHERE tenant = @tenant",
        row => row.GetString(0), cancellationToken))[0];

    private static Task<List<StoreLife>> LivesAsync(this TenantRead read, IReadOnlyCollection<string> codes, CompanyCalendar calendar, CancellationToken cancellationToken) =>
        read.ListAsync(
            "SELECT store, opened_on, closed_on, refurbished_from, refurbished_to, closed_weekdays FROM tenancy.store WHERE tenant = @tenant AND store = ANY(@stores) ORDER BY store",
            row => new StoreLife(row.GetString(0), Date(row, 1), Date(row, 2), Date(row, 3), Date(row, 4))
            {
                ClosedWeekdays = [.. calendar.ClosedWeekdays.Union(row.GetFieldValue<short[]>(5).Select(day => (DayOfWeek)day))],
            },
            cancellationToken,
            new NpgsqlParameter("stores", codes.ToArray()));

    private static DateOnly? Date(NpgsqlDataReader row, int at) => row.IsDBNull(at) ? null : row.GetFieldValue<DateOnly>(at);
}
