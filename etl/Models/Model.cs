using RetailInsight.Core.Ports;

namespace RetailInsight.Etl.Models;

/// <summary>A column of a model's result.</summary>
/// <param name="Name">snake_case.</param>
/// <param name="Type">Type in the warehouse.</param>
/// <param name="Unit">What the number counts; empty where it counts nothing.</param>
/// <param name="Description">What it means.</param>
/// <param name="Checks">What must hold of every row before the result is published.</param>
public sealed record ModelColumn(string Name, ColumnType Type, string Unit, string Description, IReadOnlyList<ModelCheck> Checks)
{
    /// <summary>
    /// Columns of warehouse tables and views its value is made of as <c>table.column</c>, <c>table.*</c> where rows are counted; empty
    /// where the run itself says it, such as the trading day.
    /// </summary>
    public IReadOnlyList<string> MadeOf { get; init; } = [];
}

/// <summary>A condition on every row of a result. Unknown (NULL) passes, as in a CHECK constraint.</summary>
/// <param name="Name">As written in the model's YAML: <c>not_null</c>, <c>accepted_values</c>, <c>expression</c>, <c>unique</c>.</param>
/// <param name="Column">The column it is written at; the grain for <c>unique</c>.</param>
/// <param name="Sql">A boolean expression in the GoogleSQL subset over the model's columns.</param>
public sealed record ModelCheck(string Name, string Column, string Sql);

/// <summary>Where a model's result is published.</summary>
/// <param name="Table">Schema and name of the PostgreSQL table.</param>
/// <param name="ChangedAtColumn">A timestamptz column of the table, set when a row is written; null for none.</param>
/// <param name="ChangeTable">
/// Where was and is of every changed row are kept; null for nowhere. Only for a grain of tenant, store and business_date with the
/// columns net, receipts, returns and visitors.
/// </param>
public sealed record PublishTarget(string Table, string? ChangedAtColumn, string? ChangeTable = null);

/// <summary>One <c>.sql</c> with its <c>.yml</c>.</summary>
public sealed record Model
{
    /// <summary>File name without extension; other models read it under this name.</summary>
    public required string Name { get; init; }

    /// <summary>The folder it lies in: Sales, Traffic, Kpis.</summary>
    public required string Area { get; init; }

    /// <summary>What it is; ends with the grain.</summary>
    public required string Description { get; init; }

    /// <summary>One SELECT in the GoogleSQL subset.</summary>
    public required string Sql { get; init; }

    /// <summary>The columns that name a row.</summary>
    public required IReadOnlyList<string> Grain { get; init; }

    /// <summary>Warehouse tables, views and models it reads.</summary>
    public required IReadOnlyList<string> Inputs { get; init; }

    /// <summary>The result, in order.</summary>
    public required IReadOnlyList<ModelColumn> Columns { get; init; }

    /// <summary>Where it is published; null for a building block of other models.</summary>
    public PublishTarget? Publish { get; init; }

    /// <summary>Every check of every column, and that no two rows have the same grain.</summary>
    public IEnumerable<ModelCheck> Checks =>
    [
        new ModelCheck("unique", string.Join(", ", Grain), $"COUNT(*) OVER (PARTITION BY {string.Join(", ", Grain)}) = 1"),
        .. Columns.SelectMany(column => column.Checks),
    ];

    /// <summary>Names of its query parameters: among tenant, business_date and stores.</summary>
    public required IReadOnlyList<string> Parameters { get; init; }

    internal IReadOnlyList<ModelCase> Cases { get; init; } = [];
}

/// <summary>An example that runs as a test: rows in, rows out. Values as written in the YAML; absent ones take the defaults.</summary>
internal sealed record ModelCase(
    string Name,
    IReadOnlyList<string> Stores,
    IReadOnlyDictionary<string, IReadOnlyList<IReadOnlyDictionary<string, string?>>> Given,
    IReadOnlyList<IReadOnlyDictionary<string, string?>> Expect);

/// <summary>A model's files contradict each other or the house's rules; the message says where.</summary>
public sealed class ModelDefinitionException(string model, string complaint, Exception? innerException = null)
    : Exception($"Model '{model}': {complaint}", innerException);
