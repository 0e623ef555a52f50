using System.ComponentModel;
using RetailInsight.Api.Kpis;

namespace RetailInsight.Api.Metrics;

/// <summary>How much of what a number should rest on has arrived.</summary>
internal sealed record DataState(
    [property: Description("Store-days from a store's first day to today that lie in the period.")] long StoreDaysExpected,
    [property: Description("Store-days of which receipts arrived; counts alone make none.")] long StoreDaysReported,
    [property: Description(WireFigures.Coverage)] string? Coverage,
    [property: Description("Registers that reported on one of the 14 business dates before, each counting once a store-day.")] long RegistersExpected = 0,
    [property: Description("Of them those that reported.")] long RegistersReported = 0);

/// <summary>Counts the store-days a period should have, by the part of a row's key that names store or date.</summary>
internal sealed class ExpectedStoreDays
{
    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);

    private ExpectedStoreDays()
    {
    }

    /// <summary>Dimensions a store-day can be told by.</summary>
    public static IReadOnlyList<string> Dimensions { get; } = ["store", "business_date", "weekday"];

    /// <summary>Counts once for all rows.</summary>
    /// <param name="query">The question.</param>
    /// <param name="stores">The stores it is about.</param>
    /// <param name="today">No store-day after it is expected.</param>
    public static ExpectedStoreDays Of(MetricQuery query, IReadOnlyList<RosterStore> stores, DateOnly today)
    {
        var counts = new ExpectedStoreDays();
        var dimensions = query.Dimensions.Where(Dimensions.Contains).ToList();
        var byStore = dimensions.Contains("store");
        var last = today < query.To ? today : query.To;
        for (var date = query.From; date <= last; date = date.AddDays(1))
        {
            var weekday = Weekday(date);
            if (query.Filters.Any(filter => filter.Dimension == "weekday" && filter.Values.Contains(weekday) == filter.Exclude))
            {
                continue;
            }

            string Part(string dimension, string store) => dimension switch { "store" => store, "weekday" => weekday, _ => Bucket(date, query) };
            if (!byStore)
            {
                counts.Add(string.Join('\u001f', dimensions.Select(dimension => Part(dimension, ""))), stores.Count(store => store.IsOpenOn(date)));
                continue;
            }

            foreach (var store in stores.Where(store => store.IsOpenOn(date)))
            {
                counts.Add(dimensions.Count == 1 ? store.Code : string.Join('\u001f', dimensions.Select(dimension => Part(dimension, store.Code))), 1);
            }
        }

        return counts;
    }

    /// <summary>How many a key should have.</summary>
    public long this[string key] => _counts.GetValueOrDefault(key);

    /// <summary>All of them.</summary>
    public long Total => _counts.Values.Sum();

    /// <summary>The first day of what a date is grouped into, as rows show it.</summary>
    public static string Bucket(DateOnly date, MetricQuery query) => query.BucketOf(date).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    private static string Weekday(DateOnly date) => ((((int)date.DayOfWeek + 6) % 7) + 1).ToString(System.Globalization.CultureInfo.InvariantCulture);

    private void Add(string key, long days) => _counts[key] = _counts.GetValueOrDefault(key) + days;
}
