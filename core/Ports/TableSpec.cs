namespace RetailInsight.Core.Ports;

/// <summary>The types both warehouses have, in GoogleSQL's words.</summary>
public enum ColumnType
{
    /// <summary>BOOL.</summary>
    Bool,

    /// <summary>INT64.</summary>
    Int64,

    /// <summary>FLOAT64; never for money.</summary>
    Float64,

    /// <summary>NUMERIC: 38 digits, 9 of them decimals.</summary>
    Numeric,

    /// <summary>STRING.</summary>
    String,

    /// <summary>DATE.</summary>
    Date,

    /// <summary>TIMESTAMP: an instant, microseconds.</summary>
    Timestamp,
}

/// <summary>A column of a warehouse table.</summary>
/// <param name="Name">snake_case.</param>
/// <param name="Type">Type.</param>
/// <param name="Nullable">Whether it may be NULL.</param>
/// <param name="Description">What it means, with its unit.</param>
public sealed record ColumnSpec(string Name, ColumnType Type, bool Nullable, string Description);

/// <summary>A warehouse table as the code wants it; each adapter writes its own DDL from it.</summary>
/// <param name="Name">snake_case.</param>
/// <param name="Description">Ends with the grain: "One row per …".</param>
/// <param name="Columns">In order.</param>
/// <param name="PartitionBy">A DATE column.</param>
/// <param name="ClusterBy">Columns rows are kept together by.</param>
public sealed record TableSpec(
    string Name,
    string Description,
    IReadOnlyList<ColumnSpec> Columns,
    string? PartitionBy,
    IReadOnlyList<string> ClusterBy);

/// <summary>A named SELECT over warehouse tables, in the GoogleSQL subset.</summary>
/// <param name="Name">snake_case.</param>
/// <param name="Sql">One SELECT.</param>
public sealed record ViewSpec(string Name, string Sql);
