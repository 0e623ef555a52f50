using System.Collections.Immutable;

namespace RetailInsight.GoogleFakes.BigQuery.Sql;

/// <summary>How freely a value takes another type by itself.</summary>
internal enum Coercion
{
    /// <summary>Only from a narrower to a wider number.</summary>
    None,

    /// <summary>A STRING parameter also becomes a date or time.</summary>
    Parameter,

    /// <summary>A literal also becomes NUMERIC, a date or a time.</summary>
    Literal,
}

/// <summary>A column of a stored table that a query reads: what it is billed for.</summary>
/// <param name="Table">The table in DuckDB.</param>
/// <param name="Column">The column.</param>
internal readonly record struct ColumnRead(string Table, string Column);

/// <summary>A translated expression.</summary>
/// <param name="Sql">DuckDB's SQL, safe to put anywhere.</param>
/// <param name="Type">Its GoogleSQL type.</param>
/// <param name="Reads">Stored columns it depends on.</param>
internal sealed record SqlValue(string Sql, SqlType Type, ImmutableHashSet<ColumnRead> Reads)
{
    /// <summary>A value that reads nothing.</summary>
    public SqlValue(string sql, SqlType type)
        : this(sql, type, [])
    {
    }

    /// <summary>Name it gives a column that has no alias.</summary>
    public string? Name { get; init; }

    /// <summary>How freely it is coerced.</summary>
    public Coercion Coercion { get; init; }

    /// <summary>Whether it is a bare NULL.</summary>
    public bool IsNull => Type.Kind == SqlTypeKind.Null;
}

/// <summary>A column that comes out of a query or a FROM item.</summary>
/// <param name="Name">Its name; null when it has none.</param>
/// <param name="Duck">Its name in DuckDB, unique in its relation.</param>
/// <param name="Value">Type and reads; the SQL is valid only inside the relation.</param>
internal sealed record RelationColumn(string? Name, string Duck, SqlValue Value);

/// <summary>A translated query.</summary>
/// <param name="Sql">DuckDB's SQL.</param>
/// <param name="Columns">Its columns.</param>
/// <param name="Reads">Stored columns it depends on whatever columns are taken.</param>
internal sealed record SqlRelation(string Sql, IReadOnlyList<RelationColumn> Columns, ImmutableHashSet<ColumnRead> Reads)
{
    /// <summary>All it reads when every column is taken.</summary>
    public ImmutableHashSet<ColumnRead> AllReads => Reads.Union(Columns.SelectMany(column => column.Value.Reads));

    /// <summary>The columns as a schema.</summary>
    public IReadOnlyList<SqlColumn> Schema => [.. Columns.Select((column, at) => new SqlColumn(column.Name ?? column.Duck, Stored(column.Value.Type)))];

    private static SqlType Stored(SqlType type) => type.Kind == SqlTypeKind.Null ? SqlType.Int64 : type;
}
