using RetailInsight.Core.Ports;

namespace RetailInsight.Api.Exports;

/// <summary>Rows of an export as typed columns.</summary>
internal static class ExportBlock
{
    private static readonly int Epoch = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    /// <summary>The block of some rows.</summary>
    public static RowBlock Of(ExportTable table, List<object?[]> rows) => new([.. table.Columns.Select((column, at) =>
    {
        var isNull = rows.ConvertAll(row => row[at] is null).ToArray();
        return column.Type switch
        {
            ColumnType.String => ColumnData.String(column.Name, [.. rows.Select(row => (string?)row[at])]),
            ColumnType.Date => ColumnData.Date(column.Name, [.. rows.Select(row => Days(row[at]))], isNull),
            ColumnType.Bool => ColumnData.Bool(column.Name, [.. rows.Select(row => row[at] is true)], isNull),
            ColumnType.Int64 => ColumnData.Int64(column.Name, [.. rows.Select(row => (long?)row[at] ?? 0)], isNull),
            _ => ColumnData.Numeric(column.Name, [.. rows.Select(row => (decimal?)row[at] ?? 0)], isNull),
        };
    })]);

    private static int Days(object? value) => value switch
    {
        DateOnly date => date.DayNumber - Epoch,
        DateTime date => DateOnly.FromDateTime(date).DayNumber - Epoch,
        _ => 0,
    };
}
