using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using RetailInsight.GoogleFakes.BigQuery.Sql;

namespace RetailInsight.GoogleFakes.BigQuery;

/// <summary>Datasets, tables and views: their resources as the API shows them, and the tables behind them.</summary>
/// <param name="store">The database.</param>
/// <param name="clock">Stamps creation and change.</param>
internal sealed class Catalog
{
    private readonly DuckStore _store;
    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<(string Project, string Dataset), JsonObject> _datasets = new();
    private readonly ConcurrentDictionary<TableName, JsonObject> _tables = new();
    private readonly Lock _lock = new();

    public Catalog(DuckStore store, TimeProvider clock)
    {
        _store = store;
        _clock = clock;
        using var connection = store.Connect();
        foreach (var row in DuckStore.Read(connection, "SELECT kind, resource FROM fake.resource", 2))
        {
            var resource = (JsonObject)JsonNode.Parse(row[1]!)!;
            if (row[0] == "dataset")
            {
                _datasets[((string)resource["datasetReference"]!["projectId"]!, (string)resource["datasetReference"]!["datasetId"]!)] = resource;
            }
            else
            {
                _tables[NameOf(resource["tableReference"]!)] = resource;
            }
        }
    }

    /// <summary>Datasets of a project, in order.</summary>
    public IEnumerable<JsonObject> Datasets(string project) =>
        _datasets.Where(pair => pair.Key.Project == project).OrderBy(pair => pair.Key.Dataset, StringComparer.Ordinal).Select(pair => pair.Value);

    /// <summary>Tables and views of a dataset, in order.</summary>
    public IEnumerable<JsonObject> Tables(string project, string dataset) =>
        _tables.Where(pair => pair.Key.Project == project && pair.Key.Dataset == dataset).OrderBy(pair => pair.Key.Table, StringComparer.Ordinal).Select(pair => pair.Value);

    /// <summary>A dataset.</summary>
    /// <exception cref="BigQueryException">There is none.</exception>
    public JsonObject Dataset(string project, string dataset) =>
        _datasets.GetValueOrDefault((project, dataset)) ?? throw BigQueryException.NotFound($"Dataset {project}:{dataset}");

    /// <summary>Makes a dataset.</summary>
    /// <exception cref="BigQueryException">It is there already.</exception>
    public JsonObject AddDataset(string project, JsonObject body)
    {
        var dataset = (string?)body["datasetReference"]?["datasetId"] ?? throw BigQueryException.Invalid("Required parameter is missing: datasetReference");
        lock (_lock)
        {
            if (_datasets.ContainsKey((project, dataset)))
            {
                throw BigQueryException.Duplicate($"Dataset {project}:{dataset}");
            }

            var resource = Stamped("bigquery#dataset", $"{project}:{dataset}", body);
            resource["datasetReference"] = new JsonObject { ["projectId"] = project, ["datasetId"] = dataset };
            resource["location"] ??= "US";
            _store.Execute($"CREATE SCHEMA IF NOT EXISTS {Schema(project, dataset)}");
            Keep("dataset", $"{project}:{dataset}", resource);
            return _datasets[(project, dataset)] = resource;
        }
    }

    /// <summary>Changes members of a dataset; null removes one.</summary>
    public JsonObject PatchDataset(string project, string dataset, JsonObject body)
    {
        lock (_lock)
        {
            var resource = Patched(Dataset(project, dataset), body, "datasetReference", "id", "location");
            Keep("dataset", $"{project}:{dataset}", resource);
            return _datasets[(project, dataset)] = resource;
        }
    }

    /// <summary>Removes a dataset.</summary>
    /// <exception cref="BigQueryException">It still has tables and they are not to go with it.</exception>
    public void RemoveDataset(string project, string dataset, bool contents)
    {
        lock (_lock)
        {
            _ = Dataset(project, dataset);
            if (!contents && Tables(project, dataset).Any())
            {
                throw new BigQueryException(400, "resourceInUse", $"Dataset {project}:{dataset} is still in use");
            }

            foreach (var table in Tables(project, dataset).ToList())
            {
                Remove(NameOf(table["tableReference"]!));
            }

            _datasets.TryRemove((project, dataset), out _);
            _store.Execute($"DROP SCHEMA IF EXISTS {Schema(project, dataset)} CASCADE; DELETE FROM fake.resource WHERE kind = 'dataset' AND name = {SqlText.Literal($"{project}:{dataset}")}");
        }
    }

    /// <summary>A table's resource.</summary>
    /// <exception cref="BigQueryException">There is none.</exception>
    public JsonObject Table(TableName name) => Live(name) ?? throw BigQueryException.NotFound($"Table {name}");

    /// <summary>A table as a query sees it; null when there is none.</summary>
    public SqlTable? Find(TableName name)
    {
        if (Live(name) is not { } resource)
        {
            return _datasets.ContainsKey((name.Project, name.Dataset)) ? null
                : throw BigQueryException.NotFound($"Dataset {name.Project}:{name.Dataset} was not found in location US");
        }

        var filter = (bool?)resource["requirePartitionFilter"] == true || (bool?)resource["timePartitioning"]?["requirePartitionFilter"] == true;
        return new SqlTable(
            name, Duck(name), Columns(resource), (string?)resource["view"]?["query"], filter ? (string?)resource["timePartitioning"]?["field"] : null);
    }

    /// <summary>Makes a table or view.</summary>
    /// <exception cref="BigQueryException">It is there already, its dataset is not, or its definition is wrong.</exception>
    public JsonObject Add(TableName name, JsonObject body, bool replace = false)
    {
        lock (_lock)
        {
            _ = Dataset(name.Project, name.Dataset);
            if (Live(name) is not null)
            {
                if (!replace)
                {
                    throw BigQueryException.Duplicate($"Table {name}");
                }

                Remove(name);
            }

            var resource = Stamped("bigquery#table", name.ToString(), body);
            resource["tableReference"] = new JsonObject { ["projectId"] = name.Project, ["datasetId"] = name.Dataset, ["tableId"] = name.Table };
            resource["type"] = resource["view"] is null ? "TABLE" : "VIEW";
            resource["location"] = Dataset(name.Project, name.Dataset)["location"]?.DeepClone();
            TableDefinition.Check(resource, this);
            if (resource["view"] is null)
            {
                var columns = Columns(resource);
                if (columns.Count > 0)
                {
                    // Of a table whose time has run out the rows are still there.
                    _store.Execute($"CREATE OR REPLACE TABLE {Duck(name)} ({string.Join(", ", columns.Select(TableDefinition.Column))})");
                }
            }

            Keep("table", name.ToString(), resource);
            return _tables[name] = resource;
        }
    }

    /// <summary>Changes a table; columns may only be added, and be allowed to be NULL.</summary>
    /// <exception cref="BigQueryException">A column would go, or change its type, or become required.</exception>
    public JsonObject Patch(TableName name, JsonObject body, bool replaceAll)
    {
        lock (_lock)
        {
            var old = Table(name);
            var resource = Patched(old, body, "tableReference", "id", "type", "location", "numRows", "numBytes", "creationTime");
            if (replaceAll)
            {
                foreach (var member in (ReadOnlySpan<string>)["description", "labels", "friendlyName", "expirationTime"])
                {
                    resource[member] = body[member]?.DeepClone();
                }
            }

            resource = (JsonObject)JsonNode.Parse(resource.ToJsonString())!;
            TableDefinition.Normalize(resource);
            if (resource["view"] is null)
            {
                var added = TableDefinition.Additions(name, Columns(old), Columns(resource));
                var sql = Columns(old).Count == 0 && added.Count > 0
                    ? $"CREATE TABLE {Duck(name)} ({string.Join(", ", added.Select(TableDefinition.Column))})"
                    : string.Concat(added.Select(column => $"ALTER TABLE {Duck(name)} ADD COLUMN {TableDefinition.Column(column)};"))
                        + string.Concat(Columns(old).Where(column => column.Required && Columns(resource).Any(now => now.Name == column.Name && !now.Required))
                            .Select(column => $"ALTER TABLE {Duck(name)} ALTER COLUMN {SqlText.Name(column.Name)} DROP NOT NULL;"));
                if (sql.Length > 0)
                {
                    _store.Execute(sql);
                }
            }
            else
            {
                TableDefinition.Check(resource, this);
            }

            resource["lastModifiedTime"] = Now();
            resource["etag"] = RandomId.Next();
            Keep("table", name.ToString(), resource);
            return _tables[name] = resource;
        }
    }

    /// <summary>Removes a table or view.</summary>
    /// <exception cref="BigQueryException">There is none.</exception>
    public void Remove(TableName name)
    {
        lock (_lock)
        {
            _ = Table(name);
            _tables.TryRemove(name, out _);
            _store.Execute($"DROP TABLE IF EXISTS {Duck(name)}; DELETE FROM fake.resource WHERE kind = 'table' AND name = {SqlText.Literal(name.ToString())}");
        }
    }

    /// <summary>Columns of a table resource.</summary>
    public static IReadOnlyList<SqlColumn> Columns(JsonObject resource) =>
        [.. (resource["schema"]?["fields"] as JsonArray ?? []).Select(field => SqlType.FromField(field!))];

    /// <summary>The table in DuckDB.</summary>
    public static string Duck(TableName name) => $"{Schema(name.Project, name.Dataset)}.{SqlText.Name(name.Table)}";

    /// <summary>Name in a <c>tableReference</c>.</summary>
    public static TableName NameOf(JsonNode reference) => new(
        (string?)reference["projectId"] ?? "", (string?)reference["datasetId"] ?? "", (string?)reference["tableId"] ?? throw BigQueryException.Invalid("Required parameter is missing: tableId"));

    private static string Schema(string project, string dataset) => SqlText.Name($"{project}:{dataset}");

    private JsonObject? Live(TableName name)
    {
        if (!_tables.TryGetValue(name, out var resource))
        {
            return null;
        }

        var expires = long.TryParse(resource["expirationTime"]?.ToString(), CultureInfo.InvariantCulture, out var time) ? time : long.MaxValue;
        return expires > _clock.GetUtcNow().ToUnixTimeMilliseconds() ? resource : null;
    }

    private JsonObject Stamped(string kind, string id, JsonObject body)
    {
        var resource = (JsonObject)body.DeepClone();
        foreach (var empty in resource.Where(member => member.Value is null).Select(member => member.Key).ToList())
        {
            resource.Remove(empty);
        }

        resource["kind"] = kind;
        resource["id"] = id;
        resource["etag"] = RandomId.Next();
        resource["creationTime"] = Now();
        resource["lastModifiedTime"] = Now();
        return resource;
    }

    private static JsonObject Patched(JsonObject resource, JsonObject body, params ReadOnlySpan<string> kept)
    {
        var patched = (JsonObject)resource.DeepClone();
        foreach (var (member, value) in body)
        {
            if (value is null)
            {
                if (member is not "schema" && !kept.Contains(member))
                {
                    patched.Remove(member);
                }
            }
            else if (!kept.Contains(member))
            {
                patched[member] = value.DeepClone();
            }
        }

        return patched;
    }

    private string Now() => _clock.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);

    private void Keep(string kind, string name, JsonObject resource) => _store.Execute(
        $"DELETE FROM fake.resource WHERE kind = '{kind}' AND name = {SqlText.Literal(name)}; INSERT INTO fake.resource VALUES ('{kind}', {SqlText.Literal(name)}, {SqlText.Literal(resource.ToJsonString())})");
}
