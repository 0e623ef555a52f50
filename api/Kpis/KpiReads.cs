using Npgsql;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Kpis;

/// <summary>Reads of the published figures. A null list of stores is every store of the tenant.</summary>
internal static class KpiReads
{
    private const string DayColumns =
        "store, business_date, currency, net, tax, gross, receipts, items, returns, visitors, observed_minutes, expected_minutes, computed_at";

    // From the third column on as Totals reads them. Receipts without a counter say nothing about conversion.
    private const string DaySums = """
        sum(net)::bigint, sum(tax)::bigint, sum(gross)::bigint, sum(receipts)::bigint, sum(items)::bigint, sum(returns)::bigint,
        sum(visitors), sum(receipts) FILTER (WHERE visitors IS NOT NULL), sum(observed_minutes)::bigint, sum(expected_minutes)::bigint
        """;

    /// <summary>Store-days by store, then date, after a key when given.</summary>
    public static Task<List<StoreDay>> DaysAsync(
        this TenantRead read, IReadOnlyCollection<string>? stores, DateOnly from, DateOnly to, StoreDayKey? after, int limit, CancellationToken cancellationToken) =>
        read.ListAsync(
            $"""
            SELECT {DayColumns} FROM mart.kpi_store_day
            WHERE tenant = @tenant AND business_date BETWEEN @from AND @to
            {(stores is null ? "" : "AND store = ANY(@stores)")}
            {(after is null ? "" : "AND (store, business_date) > (@after_store, @after_date)")}
            ORDER BY store, business_date LIMIT @limit
            """,
            Day,
            cancellationToken,
            new("from", from), new("to", to), new("stores", stores?.ToArray() ?? []), new("limit", limit),
            new("after_store", after?.Store ?? ""), new("after_date", after?.BusinessDate ?? default));

    /// <summary>The hours of stores on some dates, by date, store and hour.</summary>
    public static Task<List<StoreHour>> HoursAsync(
        this TenantRead read, IReadOnlyCollection<string> stores, IReadOnlyCollection<DateOnly> dates, CancellationToken cancellationToken) =>
        read.ListAsync(
            """
            SELECT store, business_date, hour, currency, net, tax, gross, receipts, items, returns, visitors, observed_minutes, expected_minutes
            FROM mart.kpi_store_hour WHERE tenant = @tenant AND store = ANY(@stores) AND business_date = ANY(@dates)
            ORDER BY business_date, store, hour
            """,
            Hour,
            cancellationToken,
            new("stores", stores.ToArray()), new("dates", dates.ToArray()));

    /// <summary>The hours of stores on some dates, summed over the stores that report in one currency; by date and hour.</summary>
    public static Task<List<HourTotal>> HourTotalsAsync(
        this TenantRead read, IReadOnlyCollection<string> stores, IReadOnlyCollection<DateOnly> dates, string currency, CancellationToken cancellationToken) =>
        read.ListAsync(
            """
            SELECT business_date, hour, sum(net)::bigint, sum(tax)::bigint, sum(gross)::bigint, sum(receipts)::bigint, sum(items)::bigint, sum(returns)::bigint,
              sum(visitors) FILTER (WHERE observed_minutes > 0), sum(receipts) FILTER (WHERE visitors IS NOT NULL AND observed_minutes > 0),
              sum(observed_minutes)::bigint, sum(expected_minutes)::bigint
            FROM mart.kpi_store_hour
            WHERE tenant = @tenant AND store = ANY(@stores) AND business_date = ANY(@dates) AND currency = @currency
            GROUP BY business_date, hour ORDER BY business_date, hour
            """,
            row => new HourTotal(row.GetFieldValue<DateOnly>(0), row.GetInt16(1), Totals(row, currency)),
            cancellationToken,
            new("stores", stores.ToArray()), new("dates", dates.ToArray()), new("currency", currency));

    /// <summary>The days of a span, summed over the stores that report in one currency; by date.</summary>
    public static Task<List<DayTotal>> DayTotalsAsync(
        this TenantRead read, IReadOnlyCollection<string> stores, DateOnly from, DateOnly to, string currency, CancellationToken cancellationToken) =>
        read.ListAsync(
            $"""
            SELECT business_date, count(*)::int, {DaySums}, min(computed_at)
            FROM mart.kpi_store_day
            WHERE tenant = @tenant AND store = ANY(@stores) AND business_date BETWEEN @from AND @to AND currency = @currency
            GROUP BY business_date ORDER BY business_date
            """,
            row => new DayTotal(row.GetFieldValue<DateOnly>(0), row.GetInt32(1), Totals(row, currency), row.GetFieldValue<DateTimeOffset>(12)),
            cancellationToken,
            new("stores", stores.ToArray()), new("from", from), new("to", to), new("currency", currency));

    /// <summary>What stores did on some days in one currency, each summed; a day given twice counts twice. By store.</summary>
    public static Task<List<StoreTotal>> StoreTotalsAsync(
        this TenantRead read, IReadOnlyCollection<string> stores, IReadOnlyCollection<DateOnly> days, string currency, CancellationToken cancellationToken) =>
        read.ListAsync(
            $"""
            SELECT store, count(*)::int, {DaySums}
            FROM mart.kpi_store_day JOIN unnest(@days) AS asked(day) ON asked.day = business_date
            WHERE tenant = @tenant AND store = ANY(@stores) AND business_date BETWEEN @from AND @to AND currency = @currency
            GROUP BY store ORDER BY store
            """,
            row => new StoreTotal(row.GetString(0), row.GetInt32(1), Totals(row, currency)),
            cancellationToken,
            new("stores", stores.ToArray()), new("days", days.ToArray()), new("from", days.Min()), new("to", days.Max()), new("currency", currency));

    /// <summary>The dates in a span on which any of the stores reported, with the moment the last of them was published.</summary>
    public static Task<List<ReportedDay>> ReportedDaysAsync(
        this TenantRead read, IReadOnlyCollection<string> stores, DateOnly from, DateOnly to, CancellationToken cancellationToken) =>
        read.ListAsync(
            """
            SELECT business_date, count(*)::int, min(computed_at), max(currency) FROM mart.kpi_store_day
            WHERE tenant = @tenant AND store = ANY(@stores) AND business_date BETWEEN @from AND @to
            GROUP BY business_date ORDER BY business_date
            """,
            row => new ReportedDay(row.GetFieldValue<DateOnly>(0), row.GetInt32(1), row.GetFieldValue<DateTimeOffset>(2), row.GetString(3)),
            cancellationToken,
            new("stores", stores.ToArray()), new("from", from), new("to", to));

    /// <summary>The latest date with figures; null before the first.</summary>
    public static async Task<DateOnly?> LatestDateAsync(this TenantRead read, IReadOnlyCollection<string> stores, CancellationToken cancellationToken) =>
        (await read.ListAsync(
            "SELECT max(business_date) FROM mart.kpi_store_day WHERE tenant = @tenant AND store = ANY(@stores)",
            row => row.IsDBNull(0) ? (DateOnly?)null : row.GetFieldValue<DateOnly>(0),
            cancellationToken,
            new NpgsqlParameter("stores", stores.ToArray())))[0];

    private static StoreDay Day(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetFieldValue<DateOnly>(1), Read(row, 2, row.IsDBNull(9) ? null : row.GetInt32(9)),
        row.GetFieldValue<DateTimeOffset>(12));

    // An hour row always holds a number of visitors; without one observed minute that number says nothing.
    private static StoreHour Hour(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetFieldValue<DateOnly>(1), row.GetInt16(2),
        Read(row, 3, row.IsDBNull(10) || row.GetInt32(11) == 0 ? null : row.GetInt32(10)));

    private static Figures Totals(NpgsqlDataReader row, string currency) => new(
        currency, row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6), row.GetInt64(7),
        row.IsDBNull(8) ? null : row.GetInt64(8), row.IsDBNull(9) ? 0 : row.GetInt64(9), row.GetInt64(10), row.GetInt64(11));

    // Both tables have the same columns in the same order from currency on.
    private static Figures Read(NpgsqlDataReader row, int at, int? visitors)
    {
        var receipts = row.GetInt32(at + 4);
        return new Figures(
            row.GetString(at), row.GetInt64(at + 1), row.GetInt64(at + 2), row.GetInt64(at + 3), receipts, row.GetInt64(at + 5), row.GetInt32(at + 6),
            visitors, visitors is null ? 0 : receipts, row.GetInt32(at + 8), row.GetInt32(at + 9));
    }
}
