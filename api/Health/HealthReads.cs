using Npgsql;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Health;

/// <summary>What tells whether the figures of a store-day can be trusted.</summary>
/// <param name="Store">Code.</param>
/// <param name="Date">Trading day.</param>
/// <param name="RegistersExpected">Registers that reported on at least one of the 14 business dates before.</param>
/// <param name="RegistersReported">Registers with a receipt of the day.</param>
/// <param name="Receipts">Of every kind.</param>
/// <param name="LastAt">When the last receipt was made; null for none.</param>
/// <param name="LastReceivedAt">When the latest receipt or correction arrived; null for none.</param>
/// <param name="LateReceipts">First had more than 24 hours after the end of the business day.</param>
/// <param name="MissingNumbers">Gaps in the receipt numbers over all registers.</param>
/// <param name="ObservedMinutes">Counter minutes received.</param>
/// <param name="ExpectedMinutes">Counter minutes that opening hours ask for.</param>
internal sealed record HealthDay(
    string Store, DateOnly Date, int RegistersExpected, int RegistersReported, int Receipts, DateTimeOffset? LastAt, DateTimeOffset? LastReceivedAt, int LateReceipts,
    int MissingNumbers, int ObservedMinutes, int ExpectedMinutes)
{
    private const decimal EnoughMinutes = 0.9m;

    /// <summary>Counter minutes received of those expected; null where none was.</summary>
    public decimal? Coverage => ExpectedMinutes == 0 ? null : (decimal)ObservedMinutes / ExpectedMinutes;

    /// <summary>How good the data is.</summary>
    public HealthState State => Receipts == 0 && RegistersExpected > 0 ? HealthState.Missing
        : RegistersReported < RegistersExpected || MissingNumbers > 0 || Coverage < EnoughMinutes ? HealthState.Partial
        : Receipts == 0 ? HealthState.Unknown : HealthState.Whole;
}

/// <summary>How good the data of a store-day is.</summary>
internal enum HealthState
{
    /// <summary>Nothing is known of the day, and nothing was expected.</summary>
    Unknown,

    /// <summary>Every register reported, no receipt number is missing, the counters sent at least nine tenths.</summary>
    Whole,

    /// <summary>Something is missing.</summary>
    Partial,

    /// <summary>No register reported although some had before.</summary>
    Missing,
}

/// <summary>A register on a trading day. Numbers are null where no receipt number is a whole number.</summary>
internal sealed record RegisterDay(string Terminal, int Receipts, DateTimeOffset? LastAt, DateTimeOffset? LastReceivedAt, long? FirstNumber, long? LastNumber, int MissingNumbers);

/// <summary>A published store-day that changed. Money in micros; what was or is not there is null.</summary>
/// <param name="Store">Code.</param>
/// <param name="Date">Trading day.</param>
/// <param name="ChangedAt">When, UTC.</param>
/// <param name="NetWas">Before.</param>
/// <param name="NetIs">Since then.</param>
/// <param name="ReceiptsWas">Before.</param>
/// <param name="ReceiptsIs">Since then.</param>
/// <param name="Reason"><c>first</c>, <c>new_data</c>, <c>late_data</c> or <c>correction</c>.</param>
internal sealed record KpiChange(string Store, DateOnly Date, DateTimeOffset ChangedAt, long? NetWas, long? NetIs, int? ReceiptsWas, int? ReceiptsIs, string Reason);

/// <summary>Reads of data health and of what changed.</summary>
internal static class HealthReads
{
    /// <summary>Store-days by date, then store.</summary>
    public static Task<List<HealthDay>> HealthAsync(
        this TenantRead read, IReadOnlyCollection<string> stores, DateOnly from, DateOnly to, CancellationToken cancellationToken) =>
        read.ListAsync(
            """
            SELECT store, business_date, registers_expected, registers_reported, receipts, last_at, last_received_at, late_receipts, missing_numbers, observed_minutes, expected_minutes
            FROM mart.data_health_day
            WHERE tenant = @tenant AND store = ANY(@stores) AND business_date BETWEEN @from AND @to
            ORDER BY business_date, store
            """,
            row => new HealthDay(
                row.GetString(0), row.GetFieldValue<DateOnly>(1), row.GetInt32(2), row.GetInt32(3), row.GetInt32(4), Instant(row, 5), Instant(row, 6), row.GetInt32(7),
                row.GetInt32(8), row.GetInt32(9), row.GetInt32(10)),
            cancellationToken,
            new("stores", stores.ToArray()), new("from", from), new("to", to));

    /// <summary>The registers of a store on a date, silent ones first.</summary>
    public static Task<List<RegisterDay>> RegistersAsync(this TenantRead read, string store, DateOnly date, CancellationToken cancellationToken) =>
        read.ListAsync(
            """
            SELECT terminal, receipts, last_at, last_received_at, first_number, last_number, missing_numbers FROM mart.data_health_register
            WHERE tenant = @tenant AND store = @store AND business_date = @date ORDER BY receipts > 0, terminal
            """,
            row => new RegisterDay(
                row.GetString(0), row.GetInt32(1), Instant(row, 2), Instant(row, 3), row.IsDBNull(4) ? null : row.GetInt64(4), row.IsDBNull(5) ? null : row.GetInt64(5), row.GetInt32(6)),
            cancellationToken,
            new("store", store), new("date", date));

    /// <summary>
    /// Sales of store-days in a span that changed after they had been published, the latest first. A change that came after another
    /// one of the same store-day stands by itself.
    /// </summary>
    /// <param name="read">The tenant.</param>
    /// <param name="stores">Codes.</param>
    /// <param name="from">First trading day.</param>
    /// <param name="to">Last trading day.</param>
    /// <param name="after">Number of the last change known; see <see cref="LastChangeAsync"/>.</param>
    /// <param name="limit">Most changes.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static Task<List<KpiChange>> ChangesAsync(
        this TenantRead read, IReadOnlyCollection<string> stores, DateOnly from, DateOnly to, long after, int limit, CancellationToken cancellationToken) =>
        read.ListAsync(
            """
            SELECT store, business_date, changed_at, net_was, net_is, receipts_was, receipts_is, reason FROM mart.kpi_change
            WHERE tenant = @tenant AND store = ANY(@stores) AND business_date BETWEEN @from AND @to AND id > @after AND NOT first
              AND (net_was, receipts_was) IS DISTINCT FROM (net_is, receipts_is)
            ORDER BY id DESC LIMIT @limit
            """,
            row => new KpiChange(
                row.GetString(0), row.GetFieldValue<DateOnly>(1), row.GetFieldValue<DateTimeOffset>(2), row.IsDBNull(3) ? null : row.GetInt64(3), row.IsDBNull(4) ? null : row.GetInt64(4),
                row.IsDBNull(5) ? null : row.GetInt32(5), row.IsDBNull(6) ? null : row.GetInt32(6), row.GetString(7)),
            cancellationToken,
            new("stores", stores.ToArray()), new("from", from), new("to", to), new("after", after), new("limit", limit));

    /// <summary>Number of the last change of the tenant; 0 before the first.</summary>
    public static async Task<long> LastChangeAsync(this TenantRead read, CancellationToken cancellationToken) =>
        (await read.ListAsync("SELECT coalesce(max(id), 0) FROM mart.kpi_change WHERE tenant = @tenant", row => row.GetInt64(0), cancellationToken))[0];

    private static DateTimeOffset? Instant(NpgsqlDataReader row, int at) => row.IsDBNull(at) ? null : row.GetFieldValue<DateTimeOffset>(at);
}
