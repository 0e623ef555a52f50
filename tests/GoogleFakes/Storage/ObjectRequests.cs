using System.Globalization;
using System.Text.Json.Nodes;

namespace RetailInsight.GoogleFakes.Storage;

/// <summary>Requests about objects other than sending and receiving their content.</summary>
internal static class ObjectRequests
{
    private const int MostSources = 32;

    /// <summary>Answers by method and path.</summary>
    public static Task AnswerAsync(StorageCall call, StorageDirectory storage, BucketDirectory bucket) => (call.Method, call.Path[3..]) switch
    {
        ("GET" or "HEAD", [var name]) => GetAsync(call, bucket, name),
        ("PATCH", [var name]) => UpdateAsync(call, bucket, name, (present, body) => StoredObject.Patch(present.Settings, body)),
        ("PUT", [var name]) => UpdateAsync(call, bucket, name, (_, body) => StoredObject.SettingsOf(body)),
        ("DELETE", [var name]) => DeleteAsync(call, bucket, name),
        ("POST", [var name, "compose"]) => ComposeAsync(call, storage, bucket, name),
        ("POST", [var name, "rewriteTo" or "copyTo", "b", var target, "o", var copy]) => CopyAsync(call, storage, (bucket, name), (storage[target], copy)),
        _ => throw new StorageException(404, "notFound", $"Nothing answers {call.Method} {string.Join('/', call.Path)}."),
    };

    private static Task GetAsync(StorageCall call, BucketDirectory bucket, string name)
    {
        var found = bucket.Find(name);
        if (found is null || (call.Generation is { } generation && generation != found.Generation))
        {
            throw StorageException.NoObject(bucket.Name, name);
        }

        call.Preconditions.Check(found);
        return call.AnswerAsync(bucket, found);
    }

    private static async Task UpdateAsync(StorageCall call, BucketDirectory bucket, string name, Func<StoredObject, JsonObject, JsonObject> change)
    {
        var body = await call.ReadJsonAsync();
        await call.AnswerAsync(bucket, bucket.Patch(name, call.Generation, call.Preconditions, present => change(present, body)));
    }

    private static Task DeleteAsync(StorageCall call, BucketDirectory bucket, string name)
    {
        bucket.Delete(name, call.Generation, call.Preconditions);
        call.AnswerNothing();
        return Task.CompletedTask;
    }

    private static async Task ComposeAsync(StorageCall call, StorageDirectory storage, BucketDirectory bucket, string name)
    {
        var body = await call.ReadJsonAsync();
        var wanted = (body["sourceObjects"] as JsonArray)?.OfType<JsonObject>().ToList() ?? [];
        if (wanted.Count is 0 or > MostSources)
        {
            throw StorageException.Invalid($"A compose takes 1 to {MostSources} source objects.");
        }

        var sources = new List<(StoredObject Found, FileStream Content)>();
        try
        {
            foreach (var source in wanted)
            {
                var opened = bucket.Open(source["name"]?.GetValue<string>() ?? "", Long(source["generation"]));
                sources.Add(opened);
                new Preconditions(Long(source["objectPreconditions"]?["ifGenerationMatch"]), null, null, null).Check(opened.Found);
            }

            var content = await Content.WriteAsync(storage.NewIncomingPath(), sources.Select(source => source.Content), call.Aborted);
            var settings = StoredObject.SettingsOf(body["destination"] as JsonObject ?? []);
            await call.AnswerAsync(bucket, bucket.Put(name, content, settings, call.Preconditions, sources.Sum(source => source.Found.ComponentCount ?? 1)));
        }
        finally
        {
            foreach (var (_, content) in sources)
            {
                await content.DisposeAsync();
            }
        }
    }

    private static async Task CopyAsync(StorageCall call, StorageDirectory storage, (BucketDirectory Bucket, string Name) from, (BucketDirectory Bucket, string Name) to)
    {
        var body = await call.ReadJsonAsync();
        var (source, stream) = from.Bucket.Open(from.Name, Preconditions.Number(call.Query, "sourceGeneration"));
        await using (stream)
        {
            new Preconditions(Preconditions.Number(call.Query, "ifSourceGenerationMatch"), null, Preconditions.Number(call.Query, "ifSourceMetagenerationMatch"), null).Check(source);
            var content = await Content.WriteAsync(storage.NewIncomingPath(), [stream], call.Aborted);
            var settings = body.Count == 0 ? source.Settings : StoredObject.SettingsOf(body);
            var copy = to.Bucket.Put(to.Name, content, settings, call.Preconditions);
            var resource = copy.ToResource(to.Bucket.Name, call.Host);
            var size = copy.Size.ToString(CultureInfo.InvariantCulture);
            await call.AnswerAsync(call.Path[4] == "copyTo" ? resource : new JsonObject
            {
                ["kind"] = "storage#rewriteResponse",
                ["totalBytesRewritten"] = size,
                ["objectSize"] = size,
                ["done"] = true,
                ["resource"] = resource,
            });
        }
    }

    // int64 stands as text in Google's JSON; clients also send numbers.
    private static long? Long(JsonNode? node) => node is null ? null : long.Parse(node.ToString(), CultureInfo.InvariantCulture);
}
