using System.Collections.Immutable;
using System.Text;

namespace RetailInsight.GoogleFakes.BigQuery.Sql;

// WITH, set operations, SELECT and its clauses.
internal sealed partial class SqlTranslator
{
    /// <summary>Translates a whole query: nothing may follow it.</summary>
    /// <exception cref="BigQueryException">It is wrong, or not understood.</exception>
    public SqlRelation Query()
    {
        var query = ParseQuery();
        if (Current.Kind != SqlTokenKind.End)
        {
            throw Unexpected("end of input");
        }

        CheckFilters();
        return query;
    }

    private void CheckFilters()
    {
        foreach (var (table, column) in FilterColumns)
        {
            if (!Filtered.Any(read => read.Table == table && read.Column.Equals(column, StringComparison.OrdinalIgnoreCase)))
            {
                var name = Referenced.First(candidate => table.Contains(SqlText.Name(candidate.Table), StringComparison.Ordinal));
                throw BigQueryException.InvalidQuery(
                    $"Cannot query over table '{name.Project}.{name.Dataset}.{name.Table}' without a filter over column(s) '{column}' that can be used for partition elimination");
            }
        }
    }

    private SqlRelation ParseQuery()
    {
        var outer = _with;
        var prefix = "";
        if (Accept("WITH"))
        {
            if (At("RECURSIVE"))
            {
                throw Current.Refuse("WITH RECURSIVE is not supported");
            }

            prefix = $"WITH {string.Join(", ", List(CommonTable))} ";
        }

        var (body, aliases) = SetOperation();
        var reads = body.Reads;
        var sql = body.Sql;
        if (Accept("ORDER", "BY"))
        {
            var values = List(() => OrderItem(body, aliases));
            reads = reads.Union(values.SelectMany(value => value.Reads));
            sql += $" ORDER BY {string.Join(", ", values.Select(value => value.Sql))}";
        }

        if (Accept("LIMIT"))
        {
            sql += $" LIMIT {Count()}";
            sql += Accept("OFFSET") ? $" OFFSET {Count()}" : "";
        }

        _with = outer;
        return new SqlRelation(prefix + sql, body.Columns, reads);
    }

    private string Count()
    {
        var token = Current;
        var value = Primary();
        return value.Type.Kind == SqlTypeKind.Int64 && value.Coercion != Coercion.None ? value.Sql : throw token.Refuse("Syntax error: Unexpected limit");
    }

    private List<T> List<T>(Func<T> item)
    {
        List<T> items = [item()];
        while (AcceptSymbol(","))
        {
            items.Add(item());
        }

        return items;
    }

    private string CommonTable()
    {
        var name = Identifier();
        Expect("AS");
        var query = Isolated(() => Parenthesized(ParseQuery));
        _with = _with.SetItem(name.Text, query with { Sql = SqlText.Name(name.Text) });
        return $"{SqlText.Name(name.Text)} AS ({query.Sql})";
    }

    private T Parenthesized<T>(Func<T> inner)
    {
        ExpectSymbol("(");
        var result = inner();
        ExpectSymbol(")");
        return result;
    }

    /// <summary>Runs with no names from outside.</summary>
    private T Isolated<T>(Func<T> inner) => Scoped(new SqlScope(null), inner);

    private T Scoped<T>(SqlScope scope, Func<T> inner)
    {
        var outer = _scope;
        _scope = scope;
        var result = inner();
        _scope = outer;
        return result;
    }

    private (SqlRelation Query, SqlScope? Scope) SetOperation()
    {
        var (left, scope) = QueryTerm();
        string? first = null;
        while ((At("UNION") || At("INTERSECT") || At("EXCEPT")) && (Peek(1).Is("ALL") || Peek(1).Is("DISTINCT")))
        {
            var at = Current;
            var operation = $"{Take().Text.ToUpperInvariant()} {Take().Text.ToUpperInvariant()}";
            if (first is not null && first != operation)
            {
                throw at.Refuse("Syntax error: Different set operations cannot be used in the same query without using parentheses for grouping");
            }

            first = operation;
            left = Combine(at, left, operation, QueryTerm().Query);
            scope = null;
        }

        return (left, scope);
    }

    private static SqlRelation Combine(SqlToken at, SqlRelation left, string operation, SqlRelation right)
    {
        if (left.Columns.Count != right.Columns.Count)
        {
            throw at.Refuse($"Queries in {operation} have mismatched column count; query 1 has {left.Columns.Count} column, query 2 has {right.Columns.Count} columns");
        }

        var columns = left.Columns.Zip(right.Columns, (one, other) => one with
        {
            Value = new SqlValue(one.Value.Sql, Common(at, [one.Value, other.Value]), one.Value.Reads.Union(other.Value.Reads)),
        }).ToList();
        var keyword = operation.Replace(" DISTINCT", "", StringComparison.Ordinal);
        // All but UNION ALL compare every column, so every column is read.
        var reads = operation == "UNION ALL" ? left.Reads.Union(right.Reads) : left.AllReads.Union(right.AllReads);
        return new SqlRelation($"{Shape(at, left, columns)} {keyword} {Shape(at, right, columns)}", columns, reads);
    }

    /// <summary>A branch of a set operation, with the columns' common types.</summary>
    private static string Shape(SqlToken at, SqlRelation branch, List<RelationColumn> columns)
    {
        var items = branch.Columns.Select((column, i) =>
        {
            var value = column.Value with { Sql = SqlText.Name(column.Duck) };
            return $"{(Coerce(value, columns[i].Value.Type) ?? throw at.Refuse($"Column {i + 1} has incompatible types")).Sql} AS {SqlText.Name(columns[i].Duck)}";
        });
        return $"SELECT {string.Join(", ", items)} FROM ({branch.Sql})";
    }

    private (SqlRelation Query, SqlScope? Scope) QueryTerm()
    {
        if (AtSymbol("("))
        {
            var inner = Parenthesized(ParseQuery);
            return (inner with { Sql = $"SELECT * FROM ({inner.Sql})" }, null);
        }

        return Select();
    }

    private (SqlRelation Query, SqlScope? Scope) Select()
    {
        Expect("SELECT");
        var distinct = Accept("DISTINCT");
        _ = !distinct && Accept("ALL");
        var asStruct = Accept("AS", "STRUCT");
        var scope = new SqlScope(_scope);
        return Scoped(scope, () => (SelectBody(scope, distinct, asStruct), scope));
    }

    private SqlRelation SelectBody(SqlScope scope, bool distinct, bool asStruct)
    {
        var listAt = _at;
        SkipSelectList();
        var fromAt = _at;
        var sql = new StringBuilder();
        var reads = ImmutableHashSet<ColumnRead>.Empty.ToBuilder();
        if (Accept("FROM"))
        {
            sql.Append(" FROM ").Append(From(scope, reads));
        }

        if (At("WHERE"))
        {
            sql.Append(Clause("WHERE", reads, filters: true));
        }

        var afterWhere = _at;
        _at = listAt;
        var items = SelectList(scope);
        if (_at != fromAt)
        {
            throw Unexpected("end of input");
        }

        _at = afterWhere;
        if (asStruct)
        {
            var record = Record([.. items.Select(item => (item.Name, item.Value))]);
            items = [new RelationColumn(null, "f0_", record)];
        }

        scope.Aliases = items.Where(item => item.Name is not null).GroupBy(item => item.Name!, StringComparer.OrdinalIgnoreCase)
            .Where(group => group.Count() == 1).ToDictionary(group => group.Key, group => group.First().Value, StringComparer.OrdinalIgnoreCase);
        Grouping(sql, items, reads);
        if (At("HAVING"))
        {
            sql.Append(Clause("HAVING", reads));
        }

        if (At("QUALIFY"))
        {
            sql.Append(Clause("QUALIFY", reads));
        }

        if (Accept("WINDOW"))
        {
            sql.Append(" WINDOW ").AppendJoin(", ", List(() => NamedWindow(reads)));
        }

        if (distinct)
        {
            reads.UnionWith(items.SelectMany(item => item.Value.Reads));
        }

        var list = string.Join(", ", items.Select(item => $"{item.Value.Sql} AS {SqlText.Name(item.Duck)}"));
        return new SqlRelation($"SELECT {(distinct ? "DISTINCT " : "")}{list}{sql}", items, reads.ToImmutable());
    }

    private string Clause(string word, ImmutableHashSet<ColumnRead>.Builder reads, bool filters = false)
    {
        Expect(word);
        var token = Current;
        var condition = Expression();
        if (condition.Type.Kind is not (SqlTypeKind.Bool or SqlTypeKind.Null))
        {
            throw token.Refuse($"{word} clause should return type BOOL, but returns {condition.Type.Name}");
        }

        reads.UnionWith(condition.Reads);
        if (filters)
        {
            Filtered.UnionWith(condition.Reads);
        }

        return $" {word} {condition.Sql}";
    }

    private void Grouping(StringBuilder sql, IReadOnlyList<RelationColumn> items, ImmutableHashSet<ColumnRead>.Builder reads)
    {
        if (!Accept("GROUP", "BY"))
        {
            return;
        }

        if (Accept("ALL"))
        {
            sql.Append(" GROUP BY ALL");
            return;
        }

        var rollup = Accept("ROLLUP");
        var values = rollup ? Parenthesized(() => List(() => GroupItem(items))) : List(() => GroupItem(items));
        reads.UnionWith(values.SelectMany(value => value.Reads));
        var list = string.Join(", ", values.Select(value => value.Sql));
        sql.Append(rollup ? $" GROUP BY ROLLUP ({list})" : $" GROUP BY {list}");
    }

    private SqlValue GroupItem(IReadOnlyList<RelationColumn> items)
    {
        var token = Current;
        if (token.Kind == SqlTokenKind.Integer)
        {
            return Ordinal(items, "GROUP BY").Value;
        }

        var value = Expression();
        return value.Type.Kind is SqlTypeKind.Array or SqlTypeKind.Struct or SqlTypeKind.Json
            ? throw token.Refuse($"Grouping by expressions of type {value.Type.Kind.ToString().ToUpperInvariant()} is not allowed")
            : value;
    }

    private RelationColumn Ordinal(IReadOnlyList<RelationColumn> items, string clause)
    {
        var token = Take();
        return int.TryParse(token.Text, out var ordinal) && ordinal >= 1 && ordinal <= items.Count
            ? items[ordinal - 1]
            : throw token.Refuse($"{clause} is out of SELECT column number range: {token.Text}");
    }

    private SqlValue OrderItem(SqlRelation body, SqlScope? scope)
    {
        SqlValue value;
        var next = Peek(1);
        var ends = next.Kind == SqlTokenKind.End || next.Is("ASC") || next.Is("DESC") || next.Is("NULLS") || next.Is("LIMIT") || next.IsSymbol(",") || next.IsSymbol(")");
        if (ends && Current.Kind == SqlTokenKind.Integer)
        {
            value = Output(Ordinal(body.Columns, "ORDER BY"));
        }
        else if (ends && Named(body, Current.Text) is { } named)
        {
            Take();
            value = Output(named);
        }
        else
        {
            value = Scoped(scope ?? ColumnsOf(body), Expression);
        }

        return value with { Sql = $"{value.Sql} {Direction()}" };
    }

    private static RelationColumn? Named(SqlRelation body, string name)
    {
        var found = body.Columns.Where(column => string.Equals(column.Name, name, StringComparison.OrdinalIgnoreCase)).Take(2).ToList();
        return found.Count == 1 ? found[0] : null;
    }

    private static SqlScope ColumnsOf(SqlRelation body)
    {
        var scope = new SqlScope(null);
        scope.Sources.Add(new ScopeSource(null, [.. body.Columns.Select(column => column with { Value = Output(column) })]));
        return scope;
    }

    private static SqlValue Output(RelationColumn column) => column.Value with { Sql = SqlText.Name(column.Duck) };

    /// <summary>Direction and place of NULLs, both always said: DuckDB's defaults are others.</summary>
    private string Direction()
    {
        var descending = Accept("DESC");
        _ = !descending && Accept("ASC");
        var first = Accept("NULLS", "FIRST") || (!Accept("NULLS", "LAST") && !descending);
        return $"{(descending ? "DESC" : "ASC")} NULLS {(first ? "FIRST" : "LAST")}";
    }
}
