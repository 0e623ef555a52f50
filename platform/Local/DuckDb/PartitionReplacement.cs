using RetailInsight.Core.Ports;
using RetailInsight.Platform.Native.DuckDb;
using RetailInsight.Platform.Warehouse;
using static RetailInsight.Platform.Local.DuckDb.WarehouseTypes;

namespace RetailInsight.Platform.Local.DuckDb;

/// <summary>A partition computed aside and then swapped in, on one connection.</summary>
internal sealed class PartitionReplacement
{
    private const string Aside = "temp._replacement";
    private readonly string _table;
    private readonly IReadOnlyDictionary<string, object> _partition;
    private readonly WarehouseSelect _select;
    private string _names = "";

    /// <exception cref="ArgumentException">The partition lacks the tenant, or names another one than the query.</exception>
    public PartitionReplacement(string table, IReadOnlyDictionary<string, object> partition, WarehouseSelect select)
    {
        if (!partition.TryGetValue("tenant", out object? tenant) || !Equals(tenant, select.Tenant))
        {
            throw new ArgumentException($"A partition of {table} names its tenant, the one the query runs for ('{select.Tenant}').");
        }

        _table = table;
        _partition = partition;
        _select = select;
    }

    /// <summary>Runs the query into a temporary table and checks it.</summary>
    /// <returns>Rows.</returns>
    /// <exception cref="WarehouseDataException">The query's columns are not the table's, or a row lies outside the partition.</exception>
    public long Compute(DuckDbConnection connection, IReadOnlyList<WarehouseColumn> columns)
    {
        if (columns.Count == 0)
        {
            throw new WarehouseDataException($"There is no table {_table}.");
        }

        if (_partition.Keys.FirstOrDefault(key => !columns.Any(column => column.Name == key)) is { } unknown)
        {
            throw new WarehouseDataException($"{_table}.{unknown}: the partition names a column the table lacks.");
        }

        _select.Prepare(connection).Dispose();
        connection.Execute($"CREATE OR REPLACE TEMP TABLE _replacement AS {_select.Sql}", _select.Parameters);
        CheckColumns(connection, columns);
        _names = string.Join(", ", columns.Select(column => Quote(column.Name)));
        foreach ((string column, object value) in _partition)
        {
            List<object?[]> outside = connection.Rows(
                $"SELECT CAST({Quote(column)} AS VARCHAR) FROM {Aside} WHERE {Quote(column)} IS DISTINCT FROM $value LIMIT 1", ("value", value));
            if (outside.Count > 0)
            {
                throw new WarehouseDataException($"{_table}.{column}: the query gives a row with {outside[0][0] ?? "NULL"}, outside the partition {value}.");
            }
        }

        return (long)connection.Rows($"SELECT COUNT(*) FROM {Aside}")[0][0]!;
    }

    /// <summary>Swaps the rows; run in a transaction under the writer lane.</summary>
    /// <returns>Rows the partition now has.</returns>
    public long Apply(DuckDbConnection connection)
    {
        string condition = string.Join(" AND ", _partition.Keys.Select(key => $"{Quote(key)} = ${key}"));
        connection.Execute($"DELETE FROM {Quote(_table)} WHERE {condition}", _partition);
        return connection.Execute($"INSERT INTO {Quote(_table)} ({_names}) SELECT {_names} FROM {Aside}");
    }

    /// <summary>Drops what was computed.</summary>
    /// <returns>0.</returns>
    public static int Forget(DuckDbConnection connection)
    {
        connection.Execute($"DROP TABLE IF EXISTS {Aside}");
        return 0;
    }

    private void CheckColumns(DuckDbConnection connection, IReadOnlyList<WarehouseColumn> columns)
    {
        Dictionary<string, string> given = connection
            .Rows("SELECT column_name, data_type FROM duckdb_columns() WHERE database_name = 'temp' AND table_name = '_replacement'")
            .ToDictionary(row => (string)row[0]!, row => (string)row[1]!, StringComparer.Ordinal);
        foreach (WarehouseColumn column in columns)
        {
            if (!given.Remove(column.Name, out string? type))
            {
                throw new WarehouseDataException($"{_table}.{column.Name} is not among the query's columns.");
            }

            if (!Fits(type, column.Type))
            {
                throw new WarehouseDataException($"{_table}.{column.Name} is {column.Type}, the query gives {type}; cast it.");
            }
        }

        if (given.Count > 0)
        {
            throw new WarehouseDataException($"{_table} has no column {given.Keys.First()}, which the query gives.");
        }
    }

    /// <summary>Whether values go in without a change of meaning: DuckDB itself would round a fraction into a whole number.</summary>
    private static bool Fits(string given, ColumnType wanted)
    {
        bool isWhole = given.EndsWith("INT", StringComparison.Ordinal) || given.EndsWith("INTEGER", StringComparison.Ordinal);
        bool isDecimal = given.StartsWith("DECIMAL", StringComparison.Ordinal);
        return wanted switch
        {
            ColumnType.Int64 => isWhole,
            ColumnType.Numeric => isWhole || isDecimal,
            ColumnType.Float64 => isWhole || isDecimal || given is "DOUBLE" or "FLOAT",
            _ => given == wanted.Ddl(),
        };
    }
}
