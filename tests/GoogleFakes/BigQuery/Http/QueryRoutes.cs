using System.Globalization;
using System.Text.Json.Nodes;
using RetailInsight.GoogleFakes.BigQuery.Jobs;
using RetailInsight.GoogleFakes.BigQuery.Rows;

namespace RetailInsight.GoogleFakes.BigQuery.Http;

/// <summary><c>jobs.query</c> and <c>getQueryResults</c>.</summary>
internal static class QueryRoutes
{
    private const int DefaultWait = 10_000;
    private const int LongestWait = 200_000;
    private const long LargestPage = 10_000;
    private static readonly string[] OfConfiguration =
    [
        "query", "defaultDataset", "queryParameters", "parameterMode", "maximumBytesBilled", "useLegacySql", "useQueryCache", "createSession", "connectionProperties",
    ];

    /// <summary>Maps them.</summary>
    public static void Map(Routes routes, JobRunner jobs, DuckStore store)
    {
        routes.Map("POST", "/queries", async call => await QueryAsync(call, await call.BodyAsync(), jobs, store));
        routes.Map("GET", "/queries/{job}", async call =>
        {
            var job = jobs.Find(call.Project, call["job"]);
            await WaitAsync(job, call.Number("timeoutMs", DefaultWait), call.Context.RequestAborted);
            var start = call.Query("pageToken") is { } token ? Paging.Start(token) : call.Number("startIndex", 0);
            return Results(job, "bigquery#getQueryResultsResponse", store, start, call.Number("maxResults", LargestPage), call.Flag("formatOptions.useInt64Timestamp"));
        });
    }

    private static async Task<JsonNode?> QueryAsync(Routes.Call call, JsonObject body, JobRunner jobs, DuckStore store)
    {
        var query = new JsonObject();
        foreach (var member in OfConfiguration.Where(member => body[member] is not null))
        {
            query[member] = body[member]!.DeepClone();
        }

        if ((bool?)body["dryRun"] == true)
        {
            var statistics = jobs.DryRun(call.Project, query);
            return new JsonObject
            {
                ["kind"] = "bigquery#queryResponse",
                ["jobReference"] = new JsonObject { ["projectId"] = call.Project, ["location"] = (string?)body["location"] ?? "US" },
                ["jobComplete"] = true,
                ["totalBytesProcessed"] = statistics["totalBytesProcessed"]?.DeepClone(),
                ["schema"] = statistics["query"]?["schema"]?.DeepClone(),
                ["cacheHit"] = false,
            };
        }

        var configuration = new JsonObject { ["query"] = query };
        if (body["labels"] is { } labels)
        {
            configuration["labels"] = labels.DeepClone();
        }

        var job = jobs.Once(call.Project, (string?)body["requestId"], () =>
            jobs.Submit(call.Project, new JsonObject { ["location"] = body["location"]?.DeepClone() }, configuration));
        await WaitAsync(job, Number(body["timeoutMs"], DefaultWait), call.Context.RequestAborted);
        return Results(job, "bigquery#queryResponse", store, 0, Number(body["maxResults"], LargestPage), (bool?)body["formatOptions"]?["useInt64Timestamp"] == true);
    }

    private static long Number(JsonNode? node, long otherwise) => long.TryParse(node?.ToString(), CultureInfo.InvariantCulture, out var number) ? number : otherwise;

    private static async Task WaitAsync(Job job, long milliseconds, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(job.Done, Task.Delay(TimeSpan.FromMilliseconds(Math.Clamp(milliseconds, 0, LongestWait)), stop.Token));
        await stop.CancelAsync();
    }

    private static JsonObject Results(Job job, string kind, DuckStore store, long start, long count, bool wholeTimestamps)
    {
        var answer = new JsonObject { ["kind"] = kind, ["jobReference"] = job.Reference(), ["jobComplete"] = job.State == "DONE" };
        if (job.State != "DONE")
        {
            return answer;
        }

        if (job.Error is { } error)
        {
            throw error;
        }

        if (job.Configuration["query"] is null)
        {
            throw BigQueryException.Invalid("Cannot get query results of a job that is no query");
        }

        var statistics = job.Statistics["query"]!;
        answer["totalBytesProcessed"] = job.Statistics["totalBytesProcessed"]?.DeepClone();
        answer["cacheHit"] = false;
        answer["etag"] = job.Id;
        if (statistics["numDmlAffectedRows"] is { } changed)
        {
            answer["numDmlAffectedRows"] = changed.DeepClone();
        }

        var result = job.Result;
        answer["totalRows"] = Job.Text(result?.Rows ?? 0);
        if (result is null)
        {
            return answer;
        }

        answer["schema"] = QueryJob.SchemaOf(result.Columns);
        var rows = RowWriter.Page(store, result.Duck, result.Columns, start, Math.Clamp(count, 0, LargestPage), wholeTimestamps);
        if (rows.Count > 0)
        {
            answer["rows"] = rows;
        }

        if (start + rows.Count < result.Rows)
        {
            answer["pageToken"] = Paging.Token(start + rows.Count);
        }

        return answer;
    }
}
