using System.Collections.Immutable;

namespace RetailInsight.GoogleFakes.BigQuery.Sql;

// Statements other than MERGE and DDL.
internal sealed partial class SqlTranslator
{
    /// <summary>Translates the statement.</summary>
    /// <param name="text">The text the tokens are of: a view keeps its part of it.</param>
    /// <exception cref="BigQueryException">It is wrong, or not understood.</exception>
    public SqlStatement Statement(string text)
    {
        var statement = Parse(text);
        if (Current.Kind != SqlTokenKind.End)
        {
            throw Unexpected("end of input");
        }

        CheckFilters();
        var unknown = Undeclared.FirstOrDefault(parameter => parameter.Value.Kind == SqlTypeKind.Null).Key;
        return unknown is null
            ? statement with { Referenced = Referenced, Undeclared = Undeclared }
            : throw BigQueryException.InvalidQuery($"Query parameter '{unknown}' is undeclared and its type cannot be told");
    }

    private SqlStatement Parse(string text)
    {
        var at = Current;
        switch (at.Text.ToUpperInvariant())
        {
            case "SELECT" or "WITH" or "(":
                return Selection();
            case "INSERT":
                return Insert();
            case "UPDATE":
                return Update();
            case "DELETE":
                return Delete();
            case "TRUNCATE":
                Take();
                Expect("TABLE");
                var emptied = Target();
                return new SqlStatement("TRUNCATE_TABLE", $"DELETE FROM {emptied.Duck}") { Target = emptied };
            case "MERGE":
                return Merge();
            case "CREATE":
                return Create(text);
            case "DROP":
                return Drop();
            case "ALTER":
                return Alter();
            case "ASSERT":
                return Assert();
            case "BEGIN" or "COMMIT" or "ROLLBACK":
                Take();
                if (!Accept("TRANSACTION") && Current.Kind != SqlTokenKind.End)
                {
                    throw Unexpected("keyword TRANSACTION");
                }

                return new SqlStatement($"{at.Text.ToUpperInvariant()}_TRANSACTION", "");
            default:
                throw at.Refuse($"Syntax error: Unexpected {(at.Kind == SqlTokenKind.Word ? $"identifier \"{at.Text}\"" : $"\"{at.Text}\"")}");
        }
    }

    private SqlStatement Selection()
    {
        var query = ParseQuery();
        var twice = query.Columns.Where(column => column.Name is not null).GroupBy(column => column.Name!, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1);
        return twice is null
            ? new SqlStatement("SELECT", query.Sql) { Query = query, Reads = query.AllReads }
            : throw BigQueryException.InvalidQuery($"Duplicate column names in the result are not supported when a destination table is present. Found duplicate(s): {twice.Key}");
    }

    private SqlStatement Assert()
    {
        Take();
        var at = Current;
        var condition = Must(at, Expression(), SqlType.Bool, "ASSERT");
        var message = Accept("AS") ? Take().Text : "Assertion failed";
        return new SqlStatement("ASSERT", $"SELECT CASE WHEN {condition.Sql} THEN 1 ELSE error({SqlText.Literal(message)}) END") { Reads = condition.Reads };
    }

    private SqlTable Target()
    {
        var path = Path();
        var table = Resolve(path);
        return table.View is null ? table : throw BigQueryException.InvalidQuery($"Cannot modify view {table.Name}");
    }

    private SqlStatement Insert()
    {
        Take();
        Accept("INTO");
        var table = Target();
        var columns = table.Columns.ToList();
        if (AtSymbol("(") && !StartsQuery())
        {
            columns = Parenthesized(() => List(() => Column(table, Identifier())));
        }

        var names = string.Join(", ", columns.Select(column => SqlText.Name(column.Name)));
        if (Accept("VALUES"))
        {
            var reads = ImmutableHashSet.CreateBuilder<ColumnRead>();
            var rows = List(() => Row(columns, reads));
            return new SqlStatement("INSERT", $"INSERT INTO {table.Duck} ({names}) VALUES {string.Join(", ", rows)}") { Target = table, Reads = reads.ToImmutable() };
        }

        var at = Current;
        var query = ParseQuery();
        if (query.Columns.Count != columns.Count)
        {
            throw at.Refuse($"Inserted row has wrong column count; Has {query.Columns.Count}, expected {columns.Count}");
        }

        var items = query.Columns.Select((column, i) => Assign(
            at, column.Value with { Sql = $"s.{SqlText.Name(column.Duck)}" }, columns[i],
            $"Query column {i + 1} has type {column.Value.Type.Name} which cannot be inserted into column {columns[i].Name}, which has type {columns[i].Type.Name}"));
        return new SqlStatement("INSERT", $"INSERT INTO {table.Duck} ({names}) SELECT {string.Join(", ", items)} FROM ({query.Sql}) AS s") { Target = table, Reads = query.AllReads };
    }

    private string Row(List<SqlColumn> columns, ImmutableHashSet<ColumnRead>.Builder reads)
    {
        var at = Current;
        var values = Parenthesized(() => List(() => Accept("DEFAULT") ? new SqlValue("NULL", SqlType.Null) : Expression()));
        if (values.Count != columns.Count)
        {
            throw at.Refuse($"Inserted row has wrong column count; Has {values.Count}, expected {columns.Count}");
        }

        reads.UnionWith(Reads(values));
        return $"({string.Join(", ", values.Select((value, i) => Assign(at, value, columns[i],
            $"Value has type {value.Type.Name} which cannot be inserted into column {columns[i].Name}, which has type {columns[i].Type.Name}")))})";
    }

    private static string Assign(SqlToken at, SqlValue value, SqlColumn column, string refusal) =>
        (Coerce(value, column.Type) ?? throw at.Refuse(refusal)).Sql;

    private static SqlColumn Column(SqlTable table, SqlToken name) =>
        table.Columns.FirstOrDefault(column => Same(column.Name, name.Text)) ?? throw name.Refuse($"Column {name.Text} is not present in table {table.Name}");

    private void Enter(SqlScope scope, SqlTable table, string alias)
    {
        var reads = ImmutableHashSet.CreateBuilder<ColumnRead>();
        Place(scope, Stored(table), alias, reads);
    }

    private SqlStatement Update()
    {
        Take();
        var table = Target();
        var alias = At("SET") ? table.Name.Table : Alias() ?? table.Name.Table;
        Expect("SET");
        var scope = new SqlScope(null);
        return Scoped(scope, () =>
        {
            Enter(scope, table, alias);
            var setAt = _at;
            SkipSelectList();
            var fromAt = _at;
            var reads = ImmutableHashSet.CreateBuilder<ColumnRead>();
            var from = Accept("FROM") ? From(scope, reads) : null;
            var where = At("WHERE") ? Clause("WHERE", reads, filters: true) : throw Current.Refuse("UPDATE must have a WHERE clause");
            var end = _at;
            _at = setAt;
            var set = List(() => Assignment(table, reads));
            _at = _at == fromAt ? end : throw Unexpected("end of input");
            var name = SqlText.Name(alias);
            return new SqlStatement("UPDATE", $"UPDATE {table.Duck} AS {name} SET {string.Join(", ", set)}{(from is null ? "" : $" FROM {from}")}{where}")
            {
                Target = table,
                Reads = reads.ToImmutable(),
                AmbiguityCheck = from is null ? null : $"SELECT 1 FROM {table.Duck} AS {name} CROSS JOIN {from}{where} GROUP BY {name}.rowid HAVING count(*) > 1 LIMIT 1",
            };
        });
    }

    private string Assignment(SqlTable table, ImmutableHashSet<ColumnRead>.Builder reads)
    {
        var at = Current;
        var path = ValuePath();
        var column = Column(table, path[^1]);
        ExpectSymbol("=");
        var value = Accept("DEFAULT") ? new SqlValue("NULL", SqlType.Null) : Expression();
        reads.UnionWith(value.Reads);
        var sql = Assign(at, value, column, $"Value of type {value.Type.Name} cannot be assigned to {column.Name}, which has type {column.Type.Name}");
        return $"{SqlText.Name(column.Name)} = {sql}";
    }

    private SqlStatement Delete()
    {
        Take();
        Accept("FROM");
        var table = Target();
        var alias = At("WHERE") ? table.Name.Table : Alias() ?? table.Name.Table;
        var scope = new SqlScope(null);
        return Scoped(scope, () =>
        {
            Enter(scope, table, alias);
            var reads = ImmutableHashSet.CreateBuilder<ColumnRead>();
            var where = At("WHERE") ? Clause("WHERE", reads, filters: true) : throw Current.Refuse("DELETE must have a WHERE clause");
            var name = SqlText.Name(alias);
            // DuckDB's DELETE takes an alias only since late; a subquery of row ids says the same.
            return new SqlStatement("DELETE", $"DELETE FROM {table.Duck} WHERE rowid IN (SELECT {name}.rowid FROM {table.Duck} AS {name}{where})") { Target = table, Reads = reads.ToImmutable() };
        });
    }

    private SqlStatement Merge()
    {
        Take();
        Accept("INTO");
        var table = Target();
        var alias = At("USING") ? table.Name.Table : Alias() ?? table.Name.Table;
        Expect("USING");
        var scope = new SqlScope(null);
        return Scoped(scope, () =>
        {
            Enter(scope, table, alias);
            var reads = ImmutableHashSet.CreateBuilder<ColumnRead>();
            var source = Item(scope, reads, "INNER");
            var on = Clause("ON", reads, filters: true);
            if (on == " ON FALSE" && scope.Sources[1].Columns is [var first, ..])
            {
                // DuckDB would compare every row with every other one to find that none match. Row ids are never below zero.
                on = $" ON {SqlText.Name(alias)}.rowid = -1 - length(CAST({first.Value.Sql} AS VARCHAR))";
            }

            var clauses = new List<string>();
            var matched = new List<string>();
            while (Accept("WHEN"))
            {
                clauses.Add(MergeClause(scope, table, reads, matched));
            }

            if (clauses.Count == 0)
            {
                throw Unexpected("keyword WHEN");
            }

            // Every source column is read: it may be inserted.
            reads.UnionWith(scope.Sources.Skip(1).SelectMany(item => item.Columns).SelectMany(column => column.Value.Reads));
            var target = $"{table.Duck} AS {SqlText.Name(alias)}";
            return new SqlStatement("MERGE", $"MERGE INTO {target} USING {source}{on}{string.Concat(clauses)}")
            {
                Target = table,
                Reads = reads.ToImmutable(),
                AmbiguityCheck = matched.Count == 0 ? null
                    : $"SELECT 1 FROM {target} JOIN {source}{on} WHERE {string.Join(" OR ", matched)} GROUP BY {SqlText.Name(alias)}.rowid HAVING count(*) > 1 LIMIT 1",
            };
        });
    }

    private string MergeClause(SqlScope scope, SqlTable table, ImmutableHashSet<ColumnRead>.Builder reads, List<string> matched)
    {
        var not = Accept("NOT");
        Expect("MATCHED");
        var bySource = not && Accept("BY", "SOURCE");
        _ = not && !bySource && Accept("BY", "TARGET");
        var both = scope.Sources.ToList();
        // Each clause sees only the sides that exist in it.
        scope.Sources.RemoveAll(item => not && (ReferenceEquals(item, both[0]) != bySource));
        var condition = At("AND") ? Clause("AND", reads) : "";
        Expect("THEN");
        string action;
        if (not && !bySource)
        {
            Expect("INSERT");
            action = MergeInsert(table, both[1], reads);
        }
        else
        {
            action = Accept("DELETE") ? "DELETE" : MergeUpdate(table, reads);
        }

        scope.Sources.Clear();
        scope.Sources.AddRange(both);
        if (!not)
        {
            matched.Add(condition.Length == 0 ? "TRUE" : condition[" AND".Length..]);
        }

        return $" WHEN {(not ? "NOT MATCHED" : "MATCHED")}{(bySource ? " BY SOURCE" : "")}{condition} THEN {action}";
    }

    private string MergeUpdate(SqlTable table, ImmutableHashSet<ColumnRead>.Builder reads)
    {
        Expect("UPDATE", "SET");
        return $"UPDATE SET {string.Join(", ", List(() => Assignment(table, reads)))}";
    }

    private string MergeInsert(SqlTable table, ScopeSource source, ImmutableHashSet<ColumnRead>.Builder reads)
    {
        var at = Current;
        var columns = AtSymbol("(") ? Parenthesized(() => List(() => Column(table, Identifier()))) : [.. table.Columns];
        var names = string.Join(", ", columns.Select(column => SqlText.Name(column.Name)));
        if (Accept("ROW"))
        {
            if (source.Columns.Count != columns.Count)
            {
                throw at.Refuse($"Inserted row has wrong column count; Has {source.Columns.Count}, expected {columns.Count}");
            }

            var values = source.Columns.Select((column, i) => Assign(
                at, column.Value, columns[i],
                $"Value of type {column.Value.Type.Name} cannot be assigned to {columns[i].Name}, which has type {columns[i].Type.Name}"));
            return $"INSERT ({names}) VALUES ({string.Join(", ", values)})";
        }

        Expect("VALUES");
        return $"INSERT ({names}) VALUES {Row(columns, reads)}";
    }
}
