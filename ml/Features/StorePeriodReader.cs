using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Ml.Features;

/// <summary>Reads what a company's stores did over the weeks to a trading day from the datamart: four statements, however many stores there are.</summary>
internal sealed class StorePeriodReader([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database)
{
    /// <summary>Eight weeks: every weekday eight times, and little of another season.</summary>
    public const int EightWeeks = 56;

    private const int HoursOfADay = 48;

    private const string SelectDays = """
        SELECT k.store, k.currency, s.floor_area::float8, k.business_date, k.net, k.receipts::bigint, k.items, k.visitors::bigint, k.observed_minutes, k.expected_minutes,
          s.opened_on, s.closed_on, s.refurbished_from, s.refurbished_to
        FROM mart.kpi_store_day k LEFT JOIN tenancy.store s ON s.tenant = k.tenant AND s.store = k.store
        WHERE k.tenant = $1 AND k.business_date BETWEEN $2 AND $3 AND k.receipts > 0
        ORDER BY k.store, k.business_date
        """;

    private const string SelectHours = """
        SELECT store, currency, hour, sum(net)::bigint FROM mart.kpi_store_hour
        WHERE tenant = $1 AND business_date BETWEEN $2 AND $3 GROUP BY store, currency, hour
        """;

    private const string SelectCategories = """
        SELECT store, currency, category, sum(net)::bigint FROM mart.kpi_category_day
        WHERE tenant = $1 AND business_date BETWEEN $2 AND $3 GROUP BY store, currency, category
        """;

    /// <summary>The stores that sold something in the period, each in the currency it last reported in; those that may not be compared with others say why.</summary>
    /// <param name="tenant">Tenant id.</param>
    /// <param name="asOf">Last day of the period.</param>
    /// <param name="length">Days of the period.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public async Task<IReadOnlyList<StorePeriod>> ReadAsync(string tenant, DateOnly asOf, int length, CancellationToken cancellationToken)
    {
        var from = asOf.AddDays(1 - length);
        var days = await ListAsync(
            SelectDays,
            row => (Store: row.GetString(0), Currency: row.GetString(1), Area: row.IsDBNull(2) ? null : (double?)row.GetDouble(2), Day: new PeriodDay(
                row.GetFieldValue<DateOnly>(3), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6), row.IsDBNull(7) ? null : row.GetInt64(7), row.GetInt32(8), row.GetInt32(9)), Life: new StoreLife(Date(row, 10), Date(row, 11), Date(row, 12), Date(row, 13))),
            tenant, from, asOf, cancellationToken);
        var hours = (await ListAsync(SelectHours, row => (Key: (row.GetString(0), row.GetString(1)), Hour: row.GetInt16(2), Net: row.GetInt64(3)), tenant, from, asOf, cancellationToken)).ToLookup(row => row.Key);
        var categories = (await ListAsync(SelectCategories, row => (Key: (row.GetString(0), row.GetString(1)), Category: row.GetString(2), Net: row.GetInt64(3)), tenant, from, asOf, cancellationToken)).ToLookup(row => row.Key);
        var holidays = await HolidayReads.OfAsync(database, tenant, from, asOf, cancellationToken);
        var periods = new List<StorePeriod>();
        foreach (var store in days.GroupBy(day => day.Store, StringComparer.Ordinal))
        {
            var last = store.Last();
            var key = (store.Key, last.Currency);
            var netByHour = new long[HoursOfADay];
            foreach (var hour in hours[key])
            {
                netByHour[hour.Hour] = hour.Net;
            }

            List<PeriodDay> current = [.. store.Where(day => day.Currency == last.Currency).Select(day => day.Day)];
            periods.Add(new StorePeriod(
                store.Key, last.Currency, current, netByHour, categories[key].ToDictionary(category => category.Category, category => category.Net, StringComparer.Ordinal), last.Area, holidays)
            {
                Exclusion = StoreExclusion.Of(from, asOf, last.Life, current, store.Any(day => day.Currency != last.Currency)),
            });
        }

        return periods;
    }

    private static DateOnly? Date(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateOnly>(column);

    private async Task<List<T>> ListAsync<T>(string sql, Func<NpgsqlDataReader, T> read, string tenant, DateOnly from, DateOnly to, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = from });
        command.Parameters.Add(new() { Value = to });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await row.ReadAsync(cancellationToken))
        {
            rows.Add(read(row));
        }

        return rows;
    }
}
