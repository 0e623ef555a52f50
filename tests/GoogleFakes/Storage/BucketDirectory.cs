using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace RetailInsight.GoogleFakes.Storage;

/// <summary>
/// A bucket in a directory: <c>bucket.json</c>, and for each object <c>HASH.json</c> (metadata) and <c>HASH.GENERATION</c>
/// (content), where HASH is of the name: names may hold anything. The metadata's rename is what makes a write happen.
/// </summary>
internal sealed class BucketDirectory
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, StoredObject> _objects = new(StringComparer.Ordinal);
    private readonly string _directory;
    private readonly TimeProvider _clock;
    private long _lastGeneration;

    private BucketDirectory(string directory, JsonObject resource, TimeProvider clock)
    {
        _directory = directory;
        _clock = clock;
        Resource = resource;
        foreach (var file in Directory.GetFiles(directory, "*.json").Where(file => Path.GetFileName(file) != "bucket.json"))
        {
            var found = JsonSerializer.Deserialize<StoredObject>(File.ReadAllBytes(file))!;
            _objects[found.Name] = found;
            _lastGeneration = Math.Max(_lastGeneration, found.Generation);
        }
    }

    /// <summary>The bucket resource as the client set it.</summary>
    public JsonObject Resource { get; private set; }

    /// <summary>Its name.</summary>
    public string Name => Path.GetFileName(_directory);

    /// <summary>All objects at this moment, in name order.</summary>
    public IReadOnlyList<StoredObject> Objects
    {
        get
        {
            lock (_lock)
            {
                return [.. _objects.Values];
            }
        }
    }

    /// <summary>Makes a bucket's directory.</summary>
    public static BucketDirectory Create(string directory, JsonObject resource, TimeProvider clock)
    {
        Directory.CreateDirectory(directory);
        var bucket = new BucketDirectory(directory, resource, clock);
        bucket.Update(resource);
        return bucket;
    }

    /// <summary>Opens a bucket a former process made.</summary>
    public static BucketDirectory Open(string directory, TimeProvider clock) =>
        new(directory, JsonNode.Parse(File.ReadAllBytes(Path.Combine(directory, "bucket.json")))!.AsObject(), clock);

    /// <summary>Sets the bucket's resource.</summary>
    public void Update(JsonObject resource)
    {
        lock (_lock)
        {
            Resource = resource;
            WriteFile(Path.Combine(_directory, "bucket.json"), resource);
        }
    }

    /// <summary>An object, or null.</summary>
    public StoredObject? Find(string name)
    {
        lock (_lock)
        {
            return _objects.GetValueOrDefault(name);
        }
    }

    /// <summary>Opens an object's content; the stream outlives the object.</summary>
    /// <exception cref="StorageException">404.</exception>
    public (StoredObject Found, FileStream Content) Open(string name, long? generation)
    {
        lock (_lock)
        {
            var found = Get(name, generation);
            return (found, new FileStream(ContentPath(found), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, useAsync: true));
        }
    }

    /// <summary>Where an object's bytes lie, for tests that damage them.</summary>
    public string ContentPath(StoredObject item) => $"{ObjectPath(item.Name)}.{item.Generation}";

    /// <summary>Makes content an object, if the preconditions hold; its file is moved.</summary>
    public StoredObject Put(string name, Content content, JsonObject settings, Preconditions preconditions, int? components = null)
    {
        lock (_lock)
        {
            var present = _objects.GetValueOrDefault(name);
            preconditions.Check(present);
            var now = _clock.GetUtcNow();
            _lastGeneration = Math.Max(_lastGeneration + 1, (now - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
            var item = new StoredObject(
                name, _lastGeneration, 1, content.Size, content.Crc32C, components is null ? content.Md5Hash : null, now, now, components, settings);
            File.Move(content.Path, ContentPath(item));
            Keep(item);
            if (present is not null)
            {
                File.Delete(ContentPath(present));
            }

            return item;
        }
    }

    /// <summary>Changes an object's settings.</summary>
    public StoredObject Patch(string name, long? generation, Preconditions preconditions, Func<StoredObject, JsonObject> change)
    {
        lock (_lock)
        {
            var present = Get(name, generation);
            preconditions.Check(present);
            var item = present with { Settings = change(present), Metageneration = present.Metageneration + 1, Updated = _clock.GetUtcNow() };
            Keep(item);
            return item;
        }
    }

    /// <summary>Removes an object.</summary>
    public void Delete(string name, long? generation, Preconditions preconditions)
    {
        lock (_lock)
        {
            var present = Get(name, generation);
            preconditions.Check(present);
            File.Delete(ObjectPath(name) + ".json");
            File.Delete(ContentPath(present));
            _objects.Remove(name);
        }
    }

    /// <summary>Removes the directory.</summary>
    /// <exception cref="StorageException">409: it holds objects.</exception>
    public void Remove()
    {
        lock (_lock)
        {
            if (_objects.Count > 0)
            {
                throw new StorageException(409, "conflict", "The bucket you tried to delete is not empty.");
            }

            Directory.Delete(_directory, recursive: true);
        }
    }

    private StoredObject Get(string name, long? generation) =>
        _objects.TryGetValue(name, out var found) && (generation is null || generation == found.Generation) ? found : throw StorageException.NoObject(Name, name);

    private void Keep(StoredObject item)
    {
        WriteFile(ObjectPath(item.Name) + ".json", item);
        _objects[item.Name] = item;
    }

    private static void WriteFile<T>(string path, T value)
    {
        File.WriteAllBytes(path + ".new", JsonSerializer.SerializeToUtf8Bytes(value));
        File.Move(path + ".new", path, overwrite: true);
    }

    private string ObjectPath(string name) => Path.Combine(_directory, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name))));
}
