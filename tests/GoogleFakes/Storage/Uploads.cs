using System.Text.Json.Nodes;

namespace RetailInsight.GoogleFakes.Storage;

/// <summary>Uploads in one request, and the first request of those in several.</summary>
internal static class Uploads
{
    /// <summary>Answers <c>POST /upload/…/o</c> by its <c>uploadType</c>.</summary>
    public static Task StartAsync(StorageCall call, StorageDirectory storage, BucketDirectory bucket) => call.Query["uploadType"].ToString() switch
    {
        "multipart" => MultipartAsync(call, storage, bucket),
        "media" => MediaAsync(call, storage, bucket),
        "resumable" when call.Query["upload_id"].ToString().Length == 0 => ResumableUploads.StartAsync(call, storage, bucket),
        "resumable" => ResumableUploads.ContinueAsync(call, storage),
        var other => throw StorageException.Invalid($"Invalid upload type '{other}'."),
    };

    /// <summary>The name an upload's object is to have: in the query or in the metadata.</summary>
    public static string NameOf(StorageCall call, JsonObject metadata)
    {
        var name = call.Query["name"].ToString() is { Length: > 0 } inQuery ? inQuery : metadata["name"]?.GetValue<string>() ?? "";
        return name.Length is > 0 and <= 1024 ? name : throw new StorageException(400, "required", "An object needs a name of 1 to 1024 bytes.");
    }

    /// <summary>The settings of an object whose metadata may not state the content type that came with its bytes.</summary>
    public static JsonObject SettingsOf(JsonObject metadata, string contentType)
    {
        var settings = StoredObject.SettingsOf(metadata);
        if (!settings.ContainsKey("contentType") && contentType.Length > 0)
        {
            settings["contentType"] = contentType;
        }

        return settings;
    }

    /// <summary>Makes content an object, its declared checksums verified.</summary>
    public static StoredObject Commit(BucketDirectory bucket, string name, JsonObject metadata, string contentType, Content content, Preconditions preconditions, IHeaderDictionary headers)
    {
        content.Verify(metadata["crc32c"]?.GetValue<string>(), metadata["md5Hash"]?.GetValue<string>(), headers);
        return bucket.Put(name, content, SettingsOf(metadata, contentType), preconditions);
    }

    private static async Task MultipartAsync(StorageCall call, StorageDirectory storage, BucketDirectory bucket)
    {
        using var body = new MemoryStream();
        await call.Context.Request.Body.CopyToAsync(body, call.Aborted);
        var parts = MultipartRelated.Parse(call.Context.Request.ContentType ?? "", body.GetBuffer().AsMemory(0, (int)body.Length));
        var metadata = StorageCall.Json(parts.Metadata);
        using var media = new MemoryStream(parts.Media.ToArray());
        await PutAsync(call, storage, bucket, metadata, parts.MediaType, media);
    }

    private static Task MediaAsync(StorageCall call, StorageDirectory storage, BucketDirectory bucket) =>
        PutAsync(call, storage, bucket, [], call.Context.Request.ContentType ?? "", call.Context.Request.Body);

    private static async Task PutAsync(StorageCall call, StorageDirectory storage, BucketDirectory bucket, JsonObject metadata, string contentType, Stream media)
    {
        var name = NameOf(call, metadata);
        var path = storage.NewIncomingPath();
        try
        {
            var content = await Content.WriteAsync(path, [media], call.Aborted);
            await call.AnswerAsync(bucket, Commit(bucket, name, metadata, contentType, content, call.Preconditions, call.Context.Request.Headers));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
