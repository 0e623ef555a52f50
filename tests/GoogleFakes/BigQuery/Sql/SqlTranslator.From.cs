using System.Collections.Immutable;

namespace RetailInsight.GoogleFakes.BigQuery.Sql;

// The FROM clause and the select list.
internal sealed partial class SqlTranslator
{
    /// <summary>Moves behind the select list: to its FROM, or to what ends the query.</summary>
    private void SkipSelectList()
    {
        var depth = 0;
        while (Current.Kind != SqlTokenKind.End)
        {
            if (depth == 0 && EndsSelectList())
            {
                return;
            }

            depth += AtSymbol("(") || AtSymbol("[") ? 1 : AtSymbol(")") || AtSymbol("]") ? -1 : 0;
            _at++;
        }
    }

    private bool EndsSelectList()
    {
        if (At("FROM"))
        {
            return !_tokens[_at - 1].Is("DISTINCT");
        }

        var setOperation = (At("UNION") || At("INTERSECT") || At("EXCEPT")) && (Peek(1).Is("ALL") || Peek(1).Is("DISTINCT"));
        return setOperation || AtSymbol(")") || AtSymbol("]") || At("WHERE") || At("LIMIT") || (At("ORDER") && Peek(1).Is("BY"));
    }

    private List<RelationColumn> SelectList(SqlScope scope)
    {
        var items = new List<RelationColumn>();
        do
        {
            if (Current.Kind == SqlTokenKind.End || At("FROM") || AtSymbol(")"))
            {
                break;
            }

            SelectItem(scope, items);
        }
        while (AcceptSymbol(","));
        return items.Count > 0 ? items : throw Current.Refuse("Syntax error: SELECT list must not be empty");
    }

    private void SelectItem(SqlScope scope, List<RelationColumn> items)
    {
        if (AcceptSymbol("*"))
        {
            if (scope.Sources.Count == 0)
            {
                throw Current.Refuse("SELECT * must have a FROM clause");
            }

            var merged = scope.Merged.Values;
            var all = merged.Concat(scope.Sources.SelectMany(source => Star(source).Where(column => column.Name is null || !scope.Merged.ContainsKey(column.Name))));
            Expand([.. all], items);
        }
        else if (Current.Kind is SqlTokenKind.Word or SqlTokenKind.Quoted && Peek(1).IsSymbol(".") && Peek(2).IsSymbol("*"))
        {
            var alias = Take();
            _at += 2;
            var source = scope.Source(alias.Text) ?? throw alias.Refuse($"Unrecognized name: {alias.Text}");
            Expand([.. Star(source)], items);
        }
        else
        {
            var value = Expression();
            var name = Alias() ?? value.Name;
            items.Add(Add(items, name, value));
        }
    }

    private static IEnumerable<RelationColumn> Star(ScopeSource source) =>
        source.Element is { Type.Kind: not SqlTypeKind.Struct } element ? [new RelationColumn(source.Alias, source.Alias!, element)] : source.Columns;

    private void Expand(List<RelationColumn> columns, List<RelationColumn> items)
    {
        if (At("EXCEPT") && Peek(1).IsSymbol("("))
        {
            _at++;
            var names = Parenthesized(() => List(Identifier));
            foreach (var name in names)
            {
                if (columns.RemoveAll(column => Same(column.Name, name.Text)) == 0)
                {
                    throw name.Refuse($"Column {name.Text} in SELECT * EXCEPT list does not exist");
                }
            }
        }

        if (Accept("REPLACE"))
        {
            Parenthesized(() => List(() =>
            {
                var value = Expression();
                Expect("AS");
                var name = Identifier();
                var at = columns.FindIndex(column => Same(column.Name, name.Text));
                columns[at >= 0 ? at : throw name.Refuse($"Column {name.Text} in SELECT * REPLACE list does not exist")] = columns[at] with { Value = value };
                return at;
            }));
        }

        foreach (var column in columns)
        {
            items.Add(Add(items, column.Name, column.Value));
        }
    }

    private static RelationColumn Add(List<RelationColumn> items, string? name, SqlValue value)
    {
        var wanted = name ?? $"f{items.Count(item => item.Name is null)}_";
        var duck = wanted;
        for (var copy = 2; items.Exists(item => Same(item.Duck, duck)); copy++)
        {
            duck = $"{wanted} {copy}";
        }

        return new RelationColumn(name, duck, value with { Coercion = value.IsNull ? Coercion.Literal : Coercion.None });
    }

    private static bool Same(string? left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

    private string From(SqlScope scope, ImmutableHashSet<ColumnRead>.Builder reads)
    {
        var sql = Item(scope, reads, "");
        while (true)
        {
            if (AcceptSymbol(",") || Accept("CROSS", "JOIN"))
            {
                sql += " CROSS JOIN " + Item(scope, reads, "");
                continue;
            }

            var kind = JoinKind();
            if (kind is null)
            {
                return sql;
            }

            var before = scope.Sources.Count;
            var item = Item(scope, reads, kind);
            sql += $" {kind} JOIN {item}{JoinCondition(scope, before, kind, reads)}";
        }
    }

    private string? JoinKind()
    {
        if (Accept("JOIN") || Accept("INNER", "JOIN"))
        {
            return "INNER";
        }

        foreach (var kind in (ReadOnlySpan<string>)["LEFT", "RIGHT", "FULL"])
        {
            if (Accept(kind, "JOIN") || Accept(kind, "OUTER", "JOIN"))
            {
                return kind;
            }
        }

        return null;
    }

    private string JoinCondition(SqlScope scope, int before, string kind, ImmutableHashSet<ColumnRead>.Builder reads)
    {
        if (Accept("USING"))
        {
            var names = Parenthesized(() => List(Identifier));
            foreach (var name in names)
            {
                Merge(scope, before, kind, name, reads);
            }

            return $" USING ({string.Join(", ", names.Select(name => SqlText.Name(name.Text)))})";
        }

        if (At("ON"))
        {
            return Clause("ON", reads, filters: true);
        }

        return scope.Sources[^1].Element is not null ? " ON TRUE" : throw Unexpected("keyword ON or keyword USING");
    }

    private static void Merge(SqlScope scope, int before, string kind, SqlToken name, ImmutableHashSet<ColumnRead>.Builder reads)
    {
        var left = scope.Sources.Take(before).Select(source => SqlScope.Column(source, name)).FirstOrDefault(value => value is not null);
        var right = SqlScope.Column(scope.Sources[^1], name);
        if (left is null || right is null)
        {
            throw name.Refuse($"Column {name.Text} in USING clause not found on {(left is null ? "left" : "right")} side of join");
        }

        if (!left.Type.Same(right.Type))
        {
            throw name.Refuse($"Column {name.Text} in USING has incompatible types on either side of the join: {left.Type.Name}, {right.Type.Name}");
        }

        reads.UnionWith(left.Reads.Union(right.Reads));
        var sql = kind switch { "RIGHT" => right.Sql, "FULL" => $"coalesce({left.Sql}, {right.Sql})", _ => left.Sql };
        var value = new SqlValue(sql, left.Type, left.Reads.Union(right.Reads)) { Name = name.Text };
        scope.Merged[name.Text] = new RelationColumn(name.Text, name.Text, value);
    }

    private string Item(SqlScope scope, ImmutableHashSet<ColumnRead>.Builder reads, string kind)
    {
        if (Accept("UNNEST"))
        {
            var array = Parenthesized(Expression);
            return Unnest(scope, array, null, reads);
        }

        if (AtSymbol("("))
        {
            return StartsQuery() ? Subquery(scope, reads) : $"({Parenthesized(() => From(scope, reads))})";
        }

        var path = Path();
        if (path.Count > 1 && scope.Source(path[0].Text) is not null)
        {
            return Unnest(scope, PathValue(path), path[^1].Text, reads);
        }

        return Table(scope, path, reads);
    }

    private bool StartsQuery()
    {
        var ahead = 0;
        while (Peek(ahead).IsSymbol("("))
        {
            ahead++;
        }

        return Peek(ahead).Is("SELECT") || Peek(ahead).Is("WITH");
    }

    private string Subquery(SqlScope scope, ImmutableHashSet<ColumnRead>.Builder reads)
    {
        var outer = _scope;
        // A subquery in FROM sees what is around the whole query, not its neighbours.
        _scope = new SqlScope(scope.Parent);
        var query = Parenthesized(ParseQuery);
        _scope = outer;
        return Place(scope, query, Alias(), reads);
    }

    /// <summary>Puts a relation in scope under an alias that no other item has.</summary>
    private static string Place(SqlScope scope, SqlRelation query, string? alias, ImmutableHashSet<ColumnRead>.Builder reads)
    {
        reads.UnionWith(query.Reads);
        var duck = SqlText.Name(alias ?? $"subquery {scope.Sources.Count}");
        var columns = query.Columns.Select(column => column with
        {
            Value = column.Value with { Sql = $"{duck}.{SqlText.Name(column.Duck)}", Name = column.Name, Coercion = Coercion.None },
        });
        scope.Sources.Add(new ScopeSource(alias, [.. columns]));
        return $"({query.Sql}) AS {duck}";
    }

    private string Unnest(SqlScope scope, SqlValue array, string? name, ImmutableHashSet<ColumnRead>.Builder reads)
    {
        if (array.Type.Kind != SqlTypeKind.Array)
        {
            throw Current.Refuse($"Values referenced in UNNEST must be arrays. UNNEST contains expression of type {array.Type.Name}");
        }

        reads.UnionWith(array.Reads);
        var alias = Alias() ?? name ?? $"unnest {scope.Sources.Count}";
        var duck = SqlText.Name(alias);
        var element = array.Type.Element!;
        var value = new SqlValue($"{duck}.{duck}", element, array.Reads) { Name = alias };
        var columns = (element.Fields ?? []).Select(field => new RelationColumn(
            field.Name, field.Name, value with { Sql = $"struct_extract({value.Sql}, {SqlText.Literal(field.Name)})", Type = field.Type, Name = field.Name })).ToList();
        scope.Sources.Add(new ScopeSource(alias, columns, value));
        var list = $"unnest({array.Sql}) AS {duck}";
        if (Accept("WITH", "OFFSET"))
        {
            var offset = Alias() ?? "offset";
            scope.Sources.Add(new ScopeSource(null, [new RelationColumn(offset, offset, new SqlValue($"{duck}.{SqlText.Name(offset + " ")}", SqlType.Int64) { Name = offset })]));
            list += $", generate_subscripts({array.Sql}, 1) - 1 AS {SqlText.Name(offset + " ")}";
        }

        return $"LATERAL (SELECT {list}) AS {duck}";
    }

    private List<SqlToken> Path()
    {
        var parts = new List<SqlToken>();
        do
        {
            var token = parts.Count == 0 ? Identifier() : Current.Kind is SqlTokenKind.Word or SqlTokenKind.Quoted ? Take() : throw Unexpected("identifier");
            while (token.Kind == SqlTokenKind.Word && AtSymbol("-") && Peek(1).Kind is SqlTokenKind.Word or SqlTokenKind.Integer && Peek(1).Offset == Current.Offset + 1)
            {
                _at++;
                token = token with { Text = $"{token.Text}-{Take().Text}" };
            }

            parts.AddRange(token.Kind == SqlTokenKind.Quoted ? token.Text.Split('.').Select(part => token with { Text = part }) : [token]);
        }
        while (AcceptSymbol("."));
        return parts;
    }

    private string Table(SqlScope scope, List<SqlToken> path, ImmutableHashSet<ColumnRead>.Builder reads)
    {
        if (At("FOR") || At("TABLESAMPLE"))
        {
            throw Current.Refuse($"{Current.Text.ToUpperInvariant()} is not supported");
        }

        if (path.Count == 1 && _with.TryGetValue(path[0].Text, out var common))
        {
            return Place(scope, common with { Sql = $"SELECT * FROM {common.Sql}" }, Alias() ?? path[0].Text, reads);
        }

        var table = Resolve(path);
        var relation = table.View is null ? Stored(table) : View(table);
        return Place(scope, relation, Alias() ?? path[^1].Text, reads);
    }

    private SqlRelation Stored(SqlTable table)
    {
        if (table.FilterColumn is { } column)
        {
            FilterColumns[table.Duck] = column;
        }

        var columns = table.Columns.Select(stored => new RelationColumn(
            stored.Name, stored.Name, new SqlValue(SqlText.Name(stored.Name), stored.Type, [new ColumnRead(table.Duck, stored.Name)])));
        return new SqlRelation($"SELECT * FROM {table.Duck}", [.. columns], []);
    }

    private SqlRelation View(SqlTable view)
    {
        var tokens = SqlTokenizer.Tokenize(view.View!);
        // A view's names do not depend on who asks: no default dataset, no temporary table, no parameter.
        var context = new SqlContext(view.Name.Project, null, _context.Find);
        var translator = new SqlTranslator(context, tokens, 0, tokens.Count - 1);
        var relation = translator.Query();
        Referenced.UnionWith(translator.Referenced);
        return relation;
    }

    /// <summary>The stored, temporary or viewed table of a path.</summary>
    private SqlTable Resolve(List<SqlToken> path)
    {
        if (path.Count == 1 && _context.Temporary.TryGetValue(path[0].Text, out var temporary))
        {
            return temporary;
        }

        var name = FullName(path);
        var table = _context.Find(name) ?? throw BigQueryException.NotFound($"Table {name} was not found in location US");
        Referenced.Add(name);
        return table;
    }

    private TableName FullName(List<SqlToken> path) => path.Count switch
    {
        1 when _context.Dataset is { } dataset => new TableName(_context.Project, dataset, path[0].Text),
        1 => throw path[0].Refuse($"Table \"{path[0].Text}\" must be qualified with a dataset (e.g. dataset.table)"),
        2 => new TableName(_context.Project, path[0].Text, path[1].Text),
        3 => new TableName(path[0].Text, path[1].Text, path[2].Text),
        _ => throw path[0].Refuse($"Invalid table name: {string.Join('.', path.Select(part => part.Text))}"),
    };
}
