using System.Globalization;
using System.Text.Json;
using RetailInsight.Core.Ports;
using RetailInsight.Platform.GoogleSql;
using RetailInsight.Platform.Native.DuckDb;

namespace RetailInsight.Platform.Local.DuckDb;

/// <summary>
/// A query on its way into DuckDB. What it reads is taken from DuckDB's own plan: the rows of each scanned table times the
/// width of the columns the scan reads or filters by. Widths are BigQuery's, of a STRING 2 bytes and the longest text the
/// column's statistics know, so the figure is an upper bound: row groups that zone maps skip and a LIMIT are not deducted.
/// </summary>
internal sealed class WarehouseSelect
{
    private readonly WarehouseQuery _query;
    private readonly long _budget;

    /// <param name="query">The query.</param>
    /// <param name="budget">Bytes it may read when it does not say itself.</param>
    /// <exception cref="GoogleSqlException">The SQL cannot be read.</exception>
    /// <exception cref="ArgumentException">The <c>tenant</c> parameter is another tenant.</exception>
    public WarehouseSelect(WarehouseQuery query, long budget)
    {
        _query = query;
        _budget = query.MaxBytes ?? budget;
        Sql = GoogleSqlRewriter.Rewrite(query.Sql);
        Parameters = new Dictionary<string, object>(query.Parameters, StringComparer.OrdinalIgnoreCase);
        if (!((Dictionary<string, object>)Parameters).TryAdd("tenant", query.Tenant) && !Equals(Parameters["tenant"], query.Tenant))
        {
            throw new ArgumentException($"The query runs for tenant '{query.Tenant}' but its parameter @tenant is '{Parameters["tenant"]}'.");
        }
    }

    /// <summary>In DuckDB's words.</summary>
    public string Sql { get; }

    /// <summary>Values by name, with the tenant.</summary>
    public IReadOnlyDictionary<string, object> Parameters { get; }

    // A plan is as deep as its joins, and every operator is two levels of JSON.
    private static readonly JsonDocumentOptions PlanDepth = new() { MaxDepth = 4_096 };

    /// <summary>For whom it runs.</summary>
    public string Tenant => _query.Tenant;

    /// <summary>Checks the query and readies it to run.</summary>
    /// <exception cref="QueryBudgetException">It would read more than its budget.</exception>
    /// <exception cref="ArgumentException">It is no SELECT, does not filter by <c>@tenant</c>, or a parameter has no value.</exception>
    public DuckDbStatement Prepare(DuckDbConnection connection)
    {
        DuckDbStatement statement = connection.Prepare(Sql, Parameters);
        try
        {
            long bytes = Estimate(connection, statement);
            return bytes > _budget ? throw new QueryBudgetException(bytes, _budget) : statement;
        }
        catch
        {
            statement.Dispose();
            throw;
        }
    }

    /// <summary>An upper bound of the bytes it would read.</summary>
    public long Estimate(DuckDbConnection connection)
    {
        using DuckDbStatement statement = connection.Prepare(Sql, Parameters);
        return Estimate(connection, statement);
    }

    private long Estimate(DuckDbConnection connection, DuckDbStatement statement)
    {
        if (!statement.IsSelect)
        {
            throw new ArgumentException("A warehouse query is one SELECT.");
        }

        string json = (string)connection.Rows("EXPLAIN (FORMAT json) " + Sql, Parameters)[0][1]!;
        using var plan = JsonDocument.Parse(json, PlanDepth);
        List<Scan> scans = [.. plan.RootElement.EnumerateArray().SelectMany(Scans)];
        return scans.Count > 0 && !statement.ParameterNames.Contains("tenant", StringComparer.OrdinalIgnoreCase)
            ? throw new ArgumentException("A warehouse query filters by @tenant; this one does not name it.")
            : scans.Sum(scan => Bytes(connection, scan));
    }

    private static IEnumerable<Scan> Scans(JsonElement node)
    {
        JsonElement details = node.GetProperty("extra_info");
        if (details.TryGetProperty("Table", out JsonElement table))
        {
            string name = table.GetString()!;
            yield return new Scan(
                name[(name.LastIndexOf('.') + 1)..].Trim('"'),
                [.. Values(details, "Projections")],
                string.Join(' ', Values(details, "Filters")));
        }

        foreach (Scan scan in node.GetProperty("children").EnumerateArray().SelectMany(Scans))
        {
            yield return scan;
        }
    }

    private static IEnumerable<string> Values(JsonElement details, string name) =>
        !details.TryGetProperty(name, out JsonElement value) ? []
        : value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Select(item => item.GetString()!)
        : [value.GetString()!];

    private static long Bytes(DuckDbConnection connection, Scan scan)
    {
        const string SizeSql =
            """
            SELECT column_name, data_type, (SELECT estimated_size FROM duckdb_tables() t WHERE t.table_oid = c.table_oid AND t.database_name = c.database_name)
            FROM duckdb_columns() c WHERE table_name = $table
            """;
        List<object?[]> columns = connection.Rows(SizeSql, ("table", scan.Table));
        columns.RemoveAll(column => !scan.Columns.Contains((string)column[0]!) && !scan.Filters.Contains((string)column[0]!, StringComparison.Ordinal));
        if (columns.Count == 0)
        {
            return 0;
        }

        string statistics = string.Join(", ", columns.Select(column => $"stats({WarehouseTypes.Quote((string)column[0]!)})"));
        object?[]? known = connection.Rows($"SELECT {statistics} FROM {WarehouseTypes.Quote(scan.Table)} LIMIT 1").FirstOrDefault();
        long width = columns.Select((column, index) => Width((string)column[1]!, (string?)known?[index] ?? "")).Sum();
        return Convert.ToInt64(columns[0][2] ?? 0L, CultureInfo.InvariantCulture) * width;
    }

    private static long Width(string type, string statistics)
    {
        const string Longest = "Max String Length: ";
        const long UnknownText = 64;
        if (type != "VARCHAR")
        {
            return type == "BOOLEAN" ? 1 : type.StartsWith("DECIMAL", StringComparison.Ordinal) ? 16 : 8;
        }

        int start = statistics.IndexOf(Longest, StringComparison.Ordinal);
        string digits = start < 0 ? "" : new string([.. statistics.Skip(start + Longest.Length).TakeWhile(char.IsAsciiDigit)]);
        return 2 + (digits.Length > 0 ? long.Parse(digits, CultureInfo.InvariantCulture) : UnknownText);
    }

    private sealed record Scan(string Table, IReadOnlyList<string> Columns, string Filters);
}
