using System.Globalization;
using System.Text.Json.Nodes;

namespace RetailInsight.GoogleFakes.Storage;

/// <summary>Requests about buckets.</summary>
internal static class BucketRequests
{
    /// <summary>Makes a bucket.</summary>
    public static async Task CreateAsync(StorageCall call, StorageDirectory storage)
    {
        var now = storage.Now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var wanted = await call.ReadJsonAsync();
        wanted["location"] = (wanted["location"]?.GetValue<string>() ?? "US").ToUpperInvariant();
        wanted["storageClass"] ??= "STANDARD";
        wanted["timeCreated"] = now;
        wanted["updated"] = now;
        wanted["metageneration"] = "1";
        wanted["generation"] = "1";
        wanted["projectNumber"] = "1";
        wanted["locationType"] = "region";
        await call.AnswerAsync(Resource(call, storage.Create(wanted)));
    }

    /// <summary>All buckets; the fake has one project.</summary>
    public static Task ListAsync(StorageCall call, StorageDirectory storage)
    {
        var prefix = call.Query["prefix"].ToString();
        var items = storage.Buckets.Where(bucket => bucket.Name.StartsWith(prefix, StringComparison.Ordinal)).Select(bucket => (JsonNode)Resource(call, bucket)).ToArray();
        return call.AnswerAsync(new JsonObject { ["kind"] = "storage#buckets", ["items"] = new JsonArray(items) });
    }

    /// <summary>One bucket.</summary>
    public static Task GetAsync(StorageCall call, BucketDirectory bucket) => call.AnswerAsync(Resource(call, bucket));

    /// <summary>Whether the bucket has folders; it has none.</summary>
    public static Task LayoutAsync(StorageCall call, BucketDirectory bucket) => call.AnswerAsync(new JsonObject
    {
        ["kind"] = "storage#storageLayout",
        ["bucket"] = bucket.Name,
        ["location"] = bucket.Resource["location"]?.DeepClone(),
        ["locationType"] = "region",
        ["hierarchicalNamespace"] = new JsonObject { ["enabled"] = false },
    });

    /// <summary>Folders and managed folders: none.</summary>
    public static Task FoldersAsync(StorageCall call, BucketDirectory bucket) =>
        call.AnswerAsync(new JsonObject { ["kind"] = $"storage#{call.Path[2]}", ["items"] = new JsonArray(), ["bucket"] = bucket.Name });

    /// <summary>Sets what the body names.</summary>
    public static async Task UpdateAsync(StorageCall call, BucketDirectory bucket)
    {
        var resource = bucket.Resource.DeepClone().AsObject();
        foreach (var (key, value) in await call.ReadJsonAsync())
        {
            resource.Remove(key);
            if (value is not null)
            {
                resource[key] = value.DeepClone();
            }
        }

        resource["name"] = bucket.Name;
        bucket.Update(resource);
        await call.AnswerAsync(Resource(call, bucket));
    }

    /// <summary>Removes an empty bucket.</summary>
    public static Task DeleteAsync(StorageCall call, StorageDirectory storage, string name)
    {
        storage.Remove(name);
        call.AnswerNothing();
        return Task.CompletedTask;
    }

    private static JsonObject Resource(StorageCall call, BucketDirectory bucket)
    {
        var resource = bucket.Resource.DeepClone().AsObject();
        resource["kind"] = "storage#bucket";
        resource["id"] = bucket.Name;
        resource["selfLink"] = $"{call.Host}/storage/v1/b/{bucket.Name}";
        resource["etag"] = "CAE=";
        return resource;
    }
}
