using System.Security.Cryptography;
using System.Text.Json;

namespace RetailInsight.Ml.Serving;

/// <summary>A champion as it lies in the cache.</summary>
/// <param name="Tenant">Whose.</param>
/// <param name="Name">Which question it answers.</param>
/// <param name="Sha256">Of the file; it has been verified.</param>
/// <param name="AliasVersion">Version of the alias that named it.</param>
/// <param name="Content">The file.</param>
internal sealed record CachedModel(string Tenant, string Name, string Sha256, long AliasVersion, byte[] Content);

/// <summary>
/// The champions on the local disk: <c>TENANT/NAME/SHA256.onnx</c> and, naming one of these, <c>TENANT/NAME/champion.json</c>, which is replaced in one
/// step after the file is whole. The file before stays for a roll back; older ones are deleted.
/// </summary>
internal sealed class ModelCache(string folder)
{
    private const string Pointer = "champion.json";

    /// <summary>Every champion whose file is whole, and the folders in which one is not.</summary>
    public (IReadOnlyList<CachedModel> Models, IReadOnlyList<string> Damaged) ReadAll()
    {
        var models = new List<CachedModel>();
        var damaged = new List<string>();
        foreach (var pointer in Directory.Exists(folder) ? Directory.GetFiles(folder, Pointer, SearchOption.AllDirectories).Order(StringComparer.Ordinal) : Enumerable.Empty<string>())
        {
            var directory = Path.GetDirectoryName(pointer)!;
            if (Read(directory, pointer) is { } model)
            {
                models.Add(model);
            }
            else
            {
                damaged.Add(directory);
            }
        }

        return (models, damaged);
    }

    /// <summary>A file that is in the cache already, verified; null when it is not there or not whole.</summary>
    public byte[]? Find(string tenant, string name, string sha256) => Verified(Path.Combine(folder, tenant, name, sha256 + ".onnx"), sha256);

    /// <summary>Keeps a champion.</summary>
    /// <exception cref="IOException">The disk does not take it.</exception>
    public void Keep(CachedModel model)
    {
        var directory = Path.Combine(folder, model.Tenant, model.Name);
        Directory.CreateDirectory(directory);
        var file = Path.Combine(directory, model.Sha256 + ".onnx");
        var pointer = Path.Combine(directory, Pointer);
        var before = File.Exists(pointer) ? Named(pointer)?.Sha256 : null;
        Write(file, model.Content);
        Write(pointer, JsonSerializer.SerializeToUtf8Bytes(new Champion(model.Sha256, model.AliasVersion)));
        foreach (var old in Directory.GetFiles(directory, "*.onnx").Where(path => Path.GetFileNameWithoutExtension(path) is var name && name != model.Sha256 && name != before))
        {
            File.Delete(old);
        }
    }

    private static CachedModel? Read(string directory, string pointer) =>
        Named(pointer) is { } champion && Verified(Path.Combine(directory, champion.Sha256 + ".onnx"), champion.Sha256) is { } content
            ? new(Path.GetFileName(Path.GetDirectoryName(directory)!), Path.GetFileName(directory), champion.Sha256, champion.AliasVersion, content)
            : null;

    private static Champion? Named(string pointer)
    {
        try
        {
            return JsonSerializer.Deserialize<Champion>(File.ReadAllBytes(pointer));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static byte[]? Verified(string file, string sha256) =>
        File.Exists(file) && File.ReadAllBytes(file) is var content && Convert.ToHexStringLower(SHA256.HashData(content)) == sha256 ? content : null;

    private static void Write(string path, byte[] content)
    {
        var temporary = path + ".new";
        using (var file = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(file, content, 0);
            RandomAccess.FlushToDisk(file);
        }

        File.Move(temporary, path, overwrite: true);
    }

    private sealed record Champion(string Sha256, long AliasVersion);
}
