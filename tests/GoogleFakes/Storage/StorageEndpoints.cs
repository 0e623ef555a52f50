using System.Text.Json.Nodes;

namespace RetailInsight.GoogleFakes.Storage;

/// <summary>The Cloud Storage JSON API, by all the paths its clients use.</summary>
internal static class StorageEndpoints
{
    private static readonly string[] Patterns =
    [
        "/b/{**rest}", "/storage/v1/{**rest}", "/upload/storage/v1/{**rest}", "/resumable/upload/storage/v1/{**rest}", "/download/storage/v1/{**rest}",
    ];

    /// <summary>Serves what the directory holds.</summary>
    public static void MapStorage(this WebApplication app, StorageDirectory storage)
    {
        foreach (var pattern in Patterns)
        {
            app.Map(pattern, context => AnswerAsync(context, storage));
        }
    }

    private static async Task AnswerAsync(HttpContext context, StorageDirectory storage)
    {
        var call = StorageCall.Parse(context);
        try
        {
            await DispatchAsync(call, storage);
        }
        catch (StorageException refusal) when (refusal.Status == 304)
        {
            context.Response.StatusCode = refusal.Status;
        }
        catch (StorageException refusal)
        {
            await call.AnswerAsync(Error(refusal), refusal.Status);
        }
        catch (Exception exception) when (exception is InvalidOperationException or FormatException && !context.Response.HasStarted)
        {
            // Members of a JSON body are read where they are needed; one of another type shows itself there.
            await call.AnswerAsync(Error(StorageException.Invalid(exception.Message)), 400);
        }
        catch (Exception exception) when (context.RequestAborted.IsCancellationRequested && exception is IOException or OperationCanceledException or BadHttpRequestException)
        {
            context.Abort();
        }
    }

    private static Task DispatchAsync(StorageCall call, StorageDirectory storage) => (call.Door, call.Method, call.Path) switch
    {
        (StorageDoor.Upload, "POST", ["b", var bucket, "o"]) => Uploads.StartAsync(call, storage, storage[bucket]),
        (StorageDoor.Upload, _, ["b", _, "o"]) => ResumableUploads.ContinueAsync(call, storage),
        (StorageDoor.Upload, _, _) => throw Unknown(call),
        (StorageDoor.Download, "GET" or "HEAD", ["b", var bucket, "o", var name]) => Downloads.SendAsync(call, storage[bucket], name),
        (_, "GET", ["b"]) => BucketRequests.ListAsync(call, storage),
        (_, "POST", ["b"]) => BucketRequests.CreateAsync(call, storage),
        (_, "GET", ["b", var bucket]) => BucketRequests.GetAsync(call, storage[bucket]),
        (_, "GET", ["b", var bucket, "storageLayout"]) => BucketRequests.LayoutAsync(call, storage[bucket]),
        (_, "GET", ["b", var bucket, "managedFolders" or "folders"]) => BucketRequests.FoldersAsync(call, storage[bucket]),
        (_, "PATCH" or "PUT", ["b", var bucket]) => BucketRequests.UpdateAsync(call, storage[bucket]),
        (_, "DELETE", ["b", var bucket]) => BucketRequests.DeleteAsync(call, storage, bucket),
        (_, "GET", ["b", var bucket, "o"]) => ObjectListing.AnswerAsync(call, storage[bucket]),
        (_, "GET" or "HEAD", ["b", var bucket, "o", var name]) when call.Query["alt"] == "media" => Downloads.SendAsync(call, storage[bucket], name),
        (_, _, ["b", var bucket, "o", ..]) => ObjectRequests.AnswerAsync(call, storage, storage[bucket]),
        _ => throw Unknown(call),
    };

    private static StorageException Unknown(StorageCall call) => new(404, "notFound", $"Nothing answers {call.Method} {string.Join('/', call.Path)}.");

    private static JsonObject Error(StorageException refusal) => new()
    {
        ["error"] = new JsonObject
        {
            ["code"] = refusal.Status,
            ["message"] = refusal.Message,
            ["errors"] = new JsonArray(new JsonObject { ["message"] = refusal.Message, ["domain"] = "global", ["reason"] = refusal.Reason }),
        },
    };
}
