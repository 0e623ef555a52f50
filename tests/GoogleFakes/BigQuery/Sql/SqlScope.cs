namespace RetailInsight.GoogleFakes.BigQuery.Sql;

/// <summary>An item of a FROM clause.</summary>
/// <param name="Alias">Name to qualify with.</param>
/// <param name="Columns">Its columns; their SQL is valid in the clauses after FROM.</param>
/// <param name="Element">For an unnested array, the element itself.</param>
internal sealed record ScopeSource(string? Alias, IReadOnlyList<RelationColumn> Columns, SqlValue? Element = null);

/// <summary>What names mean at one level of a query.</summary>
/// <param name="parent">The level around it, for correlated subqueries.</param>
internal sealed class SqlScope(SqlScope? parent)
{
    /// <summary>The level around it.</summary>
    public SqlScope? Parent { get; } = parent;

    /// <summary>The FROM items so far.</summary>
    public List<ScopeSource> Sources { get; } = [];

    /// <summary>Columns a USING merged: name → the merged one.</summary>
    public Dictionary<string, RelationColumn> Merged { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Names of the select list, where a clause may use them.</summary>
    public Dictionary<string, SqlValue>? Aliases { get; set; }

    /// <summary>The FROM item of that alias, here or further out.</summary>
    public ScopeSource? Source(string alias) =>
        Sources.Find(source => string.Equals(source.Alias, alias, StringComparison.OrdinalIgnoreCase)) ?? Parent?.Source(alias);

    /// <summary>What a bare name means; null for nothing.</summary>
    /// <exception cref="BigQueryException">It means more than one thing.</exception>
    public SqlValue? Find(SqlToken name)
    {
        if (Aliases?.TryGetValue(name.Text, out var alias) == true)
        {
            return alias;
        }

        if (Merged.TryGetValue(name.Text, out var merged))
        {
            return merged.Value;
        }

        var found = Sources.SelectMany(source => Candidates(source, name.Text)).Take(2).ToList();
        return found.Count switch
        {
            0 => Parent?.Find(name),
            1 => found[0],
            _ => throw name.Refuse($"Column name {name.Text} is ambiguous"),
        };
    }

    /// <summary>A column of a FROM item.</summary>
    /// <exception cref="BigQueryException">There are two of that name.</exception>
    public static SqlValue? Column(ScopeSource source, SqlToken name)
    {
        var found = source.Columns.Where(column => Same(column.Name, name.Text)).Take(2).ToList();
        return found.Count > 1 ? throw name.Refuse($"Column name {name.Text} is ambiguous") : found.FirstOrDefault()?.Value;
    }

    private static IEnumerable<SqlValue> Candidates(ScopeSource source, string name)
    {
        if (source.Element is { } element && Same(source.Alias, name))
        {
            return [element];
        }

        return source.Columns.Where(column => Same(column.Name, name)).Select(column => column.Value);
    }

    private static bool Same(string? left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
