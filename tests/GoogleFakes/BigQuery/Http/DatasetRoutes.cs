using System.Text.Json.Nodes;

namespace RetailInsight.GoogleFakes.BigQuery.Http;

/// <summary>Projects and datasets.</summary>
internal static class DatasetRoutes
{
    /// <summary>Maps them.</summary>
    public static void Map(Routes routes, Catalog catalog)
    {
        routes.Map("GET", "/datasets", call => Answer(Paging.Page(call, "bigquery#datasetList", "datasets", catalog.Datasets(call.Project).Select(Brief))));
        routes.Map("POST", "/datasets", async call => catalog.AddDataset(call.Project, await call.BodyAsync()).DeepClone());
        routes.Map("GET", "/datasets/{dataset}", call => Answer(catalog.Dataset(call.Project, call["dataset"]).DeepClone()));
        foreach (var method in (ReadOnlySpan<string>)["PATCH", "PUT"])
        {
            routes.Map(method, "/datasets/{dataset}", async call => catalog.PatchDataset(call.Project, call["dataset"], await call.BodyAsync()).DeepClone());
        }

        routes.Map("DELETE", "/datasets/{dataset}", call =>
        {
            catalog.RemoveDataset(call.Project, call["dataset"], call.Flag("deleteContents"));
            return Answer(null);
        });
    }

    /// <summary>An answer that is there at once.</summary>
    public static Task<JsonNode?> Answer(JsonNode? answer) => Task.FromResult(answer);

    private static JsonObject Brief(JsonObject dataset) => new()
    {
        ["kind"] = "bigquery#dataset",
        ["id"] = dataset["id"]!.DeepClone(),
        ["datasetReference"] = dataset["datasetReference"]!.DeepClone(),
        ["location"] = dataset["location"]?.DeepClone(),
        ["labels"] = dataset["labels"]?.DeepClone(),
    };
}
