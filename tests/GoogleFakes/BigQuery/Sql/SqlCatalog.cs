using System.Text.Json.Nodes;

namespace RetailInsight.GoogleFakes.BigQuery.Sql;

/// <summary>Full name of a table.</summary>
/// <param name="Project">Project.</param>
/// <param name="Dataset">Dataset.</param>
/// <param name="Table">Table.</param>
internal sealed record TableName(string Project, string Dataset, string Table)
{
    /// <summary>As BigQuery's messages write it.</summary>
    public override string ToString() => $"{Project}:{Dataset}.{Table}";
}

/// <summary>A table or view as a query sees it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Duck">The table in DuckDB; not used for a view.</param>
/// <param name="Columns">Its columns.</param>
/// <param name="View">A view's query, else null.</param>
/// <param name="FilterColumn">Column every query must filter by, else null.</param>
internal sealed record SqlTable(TableName Name, string Duck, IReadOnlyList<SqlColumn> Columns, string? View = null, string? FilterColumn = null);

/// <summary>A named parameter.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Value">A string, number, flag or null; an array of them.</param>
internal sealed record SqlParameter(SqlType Type, JsonNode? Value);

/// <summary>What a statement is translated against.</summary>
/// <param name="Project">Project of names without one.</param>
/// <param name="Dataset">Dataset of names without one; null refuses them.</param>
/// <param name="Find">A stored table or view; null when there is none.</param>
internal sealed record SqlContext(string Project, string? Dataset, Func<TableName, SqlTable?> Find)
{
    /// <summary>Temporary tables of the session, by name.</summary>
    public IReadOnlyDictionary<string, SqlTable> Temporary { get; init; } = new Dictionary<string, SqlTable>();

    /// <summary>Parameters by name.</summary>
    public IReadOnlyDictionary<string, SqlParameter> Parameters { get; init; } = new Dictionary<string, SqlParameter>();

    /// <summary>Whether undeclared parameters are noted with the type they are used as, rather than refused.</summary>
    public bool InferParameters { get; init; }
}
