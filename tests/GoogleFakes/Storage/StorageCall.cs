using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Features;

namespace RetailInsight.GoogleFakes.Storage;

/// <summary>Which door a request came through.</summary>
internal enum StorageDoor
{
    /// <summary><c>/storage/v1/…</c>, or the same without that prefix.</summary>
    Plain,

    /// <summary><c>/upload/storage/v1/…</c> or <c>/resumable/upload/storage/v1/…</c>.</summary>
    Upload,

    /// <summary><c>/download/storage/v1/…</c>.</summary>
    Download,
}

/// <summary>A request, its path taken apart.</summary>
internal sealed record StorageCall(HttpContext Context, StorageDoor Door, string Method, string[] Path)
{
    /// <summary>The query.</summary>
    public IQueryCollection Query => Context.Request.Query;

    /// <summary>Stops when the client is gone.</summary>
    public CancellationToken Aborted => Context.RequestAborted;

    /// <summary>Root address the client used.</summary>
    public string Host => $"{Context.Request.Scheme}://{Context.Request.Host}";

    /// <summary>The generation asked for, if any.</summary>
    public long? Generation => Preconditions.Number(Query, "generation");

    /// <summary>Preconditions in the query.</summary>
    public Preconditions Preconditions => Preconditions.From(Query);

    /// <summary>
    /// Takes a request's path apart. The raw one: an object's name is one segment in which a slash stands as %2F, which
    /// decoded paths no longer tell from a literal percent sign followed by 2F.
    /// </summary>
    public static StorageCall Parse(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var parts = target.Split('?')[0].Split('/', StringSplitOptions.None).Skip(1).Select(Uri.UnescapeDataString).ToList();
        if (parts[0] == "resumable")
        {
            parts.RemoveAt(0);
        }

        var door = parts[0] switch { "upload" => StorageDoor.Upload, "download" => StorageDoor.Download, _ => StorageDoor.Plain };
        if (door != StorageDoor.Plain)
        {
            parts.RemoveAt(0);
        }

        if (parts[0] == "storage")
        {
            parts.RemoveRange(0, Math.Min(2, parts.Count));
        }

        var method = context.Request.Headers["X-HTTP-Method-Override"].ToString();
        return new(context, door, method.Length > 0 ? method : context.Request.Method, [.. parts]);
    }

    /// <summary>The body as a JSON object; empty when there is none.</summary>
    /// <exception cref="StorageException">400.</exception>
    public async Task<JsonObject> ReadJsonAsync()
    {
        using var body = new MemoryStream();
        await Context.Request.Body.CopyToAsync(body, Aborted);
        return Json(body.ToArray());
    }

    /// <summary>Reads JSON; nothing counts as an empty object.</summary>
    /// <exception cref="StorageException">400.</exception>
    public static JsonObject Json(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return bytes.Length == 0 ? [] : JsonNode.Parse(bytes.Span) as JsonObject ?? throw StorageException.Invalid("An object is expected.");
        }
        catch (JsonException)
        {
            throw new StorageException(400, "parseError", "Parse Error");
        }
    }

    /// <summary>Answers with JSON.</summary>
    public Task AnswerAsync(JsonObject body, int status = 200)
    {
        Context.Response.StatusCode = status;
        Context.Response.ContentType = "application/json; charset=UTF-8";
        return Context.Response.WriteAsync(body.ToJsonString(), Aborted);
    }

    /// <summary>Answers with an object resource.</summary>
    public Task AnswerAsync(BucketDirectory bucket, StoredObject item)
    {
        Context.Response.Headers.ETag = item.ETag;
        return AnswerAsync(item.ToResource(bucket.Name, Host));
    }

    /// <summary>Answers that it is done and there is nothing to say.</summary>
    public void AnswerNothing() => Context.Response.StatusCode = 204;
}
