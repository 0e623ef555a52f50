using System.Text.Json.Nodes;
using RetailInsight.GoogleFakes.BigQuery.Jobs;

namespace RetailInsight.GoogleFakes.BigQuery.Http;

/// <summary>Jobs.</summary>
internal static class JobRoutes
{
    /// <summary>Maps them.</summary>
    public static void Map(Routes routes, JobRunner jobs)
    {
        routes.Map("POST", "/jobs", async call => Insert(call.Project, await call.BodyAsync(), jobs));
        routes.Map("GET", "/jobs", call => DatasetRoutes.Answer(Paging.Page(call, "bigquery#jobList", "jobs", jobs.List(call.Project, call.Query("parentJobId")).Select(Brief))));
        routes.Map("GET", "/jobs/{job}", call => DatasetRoutes.Answer(jobs.Find(call.Project, call["job"]).Resource()));
        routes.Map("POST", "/jobs/{job}/cancel", call =>
        {
            var job = jobs.Find(call.Project, call["job"]);
            job.Cancel();
            return DatasetRoutes.Answer(new JsonObject { ["kind"] = "bigquery#jobCancelResponse", ["job"] = job.Resource() });
        });
        routes.Map("DELETE", "/jobs/{job}/delete", call =>
        {
            jobs.Forget(call.Project, call["job"]);
            return DatasetRoutes.Answer(null);
        });
    }

    private static JsonObject Insert(string project, JsonObject body, JobRunner jobs)
    {
        var configuration = body["configuration"] as JsonObject ?? throw BigQueryException.Invalid("Required parameter is missing: configuration");
        if ((bool?)configuration["dryRun"] == true && configuration["query"] is JsonObject query)
        {
            return new JsonObject
            {
                ["kind"] = "bigquery#job",
                ["jobReference"] = new JsonObject { ["projectId"] = project, ["location"] = (string?)body["jobReference"]?["location"] ?? "US" },
                ["configuration"] = configuration.DeepClone(),
                ["status"] = new JsonObject { ["state"] = "DONE" },
                ["statistics"] = jobs.DryRun(project, query),
            };
        }

        return jobs.Submit(project, body["jobReference"], (JsonObject)configuration.DeepClone()).Resource();
    }

    private static JsonObject Brief(Job job)
    {
        var resource = job.Resource();
        resource["state"] = job.State;
        if (job.Error is { } error)
        {
            resource["errorResult"] = new JsonObject { ["reason"] = error.Reason, ["message"] = error.Message };
        }

        return resource;
    }
}
