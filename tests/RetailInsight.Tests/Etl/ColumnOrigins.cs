using System.Text.Json;
using RetailInsight.Core.Canon;
using RetailInsight.Etl.Models;
using RetailInsight.Platform.Local.DuckDb;
using RetailInsight.Platform.Native.DuckDb;

namespace RetailInsight.Tests.Etl;

/// <summary>
/// Of which columns of the warehouse each column of a model is made, read off the syntax tree DuckDB makes of the SQL: whatever its
/// expression names, through subqueries, common table expressions and other models. What only decides which rows count is not in it.
/// </summary>
internal sealed class ColumnOrigins : IDisposable
{
    private static readonly SortedSet<string> Nothing = new(StringComparer.Ordinal);
    private readonly DuckDbInstance _duckDb = DuckDbInstance.Open(":memory:", DuckDbDatabase.GoogleSqlSettings);
    private readonly DuckDbConnection _connection;
    private readonly Dictionary<string, Relation> _known = new(StringComparer.Ordinal);

    public ColumnOrigins()
    {
        _connection = _duckDb.Connect();
        foreach (var table in RawTables.All)
        {
            _known[table.Name] = Named(table.Name, table.Columns.Select(column => column.Name));
        }

        foreach (var view in RawTables.Views)
        {
            _known[view.Name] = Named(view.Name, Select(view.Sql).Keys);
        }
    }

    /// <summary>Reads a model; those it reads must have been read before.</summary>
    /// <returns>For each of its columns the columns it is made of as <c>table.column</c>, or <c>table.*</c> where rows are counted; none for what the run itself says.</returns>
    public IReadOnlyDictionary<string, SortedSet<string>> Read(Model model) => _known[model.Name] = Select(model.Sql);

    public void Dispose()
    {
        _connection.Dispose();
        _duckDb.Dispose();
    }

    private static Relation Named(string table, IEnumerable<string> columns)
    {
        var relation = new Relation();
        relation.Rows.Add(table);
        foreach (var column in columns)
        {
            relation[column] = new(StringComparer.Ordinal) { $"{table}.{column}" };
        }

        return relation;
    }

    private Relation Select(string sql)
    {
        using var statement = _connection.Prepare("SELECT CAST(json_serialize_sql(CAST($1 AS VARCHAR)) AS VARCHAR) AS tree");
        statement.Bind(0, GoogleSqlRewriter.Rewrite(sql));
        using var result = statement.Execute();
        Assert.True(result.NextChunk());
        using var tree = JsonDocument.Parse(ResultReader.Read(result)["tree"].StringAt(0));
        Assert.False(tree.RootElement.GetProperty("error").GetBoolean(), tree.RootElement.GetRawText());
        return Node(tree.RootElement.GetProperty("statements")[0].GetProperty("node"), _known);
    }

    private Relation Node(JsonElement node, IReadOnlyDictionary<string, Relation> outer)
    {
        var known = new Dictionary<string, Relation>(outer, StringComparer.Ordinal);
        foreach (var common in node.GetProperty("cte_map").GetProperty("map").EnumerateArray())
        {
            known[common.GetProperty("key").GetString()!] = Node(common.GetProperty("value").GetProperty("query").GetProperty("node"), known);
        }

        return node.GetProperty("type").GetString() switch
        {
            "SELECT_NODE" => Columns(node, known),
            "SET_OPERATION_NODE" => Union(Node(node.GetProperty("left"), known), Node(node.GetProperty("right"), known)),
            var other => throw new NotSupportedException($"A {other} is not read."),
        };
    }

    private static Relation Union(Relation left, Relation right)
    {
        var both = new Relation();
        both.Rows.UnionWith(left.Rows);
        both.Rows.UnionWith(right.Rows);
        foreach (var (one, other) in left.Zip(right))
        {
            both[one.Key] = [.. one.Value, .. other.Value];
        }

        return both;
    }

    private Relation Columns(JsonElement node, Dictionary<string, Relation> known)
    {
        var sources = new Dictionary<string, Relation>(StringComparer.Ordinal);
        From(node.GetProperty("from_table"), known, sources);
        var columns = new Relation();
        columns.Rows.UnionWith(sources.Values.SelectMany(source => source.Rows));
        foreach (var item in node.GetProperty("select_list").EnumerateArray())
        {
            if (item.GetProperty("class").GetString() == "STAR")
            {
                var of = item.GetProperty("relation_name").GetString()!;
                foreach (var (name, origins) in sources.Where(source => of.Length == 0 || source.Key == of).SelectMany(source => source.Value))
                {
                    columns[name] = origins;
                }

                continue;
            }

            var alias = item.GetProperty("alias").GetString()!;
            columns[alias.Length > 0 ? alias : item.GetProperty("column_names").EnumerateArray().Last().GetString()!] = Expression(item, known, sources);
        }

        return columns;
    }

    private void From(JsonElement table, Dictionary<string, Relation> known, Dictionary<string, Relation> sources)
    {
        var alias = table.GetProperty("alias").GetString()!;
        switch (table.GetProperty("type").GetString())
        {
            case "BASE_TABLE":
                var name = table.GetProperty("table_name").GetString()!;
                sources[alias.Length > 0 ? alias : name] = known[name];
                break;
            case "JOIN":
                From(table.GetProperty("left"), known, sources);
                From(table.GetProperty("right"), known, sources);
                break;
            case "SUBQUERY":
                sources[alias] = Node(table.GetProperty("subquery").GetProperty("node"), known);
                break;
            case "TABLE_FUNCTION":
                sources[alias] = new() { [alias] = Expression(table.GetProperty("function"), known, sources) };
                break;
            case "EMPTY":
                break;
            case var other:
                throw new NotSupportedException($"A {other} is not read.");
        }
    }

    // Whatever columns an expression names anywhere in it.
    private SortedSet<string> Expression(JsonElement expression, Dictionary<string, Relation> known, Dictionary<string, Relation> sources)
    {
        if (expression.ValueKind == JsonValueKind.Array)
        {
            return [.. expression.EnumerateArray().SelectMany(part => Expression(part, known, sources))];
        }

        if (expression.ValueKind != JsonValueKind.Object)
        {
            return Nothing;
        }

        var kind = expression.TryGetProperty("class", out var named) ? named.GetString() : null;
        return kind switch
        {
            "COLUMN_REF" => Column([.. expression.GetProperty("column_names").EnumerateArray().Select(part => part.GetString()!)], sources),
            "FUNCTION" when expression.GetProperty("function_name").GetString() == "count_star" =>
                [.. sources.Values.SelectMany(source => source.Rows).Select(table => $"{table}.*")],
            "SUBQUERY" => [.. Node(expression.GetProperty("subquery").GetProperty("node"), Within(known, sources)).Values.SelectMany(origins => origins)],
            _ => [.. expression.EnumerateObject().SelectMany(part => Expression(part.Value, known, sources))],
        };
    }

    // A subquery in an expression may name what stands around it.
    private static Dictionary<string, Relation> Within(Dictionary<string, Relation> known, Dictionary<string, Relation> sources)
    {
        var all = new Dictionary<string, Relation>(known, StringComparer.Ordinal);
        foreach (var (name, relation) in sources)
        {
            all[name] = relation;
        }

        return all;
    }

    private static SortedSet<string> Column(string[] path, Dictionary<string, Relation> sources)
    {
        if (path.Length > 1 && sources.TryGetValue(path[0], out var source))
        {
            return source.GetValueOrDefault(path[1]) ?? throw new InvalidOperationException($"'{path[0]}' has no column '{path[1]}'.");
        }

        return sources.Values.Select(one => one.GetValueOrDefault(path[0])).FirstOrDefault(origins => origins is not null)
            ?? throw new InvalidOperationException($"Nothing has a column '{string.Join('.', path)}'.");
    }

    // The columns of a table, a subquery or a model, in order.
    private sealed class Relation : OrderedDictionary<string, SortedSet<string>>, IReadOnlyDictionary<string, SortedSet<string>>
    {
        /// <summary>Tables and views of the warehouse whose rows its rows come of.</summary>
        public SortedSet<string> Rows { get; } = new(StringComparer.Ordinal);

        IEnumerable<string> IReadOnlyDictionary<string, SortedSet<string>>.Keys => Keys;

        IEnumerable<SortedSet<string>> IReadOnlyDictionary<string, SortedSet<string>>.Values => Values;
    }
}
