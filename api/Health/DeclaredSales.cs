using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Health;

/// <summary>What the reports of a store's registers (Z reports) say of a trading day, beside what is published of it. Money in micros.</summary>
/// <param name="Store">Code.</param>
/// <param name="Date">Trading day.</param>
/// <param name="Currency">ISO 4217 code of the reports.</param>
/// <param name="IsGross">Whether tax is included; reports that do not state it so are compared without.</param>
/// <param name="Declared">Sales less returns of all reports; null where they state neither gross nor net alike.</param>
/// <param name="Published">The same figure of the datamart; null where no sales are published in that currency.</param>
/// <param name="Registers">Registers with a report; 0 where the report is the whole store's.</param>
/// <param name="DeclaredAt">When the newest report arrived.</param>
internal sealed record DeclaredSales(
    string Store, DateOnly Date, string Currency, bool IsGross, long? Declared, long? Published, int Registers, DateTimeOffset DeclaredAt)
{
    /// <summary>
    /// Published less declared, 0 where they agree to the last yen; null where the two cannot be compared: one is missing, or of some registers alone.
    /// </summary>
    /// <param name="reporting">Registers with receipts of the day.</param>
    public long? Difference(int reporting) => Registers == 0 || Registers >= reporting ? Published - Declared : null;
}

/// <summary>Reads of what registers declared. The gateway's own ledger also names the causes of a difference.</summary>
internal static class DeclaredSalesReads
{
    /// <summary>Store-days with a report by date, latest first, then store. The newest version of each report counts; a store's own report stands for those of its registers.</summary>
    public static Task<List<DeclaredSales>> DeclaredSalesAsync(
        this TenantRead read, IReadOnlyCollection<string> stores, DateOnly from, DateOnly to, CancellationToken cancellationToken) =>
        read.ListAsync(
            """
            WITH newest AS (
              SELECT DISTINCT ON (d.event_id) d.store, d.business_date, d.terminal, d.currency, d.gross, d.net, d.received_at
              FROM gateway.declaration AS d
              JOIN gateway.identity AS i ON i.tenant = d.tenant AND i.event_id = d.event_id AND i.content_hash = d.content_hash AND NOT i.withdrawn
              WHERE d.tenant = @tenant AND d.store = ANY(@stores) AND d.business_date BETWEEN @from AND @to
              ORDER BY d.event_id, d.source_revision DESC, i.revision DESC
            ),
            counting AS (
              SELECT *, bool_or(terminal = '') OVER (PARTITION BY store, business_date) AS of_store FROM newest
            ),
            declared AS (
              SELECT store, business_date, currency, count(*) = count(gross) AS is_gross, CASE WHEN count(*) = count(gross) THEN sum(gross) WHEN count(*) = count(net) THEN sum(net) END AS amount,
                count(DISTINCT terminal) FILTER (WHERE terminal <> '') AS registers, max(received_at) AS declared_at
              FROM counting WHERE (terminal = '') = of_store GROUP BY store, business_date, currency
            )
            SELECT d.store, d.business_date, d.currency, d.is_gross, d.amount::bigint, CASE WHEN d.is_gross THEN k.gross ELSE k.net END, d.registers::int, d.declared_at
            FROM declared AS d
            LEFT JOIN mart.kpi_store_day AS k ON k.tenant = @tenant AND k.store = d.store AND k.business_date = d.business_date AND k.currency = d.currency
            ORDER BY d.business_date DESC, d.store
            """,
            row => new DeclaredSales(
                row.GetString(0), row.GetFieldValue<DateOnly>(1), row.GetString(2), row.GetBoolean(3), row.IsDBNull(4) ? null : row.GetInt64(4), row.IsDBNull(5) ? null : row.GetInt64(5),
                row.GetInt32(6), row.GetFieldValue<DateTimeOffset>(7)),
            cancellationToken,
            new("stores", stores.ToArray()), new("from", from), new("to", to));
}
