using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Ml.Features;

/// <summary>Reads a tenant's trading day from the datamart.</summary>
internal sealed class StoreDayReader([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database)
{
    private const string Select = """
        SELECT store, currency, net, receipts::bigint, items, visitors::bigint FROM mart.kpi_store_day
        WHERE tenant = $1 AND business_date = $2 AND receipts > 0
        ORDER BY store
        """;

    /// <summary>The stores that sold something that day. A closed store is not a small one: it has no place in a comparison.</summary>
    public async Task<IReadOnlyList<StoreDay>> ReadAsync(string tenant, DateOnly businessDate, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Select);
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = businessDate });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var days = new List<StoreDay>();
        while (await reader.ReadAsync(cancellationToken))
        {
            days.Add(new StoreDay(
                reader.GetString(0),
                reader.GetString(1),
                reader.GetInt64(2),
                reader.GetInt64(3),
                reader.GetInt64(4),
                await reader.IsDBNullAsync(5, cancellationToken) ? null : reader.GetInt64(5)));
        }

        return days;
    }
}
