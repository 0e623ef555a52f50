using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Health;

/// <summary>What one payload brought of a store's day.</summary>
/// <param name="Feed">The feed it came in; null for one from before that was kept.</param>
/// <param name="File">The name its sender gave it; null for none.</param>
/// <param name="Receipts">How many receipts of the day it brought, or changed.</param>
/// <param name="LandedAt">When the last of them was kept, UTC.</param>
internal sealed record Delivery(string? Feed, string? File, long Receipts, DateTimeOffset LandedAt);

/// <summary>Reads of what came in of a day.</summary>
internal static class DeliveryReads
{
    private const int Most = 200;

    /// <summary>Payloads with receipts of a store's day, latest first, at most 200.</summary>
    public static Task<List<Delivery>> DeliveriesAsync(this TenantRead read, string store, DateOnly date, CancellationToken cancellationToken) => read.ListAsync(
        """
        SELECT e.feed, i.file_name, count(*), max(e.introduced_at)
        FROM gateway.identity AS e LEFT JOIN gateway.ingestion AS i ON i.id = e.ingestion_id AND i.tenant = e.tenant
        WHERE e.tenant = @tenant AND e.store = @store AND e.business_date = @date AND e.kind IS NOT NULL
        GROUP BY e.feed, e.ingestion_id, i.file_name ORDER BY 4 DESC LIMIT @most
        """,
        row => new Delivery(row.IsDBNull(0) ? null : row.GetString(0), row.IsDBNull(1) ? null : row.GetString(1), row.GetInt64(2), row.GetFieldValue<DateTimeOffset>(3)),
        cancellationToken,
        new("store", store), new("date", date), new("most", Most));
}
