using Npgsql;
using RetailInsight.Api.Tenancy;
using RetailInsight.Core.Calendar;

namespace RetailInsight.Api.Health;

/// <summary>What has arrived of some store-days, added up.</summary>
/// <param name="Store">Code; null where stores are added up.</param>
/// <param name="Date">Trading day; null where days are added up.</param>
/// <param name="Expected">Store-days whose registers had reported in the two weeks before, or did on the day.</param>
/// <param name="Reported">Of them those with a receipt of any kind.</param>
/// <param name="Whole">Of them those of which nothing is missing.</param>
/// <param name="RegistersExpected">Registers, each counting once a store-day.</param>
/// <param name="RegistersReported">Of them those that reported.</param>
/// <param name="MissingNumbers">Gaps in the receipt numbers.</param>
/// <param name="LateReceipts">First had more than 24 hours after the end of the business day.</param>
/// <param name="ObservedMinutes">Counter minutes received, of whole days.</param>
/// <param name="ExpectedMinutes">Counter minutes that opening hours ask for, of whole days.</param>
/// <param name="LastAt">When the last receipt was made; null for none.</param>
internal sealed record HealthSum(
    string? Store, DateOnly? Date, int Expected, int Reported, int Whole, long RegistersExpected, long RegistersReported, long MissingNumbers, long LateReceipts,
    long ObservedMinutes, long ExpectedMinutes, DateTimeOffset? LastAt)
{
    /// <summary>Whether something that should be there is not.</summary>
    public bool IsShort => Whole < Expected;

    /// <summary>Counter minutes received of those expected; null where none was.</summary>
    public decimal? Coverage => ExpectedMinutes == 0 ? null : (decimal)ObservedMinutes / ExpectedMinutes;

    /// <summary>The sum of both, whatever stores and days they are of.</summary>
    public static HealthSum operator +(HealthSum left, HealthSum right) => new(
        null, null, left.Expected + right.Expected, left.Reported + right.Reported, left.Whole + right.Whole, left.RegistersExpected + right.RegistersExpected,
        left.RegistersReported + right.RegistersReported, left.MissingNumbers + right.MissingNumbers, left.LateReceipts + right.LateReceipts,
        left.ObservedMinutes + right.ObservedMinutes, left.ExpectedMinutes + right.ExpectedMinutes,
        left.LastAt is not { } at || right.LastAt > at ? right.LastAt : left.LastAt);
}

/// <summary>How complete the data under a page's figures is.</summary>
/// <param name="Span">Trading days.</param>
/// <param name="Stores">By store, every day of the span added up; stores nothing is on record of are left out.</param>
/// <param name="Days">By day, all stores added up.</param>
internal sealed record Completeness(DateSpan Span, IReadOnlyList<HealthSum> Stores, IReadOnlyList<HealthSum> Days)
{
    /// <summary>Whether visitors are those of counters that are simulated, as in a demonstration.</summary>
    public bool CountersAreSimulated { get; init; }

    /// <summary>All of it; null where nothing is on record.</summary>
    public HealthSum? Total { get; } = Stores.Count == 0 ? null : Stores.Aggregate((left, right) => left + right);

    /// <summary>A day of all stores; null where nothing is on record of it.</summary>
    public HealthSum? On(DateOnly date) => Days.FirstOrDefault(day => day.Date == date);
}

/// <summary>Reads how complete data is.</summary>
internal static class CompletenessReads
{
    /// <summary>Reads what has arrived of some store-days.</summary>
    /// <param name="read">The tenant.</param>
    /// <param name="stores">Codes.</param>
    /// <param name="span">Trading days.</param>
    /// <param name="running">A day that still runs, of which a counter cannot have sent everything; null for none.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async Task<Completeness> CompletenessAsync(
        this TenantRead read, IReadOnlyCollection<string> stores, DateSpan span, DateOnly? running, CancellationToken cancellationToken)
    {
        var sums = await read.ListAsync(
            """
            SELECT store, business_date, count(*) FILTER (WHERE registers_expected > 0 OR receipts > 0), count(*) FILTER (WHERE receipts > 0),
              count(*) FILTER (WHERE receipts > 0 AND registers_reported >= registers_expected AND missing_numbers = 0
                AND (business_date = @running OR observed_minutes * 10 >= expected_minutes * 9)),
              sum(registers_expected), sum(least(registers_reported, registers_expected)), sum(missing_numbers), sum(late_receipts),
              coalesce(sum(observed_minutes) FILTER (WHERE business_date <> @running), 0), coalesce(sum(expected_minutes) FILTER (WHERE business_date <> @running), 0), max(last_at)
            FROM mart.data_health_day
            WHERE tenant = @tenant AND store = ANY(@stores) AND business_date BETWEEN @from AND @to
            GROUP BY GROUPING SETS ((store), (business_date)) ORDER BY store, business_date
            """,
            row => new HealthSum(
                row.IsDBNull(0) ? null : row.GetString(0), row.IsDBNull(1) ? null : row.GetFieldValue<DateOnly>(1), (int)row.GetInt64(2), (int)row.GetInt64(3), (int)row.GetInt64(4),
                row.GetInt64(5), row.GetInt64(6), row.GetInt64(7), row.GetInt64(8), row.GetInt64(9), row.GetInt64(10), row.IsDBNull(11) ? null : row.GetFieldValue<DateTimeOffset>(11)),
            cancellationToken,
            new("stores", stores.ToArray()), new("from", span.From), new("to", span.To), new NpgsqlParameter("running", running ?? DateOnly.MinValue));
        var simulated = await read.ListAsync(
            """
            SELECT 1 FROM tenancy.device AS d JOIN tenancy.device_line AS l ON l.tenant = d.tenant AND l.device = d.device
            WHERE d.tenant = @tenant AND d.maker = 'simulated' AND l.store = ANY(@stores) LIMIT 1
            """,
            row => row.GetInt32(0), cancellationToken, new NpgsqlParameter("stores", stores.ToArray()));
        return new Completeness(span, sums.FindAll(sum => sum.Store is not null), sums.FindAll(sum => sum.Store is null)) { CountersAreSimulated = simulated.Count > 0 };
    }
}
