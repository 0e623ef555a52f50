using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using RetailInsight.Core.Ports;
using RetailInsight.GoogleFakes.BigQuery;
using RetailInsight.GoogleFakes.BigQuery.Jobs;
using RetailInsight.GoogleFakes.BigQuery.Rows;
using RetailInsight.GoogleFakes.BigQuery.Sql;

namespace RetailInsight.Tests.GoogleFakes;

/// <summary>The BigQuery fake without its server: project p, dataset d.</summary>
public sealed class LocalBigQuery : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("bigquery-fake-").FullName;
    private int _jobs;

    public LocalBigQuery()
    {
        Store = new DuckStore(_directory);
        Catalog = new Catalog(Store, TimeProvider.System);
        Catalog.AddDataset("p", new JsonObject { ["datasetReference"] = new JsonObject { ["datasetId"] = "d" } });
        Queries = new QueryJob(Store, Catalog, Locks, new ModificationQuota(new BigQuerySettings(), TimeProvider.System));
    }

    internal DuckStore Store { get; }

    internal Catalog Catalog { get; }

    internal MutationLocks Locks { get; } = new();

    internal QueryJob Queries { get; }

    /// <summary>Runs a script; returns the rows of its last statement, values as in the API, TIMESTAMP in microseconds.</summary>
    public IReadOnlyList<string> Rows(string sql, params (string Name, string Type, JsonNode? Value)[] parameters)
    {
        var job = Run(sql, parameters);
        if (job.Result is not { } result)
        {
            return [];
        }

        return [.. RowWriter.Page(Store, result.Duck, result.Columns, 0, 1_000_000, true).Select(row => string.Join(" | ", row!["f"]!.AsArray().Select(Text)))];
    }

    /// <summary>The reason and message a script is refused with.</summary>
    public string Refusal(string sql)
    {
        var refusal = Assert.Throws<BigQueryException>(() => Run(sql, []));
        return $"{refusal.Reason}: {refusal.Message}";
    }

    /// <summary>Makes a table and puts rows into it.</summary>
    public void Add(TableSpec table, IEnumerable<JsonObject> rows)
    {
        var fields = table.Columns.Select(column => (JsonNode)new JsonObject
        {
            ["name"] = column.Name,
            ["type"] = column.Type.ToString().ToUpperInvariant(),
            ["mode"] = column.Nullable ? "NULLABLE" : "REQUIRED",
        });
        var name = new TableName("p", "d", table.Name);
        Catalog.Add(name, new JsonObject { ["schema"] = new JsonObject { ["fields"] = new JsonArray([.. fields]) } });
        var reader = new RowReader(Catalog.Find(name)!.Columns);
        var file = Path.Combine(_directory, table.Name);
        File.WriteAllLines(file, rows.Select(row => reader.Line(JsonSerializer.SerializeToElement(row), false)));
        if (new FileInfo(file).Length > 0)
        {
            Store.Execute(reader.Insert(Catalog.Duck(name), file));
        }
    }

    /// <summary>Makes a view, its tables qualified by hand as BigQuery demands.</summary>
    public void Add(ViewSpec view, string qualified) => Catalog.Add(
        new TableName("p", "d", view.Name), new JsonObject { ["view"] = new JsonObject { ["query"] = qualified, ["useLegacySql"] = false } });

    /// <summary>A dry run's statistics.</summary>
    internal JsonNode DryRun(string sql) => Queries.DryRun("p", Query(sql, []));

    /// <summary>Translates a statement.</summary>
    internal SqlStatement Translate(string sql) => new SqlScript(sql).Translate(0, new SqlContext("p", "d", Catalog.Find));

    public void Dispose()
    {
        Store.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private Job Run(string sql, (string Name, string Type, JsonNode? Value)[] parameters)
    {
        var job = new Job("p", $"j{Interlocked.Increment(ref _jobs).ToString(CultureInfo.InvariantCulture)}", "US", new JsonObject { ["query"] = Query(sql, parameters) }, 0);
        Queries.Run(job, _ => { });
        return job;
    }

    private static JsonObject Query(string sql, (string Name, string Type, JsonNode? Value)[] parameters) => new()
    {
        ["query"] = sql,
        ["useLegacySql"] = false,
        ["defaultDataset"] = new JsonObject { ["projectId"] = "p", ["datasetId"] = "d" },
        ["queryParameters"] = new JsonArray([.. parameters.Select(parameter => (JsonNode)new JsonObject
        {
            ["name"] = parameter.Name,
            ["parameterType"] = parameter.Value is JsonArray
                ? new JsonObject { ["type"] = "ARRAY", ["arrayType"] = new JsonObject { ["type"] = parameter.Type } } : new JsonObject { ["type"] = parameter.Type },
            ["parameterValue"] = parameter.Value is JsonArray items
                ? new JsonObject { ["arrayValues"] = new JsonArray([.. items.Select(item => (JsonNode)new JsonObject { ["value"] = item?.DeepClone() })]) }
                : new JsonObject { ["value"] = parameter.Value?.DeepClone() },
        })]),
    };

    private static string Text(JsonNode? cell) => cell!["v"] switch
    {
        null => "NULL",
        JsonArray items => $"[{string.Join(", ", items.Select(Text))}]",
        JsonObject record => $"({string.Join(", ", record["f"]!.AsArray().Select(Text))})",
        var value => (string)value!,
    };
}
