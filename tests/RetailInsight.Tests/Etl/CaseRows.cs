using System.Globalization;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Ports;

namespace RetailInsight.Tests.Etl;

/// <summary>Turns the rows of a model's example, as written in its YAML, into warehouse rows and back into comparable text.</summary>
internal static class CaseRows
{
    public const string Tenant = "t1";
    public static readonly DateOnly BusinessDate = new(2026, 11, 20);

    public static RowBlock Of(TableSpec table, IReadOnlyList<IReadOnlyDictionary<string, string?>> rows)
    {
        var unknown = rows.SelectMany(row => row.Keys).Except(table.Columns.Select(column => column.Name)).FirstOrDefault();
        Assert.True(unknown is null, $"{table.Name} has no column '{unknown}'.");
        return new RowBlock([.. table.Columns.Select(column => Column(column, [.. rows.Select(row => Value(column, row))]))]);
    }

    /// <summary>The value of a result as the YAML writes it.</summary>
    public static string? Text(object? value) => value switch
    {
        null => null,
        bool truth => truth ? "true" : "false",
        DateOnly date => date.ToString("O", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    /// <summary>Some rows of a column.</summary>
    public static ColumnData Pick(ColumnData column, int[] rows)
    {
        T[] Values<T>() => [.. rows.Select(row => ((T[])column.Values)[row])];
        bool[]? isNull = column.IsNull is { } mask ? [.. rows.Select(row => mask[row])] : null;
        return column.Type switch
        {
            ColumnType.String => ColumnData.String(column.Name, Values<string?>()),
            ColumnType.Int64 => ColumnData.Int64(column.Name, Values<long>(), isNull),
            ColumnType.Bool => ColumnData.Bool(column.Name, Values<bool>(), isNull),
            ColumnType.Numeric => ColumnData.Numeric(column.Name, Values<decimal>(), isNull),
            ColumnType.Date => ColumnData.Date(column.Name, Values<int>(), isNull),
            _ => ColumnData.Timestamp(column.Name, Values<long>(), isNull),
        };
    }

    private static string? Value(ColumnSpec column, IReadOnlyDictionary<string, string?> row) =>
        row.TryGetValue(column.Name, out var stated) ? stated : column switch
        {
            { Nullable: true } => null,
            { Name: "tenant" } => Tenant,
            { Name: "business_date" } => Text(BusinessDate),
            { Type: ColumnType.String } => "",
            { Type: ColumnType.Bool } => "false",
            { Type: ColumnType.Timestamp } => "1970-01-01T00:00:00Z",
            _ => "0",
        };

    private static ColumnData Column(ColumnSpec column, string?[] values)
    {
        bool[] isNull = [.. values.Select(value => value is null)];
        T[] Parse<T>(Func<string, T> parse) => [.. values.Select(value => value is null ? default! : parse(value))];
        return column.Type switch
        {
            ColumnType.String => ColumnData.String(column.Name, values),
            ColumnType.Int64 => ColumnData.Int64(column.Name, Parse(text => long.Parse(text, CultureInfo.InvariantCulture)), isNull),
            ColumnType.Bool => ColumnData.Bool(column.Name, Parse(bool.Parse), isNull),
            ColumnType.Numeric => ColumnData.Numeric(column.Name, Parse(text => decimal.Parse(text, CultureInfo.InvariantCulture)), isNull),
            ColumnType.Date => ColumnData.Date(
                column.Name, Parse(text => EventBatchBuilder.ToDays(DateOnly.Parse(text, CultureInfo.InvariantCulture))), isNull),
            ColumnType.Timestamp => ColumnData.Timestamp(
                column.Name, Parse(text => EventBatchBuilder.ToMicroseconds(DateTimeOffset.Parse(text, CultureInfo.InvariantCulture))), isNull),
            _ => throw new NotSupportedException($"{column.Name} is {column.Type}."),
        };
    }
}
