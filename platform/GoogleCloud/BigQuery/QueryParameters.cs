using System.Collections;
using System.Globalization;
using RetailInsight.Core.Ports;

namespace RetailInsight.Platform.GoogleCloud.BigQuery;

/// <summary>Named parameters as the API wants them: every value as text beside its type.</summary>
internal static class QueryParameters
{
    /// <summary>A parameter.</summary>
    /// <exception cref="ArgumentException">The value is of no type a query takes.</exception>
    public static object Of(string name, object value) => value is not string && value is IEnumerable list
        ? OfList(name, list)
        : new { name, parameterType = new { type = TypeOf(name, value) }, parameterValue = new { value = Text(value) } };

    /// <summary>Batches as an array of (tenant, batch_id).</summary>
    public static object OfBatches(string name, IEnumerable<WarehouseBatch> batches) => new
    {
        name,
        parameterType = new
        {
            type = "ARRAY",
            arrayType = new
            {
                type = "STRUCT",
                structTypes = (object[])[new { name = "tenant", type = new { type = "STRING" } }, new { name = "batch_id", type = new { type = "STRING" } }],
            },
        },
        parameterValue = new
        {
            arrayValues = batches.Select(batch => new
            {
                structValues = new { tenant = new { value = batch.Tenant }, batch_id = new { value = batch.BatchId } },
            }),
        },
    };

    private static object OfList(string name, IEnumerable list)
    {
        var values = list.Cast<object>().ToList();
        return new
        {
            name,
            parameterType = new { type = "ARRAY", arrayType = new { type = values.Count > 0 ? TypeOf(name, values[0]) : TypeOf(name, list.GetType()) } },
            parameterValue = new { arrayValues = values.Select(value => new { value = Text(value) }) },
        };
    }

    private static string TypeOf(string name, object value) => TypeOf(name, value.GetType());

    private static string TypeOf(string name, Type type)
    {
        type = type.IsArray ? type.GetElementType()! : type.IsGenericType ? type.GetGenericArguments()[0] : type;
        return (type == typeof(string) ? ColumnType.String
            : type == typeof(long) || type == typeof(int) ? ColumnType.Int64
            : type == typeof(decimal) ? ColumnType.Numeric
            : type == typeof(bool) ? ColumnType.Bool
            : type == typeof(double) ? ColumnType.Float64
            : type == typeof(DateOnly) ? ColumnType.Date
            : type == typeof(DateTimeOffset) ? ColumnType.Timestamp
            : throw new ArgumentException($"Parameter @{name} is a {type.Name}, which no query takes.")).Name();
    }

    private static string Text(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTimeOffset instant => instant.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.ffffff'+00:00'", CultureInfo.InvariantCulture),
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
