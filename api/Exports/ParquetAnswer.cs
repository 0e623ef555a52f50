using System.Globalization;
using RetailInsight.Api.Metrics;
using RetailInsight.Core.Ports;

namespace RetailInsight.Api.Exports;

/// <summary>An answer as a Parquet file with every row: dates are dates, values decimals.</summary>
internal static class ParquetAnswer
{
    /// <summary>The file.</summary>
    public static async Task<byte[]> OfAsync(MetricQuery query, MetricResult result, IParquetWriter writer, CancellationToken cancellationToken)
    {
        var columns = new List<(ColumnSpec Spec, ColumnData Data)>();
        var rows = result.Rows;
        void Add(string name, ColumnType type, ColumnData data) => columns.Add((new ColumnSpec(name, type, true, ""), data));
        void AddValues(string name, IEnumerable<decimal?> values)
        {
            var list = values.ToList();
            Add(name, ColumnType.Numeric, ColumnData.Numeric(name, [.. list.Select(value => Math.Round(value ?? 0, 9, MidpointRounding.AwayFromZero))], [.. list.Select(value => value is null)]));
        }

        foreach (var (name, at) in query.Dimensions.Select((name, at) => (name, at)))
        {
            if (name == "business_date")
            {
                Add(name, ColumnType.Date, ColumnData.Date(name, [.. rows.Select(row => Days(row.Keys[at]))]));
            }
            else
            {
                Add(name, ColumnType.String, ColumnData.String(name, [.. rows.Select(row => row.Keys[at])]));
            }
        }

        Add("currency", ColumnType.String, ColumnData.String("currency", [.. rows.Select(row => row.Currency)]));
        foreach (var (metric, at) in query.Metrics.Select((metric, at) => (metric, at)))
        {
            AddValues(metric.Id, rows.Select(row => Shown(row.Values[at], metric)));
            if (query.Compare != Comparison.None)
            {
                AddValues(metric.Id + "_comparison", rows.Select(row => Shown(row.Compared![at], metric)));
            }
        }

        Add("store_days_expected", ColumnType.Int64, ColumnData.Int64("store_days_expected", [.. rows.Select(row => row.State.StoreDaysExpected)]));
        Add("store_days_reported", ColumnType.Int64, ColumnData.Int64("store_days_reported", [.. rows.Select(row => row.State.StoreDaysReported)]));
        using var file = new MemoryStream();
        await writer.WriteAsync([.. columns.Select(column => column.Spec)], OneAsync(new RowBlock([.. columns.Select(column => column.Data)])), file, cancellationToken);
        return file.ToArray();
    }

    // The same places as in every other form, so that no two of them differ.
    private static decimal? Shown(decimal? value, Metric metric) => value is { } known && metric.Places is { } places ? Math.Round(known, places, MidpointRounding.AwayFromZero) : value;

    private static int Days(string date) =>
        DateOnly.ParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture).DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    private static async IAsyncEnumerable<RowBlock> OneAsync(RowBlock block)
    {
        await Task.CompletedTask;
        yield return block;
    }
}
