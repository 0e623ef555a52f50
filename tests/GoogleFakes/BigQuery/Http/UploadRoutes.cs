using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using RetailInsight.GoogleFakes.BigQuery.Jobs;

namespace RetailInsight.GoogleFakes.BigQuery.Http;

/// <summary>Load jobs that bring their data: multipart in one request, resumable in chunks.</summary>
internal static class UploadRoutes
{
    /// <summary>Maps them.</summary>
    public static void Map(WebApplication app, JobRunner jobs)
    {
        var uploads = new ConcurrentDictionary<string, Upload>();
        foreach (var path in (string[])["/upload/bigquery/v2/projects/{project}/jobs", "/resumable/upload/bigquery/v2/projects/{project}/jobs", "/upload/projects/{project}/jobs"])
        {
            app.MapPost(path, context => AnswerStartAsync(context, jobs, uploads));
            app.MapPut(path, context => AnswerChunkAsync(context, jobs, uploads));
        }
    }

    private static Task AnswerStartAsync(HttpContext context, JobRunner jobs, ConcurrentDictionary<string, Upload> uploads) =>
        Routes.HandleAsync(context, call => StartAsync(call, jobs, uploads));

    private static Task AnswerChunkAsync(HttpContext context, JobRunner jobs, ConcurrentDictionary<string, Upload> uploads) =>
        Routes.HandleAsync(context, call => ContinueAsync(call, jobs, uploads));

    private static async Task<JsonNode?> StartAsync(Routes.Call call, JobRunner jobs, ConcurrentDictionary<string, Upload> uploads)
    {
        switch (call.Query("uploadType"))
        {
            case "multipart":
                var (job, data) = Multipart.Split(call.Context.Request.ContentType ?? "", await ReadAsync(call.Context));
                return Submit(call.Project, job, data, jobs);
            case "resumable":
                var id = RandomId.Next();
                uploads[id] = new Upload(await call.BodyAsync());
                var request = call.Context.Request;
                call.Context.Response.Headers.Location = $"{request.Scheme}://{request.Host}{request.Path}?uploadType=resumable&upload_id={id}";
                call.Context.Response.Headers["X-GUploader-UploadID"] = id;
                return new JsonObject();
            default:
                throw BigQueryException.Invalid("uploadType must be multipart or resumable");
        }
    }

    private static async Task<JsonNode?> ContinueAsync(Routes.Call call, JobRunner jobs, ConcurrentDictionary<string, Upload> uploads)
    {
        if (call.Query("upload_id") is not { } id || !uploads.TryGetValue(id, out var upload))
        {
            throw BigQueryException.NotFound("Upload session");
        }

        var chunk = await ReadAsync(call.Context);
        var (start, last) = Range(call.Context.Request.Headers.ContentRange.ToString(), chunk.Length, upload.Length);
        var answer = upload.Add(start, chunk, last, data => Submit(call.Project, upload.Job, data, jobs));
        if (answer is not null)
        {
            return answer;
        }

        call.Context.Response.StatusCode = 308;
        if (upload.Length > 0)
        {
            call.Context.Response.Headers.Range = $"bytes=0-{upload.Length - 1}";
        }

        await call.Context.Response.CompleteAsync();
        return new JsonObject();
    }

    /// <summary>Where a chunk starts and whether it is the last one.</summary>
    private static (long Start, bool Last) Range(string header, long length, long have)
    {
        if (header.Length == 0)
        {
            return (0, true);
        }

        var parts = header["bytes ".Length..].Split('/');
        var total = long.TryParse(parts[1], CultureInfo.InvariantCulture, out var known) ? known : (long?)null;
        if (parts[0] == "*")
        {
            return (have, total == have);
        }

        var ends = parts[0].Split('-');
        var start = long.Parse(ends[0], CultureInfo.InvariantCulture);
        return (start, ends[1] == "*" || start + length == total);
    }

    private static JsonObject Submit(string project, JsonObject body, byte[] data, JobRunner jobs)
    {
        var configuration = body["configuration"] as JsonObject ?? throw BigQueryException.Invalid("Required parameter is missing: configuration");
        return configuration["load"] is null
            ? throw BigQueryException.Invalid("Media upload is only for load jobs")
            : jobs.Submit(project, body["jobReference"], (JsonObject)configuration.DeepClone(), data).Resource();
    }

    private static async Task<byte[]> ReadAsync(HttpContext context)
    {
        using var memory = new MemoryStream();
        await context.Request.Body.CopyToAsync(memory, context.RequestAborted);
        return memory.ToArray();
    }

    /// <summary>A resumable upload under way.</summary>
    /// <param name="job">The job it is for.</param>
    private sealed class Upload(JsonObject job) : IDisposable
    {
        private readonly Lock _lock = new();
        private readonly MemoryStream _data = new();
        private JsonNode? _answer;

        public JsonObject Job => job;

        public long Length
        {
            get
            {
                lock (_lock)
                {
                    return _data.Length;
                }
            }
        }

        /// <summary>Adds a chunk; the last one starts the job, and once only.</summary>
        public JsonNode? Add(long start, byte[] chunk, bool last, Func<byte[], JsonNode> finish)
        {
            lock (_lock)
            {
                if (_answer is null && start <= _data.Length)
                {
                    _data.Position = start;
                    _data.Write(chunk);
                    _answer = last ? finish(_data.ToArray()) : null;
                }

                return _answer?.DeepClone();
            }
        }

        public void Dispose() => _data.Dispose();
    }
}
