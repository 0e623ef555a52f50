using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using RetailInsight.GoogleFakes.BigQuery.Jobs;
using RetailInsight.GoogleFakes.BigQuery.Rows;
using RetailInsight.GoogleFakes.BigQuery.Sql;

namespace RetailInsight.GoogleFakes.BigQuery.Http;

/// <summary>Rows of tables: <c>tabledata.list</c> and <c>insertAll</c>.</summary>
internal static class TableDataRoutes
{
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(1);

    /// <summary>Maps them.</summary>
    public static void Map(Routes routes, Catalog catalog, DuckStore store, TimeProvider clock)
    {
        var seen = new ConcurrentDictionary<(TableName Table, string InsertId), DateTimeOffset>();
        routes.Map("GET", "/datasets/{dataset}/tables/{table}/data", call => DatasetRoutes.Answer(List(call, catalog, store)));
        routes.Map("POST", "/datasets/{dataset}/tables/{table}/insertAll", async call => Insert(call, await call.BodyAsync(), catalog, store, seen, clock));
    }

    private static JsonObject List(Routes.Call call, Catalog catalog, DuckStore store)
    {
        var table = catalog.Find(call.Table) ?? throw BigQueryException.NotFound($"Table {call.Table}");
        if (table.View is not null)
        {
            throw BigQueryException.Invalid($"Cannot list a table of type VIEW.");
        }

        var selected = call.Query("selectedFields")?.Split(',');
        if (selected?.FirstOrDefault(name => !table.Columns.Any(column => column.Name == name)) is { } unknown)
        {
            throw BigQueryException.Invalid($"Field {unknown} in selectedFields does not exist");
        }

        var columns = table.Columns.Where(column => selected?.Contains(column.Name) != false).ToList();
        var total = table.Columns.Count == 0 ? 0 : store.Whole($"SELECT count(*) FROM {table.Duck}");
        var start = call.Query("pageToken") is { } token ? Paging.Start(token) : call.Number("startIndex", 0);
        var rows = RowWriter.Page(store, table.Duck, columns, start, Math.Clamp(call.Number("maxResults", 10_000), 0, 10_000), call.Flag("formatOptions.useInt64Timestamp"));
        var answer = new JsonObject { ["kind"] = "bigquery#tableDataList", ["totalRows"] = Job.Text(total) };
        if (start + rows.Count < total && rows.Count > 0)
        {
            answer["pageToken"] = Paging.Token(start + rows.Count);
        }

        if (rows.Count > 0)
        {
            answer["rows"] = rows;
        }

        return answer;
    }

    private static JsonObject Insert(
        Routes.Call call, JsonObject body, Catalog catalog, DuckStore store, ConcurrentDictionary<(TableName Table, string InsertId), DateTimeOffset> seen, TimeProvider clock)
    {
        var table = catalog.Find(call.Table) ?? throw BigQueryException.NotFound($"Table {call.Table}");
        var rows = body["rows"] as JsonArray is { Count: > 0 } given ? given : throw BigQueryException.Invalid("No rows present in the request.");
        var reader = new RowReader(table.Columns);
        var lines = new List<string>();
        var errors = new JsonArray();
        var now = clock.GetUtcNow();
        var fresh = new List<(TableName, string)>();
        for (var at = 0; at < rows.Count; at++)
        {
            try
            {
                var line = reader.Line(JsonSerializer.SerializeToElement(rows[at]?["json"]), (bool?)body["ignoreUnknownValues"] == true);
                var key = (call.Table, (string?)rows[at]?["insertId"] ?? "");
                if (key.Item2.Length == 0 || !seen.TryGetValue(key, out var before) || now - before > Remembered)
                {
                    lines.Add(line);
                    fresh.Add(key);
                }
            }
            catch (BigQueryException exception)
            {
                errors.Add(Error(at, "invalid", exception.Message));
            }
        }

        // One bad row stops them all, unless the caller said otherwise.
        if (errors.Count > 0 && (bool?)body["skipInvalidRows"] != true)
        {
            var bad = errors.Select(error => (int)error!["index"]!).ToHashSet();
            foreach (var at in Enumerable.Range(0, rows.Count).Where(at => !bad.Contains(at)))
            {
                errors.Add(Error(at, "stopped", ""));
            }

            return new JsonObject { ["kind"] = "bigquery#tableDataInsertAllResponse", ["insertErrors"] = errors };
        }

        Write(store, table, reader, lines);
        foreach (var key in fresh.Where(key => key.Item2.Length > 0))
        {
            seen[key] = now;
        }

        var answer = new JsonObject { ["kind"] = "bigquery#tableDataInsertAllResponse" };
        if (errors.Count > 0)
        {
            answer["insertErrors"] = errors;
        }

        return answer;
    }

    private static void Write(DuckStore store, SqlTable table, RowReader reader, List<string> lines)
    {
        if (lines.Count == 0)
        {
            return;
        }

        var file = Path.Combine(store.Directory, $"insert-{RandomId.Next()}.ndjson");
        try
        {
            File.WriteAllLines(file, lines);
            store.Execute(reader.Insert(table.Duck, file));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static JsonObject Error(int index, string reason, string message) => new()
    {
        ["index"] = index,
        ["errors"] = new JsonArray(new JsonObject { ["reason"] = reason, ["location"] = "", ["debugInfo"] = "", ["message"] = message }),
    };
}
