using RetailInsight.Core.Ports;
using RetailInsight.Platform.Native.DuckDb;

namespace RetailInsight.Platform.Local.DuckDb;

/// <summary>What the adapter does with a connection beyond the C API.</summary>
internal static class DuckDbStatements
{
    /// <summary>Prepares and binds a statement.</summary>
    /// <exception cref="ArgumentException">A parameter has no value.</exception>
    public static DuckDbStatement Prepare(this DuckDbConnection connection, string sql, IReadOnlyDictionary<string, object> parameters)
    {
        DuckDbStatement statement = connection.Prepare(sql);
        try
        {
            for (int i = 0; i < statement.ParameterNames.Count; i++)
            {
                statement.Bind(i, parameters.TryGetValue(statement.ParameterNames[i], out object? value)
                    ? value
                    : throw new ArgumentException($"The query's parameter @{statement.ParameterNames[i]} has no value."));
            }

            return statement;
        }
        catch
        {
            statement.Dispose();
            throw;
        }
    }

    /// <summary>All rows of a small query, values boxed.</summary>
    public static List<object?[]> Rows(this DuckDbConnection connection, string sql, params (string Name, object Value)[] parameters) =>
        connection.Rows(sql, parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value));

    /// <summary>All rows of a small query, values boxed.</summary>
    public static List<object?[]> Rows(this DuckDbConnection connection, string sql, IReadOnlyDictionary<string, object> parameters)
    {
        using DuckDbStatement statement = connection.Prepare(sql, parameters);
        using DuckDbResult result = statement.Execute();
        var rows = new List<object?[]>();
        while (result.NextChunk())
        {
            RowBlock block = ResultReader.Read(result);
            for (int row = 0; row < block.RowCount; row++)
            {
                rows.Add([.. block.Columns.Select(column => column.ValueAt(row))]);
            }
        }

        return rows;
    }

    /// <summary>Runs a statement to the end.</summary>
    /// <returns>Rows it changed.</returns>
    public static long Execute(this DuckDbConnection connection, string sql, IReadOnlyDictionary<string, object> parameters)
    {
        using DuckDbStatement statement = connection.Prepare(sql, parameters);
        using DuckDbResult result = statement.Execute();
        return result.RowsChanged;
    }
}
