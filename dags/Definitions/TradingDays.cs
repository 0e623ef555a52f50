using System.Text.Json;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RetailInsight.Core.Tenancy;
using RetailInsight.Dags.Engine;

namespace RetailInsight.Dags.Definitions;

/// <summary>Which trading days there are data of, from the streamer's partition ledger.</summary>
internal static class TradingDays
{
    /// <summary>A run for each of the latest days of every tenant, with all stores that have data of it.</summary>
    public static async Task<IReadOnlyList<RunRequest>> LatestAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, int days, CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync<(string Tenant, DateOnly Date, string[] Stores)>(new CommandDefinition(
            """
            SELECT tenant, business_date, array_agg(DISTINCT store ORDER BY store) FROM (
              SELECT tenant, business_date, store, dense_rank() OVER (PARTITION BY tenant ORDER BY business_date DESC) AS age
              FROM ingest.partition) known
            WHERE age <= @days GROUP BY tenant, business_date ORDER BY tenant, business_date
            """,
            new { days },
            transaction,
            cancellationToken: cancellationToken));
        return [.. rows.Select(row => new RunRequest(
            row.Tenant, new DayPartition(row.Tenant, row.Date).ToString(), JsonSerializer.Serialize(new { stores = row.Stores })))];
    }

    /// <summary>A run for the last day of every tenant that is over where the tenant is, five hours after midnight, of those there are data of.</summary>
    public static async Task<IReadOnlyList<RunRequest>> LastWholeAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync<(string Tenant, DateOnly Date)>(new CommandDefinition(
            """
            SELECT t.tenant, max(p.business_date) FROM tenancy.tenant t JOIN ingest.partition p ON p.tenant = t.tenant
            WHERE p.business_date < (now() AT TIME ZONE t.time_zone - interval '5 hours')::date
            GROUP BY t.tenant ORDER BY t.tenant
            """,
            transaction: transaction,
            cancellationToken: cancellationToken));
        return [.. rows.Select(row => new RunRequest(row.Tenant, new DayPartition(row.Tenant, row.Date).ToString(), "{}"))];
    }

    /// <summary>The stores of a tenant that have data of a day.</summary>
    public static async Task<IReadOnlyList<string>> StoresAsync(IServiceProvider services, DayPartition day, CancellationToken cancellationToken)
    {
        var database = services.GetRequiredKeyedService<NpgsqlDataSource>(DatabaseRole.Job);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return (await connection.QueryAsync<string>(new CommandDefinition(
            "SELECT DISTINCT store FROM ingest.partition WHERE tenant = @Tenant AND business_date = @BusinessDate ORDER BY store",
            new { day.Tenant, day.BusinessDate },
            cancellationToken: cancellationToken))).AsList();
    }
}
