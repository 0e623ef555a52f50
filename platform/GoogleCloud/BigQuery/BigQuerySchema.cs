using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using RetailInsight.Core.Ports;
using RetailInsight.Platform.Warehouse;

namespace RetailInsight.Platform.GoogleCloud.BigQuery;

/// <summary>The dataset's tables and views: created and grown, never dropped; safe when several processes do it at once.</summary>
/// <param name="api">BigQuery.</param>
/// <param name="clock">Dates the staging tables' end.</param>
/// <param name="logger">Told of what changed.</param>
internal sealed class BigQuerySchema(BigQueryApi api, TimeProvider clock, ILogger logger)
{
    /// <summary>Which batches are in the tables, and by which load.</summary>
    public const string Ledger = "retailinsight_loaded_batch";

    /// <summary>One row that every load changes, so that two loads at once conflict and one of them runs anew.</summary>
    public const string Turn = "retailinsight_load_turn";

    private const int GrowthAttempts = 5;

    private static readonly TableSpec[] Own =
    [
        new(Ledger, "Batches that are in the tables. One row per tenant and batch_id.",
            [
                new("tenant", ColumnType.String, false, "Tenant id."),
                new("batch_id", ColumnType.String, false, "Batch id."),
                new("load_id", ColumnType.String, false, "The load that brought it."),
                new("loaded_at", ColumnType.Timestamp, false, "When its transaction ran."),
            ],
            "loaded_at",
            ["tenant", "batch_id"]),
        new(Turn, "A lock. One row.", [new("turns", ColumnType.Int64, false, "Loads so far.")], null, []),
    ];

    private readonly ConcurrentDictionary<string, IReadOnlyList<WarehouseColumn>> _columns = new(StringComparer.Ordinal);

    /// <summary>Brings dataset, tables and views to what is wanted.</summary>
    /// <exception cref="WarehouseDataException">A table cannot become what is wanted.</exception>
    public async Task EnsureAsync(IReadOnlyList<TableSpec> tables, IReadOnlyList<ViewSpec> views, CancellationToken cancellationToken)
    {
        if (await api.FindAsync(api.InDataset(), cancellationToken) is null)
        {
            await api.CreateAsync("datasets", new { datasetReference = api.DatasetReference, location = api.Google.Location }, cancellationToken);
        }

        foreach (var table in Own.Concat(tables))
        {
            await EnsureAsync(table, cancellationToken);
        }

        foreach (var view in views)
        {
            await EnsureAsync(view, cancellationToken);
        }
    }

    /// <summary>A table's columns; empty when there is no such table.</summary>
    public async Task<IReadOnlyList<WarehouseColumn>> ColumnsAsync(string table, CancellationToken cancellationToken)
    {
        if (_columns.TryGetValue(table, out var known))
        {
            return known;
        }

        if (await api.FindAsync(api.InDataset($"/tables/{table}"), cancellationToken) is not { } found)
        {
            return [];
        }

        return _columns[table] = ColumnTypes.Read(found.GetProperty("schema"), table);
    }

    /// <summary>Makes the next question after a table's columns ask BigQuery.</summary>
    public void Forget(string table) => _columns.TryRemove(table, out _);

    /// <summary>Creates a staging table that BigQuery removes by itself; nothing happens when it is there.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="columns">Its columns; none for a table whose schema a query will bring.</param>
    /// <param name="lifetime">How long it is kept.</param>
    /// <param name="cancellationToken">Stops at once.</param>
    public Task CreateStagingAsync(string name, IReadOnlyList<WarehouseColumn> columns, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        var resource = new Dictionary<string, object>
        {
            ["tableReference"] = api.TableReference(name),
            ["expirationTime"] = (clock.GetUtcNow() + lifetime).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
        };
        if (columns.Count > 0)
        {
            resource["schema"] = new { fields = columns.Select(column => ColumnTypes.Field(new(column.Name, column.Type, column.Nullable, ""))) };
        }

        return api.CreateAsync(api.InDataset("/tables"), resource, cancellationToken);
    }

    /// <summary>Removes a staging table, if it is there.</summary>
    /// <exception cref="GoogleApiException">Refused, or the tries ran out.</exception>
    public async Task RemoveStagingAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            await api.SendAsync(HttpMethod.Delete, api.InDataset($"/tables/{name}"), null, cancellationToken);
        }
        catch (GoogleApiException failure) when (failure.Status == HttpStatusCode.NotFound)
        {
            return;
        }
    }

    private async Task EnsureAsync(TableSpec table, CancellationToken cancellationToken)
    {
        var path = api.InDataset($"/tables/{table.Name}");
        Forget(table.Name);
        if (await api.FindAsync(path, cancellationToken) is null && await api.CreateAsync(api.InDataset("/tables"), Resource(table), cancellationToken))
        {
            logger.SchemaChanged(table.Name);
            return;
        }

        for (var attempt = 1; !await GrowAsync(table, path, isLast: attempt == GrowthAttempts, cancellationToken); attempt++)
        {
            Forget(table.Name);
        }
    }

    /// <summary>Lets a table grow.</summary>
    /// <returns>False when it was refused, maybe because another process let it grow in between.</returns>
    private async Task<bool> GrowAsync(TableSpec table, string path, bool isLast, CancellationToken cancellationToken)
    {
        var present = await ColumnsAsync(table.Name, cancellationToken);
        var growth = TableGrowth.Of(table, present);
        if (growth.IsNone)
        {
            return true;
        }

        // Fields that are there must be sent too: a patch replaces the list, and is refused when one is missing.
        var kept = present.Select(column => table.Columns.FirstOrDefault(wanted => wanted.Name == column.Name)
            ?? new ColumnSpec(column.Name, column.Type, column.Nullable, ""));
        try
        {
            await api.SendAsync(
                HttpMethod.Patch, path, new { schema = new { fields = kept.Concat(growth.Added).Select(ColumnTypes.Field) } }, cancellationToken);
        }
        catch (GoogleApiException refusal) when (!isLast && refusal.Status is HttpStatusCode.BadRequest or HttpStatusCode.PreconditionFailed)
        {
            return false;
        }

        Forget(table.Name);
        logger.SchemaChanged(table.Name);
        return true;
    }

    private async Task EnsureAsync(ViewSpec view, CancellationToken cancellationToken)
    {
        var sql = QualifiedNames.In(view.Sql, api.Google.Project, api.Google.Dataset);
        var body = new { tableReference = api.TableReference(view.Name), view = new { query = sql, useLegacySql = false } };
        try
        {
            var present = await api.FindAsync(api.InDataset($"/tables/{view.Name}"), cancellationToken);
            if (present is null)
            {
                await api.CreateAsync(api.InDataset("/tables"), body, cancellationToken);
            }
            else if (!present.Value.TryGetProperty("view", out var there) || there.GetProperty("query").GetString() != sql)
            {
                await api.SendAsync(HttpMethod.Patch, api.InDataset($"/tables/{view.Name}"), body, cancellationToken);
            }
        }
        catch (GoogleApiException failure) when (failure.Status is HttpStatusCode.BadRequest or HttpStatusCode.NotFound)
        {
            throw new WarehouseDataException($"View {view.Name}: {failure.Message}", failure);
        }
    }

    private Dictionary<string, object> Resource(TableSpec table)
    {
        var resource = new Dictionary<string, object>
        {
            ["tableReference"] = api.TableReference(table.Name),
            ["description"] = table.Description,
            ["schema"] = new { fields = table.Columns.Select(ColumnTypes.Field) },
            ["labels"] = new { product = "retailinsight" },
        };
        if (table.PartitionBy is { } column)
        {
            resource["timePartitioning"] = new { type = "DAY", field = column };
        }

        if (table.ClusterBy.Count > 0)
        {
            resource["clustering"] = new { fields = table.ClusterBy };
        }

        return resource;
    }
}
