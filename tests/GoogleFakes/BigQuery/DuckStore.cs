using System.Text;
using RetailInsight.GoogleFakes.BigQuery.Sql;
using RetailInsight.Platform.Native.DuckDb;

namespace RetailInsight.GoogleFakes.BigQuery;

/// <summary>The database file.</summary>
internal sealed class DuckStore : IDisposable
{
    private readonly DuckDbInstance _instance;

    /// <summary>Opens <c>bigquery.duckdb</c> in a directory, made when missing.</summary>
    public DuckStore(string directory)
    {
        System.IO.Directory.CreateDirectory(directory);
        Directory = directory;
        _instance = DuckDbInstance.Open(
            Path.Combine(directory, "bigquery.duckdb"),
            new Dictionary<string, string> { ["memory_limit"] = "2GB", ["threads"] = "2" });
        using var connection = Connect();
        using var macros = new StreamReader(typeof(DuckStore).Assembly.GetManifestResourceStream("bigquery-macros.sql")!);
        connection.Execute(macros.ReadToEnd());
        connection.Execute("CREATE SCHEMA IF NOT EXISTS results; CREATE TABLE IF NOT EXISTS fake.resource (kind VARCHAR, name VARCHAR, resource VARCHAR)");
        foreach (var row in Read(connection, "SELECT table_name FROM information_schema.tables WHERE table_schema = 'results'", 1))
        {
            connection.Execute($"DROP TABLE results.{SqlText.Name(row[0]!)}");
        }
    }

    /// <summary>Where the file is, and files on their way into it.</summary>
    public string Directory { get; }

    /// <summary>A new connection, in UTC.</summary>
    public DuckDbConnection Connect()
    {
        var connection = _instance.Connect();
        connection.Execute("SET TimeZone = 'UTC'");
        return connection;
    }

    /// <summary>Runs statements on a connection of their own.</summary>
    public long Execute(string sql)
    {
        using var connection = Connect();
        return connection.Execute(sql);
    }

    /// <summary>The only value of a query, a whole number.</summary>
    public long Whole(string sql)
    {
        using var connection = Connect();
        return long.Parse(Read(connection, $"SELECT CAST(({sql}) AS VARCHAR)", 1).Single()[0] ?? "0", System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Rows of a query whose columns are all VARCHAR.</summary>
    public static unsafe List<string?[]> Read(DuckDbConnection connection, string sql, int columns)
    {
        using var statement = connection.Prepare(sql);
        using var result = statement.Execute();
        var rows = new List<string?[]>();
        while (result.NextChunk())
        {
            var first = rows.Count;
            for (var row = 0; row < result.ChunkSize; row++)
            {
                rows.Add(new string?[columns]);
            }

            for (var column = 0; column < columns; column++)
            {
                var values = (StringValue*)result.Data(column);
                var validity = result.Validity(column);
                for (var row = 0; row < result.ChunkSize; row++)
                {
                    if (validity is null || (validity[row / 64] >> (row % 64) & 1) == 1)
                    {
                        var length = checked((int)values[row].Length);
                        rows[first + row][column] = Encoding.UTF8.GetString(length <= StringValue.InlineLength ? values[row].Inline : values[row].Pointer, length);
                    }
                }
            }
        }

        return rows;
    }

    /// <inheritdoc/>
    public void Dispose() => _instance.Dispose();
}
