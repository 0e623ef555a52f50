using Npgsql;
using RetailInsight.Api.Kpis;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Targets;

/// <summary>A forecast of a day. Amounts in <paramref name="Unit"/>; estimates.</summary>
/// <param name="Store">Code.</param>
/// <param name="Metric">net_sales or visitors.</param>
/// <param name="Date">Trading day.</param>
/// <param name="Expected">Mean.</param>
/// <param name="Low">One such day in ten stays below.</param>
/// <param name="Median">Half of such days stay below.</param>
/// <param name="High">One in ten goes above.</param>
/// <param name="Unit">ISO 4217 code, or visitors.</param>
/// <param name="IsUnsure">Whether the store's own history is too short to go by.</param>
/// <param name="Factors">Level and factors in order, as JSON.</param>
/// <param name="Model">SHA-256 of the champion, or the name of the recipe before there was one.</param>
internal sealed record ForecastDay(
    string Store, string Metric, DateOnly Date, decimal Expected, decimal Low, decimal Median, decimal High, string Unit, bool IsUnsure, string Factors, string Model);

/// <summary>What head office asks of all stores.</summary>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="Amount">Micros.</param>
/// <param name="ChangedBy">Who said so.</param>
/// <param name="ChangedAt">When.</param>
internal sealed record CompanyTarget(string Currency, long Amount, string ChangedBy, DateTimeOffset ChangedAt);

/// <summary>Reads of month targets, of what is expected, and of what head office asks.</summary>
internal static class MonthTargetReads
{
    /// <summary>Targets of stores for a month, by store.</summary>
    public static async Task<List<MonthTarget>> MonthTargetsAsync(this TenantRead read, IReadOnlyCollection<string> stores, DateOnly month, CancellationToken cancellationToken)
    {
        var versions = await read.ListAsync(
            """
            SELECT store, currency, version, state, amount, reason, decided_by, decided_at, explanation::text FROM mart.month_target
            WHERE tenant = @tenant AND month = @month AND store = ANY(@stores) ORDER BY store, version
            """,
            row => (Store: row.GetString(0), Currency: row.GetString(1), Version: new TargetVersion(
                row.GetInt32(2), row.GetString(3), row.GetInt64(4), row.IsDBNull(5) ? null : row.GetString(5), row.GetString(6), row.GetFieldValue<DateTimeOffset>(7), TargetReasons.Read(row.GetString(8)))),
            cancellationToken, new("month", month), new("stores", stores.ToArray()));
        var days = (await read.ListAsync(
            """
            SELECT d.store, d.business_date, d.amount FROM mart.month_target_day AS d
            WHERE d.tenant = @tenant AND d.month = @month AND d.store = ANY(@stores)
              AND d.version = (SELECT max(t.version) FROM mart.month_target AS t WHERE t.tenant = @tenant AND t.store = d.store AND t.month = @month)
            """,
            row => (Store: row.GetString(0), Date: row.GetFieldValue<DateOnly>(1), Amount: row.GetInt64(2)),
            cancellationToken, new("month", month), new("stores", stores.ToArray()))).ToLookup(day => day.Store, StringComparer.Ordinal);
        return [.. versions.GroupBy(one => one.Store, StringComparer.Ordinal).Select(store => new MonthTarget(
            store.Key, month, store.Last().Currency, [.. store.Select(one => one.Version)], days[store.Key].ToDictionary(day => day.Date, day => day.Amount)))];
    }

    /// <summary>Net sales of the days of a month, micros.</summary>
    public static Task<List<(string Store, DateOnly Date, string Currency, long Net)>> SoldAsync(this TenantRead read, IReadOnlyCollection<string> stores, DateOnly month, CancellationToken cancellationToken) =>
        read.ListAsync(
            """
            SELECT store, business_date, currency, net FROM mart.kpi_store_day
            WHERE tenant = @tenant AND store = ANY(@stores) AND business_date BETWEEN @from AND @to AND sales_reported
            """,
            row => (row.GetString(0), row.GetFieldValue<DateOnly>(1), row.GetString(2), row.GetInt64(3)),
            cancellationToken, new("stores", stores.ToArray()), new("from", month), new NpgsqlParameter("to", month.AddMonths(1).AddDays(-1)));

    /// <summary>The trading day the latest forecast was made as of; null without any.</summary>
    public static async Task<DateOnly?> OutlookDayAsync(this TenantRead read, CancellationToken cancellationToken) => (await read.ListAsync(
        "SELECT max(as_of) FROM mart.sales_forecast WHERE tenant = @tenant", row => row.IsDBNull(0) ? (DateOnly?)null : row.GetFieldValue<DateOnly>(0), cancellationToken))[0];

    /// <summary>The first month the company has a target for; null without any.</summary>
    public static async Task<DateOnly?> FirstTargetMonthAsync(this TenantRead read, CancellationToken cancellationToken) => (await read.ListAsync(
        "SELECT min(month) FROM mart.month_target WHERE tenant = @tenant", row => row.IsDBNull(0) ? (DateOnly?)null : row.GetFieldValue<DateOnly>(0), cancellationToken))[0];

    /// <summary>What the days of a month come to by each day that is to come, as of a trading day.</summary>
    public static Task<List<(string Store, DateOnly Date, string Currency, RunningRange Range, bool IsUnsure)>> RunningAsync(
        this TenantRead read, IReadOnlyCollection<string> stores, DateOnly month, DateOnly asOf, CancellationToken cancellationToken) => read.ListAsync(
            """
            SELECT store, business_date, unit, running::text, low_confidence FROM mart.sales_forecast
            WHERE tenant = @tenant AND as_of = @as_of AND metric = 'net_sales' AND store = ANY(@stores) AND business_date BETWEEN @from AND @to AND running IS NOT NULL
            ORDER BY store, business_date
            """,
            row => (row.GetString(0), row.GetFieldValue<DateOnly>(1), row.GetString(2), RunningRange.Read(row.GetString(3)), row.GetBoolean(4)),
            cancellationToken, new("stores", stores.ToArray()), new("as_of", asOf), new("from", month), new NpgsqlParameter("to", month.AddMonths(1).AddDays(-1)));

    /// <summary>The first definition of a target by day of a month; days of groups under <see cref="TargetReads.SmallestGroup"/> stores are left out.</summary>
    public static Task<List<(string Store, DateOnly Date, string Currency, decimal Target, decimal Actual)>> OriginalTargetsAsync(
        this TenantRead read, IReadOnlyCollection<string> stores, DateOnly month, CancellationToken cancellationToken) => read.ListAsync(
            """
            SELECT t.store, t.business_date, t.unit, t.target, t.actual
            FROM mart.store_target t
            JOIN mart.store_cluster c ON c.tenant = t.tenant AND c.business_date = t.business_date AND c.store = t.store
            WHERE t.tenant = @tenant AND c.tenant = @tenant AND t.business_date BETWEEN @from AND @to AND c.cluster_size >= @smallest AND t.metric = 'net_sales' AND t.store = ANY(@stores)
            """,
            row => (row.GetString(0), row.GetFieldValue<DateOnly>(1), row.GetString(2), row.GetDecimal(3), row.GetDecimal(4)),
            cancellationToken, new("stores", stores.ToArray()), new("smallest", TargetReads.SmallestGroup), new("from", month), new NpgsqlParameter("to", month.AddMonths(1).AddDays(-1)));

    /// <summary>Forecasts of days as of a trading day, by store and date, so many after a place.</summary>
    public static Task<List<ForecastDay>> ForecastsAsync(
        this TenantRead read, IReadOnlyCollection<string> stores, string metric, DateOnly from, DateOnly to, DateOnly asOf, StoreDayKey? after, int limit, CancellationToken cancellationToken) => read.ListAsync(
            $"""
            SELECT store, metric, business_date, expected, low, median, high, unit, low_confidence, factors::text, model FROM mart.sales_forecast
            WHERE tenant = @tenant AND as_of = @as_of AND metric = @metric AND store = ANY(@stores) AND business_date BETWEEN @from AND @to
            {(after is null ? "" : "AND (store, business_date) > (@after_store, @after_date)")}
            ORDER BY store, business_date LIMIT @limit
            """,
            row => new ForecastDay(
                row.GetString(0), row.GetString(1), row.GetFieldValue<DateOnly>(2), row.GetDecimal(3), row.GetDecimal(4), row.GetDecimal(5), row.GetDecimal(6), row.GetString(7), row.GetBoolean(8),
                row.GetString(9), row.GetString(10)),
            cancellationToken, new("stores", stores.ToArray()), new("metric", metric), new("from", from), new("to", to), new("as_of", asOf),
            new("after_store", after?.Store ?? ""), new("after_date", after?.BusinessDate ?? default), new NpgsqlParameter("limit", limit));

    /// <summary>How much head office asks.</summary>
    public static async Task<TargetPolicy> TargetPolicyAsync(this TenantRead read, CancellationToken cancellationToken) => (await read.ListAsync(
        "SELECT ambition, start_probability, least_probability, changed_by, changed_at FROM tenancy.target_policy WHERE tenant = @tenant",
        row => new TargetPolicy((decimal)row.GetDouble(0), (decimal)row.GetDouble(1), (decimal)row.GetDouble(2), row.GetString(3), row.GetFieldValue<DateTimeOffset>(4)), cancellationToken))
        .FirstOrDefault() ?? TargetPolicy.Default;

    /// <summary>What a month must come to, by currency; none where head office has not said.</summary>
    public static Task<List<CompanyTarget>> CompanyTargetsAsync(this TenantRead read, DateOnly month, CancellationToken cancellationToken) => read.ListAsync(
        "SELECT currency, amount, changed_by, changed_at FROM tenancy.company_target WHERE tenant = @tenant AND month = @month ORDER BY currency",
        row => new CompanyTarget(row.GetString(0), row.GetInt64(1), row.GetString(2), row.GetFieldValue<DateTimeOffset>(3)), cancellationToken, new NpgsqlParameter("month", month));
}

/// <summary>How much is asked of stores. Shares, 0 to 1.</summary>
/// <param name="Ambition">Of the potential.</param>
/// <param name="StartProbability">How probable it is that a store without potential reaches its target.</param>
/// <param name="LeastProbability">A lift ends where the target would be less probable.</param>
/// <param name="ChangedBy">Who said so; null where nobody did.</param>
/// <param name="ChangedAt">When.</param>
internal sealed record TargetPolicy(decimal Ambition, decimal StartProbability, decimal LeastProbability, string? ChangedBy, DateTimeOffset? ChangedAt)
{
    /// <summary>What the computation goes by where nobody said anything else.</summary>
    public static TargetPolicy Default { get; } = new(0.5m, 0.6m, 0.5m, null, null);
}
