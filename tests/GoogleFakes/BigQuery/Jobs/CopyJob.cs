using System.Text.Json.Nodes;

namespace RetailInsight.GoogleFakes.BigQuery.Jobs;

/// <summary>Runs copy jobs.</summary>
/// <param name="store">The database.</param>
/// <param name="catalog">Tables.</param>
/// <param name="quota">Table modifications.</param>
internal sealed class CopyJob(DuckStore store, Catalog catalog, ModificationQuota quota)
{
    /// <summary>Copies tables into one.</summary>
    /// <exception cref="BigQueryException">A source is missing, or the destination does not take it.</exception>
    public void Run(Job job)
    {
        var copy = (JsonObject)job.Configuration["copy"]!;
        var destination = Catalog.NameOf(copy["destinationTable"] ?? throw BigQueryException.Invalid("Required parameter is missing: destinationTable"));
        quota.Count(destination);
        var references = copy["sourceTables"] is JsonArray { Count: > 0 } many ? many.Select(reference => reference!) : [copy["sourceTable"] ?? throw BigQueryException.Invalid("Required parameter is missing: sourceTable")];
        var sources = references.Select(reference => Catalog.NameOf(reference)).Select(name => catalog.Find(name) ?? throw BigQueryException.NotFound($"Table {name}")).ToList();
        var target = new TableWriter(catalog, store).Target(
            destination, sources[0].Columns, (string?)copy["createDisposition"], (string?)copy["writeDisposition"] ?? "WRITE_EMPTY");
        using var connection = store.Connect();
        TableWriter.Write(connection, target, [.. sources.Select(source => $"INSERT INTO {target.Table.Duck} BY NAME SELECT * FROM {source.Duck}")]);
    }
}
