using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using RetailInsight.GoogleFakes.BigQuery.Sql;
using RetailInsight.Platform.Native.DuckDb;

namespace RetailInsight.GoogleFakes.BigQuery.Http;

/// <summary>Maps each route twice, under <c>/bigquery/v2</c> and bare, and answers refusals in BigQuery's shape.</summary>
/// <param name="app">The server.</param>
internal sealed class Routes(WebApplication app)
{
    private static readonly JsonSerializerOptions Written = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A route below <c>/projects/{project}</c>.</summary>
    public void Map(string method, string path, Func<Call, Task<JsonNode?>> handle)
    {
        foreach (var prefix in (ReadOnlySpan<string>)["/bigquery/v2", ""])
        {
            app.MapMethods($"{prefix}/projects/{{project}}{path}", [method], context => HandleAsync(context, handle));
        }
    }

    /// <summary>Answers a request.</summary>
    public static async Task HandleAsync(HttpContext context, Func<Call, Task<JsonNode?>> handle)
    {
        try
        {
            var answer = await handle(new Call(context));
            if (context.Response.HasStarted || answer is null)
            {
                context.Response.StatusCode = answer is null && context.Response.StatusCode == 200 ? 204 : context.Response.StatusCode;
                return;
            }

            await WriteAsync(context, answer);
        }
        catch (BigQueryException refusal)
        {
            context.Response.StatusCode = refusal.Status;
            await WriteAsync(context, Body(refusal));
        }
        catch (DuckDbException exception)
        {
            context.Response.StatusCode = 500;
            await WriteAsync(context, Body(new BigQueryException(500, "internalError", exception.Message)));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            context.Response.StatusCode = 400;
            await WriteAsync(context, Body(BigQueryException.Invalid($"Invalid JSON payload received. {exception.Message}")));
        }
    }

    /// <summary>Writes JSON.</summary>
    public static Task WriteAsync(HttpContext context, JsonNode answer)
    {
        context.Response.ContentType = "application/json; charset=UTF-8";
        return context.Response.WriteAsync(answer.ToJsonString(Written), context.RequestAborted);
    }

    private static JsonObject Body(BigQueryException refusal) => new()
    {
        ["error"] = new JsonObject
        {
            ["code"] = refusal.Status,
            ["message"] = refusal.Message,
            ["errors"] = new JsonArray(new JsonObject { ["message"] = refusal.Message, ["domain"] = "global", ["reason"] = refusal.Reason }),
            ["status"] = refusal.Status switch { 404 => "NOT_FOUND", 409 => "ALREADY_EXISTS", 403 => "PERMISSION_DENIED", 412 => "FAILED_PRECONDITION", 500 => "INTERNAL", _ => "INVALID_ARGUMENT" },
        },
    };

    /// <summary>A request.</summary>
    /// <param name="Context">What the server has of it.</param>
    internal sealed record Call(HttpContext Context)
    {
        /// <summary>The project.</summary>
        public string Project => this["project"];

        /// <summary>The table of the path.</summary>
        public TableName Table => new(Project, this["dataset"], this["table"]);

        /// <summary>A part of the path.</summary>
        public string this[string part] => (string)Context.Request.RouteValues[part]!;

        /// <summary>A query parameter, null when absent.</summary>
        public string? Query(string name) => Context.Request.Query[name] is [{ Length: > 0 } value, ..] ? value : null;

        /// <summary>A query parameter that is a whole number.</summary>
        public long Number(string name, long otherwise) => long.TryParse(Query(name), out var number) ? number : otherwise;

        /// <summary>A flag among the query parameters.</summary>
        public bool Flag(string name) => string.Equals(Query(name), "true", StringComparison.OrdinalIgnoreCase);

        /// <summary>The JSON body; empty when there is none.</summary>
        public async Task<JsonObject> BodyAsync()
        {
            await using var body = Context.Request.Headers.ContentEncoding == "gzip"
                ? new GZipStream(Context.Request.Body, CompressionMode.Decompress) : Context.Request.Body;
            using var text = new StreamReader(body);
            var json = await text.ReadToEndAsync(Context.RequestAborted);
            return json.Length == 0 ? [] : JsonNode.Parse(json) as JsonObject ?? throw BigQueryException.Invalid("Request body is not an object.");
        }
    }
}
