using System.Globalization;
using RetailInsight.GoogleFakes.BigQuery.Sql;
using RetailInsight.Platform.Native.DuckDb;

namespace RetailInsight.GoogleFakes.BigQuery.Jobs;

/// <summary>What a query is billed: the width of each column it reads times the rows of its table. Partitions are not pruned: an upper bound.</summary>
internal static class BytesRead
{
    private const long Mebibyte = 1 << 20;

    /// <summary>Bytes by table.</summary>
    public static IReadOnlyList<long> ByTable(DuckDbConnection connection, IEnumerable<ColumnRead> reads, Func<string, string, SqlType?> typeOf) =>
    [
        .. reads.GroupBy(read => read.Table).Select(table =>
        {
            var widths = table.Select(read => Width(SqlText.Name(read.Column), typeOf(read.Table, read.Column) ?? SqlType.Int64));
            var sql = $"SELECT CAST({string.Join(" + ", widths)} AS VARCHAR) FROM {table.Key}";
            return long.Parse(DuckStore.Read(connection, sql, 1)[0][0]!, CultureInfo.InvariantCulture);
        }),
    ];

    /// <summary>Bytes paid for: whole mebibytes, at least 10 of each table.</summary>
    public static long Billed(IReadOnlyList<long> tables) =>
        tables.Where(bytes => bytes > 0).Sum(bytes => Math.Max(10 * Mebibyte, (bytes + Mebibyte - 1) / Mebibyte * Mebibyte));

    private static string Width(string column, SqlType type) => type.Kind switch
    {
        SqlTypeKind.Bool => $"count({column})",
        SqlTypeKind.Numeric => $"16 * count({column})",
        SqlTypeKind.String or SqlTypeKind.Json => $"coalesce(sum(strlen({column}) + 2), 0)",
        SqlTypeKind.Bytes => $"coalesce(sum(octet_length({column}) + 2), 0)",
        SqlTypeKind.Array or SqlTypeKind.Struct => $"coalesce(sum(strlen(CAST(to_json({column}) AS VARCHAR))), 0)",
        _ => $"8 * count({column})",
    };
}
