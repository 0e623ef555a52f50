using System.Globalization;
using Npgsql;

namespace RetailInsight.Ml;

/// <summary>A column of an <see cref="AsOfTable"/>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">SQL type its values are sent as.</param>
/// <param name="IsKey">Whether it tells the rows of a tenant and day apart.</param>
/// <param name="From">What is made of a value that was sent, {0}, where that is not the value itself.</param>
internal sealed record AsOfColumn(string Name, string Type, bool IsKey = false, string? From = null);

/// <summary>A table that holds one result a tenant and trading day as of which it was computed, replaced as a whole.</summary>
internal sealed class AsOfTable
{
    private readonly string _name;
    private readonly string _deleteChanged;
    private readonly string _insertMissing;

    /// <summary>Describes it.</summary>
    /// <param name="name">With its schema.</param>
    /// <param name="columns">All columns beside tenant and as_of, those of its key among them, in the order in which values are given.</param>
    public AsOfTable(string name, params IReadOnlyList<AsOfColumn> columns)
    {
        _name = name;
        var sent = string.Join(", ", columns.Select((column, at) => $"${at + 3}::{column.Type}[]"));
        var names = string.Join(", ", columns.Select(column => column.Name));
        var made = string.Join(", ", columns.Select(column => $"{string.Format(CultureInfo.InvariantCulture, column.From ?? "{0}", $"sent.{column.Name}")} AS {column.Name}"));
        var rows = $"(SELECT {made} FROM unnest({sent}) AS sent ({names})) AS new";
        var keys = columns.Where(column => column.IsKey).Select(column => column.Name).ToList();
        var changed = string.Join(" OR ", columns.Where(column => !column.IsKey).Select(column => $"new.{column.Name} IS DISTINCT FROM old.{column.Name}"));

        // Of a day that was just written the server has no statistics, and of what is sent it knows no number: a full join is never made by going through
        // all rows for each row, whatever it thinks.
        _deleteChanged = $"""
            WITH difference AS MATERIALIZED (
              SELECT old.place FROM (SELECT ctid AS place, * FROM {name} WHERE tenant = $1 AND as_of = $2) AS old
              FULL JOIN {rows} ON {string.Join(" AND ", keys.Select(key => $"new.{key} = old.{key}"))}
              WHERE new.{keys[0]} IS NULL OR {changed})
            DELETE FROM {name} WHERE tenant = $1 AND as_of = $2 AND ctid = ANY(ARRAY(SELECT place FROM difference WHERE place IS NOT NULL))
            """;
        _insertMissing = $"INSERT INTO {name} (tenant, as_of, {names}) SELECT $1, $2, {names} FROM {rows} ON CONFLICT DO NOTHING";
    }

    /// <summary>Makes the day's rows those given, inside the caller's transaction; raises the tenant's data version if that changes anything.</summary>
    /// <param name="tenant">Tenant id.</param>
    /// <param name="asOf">Trading day.</param>
    /// <param name="columns">One array a column, as long as there are rows.</param>
    /// <param name="connection">As the job role.</param>
    /// <param name="transaction">The caller's; the caller commits.</param>
    /// <param name="cancellationToken">Stops the statement; the caller rolls back.</param>
    /// <returns>How many rows were written or deleted.</returns>
    public Task<int> ReplaceAsync(
        string tenant, DateOnly asOf, IReadOnlyList<Array> columns, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken) =>
        DayTable.ReplaceAsync(_deleteChanged, _insertMissing, tenant, asOf, columns, connection, transaction, cancellationToken);

    /// <summary>Deletes what was computed as of days before one.</summary>
    /// <returns>How many rows went.</returns>
    public async Task<int> ForgetAsync(string tenant, DateOnly before, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"DELETE FROM {_name} WHERE tenant = $1 AND as_of < $2", connection, transaction) { Parameters = { new() { Value = tenant }, new() { Value = before } } };
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
