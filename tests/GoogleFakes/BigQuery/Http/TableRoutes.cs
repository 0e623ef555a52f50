using System.Globalization;
using System.Text.Json.Nodes;
using RetailInsight.GoogleFakes.BigQuery.Jobs;
using RetailInsight.GoogleFakes.BigQuery.Sql;

namespace RetailInsight.GoogleFakes.BigQuery.Http;

/// <summary>Tables and views.</summary>
internal static class TableRoutes
{
    /// <summary>Maps them.</summary>
    public static void Map(Routes routes, Catalog catalog, DuckStore store)
    {
        routes.Map("GET", "/datasets/{dataset}/tables", call =>
        {
            _ = catalog.Dataset(call.Project, call["dataset"]);
            return DatasetRoutes.Answer(Paging.Page(call, "bigquery#tableList", "tables", catalog.Tables(call.Project, call["dataset"]).Select(Brief)));
        });
        routes.Map("POST", "/datasets/{dataset}/tables", async call =>
        {
            var body = await call.BodyAsync();
            var table = (string?)body["tableReference"]?["tableId"] ?? throw BigQueryException.Invalid("Required parameter is missing: tableReference");
            return catalog.Add(new TableName(call.Project, call["dataset"], table), body).DeepClone();
        });
        routes.Map("GET", "/datasets/{dataset}/tables/{table}", call =>
        {
            _ = catalog.Dataset(call.Project, call["dataset"]);
            return DatasetRoutes.Answer(Full(catalog.Table(call.Table), call.Table, store));
        });
        foreach (var method in (ReadOnlySpan<string>)["PATCH", "PUT"])
        {
            routes.Map(method, "/datasets/{dataset}/tables/{table}", async call => Change(call, await call.BodyAsync(), catalog));
        }

        routes.Map("DELETE", "/datasets/{dataset}/tables/{table}", call =>
        {
            catalog.Remove(call.Table);
            return DatasetRoutes.Answer(null);
        });
    }

    private static JsonNode Change(Routes.Call call, JsonObject body, Catalog catalog)
    {
        var etag = (string?)call.Context.Request.Headers.IfMatch;
        return etag is null || etag.Trim('"') == (string?)catalog.Table(call.Table)["etag"]
            ? catalog.Patch(call.Table, body, call.Context.Request.Method == "PUT").DeepClone()
            : throw new BigQueryException(412, "conditionNotMet", "Precondition check failed.");
    }

    private static JsonObject Full(JsonObject table, TableName name, DuckStore store)
    {
        var full = (JsonObject)table.DeepClone();
        if (full["view"] is null)
        {
            using var connection = store.Connect();
            var columns = Catalog.Columns(table);
            var duck = Catalog.Duck(name);
            var rows = columns.Count == 0 ? 0 : store.Whole($"SELECT count(*) FROM {duck}");
            var bytes = BytesRead.ByTable(connection, columns.Select(column => new ColumnRead(duck, column.Name)), (_, column) => columns.First(candidate => candidate.Name == column).Type);
            full["numRows"] = rows.ToString(CultureInfo.InvariantCulture);
            full["numBytes"] = bytes.Sum().ToString(CultureInfo.InvariantCulture);
        }

        return full;
    }

    private static JsonObject Brief(JsonObject table)
    {
        var brief = new JsonObject { ["kind"] = "bigquery#table" };
        foreach (var member in (ReadOnlySpan<string>)["id", "tableReference", "type", "labels", "timePartitioning", "clustering", "creationTime", "expirationTime"])
        {
            if (table[member] is { } value)
            {
                brief[member] = value.DeepClone();
            }
        }

        return brief;
    }
}
