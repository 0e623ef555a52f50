using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Tenancy;
using RetailInsight.Ml.Features;

namespace RetailInsight.Ml.Forecasting;

/// <summary>What is forecast of a day.</summary>
internal enum ForecastMetric
{
    /// <summary>Net sales, in currency units.</summary>
    NetSales,

    /// <summary>People who came in.</summary>
    Visitors,
}

/// <summary>What a company's stores did day by day, and when they will open.</summary>
/// <param name="Currencies">Store → currency it last reported in.</param>
/// <param name="NetSales">Days with net sales above 0, in currency units.</param>
/// <param name="Visitors">Days that were counted through.</param>
/// <param name="Upcoming">Days after the last one on which stores are expected to open.</param>
/// <param name="From">The first day there is.</param>
internal sealed record ChainHistory(
    IReadOnlyDictionary<string, string> Currencies, IReadOnlyList<SalesDay> NetSales, IReadOnlyList<SalesDay> Visitors, IReadOnlyList<OpenDay> Upcoming, DateOnly From)
{
    /// <summary>The days of a figure.</summary>
    public IReadOnlyList<SalesDay> Of(ForecastMetric metric) => metric == ForecastMetric.NetSales ? NetSales : Visitors;
}

/// <summary>Reads two years of a company's days from the datamart.</summary>
internal sealed class ChainHistoryReader([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database)
{
    /// <summary>Two years and a week, so that the season of every day ahead was seen twice.</summary>
    public const int Days = 737;

    // A store opens on a weekday on which it opened at least every other time of the last eight weeks, and at all in the last two.
    private const int RecentDays = 56;
    private const int StillSelling = 14;

    private const string Select = """
        SELECT k.store, k.currency, coalesce(s.format, ''), k.business_date, k.net, k.visitors::bigint, k.observed_minutes, k.expected_minutes, coalesce(s.closed_on, 'infinity'::date) > $3,
          coalesce(c.subjects, '{}')
        FROM mart.kpi_store_day k LEFT JOIN tenancy.store s ON s.tenant = k.tenant AND s.store = k.store
        LEFT JOIN (SELECT store, business_date, array_agg(DISTINCT subject) AS subjects FROM ml.review_case WHERE tenant = $1 AND label = 'data_fault' GROUP BY store, business_date) c
          ON c.store = k.store AND c.business_date = k.business_date
        WHERE k.tenant = $1 AND k.business_date BETWEEN $2 AND $3 AND k.receipts > 0
        ORDER BY k.business_date, k.store
        """;

    /// <summary>The history up to a day and the open days after it up to another. Figures a person called a fault of the data are no history.</summary>
    public async Task<ChainHistory> ReadAsync(string tenant, DateOnly asOf, DateOnly until, CancellationToken cancellationToken)
    {
        var from = asOf.AddDays(1 - Days);
        var holidays = await HolidayReads.OfAsync(database, tenant, from, until, cancellationToken);
        var rows = await RowsAsync(tenant, from, asOf, holidays, cancellationToken);
        var currencies = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            currencies[row.Day.Store] = row.Currency;
        }

        var current = rows.Where(row => row.Currency == currencies[row.Day.Store]).ToList();
        return new ChainHistory(
            currencies,
            [.. current.Where(row => row.Sold.Net > 0 && !row.Faults.Contains("net_sales")).Select(row => new SalesDay(row.Day, row.Sold.Net / (double)Money.MicrosPerUnit))],
            [.. current.Where(row => row.Sold.IsCounted && !row.Faults.Contains("visitors")).Select(row => new SalesDay(row.Day, row.Sold.Visitors!.Value))],
            Upcoming(current, asOf, until, holidays),
            rows.Count == 0 ? asOf : rows[0].Day.Date);
    }

    private static List<OpenDay> Upcoming(List<HistoryRow> rows, DateOnly asOf, DateOnly until, IReadOnlySet<DateOnly> holidays)
    {
        var upcoming = new List<OpenDay>();
        foreach (var store in rows.Where(row => row.Day.Date > asOf.AddDays(-RecentDays)).GroupBy(row => row.Day.Store, StringComparer.Ordinal))
        {
            var days = store.ToList();
            var first = days[0].Day.Date;
            if (days[^1].Day.Date <= asOf.AddDays(-StillSelling) || !days[^1].StaysOpen)
            {
                continue;
            }

            var opens = Enum.GetValues<DayOfWeek>().Where(weekday =>
                days.Count(day => day.Day.Date.DayOfWeek == weekday) * 2 >= Enumerable.Range(first.DayNumber, asOf.DayNumber - first.DayNumber + 1).Count(day => DateOnly.FromDayNumber(day).DayOfWeek == weekday)
                && (days.Exists(day => day.Day.Date.DayOfWeek == weekday) || asOf.DayNumber - first.DayNumber < 7)).ToHashSet();
            for (var day = asOf.AddDays(1); day <= until; day = day.AddDays(1))
            {
                if (opens.Contains(day.DayOfWeek))
                {
                    upcoming.Add(days[^1].Day with { Date = day, Traits = holidays.Contains(day) ? DayTraits.PublicHoliday : DayTraits.None });
                }
            }
        }

        return upcoming;
    }

    private async Task<List<HistoryRow>> RowsAsync(string tenant, DateOnly from, DateOnly asOf, IReadOnlySet<DateOnly> holidays, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Select);
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = from });
        command.Parameters.Add(new() { Value = asOf });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<HistoryRow>();
        while (await row.ReadAsync(cancellationToken))
        {
            var date = row.GetFieldValue<DateOnly>(3);
            rows.Add(new HistoryRow(
                new OpenDay(row.GetString(0), row.GetString(2), date, holidays.Contains(date) ? DayTraits.PublicHoliday : DayTraits.None),
                row.GetString(1),
                new PeriodDay(date, row.GetInt64(4), 1, 0, await row.IsDBNullAsync(5, cancellationToken) ? null : row.GetInt64(5), row.GetInt32(6), row.GetInt32(7)),
                row.GetBoolean(8),
                row.GetFieldValue<string[]>(9)));
        }

        return rows;
    }

    private readonly record struct HistoryRow(OpenDay Day, string Currency, PeriodDay Sold, bool StaysOpen, string[] Faults);
}
