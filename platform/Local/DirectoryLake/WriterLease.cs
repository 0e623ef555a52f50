using System.Globalization;
using RetailInsight.Platform.Lake;

namespace RetailInsight.Platform.Local.DirectoryLake;

/// <summary>
/// A writer's name and its sign of life: a directory <c>writers/NAME</c> with a file the process holds locked, and the
/// temporary files of its puts. The operating system drops the lock when the process ends, however it ends.
/// </summary>
internal sealed class WriterLease : IDisposable
{
    private const int TakeAttempts = 5;

    private readonly string _directory;
    private readonly FileStream _lock;
    private long _temporaryCount;

    private WriterLease(string directory, FileStream @lock)
    {
        _directory = directory;
        _lock = @lock;
    }

    /// <summary>16 hexadecimal digits, unique among all writers ever.</summary>
    public string Name => Path.GetFileName(_directory);

    /// <summary>Starts a new writer.</summary>
    public static WriterLease Take(string root, DurableFiles files)
    {
        for (var attempt = 1; ; attempt++)
        {
            var directory = Path.Combine(Writers(root), SegmentHeader.NewWriter());
            try
            {
                files.EnsureDirectory(directory);
                var held = Hold(directory, FileMode.CreateNew);
                DurableFiles.SyncDirectory(directory);
                return new(directory, held);
            }
            catch (IOException) when (attempt < TakeAttempts)
            {
                // Another process that starts took the still unlocked directory for a dead writer's: take another name.
            }
        }
    }

    /// <summary>The writers whose process is gone, each now held by this process.</summary>
    public static IEnumerable<WriterLease> TakeDead(string root)
    {
        if (!Directory.Exists(Writers(root)))
        {
            yield break;
        }

        foreach (var directory in Directory.GetDirectories(Writers(root)).Order(StringComparer.Ordinal))
        {
            FileStream held;
            try
            {
                held = Hold(directory, FileMode.OpenOrCreate);
            }
            catch (IOException)
            {
                continue;
            }

            yield return new(directory, held);
        }
    }

    /// <summary>A path for a file that is complete only later; unique in this writer.</summary>
    public string NewTemporaryPath() =>
        Path.Combine(_directory, string.Create(CultureInfo.InvariantCulture, $"{Interlocked.Increment(ref _temporaryCount)}.tmp"));

    /// <summary>Forgets the writer: nothing of it is left to recover.</summary>
    public void Remove()
    {
        Directory.Delete(_directory, recursive: true);
        Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();

    private static string Writers(string root) => Path.Combine(root, "writers");

    private static FileStream Hold(string directory, FileMode mode) =>
        new(Path.Combine(directory, "lock"), mode, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
}
