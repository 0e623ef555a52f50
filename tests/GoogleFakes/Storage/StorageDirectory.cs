using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;

namespace RetailInsight.GoogleFakes.Storage;

/// <summary>The buckets under one directory, and the uploads that are not objects yet. Buckets outlive the process, uploads do not.</summary>
internal sealed class StorageDirectory
{
    private readonly ConcurrentDictionary<string, BucketDirectory> _buckets = new(StringComparer.Ordinal);
    private readonly string _root;
    private readonly string _incoming;
    private readonly TimeProvider _clock;
    private long _incomingCount;

    /// <param name="root">Made when missing.</param>
    /// <param name="clock">Times of objects.</param>
    public StorageDirectory(string root, TimeProvider clock)
    {
        _clock = clock;
        _root = Path.Combine(root, "buckets");
        _incoming = Path.Combine(root, "incoming");
        Directory.CreateDirectory(_root);
        if (Directory.Exists(_incoming))
        {
            Directory.Delete(_incoming, recursive: true);
        }

        Directory.CreateDirectory(_incoming);
        foreach (var directory in Directory.GetDirectories(_root))
        {
            _buckets[Path.GetFileName(directory)] = BucketDirectory.Open(directory, clock);
        }
    }

    /// <summary>Uploads in several requests.</summary>
    public ConcurrentDictionary<string, ResumableSession> Sessions { get; } = new(StringComparer.Ordinal);

    /// <summary>All buckets, by name.</summary>
    public IEnumerable<BucketDirectory> Buckets => _buckets.Values.OrderBy(bucket => bucket.Name, StringComparer.Ordinal);

    /// <summary>A bucket.</summary>
    /// <exception cref="StorageException">404.</exception>
    public BucketDirectory this[string name] => _buckets.TryGetValue(name, out var bucket) ? bucket : throw StorageException.NoBucket();

    /// <summary>Makes a bucket.</summary>
    /// <exception cref="StorageException">400 for an impossible name, 409 for one that is taken.</exception>
    public BucketDirectory Create(JsonObject resource)
    {
        var name = resource["name"]?.GetValue<string>() ?? "";
        if (name.Length is < 3 or > 222 || name.Any(character => !char.IsAsciiLetterLower(character) && !char.IsAsciiDigit(character) && character is not ('-' or '_' or '.'))
            || name.StartsWith('.') || name.EndsWith('.'))
        {
            throw StorageException.Invalid($"Invalid bucket name: '{name}'");
        }

        lock (_buckets)
        {
            return _buckets.ContainsKey(name)
                ? throw new StorageException(409, "conflict", "Your previous request to create the named bucket succeeded and you already own it.")
                : _buckets[name] = BucketDirectory.Create(Path.Combine(_root, name), resource, _clock);
        }
    }

    /// <summary>Removes an empty bucket.</summary>
    public void Remove(string name)
    {
        this[name].Remove();
        _buckets.TryRemove(name, out _);
    }

    /// <summary>A path for content on its way in.</summary>
    public string NewIncomingPath() => Path.Combine(_incoming, Interlocked.Increment(ref _incomingCount).ToString(CultureInfo.InvariantCulture));

    /// <summary>Now, UTC.</summary>
    public DateTimeOffset Now => _clock.GetUtcNow();
}
