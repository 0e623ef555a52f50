using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;

namespace RetailInsight.Platform.GoogleCloud.CloudStorage;

/// <summary>An object as the service describes it.</summary>
/// <param name="Name">Its name in the bucket.</param>
/// <param name="Generation">Number of its content; other content under the same name has another.</param>
/// <param name="Digest">Size and checksum; the SHA-256 when the writer stated it.</param>
internal sealed record StorageObject(string Name, long Generation, ContentDigest Digest)
{
    /// <summary>Key of the custom metadata that states the SHA-256, hexadecimal.</summary>
    public const string Sha256Key = "sha256";

    /// <summary>The fields of an object resource that are read here.</summary>
    public const string Fields = "name,generation,size,crc32c,metadata";

    /// <summary>Reads an object resource.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static StorageObject Read(JsonElement resource)
    {
        var sha256 = resource.TryGetProperty("metadata", out var metadata) && metadata.TryGetProperty(Sha256Key, out var value) ? value.GetString() ?? "" : "";
        return new(
            Text(resource, "name"),
            Number(resource, "generation"),
            new(Number(resource, "size"), Checksum(Text(resource, "crc32c")), sha256));
    }

    /// <summary>Reads an answer that is an object resource.</summary>
    public static async Task<StorageObject> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return Read(JsonSerializer.Deserialize<JsonElement>(body));
    }

    /// <summary>A checksum as the service writes it: base64 of four bytes, big-endian.</summary>
    public static string Text(uint crc32C)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, crc32C);
        return Convert.ToBase64String(bytes);
    }

    private static uint Checksum(string text)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        return Convert.TryFromBase64String(text, bytes, out var written) && written == sizeof(uint)
            ? BinaryPrimitives.ReadUInt32BigEndian(bytes)
            : throw new JsonException($"'{text}' is no crc32c.");
    }

    private static string Text(JsonElement resource, string name) =>
        resource.ValueKind == JsonValueKind.Object && resource.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new JsonException($"The object resource has no '{name}'.");

    private static long Number(JsonElement resource, string name) =>
        long.TryParse(Text(resource, name), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new JsonException($"'{name}' of the object resource is no number.");
}
