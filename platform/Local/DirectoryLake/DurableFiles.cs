using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace RetailInsight.Platform.Local.DirectoryLake;

/// <summary>File-system steps whose effect survives a power cut.</summary>
/// <param name="root">An existing directory under which all others are made.</param>
internal sealed partial class DurableFiles(string root)
{
    private const int OpenReadOnlyCloseOnExec = 0x80000;
    private const int FileExists = 17;
    private const int KnownDirectoryLimit = 10_000;

    // What this process has synced. A directory another process made may not be durable yet, so its mere existence says nothing.
    private readonly ConcurrentDictionary<string, bool> _known = new(StringComparer.Ordinal);

    /// <summary>Creates the directory and those above it up to the root.</summary>
    public void EnsureDirectory(string directory)
    {
        if (directory.Length <= root.Length || _known.ContainsKey(directory))
        {
            return;
        }

        var parent = Path.GetDirectoryName(directory)!;
        EnsureDirectory(parent);
        Directory.CreateDirectory(directory);
        SyncDirectory(parent);
        if (_known.Count >= KnownDirectoryLimit)
        {
            _known.Clear();
        }

        _known[directory] = true;
    }

    /// <summary>Gives a finished file its name unless the name is taken; never replaces. The directory is not yet synced.</summary>
    /// <returns>False when the name is taken.</returns>
    public static bool LinkIfAbsent(string temporary, string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return MoveIfAbsent(temporary, path);
        }

        // rename(2) would replace what a racing writer has just put there; link(2) fails.
        if (Link(temporary, path) == 0)
        {
            return true;
        }

        var error = Marshal.GetLastPInvokeError();
        return error == FileExists ? false : throw Failure("link", error);
    }

    /// <summary>Makes the names in a directory durable.</summary>
    public static void SyncDirectory(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = OpenFile(directory, OperatingSystem.IsLinux() ? OpenReadOnlyCloseOnExec : 0);
        if (descriptor < 0)
        {
            throw Failure("open directory", Marshal.GetLastPInvokeError());
        }

        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (Sync(handle) != 0)
        {
            throw Failure("sync directory", Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Makes a file's bytes durable, leaving out what reading them back does not need (its times).</summary>
    public static void SyncData(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.FlushToDisk(file);
        }
        else if (DataSync(file) != 0)
        {
            throw Failure("sync file", Marshal.GetLastPInvokeError());
        }
    }

    private static bool MoveIfAbsent(string temporary, string path)
    {
        try
        {
            File.Move(temporary, path, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
    }

    private static IOException Failure(string what, int error) =>
        new($"The lake could not {what}: {Marshal.GetPInvokeErrorMessage(error)}.");

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string from, string to);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int DataSync(SafeFileHandle file);
}
