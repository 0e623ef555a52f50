using Npgsql;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Customers;

/// <summary>A cell of customers by fifths: 5 is the most recent, most frequent, largest fifth. Nobody is named.</summary>
/// <param name="Recency">1–5.</param>
/// <param name="Frequency">1–5.</param>
/// <param name="Customers">How many; a customer of two stores counts in both.</param>
/// <param name="Receipts">Over 365 days.</param>
/// <param name="Net">Net sales over 365 days, micros.</param>
internal sealed record CustomerCell(int Recency, int Frequency, int Customers, int Receipts, long Net);

/// <summary>Reads of customers by recency, frequency and money.</summary>
internal static class CustomerReads
{
    /// <summary>Every segment of the stores' customers as of the latest night up to a date, and that night; null where they never were counted.</summary>
    public static async Task<(DateOnly? AsOf, IReadOnlyList<SegmentFigures> Segments)> SegmentsAsync(
        this TenantRead read, IReadOnlyCollection<string> stores, DateOnly date, string currency, CancellationToken cancellationToken)
    {
        var asOf = await read.CustomersAsOfAsync(stores, date, cancellationToken);
        return (asOf, CustomerSegments.From(asOf is { } night ? await read.CustomersAsync(stores, night, currency, cancellationToken) : []));
    }

    /// <summary>The latest day up to a date of which the stores' customers were counted; null for none.</summary>
    private static async Task<DateOnly?> CustomersAsOfAsync(this TenantRead read, IReadOnlyCollection<string> stores, DateOnly date, CancellationToken cancellationToken) =>
        (await read.ListAsync(
            "SELECT max(business_date) FROM mart.customer_rfm WHERE tenant = @tenant AND store = ANY(@stores) AND business_date <= @date",
            row => row.IsDBNull(0) ? (DateOnly?)null : row.GetFieldValue<DateOnly>(0), cancellationToken, new("stores", stores.ToArray()), new NpgsqlParameter("date", date)))[0];

    /// <summary>Customers by fifths as of a day, those of all fifths of money together.</summary>
    private static Task<List<CustomerCell>> CustomersAsync(
        this TenantRead read, IReadOnlyCollection<string> stores, DateOnly asOf, string currency, CancellationToken cancellationToken) =>
        read.ListAsync(
            """
            SELECT recency_quintile, frequency_quintile, sum(customers)::int, sum(receipts)::int, sum(net)::bigint
            FROM mart.customer_rfm
            WHERE tenant = @tenant AND store = ANY(@stores) AND business_date = @date AND currency = @currency
            GROUP BY 1, 2 ORDER BY 1, 2
            """,
            row => new CustomerCell(row.GetInt16(0), row.GetInt16(1), row.GetInt32(2), row.GetInt32(3), row.GetInt64(4)),
            cancellationToken,
            new("stores", stores.ToArray()), new("date", asOf), new NpgsqlParameter("currency", currency));
}
