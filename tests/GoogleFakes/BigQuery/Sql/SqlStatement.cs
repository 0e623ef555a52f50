using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace RetailInsight.GoogleFakes.BigQuery.Sql;

/// <summary>A translated statement.</summary>
/// <param name="Type">BigQuery's <c>statementType</c>: <c>SELECT</c>, <c>MERGE</c>, <c>CREATE_TABLE_AS_SELECT</c>.</param>
/// <param name="Sql">DuckDB's SQL; empty where the catalog does the work.</param>
internal sealed record SqlStatement(string Type, string Sql)
{
    /// <summary>The query of a SELECT or of a CREATE … AS.</summary>
    public SqlRelation? Query { get; init; }

    /// <summary>The table a DML statement changes.</summary>
    public SqlTable? Target { get; init; }

    /// <summary>A query that has a row when a target row is matched more than once.</summary>
    public string? AmbiguityCheck { get; init; }

    /// <summary>What a DDL statement defines.</summary>
    public SqlDefinition? Definition { get; init; }

    /// <summary>Stored columns it reads.</summary>
    public ImmutableHashSet<ColumnRead> Reads { get; init; } = [];

    /// <summary>Tables it names.</summary>
    public IReadOnlyCollection<TableName> Referenced { get; init; } = [];

    /// <summary>Undeclared parameters.</summary>
    public IReadOnlyDictionary<string, SqlType> Undeclared { get; init; } = new Dictionary<string, SqlType>();

    /// <summary>Whether it changes rows that are there, so that it conflicts with others that do.</summary>
    public bool MutatesRows => Type is "UPDATE" or "DELETE" or "MERGE" or "TRUNCATE_TABLE";
}

/// <summary>What a CREATE, ALTER or DROP is about.</summary>
/// <param name="Name">The table or view; the dataset alone for a schema.</param>
internal sealed record SqlDefinition(TableName Name)
{
    /// <summary>Whether the table is temporary.</summary>
    public bool Temporary { get; init; }

    /// <summary>Whether one that is there is replaced.</summary>
    public bool OrReplace { get; init; }

    /// <summary>Whether one that is there (or, to drop, is not) is no error.</summary>
    public bool Tolerant { get; init; }

    /// <summary>Columns stated.</summary>
    public IReadOnlyList<SqlColumn>? Columns { get; init; }

    /// <summary>A view's text.</summary>
    public string? View { get; init; }

    /// <summary>Further members of the table resource: partitioning, clustering, description.</summary>
    public JsonObject Resource { get; init; } = [];
}
