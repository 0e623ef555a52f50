using RetailInsight.Core.Ports;
using RetailInsight.Platform.Native.DuckDb;

namespace RetailInsight.Platform.Local.DuckDb;

/// <summary>The seven column types in DuckDB's words.</summary>
internal static class WarehouseTypes
{
    /// <summary>As DDL.</summary>
    public static string Ddl(this ColumnType type) => type switch
    {
        ColumnType.Bool => "BOOLEAN",
        ColumnType.Int64 => "BIGINT",
        ColumnType.Float64 => "DOUBLE",
        ColumnType.Numeric => "DECIMAL(38,9)",
        ColumnType.String => "VARCHAR",
        ColumnType.Date => "DATE",
        ColumnType.Timestamp => "TIMESTAMP WITH TIME ZONE",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };

    /// <summary>As a type id of the C API.</summary>
    public static DuckDbType Native(this ColumnType type) => type switch
    {
        ColumnType.Bool => DuckDbType.Boolean,
        ColumnType.Int64 => DuckDbType.BigInt,
        ColumnType.Float64 => DuckDbType.Double,
        ColumnType.Numeric => DuckDbType.Decimal,
        ColumnType.String => DuckDbType.Varchar,
        ColumnType.Date => DuckDbType.Date,
        ColumnType.Timestamp => DuckDbType.TimestampTz,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };

    /// <summary>From DDL; null for a type no <see cref="TableSpec"/> makes.</summary>
    public static ColumnType? FromDdl(string ddl) => Enum.GetValues<ColumnType>().Cast<ColumnType?>().FirstOrDefault(type => type!.Value.Ddl() == ddl);

    /// <summary>A name as an identifier.</summary>
    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
