using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace RetailInsight.Ml.Edge;

/// <summary>Files that are on the disk when a call returns. Each step is told to a test before the next begins, which may end everything there.</summary>
internal sealed partial class DurableFile(Action<string>? step = null)
{
    /// <summary>Says that a step is done.</summary>
    public void Done(string what) => step?.Invoke(what);

    /// <summary>Writes a file that is not there, and syncs it.</summary>
    public void Write(string path, ReadOnlySpan<byte> content)
    {
        using (var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(file, content, 0);
            Done($"written {path}");
            RandomAccess.FlushToDisk(file);
        }

        Done($"synced {path}");
    }

    /// <summary>Replaces a file in one step: whoever reads it finds the one before or this one, also after a power cut.</summary>
    public void Replace(string path, ReadOnlySpan<byte> content)
    {
        Write(path + ".new", content);
        File.Move(path + ".new", path, overwrite: true);
        Done($"replaced {path}");
        SyncFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Makes the names in a folder durable.</summary>
    /// <exception cref="IOException">The disk does not take it.</exception>
    public void SyncFolder(string folder)
    {
        if (!OperatingSystem.IsWindows())
        {
            const int ReadOnly = 0;
            using var handle = new SafeFileHandle(Open(folder, ReadOnly), ownsHandle: true);
            if (handle.IsInvalid || Sync(handle) != 0)
            {
                throw new IOException($"{folder} could not be synced: {Marshal.GetLastPInvokeErrorMessage()}.");
            }
        }

        Done($"synced {folder}");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(SafeFileHandle file);
}
