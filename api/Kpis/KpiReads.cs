using Npgsql;
using RetailInsight.Api.Tenancy;
using RetailInsight.Core.Calendar;

namespace RetailInsight.Api.Kpis;

/// <summary>Reads of the published figures. A null list of stores is every store of the tenant.</summary>
internal static class KpiReads
{
    private const string DayColumns =
        "store, business_date, currency, net, tax, gross, receipts, items, returns, visitors, observed_minutes, expected_minutes, sales_reported, computed_at";

    // As Totals reads them. Receipts without a counter say nothing about conversion, and no more do visitors without receipts.
    private static readonly string DaySums = DaySumsOf("f");

    private static readonly string SalesSums = SalesSumsOf("f");

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
            SELECT store, business_date, hour, currency, net, tax, gross, receipts, items, returns, visitors, observed_minutes, expected_minutes, sales_reported
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
            $"""
            SELECT business_date, hour, {SalesSums},
              sum(visitors) FILTER (WHERE observed_minutes > 0), sum(receipts) FILTER (WHERE sales_reported AND visitors IS NOT NULL AND observed_minutes > 0),
              sum(visitors) FILTER (WHERE sales_reported AND observed_minutes > 0), sum(observed_minutes)::bigint, sum(expected_minutes)::bigint
            FROM mart.kpi_store_hour AS f
            WHERE tenant = @tenant AND store = ANY(@stores) AND business_date = ANY(@dates) AND currency = @currency
            GROUP BY business_date, hour ORDER BY business_date, hour
            """,
            row => new HourTotal(row.GetFieldValue<DateOnly>(0), row.GetInt16(1), Totals(row, 2, currency)),
            cancellationToken,
            new("stores", stores.ToArray()), new("dates", dates.ToArray()), new("currency", currency));

    /// <summary>The days of a span, summed over the stores that report in one currency; by date.</summary>
    public static Task<List<DayTotal>> DayTotalsAsync(
        this TenantRead read, IReadOnlyCollection<string> stores, DateOnly from, DateOnly to, string currency, CancellationToken cancellationToken) =>
        read.ListAsync(
            $"""
            SELECT business_date, (count(*) FILTER (WHERE sales_reported))::int, {DaySums}, min(computed_at)
            FROM mart.kpi_store_day AS f
            WHERE tenant = @tenant AND store = ANY(@stores) AND business_date BETWEEN @from AND @to AND currency = @currency
            GROUP BY business_date ORDER BY business_date
            """,
            row => new DayTotal(row.GetFieldValue<DateOnly>(0), row.GetInt32(1), Totals(row, 2, currency), row.GetFieldValue<DateTimeOffset>(13)),
            cancellationToken,
            new("stores", stores.ToArray()), new("from", from), new("to", to), new("currency", currency));

    /// <summary>Days beside others, each pair summed over the stores whose registers reported on both; by day, those without such a store left out.</summary>
    public static Task<List<PairTotal>> PairTotalsAsync(
        this TenantRead read, IReadOnlyCollection<string> stores, IReadOnlyCollection<DayPair> pairs, string currency, CancellationToken cancellationToken) =>
        read.PairsAsync(
            "pair.day", row => new PairTotal(row.GetFieldValue<DateOnly>(0), row.GetInt32(1), Totals(row, 2, currency), Totals(row, 13, currency)), stores, pairs, currency, cancellationToken);

    /// <summary>Stores on days beside others, each summed over the pairs of days on both of which its registers reported; by store.</summary>
    public static Task<List<StorePair>> StorePairsAsync(
        this TenantRead read, IReadOnlyCollection<string> stores, IReadOnlyCollection<DayPair> pairs, string currency, CancellationToken cancellationToken) =>
        read.PairsAsync(
            "f.store", row => new StorePair(row.GetString(0), row.GetInt32(1), Totals(row, 2, currency), Totals(row, 13, currency)), stores, pairs, currency, cancellationToken);

    private static Task<List<T>> PairsAsync<T>(
        this TenantRead read, string key, Func<NpgsqlDataReader, T> map, IReadOnlyCollection<string> stores, IReadOnlyCollection<DayPair> pairs, string currency,
        CancellationToken cancellationToken) => read.ListAsync(
            $"""
            SELECT {key}, count(*)::int, {DaySumsOf("f")}, {DaySumsOf("o")}
            FROM unnest(@days, @others) AS pair(day, other)
            JOIN mart.kpi_store_day AS f ON f.tenant = @tenant AND f.business_date = pair.day AND f.store = ANY(@stores) AND f.currency = @currency AND f.sales_reported
            JOIN mart.kpi_store_day AS o ON o.tenant = @tenant AND o.business_date = pair.other AND o.store = f.store AND o.currency = @currency AND o.sales_reported
            GROUP BY {key} ORDER BY {key}
            """,
            map, cancellationToken,
            new("stores", stores.ToArray()), new("days", pairs.Select(pair => pair.Day).ToArray()), new("others", pairs.Select(pair => pair.Other).ToArray()), new("currency", currency));

    /// <summary>The stores of which receipts in one currency came on a day and, where one is given, on another day as well; by code.</summary>
    public static Task<List<string>> StoresReportedAsync(
        this TenantRead read, IReadOnlyCollection<string> stores, DateOnly day, DateOnly? other, string currency, CancellationToken cancellationToken) =>
        read.ListAsync(
            """
            SELECT store FROM mart.kpi_store_day
            WHERE tenant = @tenant AND store = ANY(@stores) AND business_date IN (@day, @other) AND currency = @currency AND sales_reported
            GROUP BY store HAVING count(*) = @days ORDER BY store
            """,
            row => row.GetString(0),
            cancellationToken,
            new("stores", stores.ToArray()), new("day", day), new("other", other ?? day), new("days", other is null || other == day ? 1 : 2), new("currency", currency));

    /// <summary>What stores did on some days in one currency, each summed; a day given twice counts twice. By store.</summary>
    public static Task<List<StoreTotal>> StoreTotalsAsync(
        this TenantRead read, IReadOnlyCollection<string> stores, IReadOnlyCollection<DateOnly> days, string currency, CancellationToken cancellationToken) =>
        read.ListAsync(
            $"""
            SELECT store, (count(*) FILTER (WHERE sales_reported))::int, count(visitors)::int, {DaySums}
            FROM mart.kpi_store_day AS f JOIN unnest(@days) AS asked(day) ON asked.day = business_date
            WHERE tenant = @tenant AND store = ANY(@stores) AND business_date BETWEEN @from AND @to AND currency = @currency
            GROUP BY store ORDER BY store
            """,
            row => new StoreTotal(row.GetString(0), row.GetInt32(1), row.GetInt32(2), Totals(row, 3, currency)),
            cancellationToken,
            new("stores", stores.ToArray()), new("days", days.ToArray()), new("from", days.Min()), new("to", days.Max()), new("currency", currency));

    /// <summary>The dates in a span on which any of the stores reported, with the moment the last of them was published.</summary>
    public static Task<List<ReportedDay>> ReportedDaysAsync(
        this TenantRead read, IReadOnlyCollection<string> stores, DateOnly from, DateOnly to, CancellationToken cancellationToken) =>
        read.ListAsync(
            """
            SELECT business_date, (count(*) FILTER (WHERE sales_reported))::int, min(computed_at), max(currency) FROM mart.kpi_store_day
            WHERE tenant = @tenant AND store = ANY(@stores) AND business_date BETWEEN @from AND @to
            GROUP BY business_date ORDER BY business_date
            """,
            row => new ReportedDay(row.GetFieldValue<DateOnly>(0), row.GetInt32(1), row.GetFieldValue<DateTimeOffset>(2), row.GetString(3)),
            cancellationToken,
            new("stores", stores.ToArray()), new("from", from), new("to", to));

    /// <summary>The latest date of which receipts came, else the latest with counts alone; null before the first.</summary>
    public static async Task<DateOnly?> LatestDateAsync(this TenantRead read, IReadOnlyCollection<string> stores, CancellationToken cancellationToken) =>
        (await read.ListAsync(
            """
            SELECT coalesce(
              (SELECT max(business_date) FROM mart.kpi_store_day WHERE tenant = @tenant AND store = ANY(@stores) AND sales_reported),
              (SELECT max(business_date) FROM mart.kpi_store_day WHERE tenant = @tenant AND store = ANY(@stores)))
            """,
            row => row.IsDBNull(0) ? (DateOnly?)null : row.GetFieldValue<DateOnly>(0),
            cancellationToken,
            new NpgsqlParameter("stores", stores.ToArray())))[0];

    // Of a row of either table, in the order Totals reads them.
    private static string SalesSumsOf(string f) => string.Join(
        ", ", ((string[])["net", "tax", "gross", "receipts", "items", "returns"]).Select(column => $"(sum({f}.{column}) FILTER (WHERE {f}.sales_reported))::bigint"));

    private static string DaySumsOf(string f) => $"""
        {SalesSumsOf(f)},
        sum({f}.visitors), sum({f}.receipts) FILTER (WHERE {f}.sales_reported AND {f}.visitors IS NOT NULL), sum({f}.visitors) FILTER (WHERE {f}.sales_reported),
        sum({f}.observed_minutes)::bigint, sum({f}.expected_minutes)::bigint
        """;

    private static StoreDay Day(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetFieldValue<DateOnly>(1), Read(row, 2, row.IsDBNull(9) ? null : row.GetInt32(9)),
        row.GetFieldValue<DateTimeOffset>(13));

    // An hour row always holds a number of visitors; without one observed minute that number says nothing.
    private static StoreHour Hour(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetFieldValue<DateOnly>(1), row.GetInt16(2),
        Read(row, 3, row.IsDBNull(10) || row.GetInt32(11) == 0 ? null : row.GetInt32(10)));

    private static Figures Totals(NpgsqlDataReader row, int at, string currency)
    {
        long? Sum(int column) => row.IsDBNull(at + column) ? null : row.GetInt64(at + column);
        return new Figures(currency, Sum(0), Sum(1), Sum(2), Sum(3), Sum(4), Sum(5), Sum(6), Sum(7) ?? 0, Sum(8) ?? 0, row.GetInt64(at + 9), row.GetInt64(at + 10));
    }

    // Both tables have the same columns in the same order from currency on.
    private static Figures Read(NpgsqlDataReader row, int at, int? visitors)
    {
        var (observed, expected) = (row.GetInt32(at + 8), row.GetInt32(at + 9));
        if (!row.GetBoolean(at + 10))
        {
            return new Figures(row.GetString(at), null, null, null, null, null, null, visitors, 0, 0, observed, expected);
        }

        var receipts = row.GetInt32(at + 4);
        return new Figures(
            row.GetString(at), row.GetInt64(at + 1), row.GetInt64(at + 2), row.GetInt64(at + 3), receipts, row.GetInt64(at + 5), row.GetInt32(at + 6),
            visitors, visitors is null ? 0 : receipts, visitors ?? 0, observed, expected);
    }
}
