using System.Text;
using RetailInsight.Api.Metrics;

namespace RetailInsight.Api.Exports;

/// <summary>An answer as a CSV file with every row. What one answer may hold is limited before, so the file is built in memory.</summary>
internal static class CsvAnswer
{
    /// <summary>Lists what CP932 cannot hold.</summary>
    public const string UnwritableHeader = "Unwritable-Characters";

    /// <summary>The answer as a file.</summary>
    public static IResult Of(HttpContext context, MetricQuery query, MetricResult result, bool cp932) =>
        File(context, Text(query, result), $"metrics-{query.From:yyyyMMdd}-{query.To:yyyyMMdd}.csv", cp932);

    /// <summary>A text as a file over HTTP: UTF-8 with BOM, or CP932 with a header that lists what it cannot hold.</summary>
    public static IResult File(HttpContext context, string text, string name, bool cp932)
    {
        if (!cp932)
        {
            return Results.File(Encoding.UTF8.GetPreamble().Concat(Encoding.UTF8.GetBytes(text)).ToArray(), "text/csv; charset=utf-8; header=present", name);
        }

        var file = Cp932File.Of(text);
        if (file.Unwritable.Count > 0)
        {
            context.Response.Headers[UnwritableHeader] = file.Header;
        }

        return Results.File(file.Bytes, "text/csv; charset=windows-31j; header=present", name);
    }

    /// <summary>Rows under the ids of their columns.</summary>
    public static string Text<T>(IEnumerable<T> rows, IReadOnlyList<CsvColumn<T>> columns)
    {
        var csv = new CsvText();
        foreach (var column in columns)
        {
            csv.Text(column.Id);
        }

        csv.EndRow();
        foreach (var row in rows)
        {
            foreach (var column in columns)
            {
                _ = column.IsText ? csv.Text(column.Read(row)) : csv.Number(column.Read(row));
            }

            csv.EndRow();
        }

        return csv.ToString();
    }

    /// <summary>Dimensions, currency, each metric with its comparison, and the state of the data.</summary>
    public static string Text(MetricQuery query, MetricResult result)
    {
        var csv = new CsvText();
        foreach (var name in query.Dimensions.Append("currency"))
        {
            csv.Text(name);
        }

        foreach (var metric in query.Metrics)
        {
            csv.Text(metric.Id);
            if (query.Compare != Comparison.None)
            {
                csv.Text(metric.Id + "_comparison").Text(metric.Id + "_difference").Text(metric.Id + "_change");
            }
        }

        csv.Text("store_days_expected").Text("store_days_reported").Text("coverage").EndRow();
        foreach (var row in result.Rows)
        {
            foreach (var key in row.Keys)
            {
                csv.Text(key);
            }

            csv.Text(row.Currency);
            for (var at = 0; at < query.Metrics.Count; at++)
            {
                var value = MetricValue.Of(row, query.Metrics[at], at);
                csv.Number(value.Value);
                if (query.Compare != Comparison.None)
                {
                    csv.Number(value.Comparison).Number(value.Difference).Number(value.Change);
                }
            }

            csv.Number(row.State.StoreDaysExpected).Number(row.State.StoreDaysReported).Number(row.State.Coverage).EndRow();
        }

        return csv.ToString();
    }
}

/// <summary>A column of a CSV file.</summary>
/// <param name="Id">Its head.</param>
/// <param name="Read">A row's cell: a number or date as it is written, or a text; null is an empty cell.</param>
/// <param name="IsText">Whether somebody else wrote it, so that a spreadsheet might take it for a formula.</param>
internal sealed record CsvColumn<T>(string Id, Func<T, string?> Read, bool IsText = false);
