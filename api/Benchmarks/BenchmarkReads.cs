using RetailInsight.Api.Tenancy;
using RetailInsight.Core.Benchmarks;

namespace RetailInsight.Api.Benchmarks;

/// <summary>
/// Reads of what was published across companies. Row-level security shows the cells that were published while the company shared, and of what went into them
/// the own stores alone; cells carry no tenant.
/// </summary>
internal static class BenchmarkReads
{
    /// <summary>Every agreement, the latest first.</summary>
    public static Task<List<BenchmarkConsent>> ConsentsAsync(this TenantRead read, CancellationToken cancellationToken) => read.ListAsync(
        "SELECT industry, first_month, agreed_by, agreed_at, withdrawn_by, withdrawn_at FROM tenancy.benchmark_consent WHERE tenant = @tenant ORDER BY agreed_at DESC",
        row => new BenchmarkConsent(
            row.GetString(0), row.GetFieldValue<DateOnly>(1), row.GetString(2), row.GetFieldValue<DateTimeOffset>(3), row.IsDBNull(4) ? null : row.GetString(4),
            row.IsDBNull(5) ? null : row.GetFieldValue<DateTimeOffset>(5)),
        cancellationToken);

    /// <summary>What the company may see of a month; of the latest where <paramref name="asked"/> is null.</summary>
    /// <param name="read">The read.</param>
    /// <param name="asked">First day of the month.</param>
    /// <param name="stores">Stores the person may see.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<BenchmarkMonth> BenchmarksAsync(this TenantRead read, DateOnly? asked, IReadOnlyCollection<string> stores, CancellationToken cancellationToken)
    {
        var consent = (await read.ConsentsAsync(cancellationToken)).FirstOrDefault();
        var cells = await read.ListAsync(
            """
            SELECT p.month, p.figure, p.suppression, p.lower, p.median, p.upper, p.companies, p.stores FROM mart.benchmark_cell AS p
            WHERE EXISTS (SELECT FROM tenancy.benchmark_consent AS c WHERE c.tenant = @tenant AND c.industry = p.industry
              AND c.agreed_at <= p.published_at AND (c.withdrawn_at IS NULL OR c.withdrawn_at > p.published_at))
            ORDER BY p.month DESC
            """,
            row => new BenchmarkCell(
                row.GetFieldValue<DateOnly>(0), row.GetString(1), row.IsDBNull(2) ? null : row.GetString(2), row.IsDBNull(3) ? null : row.GetDecimal(3), row.IsDBNull(4) ? null : row.GetDecimal(4),
                row.IsDBNull(5) ? null : row.GetDecimal(5), row.GetInt32(6), row.GetInt32(7)),
            cancellationToken);
        List<DateOnly> months = [.. cells.Select(cell => cell.Month).Distinct()];
        var month = asked ?? (months is [var latest, ..] ? latest : default);
        var own = await read.ListAsync(
            """
            SELECT m.figure, s.store, s.value FROM ml.benchmark_member AS m CROSS JOIN LATERAL unnest(m.stores, m.values) AS s (store, value)
            WHERE m.tenant = @tenant AND m.month = @month AND s.store = ANY(@stores) ORDER BY m.figure, s.store
            """,
            row => (Figure: row.GetString(0), Share: new BenchmarkShare(row.GetString(1), row.GetDecimal(2))),
            cancellationToken,
            new("month", month),
            new("stores", stores.ToArray()));
        var order = BenchmarkFigure.All.Select(figure => figure.Code).ToList();
        return new BenchmarkMonth(
            consent, months, [.. cells.Where(cell => cell.Month == month).OrderBy(cell => order.IndexOf(cell.Figure))], own.ToLookup(one => one.Figure, one => one.Share, StringComparer.Ordinal));
    }
}
