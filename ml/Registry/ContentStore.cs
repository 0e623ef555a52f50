using System.Security.Cryptography;
using System.Text.RegularExpressions;
using RetailInsight.Core.Ports;

namespace RetailInsight.Ml.Registry;

/// <summary>Bytes in the lake under a key made of what they are: put once, never changed, verified when read.</summary>
internal sealed partial class ContentStore(ILake lake)
{
    /// <summary>Puts the bytes; the same bytes again are a success.</summary>
    /// <param name="folder">First part of the key: <c>models</c>.</param>
    /// <param name="tenant">Whose they are.</param>
    /// <param name="name">Lower case letters, digits and hyphens.</param>
    /// <param name="content">The bytes.</param>
    /// <param name="cancellationToken">Stops before they are durable.</param>
    /// <returns>Their hash and their key.</returns>
    /// <exception cref="ArgumentException">The name cannot be part of a key.</exception>
    public async Task<(string Sha256, string Key)> PutAsync(string folder, string tenant, string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        if (!PartOfKey().IsMatch(name))
        {
            throw new ArgumentException($"'{name}' is no name: lower case letters, digits and hyphens, 63 at most.", nameof(name));
        }

        var sha256 = Convert.ToHexStringLower(SHA256.HashData(content.Span));
        var key = $"{folder}/{tenant}/{name}/{sha256}";
        using var stream = new MemoryStream(content.ToArray(), writable: false);
        await lake.PutAsync(key, stream, cancellationToken);
        return (sha256, key);
    }

    /// <summary>Reads bytes back.</summary>
    /// <param name="key">Ends with their hash.</param>
    /// <param name="length">How many they are.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="FileNotFoundException">There is no such object.</exception>
    /// <exception cref="LakeCorruptException">The bytes are not those the key names.</exception>
    public async Task<byte[]> ReadAsync(string key, long length, CancellationToken cancellationToken)
    {
        await using var stream = await lake.OpenAsync(new LakePointer(key, 0, length), cancellationToken);
        using var content = new MemoryStream();
        await stream.CopyToAsync(content, cancellationToken);
        var bytes = content.ToArray();
        return key.EndsWith('/' + Convert.ToHexStringLower(SHA256.HashData(bytes)), StringComparison.Ordinal)
            ? bytes
            : throw new LakeCorruptException($"What lies in the lake under '{key}' has another SHA-256 than its name says.");
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,62}$")]
    private static partial Regex PartOfKey();
}
