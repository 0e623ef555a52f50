using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace RetailInsight.GoogleFakes.Storage;

/// <summary>One object as it is kept.</summary>
/// <param name="Name">Its name in the bucket.</param>
/// <param name="Generation">Number of its content.</param>
/// <param name="Metageneration">Number of its metadata, from 1 within a generation.</param>
/// <param name="Size">Bytes of content.</param>
/// <param name="Crc32C">Base64 of the big-endian Castagnoli checksum.</param>
/// <param name="Md5Hash">Base64; null for a composed object.</param>
/// <param name="Created">UTC.</param>
/// <param name="Updated">UTC.</param>
/// <param name="ComponentCount">Parts of a composed object.</param>
/// <param name="Settings">What the client may set: contentType, metadata, cacheControl and so on. Never changed in place.</param>
internal sealed record StoredObject(
    string Name,
    long Generation,
    long Metageneration,
    long Size,
    string Crc32C,
    string? Md5Hash,
    DateTimeOffset Created,
    DateTimeOffset Updated,
    int? ComponentCount,
    JsonObject Settings)
{
    private static readonly string[] Settable =
    [
        "contentType", "contentEncoding", "contentDisposition", "contentLanguage", "cacheControl", "customTime", "metadata", "storageClass",
        "eventBasedHold", "temporaryHold",
    ];

    /// <summary>A text the client set, or empty.</summary>
    public string Setting(string name) => Settings[name]?.GetValue<string>() ?? "";

    /// <summary>The settable part of an object resource; nulls and empty collections left out.</summary>
    public static JsonObject SettingsOf(JsonObject resource) => Patch([], resource);

    /// <summary>The settings after a PATCH: what is null goes, what is absent stays; the same within <c>metadata</c>.</summary>
    public static JsonObject Patch(JsonObject settings, JsonObject patch)
    {
        var result = settings.DeepClone().AsObject();
        foreach (var name in Settable.Where(patch.ContainsKey))
        {
            var value = patch[name];
            if (!IsPossible(name, value))
            {
                throw StorageException.Invalid($"Invalid value for '{name}'.");
            }

            if (value is JsonObject map)
            {
                value = MergeMap(result[name] as JsonObject, map);
            }

            result.Remove(name);
            if (value is not null)
            {
                result[name] = value.DeepClone();
            }
        }

        return result;
    }

    /// <summary>The object resource.</summary>
    /// <param name="bucket">Its bucket.</param>
    /// <param name="host">Root address by which the client reached the service.</param>
    public JsonObject ToResource(string bucket, string host)
    {
        var resource = Settings.DeepClone().AsObject();
        var path = $"b/{bucket}/o/{Uri.EscapeDataString(Name)}";
        resource["kind"] = "storage#object";
        resource["id"] = $"{bucket}/{Name}/{Text(Generation)}";
        resource["selfLink"] = $"{host}/storage/v1/{path}";
        resource["mediaLink"] = $"{host}/download/storage/v1/{path}?generation={Text(Generation)}&alt=media";
        resource["name"] = Name;
        resource["bucket"] = bucket;
        resource["generation"] = Text(Generation);
        resource["metageneration"] = Text(Metageneration);
        resource["size"] = Text(Size);
        resource["crc32c"] = Crc32C;
        resource["etag"] = ETag;
        resource["storageClass"] ??= "STANDARD";
        resource["timeCreated"] = Rfc3339(Created);
        resource["timeStorageClassUpdated"] = Rfc3339(Created);
        resource["timeFinalized"] = Rfc3339(Created);
        resource["updated"] = Rfc3339(Updated);
        if (Md5Hash is not null)
        {
            resource["md5Hash"] = Md5Hash;
        }

        if (ComponentCount is not null)
        {
            resource["componentCount"] = ComponentCount;
        }

        return resource;
    }

    /// <summary>Changes with content and metadata.</summary>
    public string ETag => Convert.ToBase64String(BitConverter.GetBytes(Generation * 31 + Metageneration));

    /// <summary>Value of <c>x-goog-hash</c>.</summary>
    public string Hashes => Md5Hash is null ? $"crc32c={Crc32C}" : $"crc32c={Crc32C},md5={Md5Hash}";

    private static bool IsPossible(string name, JsonNode? value) => (name, value?.GetValueKind()) switch
    {
        (_, null) => true,
        ("metadata", var kind) => kind == JsonValueKind.Object,
        ("eventBasedHold" or "temporaryHold", var kind) => kind is JsonValueKind.True or JsonValueKind.False,
        (_, var kind) => kind == JsonValueKind.String,
    };

    private static JsonObject? MergeMap(JsonObject? map, JsonObject patch)
    {
        var merged = map?.DeepClone().AsObject() ?? [];
        foreach (var (key, value) in patch)
        {
            merged.Remove(key);
            if (value is not null)
            {
                merged[key] = value.DeepClone();
            }
        }

        return merged.Count == 0 ? null : merged;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Rfc3339(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
