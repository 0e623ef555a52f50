using System.Net.Http.Headers;
using System.Text.Json;

namespace RetailInsight.Platform.GoogleCloud.CloudStorage;

/// <summary>What an upload is to become.</summary>
/// <param name="Bucket">The bucket.</param>
/// <param name="Name">The object's name; must be free.</param>
/// <param name="ContentType">Type of the content.</param>
/// <param name="Digest">What the content must be, when that is known before it is sent: the service refuses other bytes.</param>
internal sealed record UploadTarget(string Bucket, string Name, string ContentType, ContentDigest? Digest)
{
    /// <summary>Path and query of the upload's first request.</summary>
    /// <param name="type"><c>multipart</c> or <c>resumable</c>.</param>
    public string Path(string type) => $"upload/storage/v1/b/{Bucket}/o?uploadType={type}&name={Uri.EscapeDataString(Name)}&ifGenerationMatch=0";

    /// <summary>The object resource to be, of known length: not every door of the service takes a body without one.</summary>
    public HttpContent Metadata()
    {
        var metadata = new Dictionary<string, object> { ["name"] = Name, ["contentType"] = ContentType };
        if (Digest is { } digest)
        {
            metadata["crc32c"] = StorageObject.Text(digest.Crc32C);
            metadata["metadata"] = new Dictionary<string, string> { [StorageObject.Sha256Key] = digest.Sha256 };
        }

        return new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(metadata)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
    }
}
