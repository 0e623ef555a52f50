using Npgsql;
using RetailInsight.Core.Tenancy;
using Microsoft.Extensions.DependencyInjection;

namespace RetailInsight.Ml.Drift;

/// <summary>A row of <c>mart.forecast_error</c>.</summary>
/// <param name="Model">sales or visitors.</param>
/// <param name="Unit">A currency, or visitors.</param>
/// <param name="Lead">How far ahead: 1-7, 8-14 or 15-28 days.</param>
/// <param name="Sums">The sums of the day.</param>
internal sealed record ErrorRow(string Model, string Unit, string Lead, ErrorDay Sums);

/// <summary>Which store-days of the last week were to come, by what was forecast last before each.</summary>
internal readonly record struct Arrivals(int Expected, int Missing);

/// <summary>Holds published forecasts to what came, and keeps the sums.</summary>
internal sealed class ForecastErrorBook([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database)
{
    /// <summary>Days back of which errors are counted again: data that come late within a week count.</summary>
    public const int Recount = 7;

    private static readonly AsOfTable Table = new(
        "mart.forecast_error", new("model", "text", IsKey: true), new("unit", "text", IsKey: true), new("lead", "text", IsKey: true), new("forecasts", "int"), new("actual", "float8"), new("absolute", "float8"),
        new("signed", "float8"), new("pinball", "float8"), new("inside", "int"), new("reference_absolute", "float8"), new("reference_signed", "float8"), new("reference_pinball", "float8"), new("reference_inside", "float8"));

    // The champion's figures are those of the data it was trained on. Days a person called a fault of the data are no error of the model. Sums are taken in an
    // order of their own: binary fractions added in another order would be other rows.
    private const string Score = """
        WITH backtest AS (
          SELECT CASE m.name WHEN 'visitors' THEN 'visitors' ELSE 'net_sales' END AS metric, m.sha256, (e.metrics ->> 'wape')::float8 AS wape, (e.metrics ->> 'bias')::float8 AS bias, (e.metrics ->> 'coverage')::float8 AS coverage,
            (e.metrics ->> 'pinball_low')::float8 + (e.metrics ->> 'pinball_median')::float8 + (e.metrics ->> 'pinball_high')::float8 AS pinball
          FROM ml.model m JOIN ml.model_evaluation e USING (tenant, name, sha256, data_set, data_set_sha256) WHERE m.tenant = $1 AND m.name IN ('sales', 'visitors')),
        came AS (
          SELECT f.metric, f.business_date, f.unit, f.model, f.as_of, f.store, f.business_date - f.as_of AS ahead, f.expected::float8 AS expected, f.low::float8 AS low, f.median::float8 AS median,
            f.high::float8 AS high, CASE f.metric WHEN 'visitors' THEN k.visitors::float8 ELSE k.net / 1000000.0::float8 END AS actual
          FROM mart.sales_forecast f JOIN mart.kpi_store_day k ON k.tenant = f.tenant AND k.store = f.store AND k.business_date = f.business_date
          WHERE f.tenant = $1 AND f.business_date BETWEEN $2 AND $3 AND f.business_date - f.as_of <= 28 AND k.receipts > 0
            AND CASE f.metric WHEN 'visitors' THEN k.visitors > 0 AND k.observed_minutes >= 0.8 * k.expected_minutes ELSE k.net > 0 AND k.currency = f.unit END
            AND NOT EXISTS (SELECT FROM ml.review_case c WHERE c.tenant = f.tenant AND c.store = f.store AND c.business_date = f.business_date AND c.subject = f.metric AND c.label = 'data_fault'))
        SELECT business_date, CASE came.metric WHEN 'visitors' THEN 'visitors' ELSE 'sales' END AS model, unit, CASE WHEN ahead <= 7 THEN '1-7' WHEN ahead <= 14 THEN '8-14' ELSE '15-28' END AS lead,
          count(*)::int, sum(actual ORDER BY as_of, store), sum(abs(expected - actual) ORDER BY as_of, store), sum(expected - actual ORDER BY as_of, store),
          sum(greatest(0.1 * (actual - low), 0.9 * (low - actual)) + 0.5 * abs(actual - median) + greatest(0.9 * (actual - high), 0.1 * (high - actual)) ORDER BY as_of, store),
          count(*) FILTER (WHERE actual BETWEEN low AND high)::int,
          count(b.wape) = count(*), sum(actual * b.wape ORDER BY as_of, store), sum(actual * b.bias ORDER BY as_of, store), sum(actual * b.pinball ORDER BY as_of, store), sum(b.coverage ORDER BY as_of, store)
        FROM came LEFT JOIN backtest b ON b.sha256 = came.model AND b.metric = came.metric GROUP BY 1, 2, 3, 4
        """;

    private const string Select = """
        SELECT as_of, model, unit, lead, forecasts, actual, absolute, signed, pinball, inside, reference_absolute IS NOT NULL, reference_absolute, reference_signed, reference_pinball, reference_inside
        FROM mart.forecast_error WHERE tenant = $1 AND as_of BETWEEN $2 AND $3 ORDER BY as_of, model, unit, lead
        """;

    private const string SelectMissing = """
        SELECT f.metric, count(*)::int, count(*) FILTER (WHERE NOT coalesce(CASE f.metric WHEN 'visitors' THEN k.visitors > 0 ELSE k.sales_reported END, false))::int
        FROM (SELECT DISTINCT ON (store, metric, business_date) store, metric, business_date FROM mart.sales_forecast
          WHERE tenant = $1 AND business_date BETWEEN $2 AND $3 ORDER BY store, metric, business_date, as_of DESC) f
        LEFT JOIN mart.kpi_store_day k ON k.tenant = $1 AND k.store = f.store AND k.business_date = f.business_date
        GROUP BY f.metric
        """;

    /// <summary>What the forecasts that stand say of the days from one to another, by day.</summary>
    public async Task<ILookup<DateOnly, ErrorRow>> ScoreAsync(string tenant, DateOnly from, DateOnly to, CancellationToken cancellationToken) =>
        (await ReadAsync(Score, tenant, from, to, cancellationToken)).ToLookup(row => row.Sums.Date);

    /// <summary>What was kept of the days from one to another, in order.</summary>
    public Task<List<ErrorRow>> KeptAsync(string tenant, DateOnly from, DateOnly to, CancellationToken cancellationToken) => ReadAsync(Select, tenant, from, to, cancellationToken);

    /// <summary>The store-days that were forecast from one day to another, and those of them of which nothing came, by model.</summary>
    public async Task<IReadOnlyDictionary<string, Arrivals>> ArrivalsAsync(string tenant, DateOnly from, DateOnly to, CancellationToken cancellationToken)
    {
        await using var command = Command(SelectMissing, tenant, from, to);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var found = new Dictionary<string, Arrivals>(StringComparer.Ordinal);
        while (await row.ReadAsync(cancellationToken))
        {
            found.Add(row.GetString(0) == "visitors" ? ModelWatch.Visitors : ModelWatch.Sales, new Arrivals(row.GetInt32(1), row.GetInt32(2)));
        }

        return found;
    }

    /// <summary>Makes the rows of a day those given, inside the caller's transaction.</summary>
    /// <returns>How many rows were written or deleted.</returns>
    public static Task<int> PublishAsync(string tenant, DateOnly day, IReadOnlyList<ErrorRow> rows, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken) =>
        Table.ReplaceAsync(
            tenant, day,
            [
                rows.Select(row => row.Model).ToArray(), rows.Select(row => row.Unit).ToArray(), rows.Select(row => row.Lead).ToArray(), rows.Select(row => (int)row.Sums.Forecasts).ToArray(),
                rows.Select(row => row.Sums.Actual).ToArray(), rows.Select(row => row.Sums.Absolute).ToArray(), rows.Select(row => row.Sums.Signed).ToArray(), rows.Select(row => row.Sums.Pinball).ToArray(),
                rows.Select(row => (int)row.Sums.Inside).ToArray(), rows.Select(row => row.Sums.Reference?.Absolute).ToArray(), rows.Select(row => row.Sums.Reference?.Signed).ToArray(),
                rows.Select(row => row.Sums.Reference?.Pinball).ToArray(), rows.Select(row => row.Sums.Reference?.Inside).ToArray(),
            ],
            connection, transaction, cancellationToken);

    /// <summary>Deletes what is known of days before one.</summary>
    public static Task<int> ForgetAsync(string tenant, DateOnly before, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken) =>
        Table.ForgetAsync(tenant, before, connection, transaction, cancellationToken);

    private async Task<List<ErrorRow>> ReadAsync(string sql, string tenant, DateOnly from, DateOnly to, CancellationToken cancellationToken)
    {
        await using var command = Command(sql, tenant, from, to);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<ErrorRow>();
        while (await row.ReadAsync(cancellationToken))
        {
            rows.Add(new ErrorRow(
                row.GetString(1), row.GetString(2), row.GetString(3),
                new ErrorDay(row.GetFieldValue<DateOnly>(0), row.GetInt32(4), row.GetDouble(5), row.GetDouble(6), row.GetDouble(7), row.GetDouble(8), row.GetInt32(9))
                {
                    Reference = row.GetBoolean(10) ? new ErrorReference(row.GetDouble(11), row.GetDouble(12), row.GetDouble(13), row.GetDouble(14)) : null,
                }));
        }

        return rows;
    }

    private NpgsqlCommand Command(string sql, string tenant, DateOnly from, DateOnly to)
    {
        var command = database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = from });
        command.Parameters.Add(new() { Value = to });
        return command;
    }
}
