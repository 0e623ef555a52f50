using System.Buffers;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using RetailInsight.Core.Ports;
using RetailInsight.Platform.Lake;

namespace RetailInsight.Platform.Local.DirectoryLake;

/// <summary>
/// The lake in a directory: <c>objects/KEY#</c> holds an object (content, then its footer; the <c>#</c>, which no key contains,
/// lets keys <c>a</c> and <c>a/b</c> exist side by side), <c>segments/WRITER/NUMBER.seg</c> shared small payloads,
/// <c>writers/WRITER</c> the signs of life of the processes that write.
/// </summary>
internal sealed class DirectoryLake : ILake, IDisposable
{
    private const int CopyBytes = 256 * 1024;
    private const char ObjectSuffix = '#';

    private readonly string _root;
    private readonly DurableFiles _files;
    private readonly WriterLease _lease;
    private readonly SegmentWriter _segments;

    private DirectoryLake(string root, DurableFiles files, WriterLease lease, SegmentWriter segments)
    {
        _root = root;
        _files = files;
        _lease = lease;
        _segments = segments;
    }

    /// <summary>Opens the lake, finishing first what ended processes left.</summary>
    /// <param name="options">Where it is.</param>
    /// <param name="time">Clock for the times in frames.</param>
    /// <param name="logger">Gets an error when damage is found.</param>
    /// <param name="sync">How a segment's bytes are made durable; null for the operating system's data sync.</param>
    public static DirectoryLake Open(DirectoryLakeOptions options, TimeProvider time, ILogger<DirectoryLake> logger, Action<SafeFileHandle>? sync = null)
    {
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Root));
        Directory.CreateDirectory(root);
        var files = new DurableFiles(root);
        SegmentRecovery.Run(root, logger);
        var lease = WriterLease.Take(root, files);
        return new(root, files, lease, new SegmentWriter(options with { Root = root }, lease.Name, files, time, logger, sync));
    }

    /// <inheritdoc/>
    public async Task<LakeObject> PutAsync(string key, Stream content, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        LakeKey.CheckToPut(key);

        var temporary = _lease.NewTemporaryPath();
        try
        {
            var footer = await WriteAsync(temporary, content, cancellationToken);
            Publish(temporary, key, footer);
            return new(key, footer.Length, footer.Crc);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <inheritdoc/>
    public Task<LakePointer> AppendAsync(string feed, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(feed);
        SegmentFrame.CheckPayload(payload);
        cancellationToken.ThrowIfCancellationRequested();
        return _segments.AppendAsync(feed, payload, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<Stream> OpenAsync(LakePointer pointer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(pointer);
        LakeKey.Check(pointer.Object);
        return pointer.Object.StartsWith(LakeKey.SegmentPrefix, StringComparison.Ordinal)
            ? await OpenSliceAsync(pointer, cancellationToken)
            : OpenObject(pointer);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<LakeObject> ListAsync(string prefix, CancellationToken cancellationToken)
    {
        LakeKey.CheckPrefix(prefix);
        return List(prefix, cancellationToken).ToAsyncEnumerable();
    }

    /// <summary>Waits until appends under way are durable and seals the segment.</summary>
    public void Dispose()
    {
        _segments.Dispose();
        if (_segments.AllSealed)
        {
            _lease.Remove();
        }

        _lease.Dispose();
    }

    private static async Task<ObjectFooter> WriteAsync(string path, Stream content, CancellationToken cancellationToken)
    {
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.Asynchronous);
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(CopyBytes);
        try
        {
            long length = 0;
            uint crc = 0;
            int read;
            while ((read = await content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken)) > 0)
            {
                crc = Crc32C.Append(crc, buffer.AsSpan(0, read));
                sha256.AppendData(buffer, 0, read);
                await RandomAccess.WriteAsync(file, buffer.AsMemory(0, read), length, cancellationToken);
                length += read;
            }

            var footer = new ObjectFooter(length, crc, Convert.ToHexStringLower(sha256.GetHashAndReset()));
            await RandomAccess.WriteAsync(file, footer.ToBytes(), length, cancellationToken);
            RandomAccess.FlushToDisk(file);
            return footer;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Publish(string temporary, string key, ObjectFooter footer)
    {
        var path = ObjectPath(key);
        var directory = Path.GetDirectoryName(path)!;
        _files.EnsureDirectory(directory);
        if (!DurableFiles.LinkIfAbsent(temporary, path))
        {
            using var present = File.OpenHandle(path);
            if (ObjectFooter.Read(present, key) != footer)
            {
                throw new LakeConflictException(key);
            }
        }

        // Also after losing a race: the winner may not have synced the name yet, and this call promises it as well.
        DurableFiles.SyncDirectory(directory);
    }

    private string ObjectPath(string key) => Path.Combine(_root, "objects", key) + ObjectSuffix;

    private VerifyingStream OpenObject(LakePointer pointer)
    {
        var file = OpenFile(ObjectPath(pointer.Object), pointer.Object);
        try
        {
            var footer = ObjectFooter.Read(file, pointer.Object);
            if (pointer.Offset != 0 || pointer.Length != footer.Length)
            {
                throw new LakeCorruptException(
                    $"The pointer names bytes {pointer.Offset} to {pointer.Offset + pointer.Length} of lake object '{pointer.Object}', which has {footer.Length}.");
            }

            return new(file, pointer.Object, footer);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private async Task<Stream> OpenSliceAsync(LakePointer pointer, CancellationToken cancellationToken)
    {
        using var file = OpenFile(Path.Combine(_root, pointer.Object), pointer.Object);
        var start = pointer.Offset - SegmentFrame.HeaderBytes;
        if (start < SegmentHeader.Bytes || pointer.Length is < 0 or > ILake.SegmentPayloadLimit)
        {
            throw new LakeCorruptException($"No payload of {pointer.Length} bytes can start at byte {pointer.Offset} of lake segment '{pointer.Object}'.");
        }

        var frame = new byte[SegmentFrame.HeaderBytes + (int)pointer.Length + SegmentFrame.MaxFeedBytes];
        var filled = 0;
        int read;
        while (filled < frame.Length && (read = await RandomAccess.ReadAsync(file, frame.AsMemory(filled), start + filled, cancellationToken)) > 0)
        {
            filled += read;
        }

        var salt = SegmentHeader.SaltOf(SegmentHeader.WriterOf(pointer.Object));
        if (!SegmentFrame.TryRead(frame.AsSpan(0, filled), salt, out var entry, out _) || entry.Length != pointer.Length)
        {
            throw new LakeCorruptException($"The payload at byte {pointer.Offset} of lake segment '{pointer.Object}' does not match its checksum.");
        }

        return new MemoryStream(frame, SegmentFrame.HeaderBytes, entry.Length, writable: false);
    }

    private static SafeFileHandle OpenFile(string path, string key)
    {
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.Asynchronous);
        }
        catch (IOException exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FileNotFoundException($"The lake holds nothing under '{key}'.", exception);
        }
    }

    private IEnumerable<LakeObject> List(string prefix, CancellationToken cancellationToken)
    {
        var parent = prefix[..(prefix.LastIndexOf('/') + 1)];
        foreach (var (key, path) in Walk(Path.Combine(_root, "objects", parent), parent, prefix))
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var file = OpenFile(path, key);
            var footer = ObjectFooter.Read(file, key);
            yield return new(key, footer.Length, footer.Crc);
        }
    }

    private static IEnumerable<(string Key, string Path)> Walk(string directory, string parent, string prefix)
    {
        if (!Directory.Exists(directory))
        {
            yield break;
        }

        // A directory sorts as its name with a slash, so that the walk meets keys in ordinal order.
        var entries = new DirectoryInfo(directory).EnumerateFileSystemInfos()
            .Select(entry => (Key: parent + (entry is DirectoryInfo ? entry.Name + "/" : entry.Name.TrimEnd(ObjectSuffix)), entry.FullName))
            .Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal))
            .OrderBy(entry => entry.Key, StringComparer.Ordinal);
        foreach (var (key, path) in entries)
        {
            if (!key.EndsWith('/'))
            {
                yield return (key, path);
                continue;
            }

            foreach (var below in Walk(path, key, prefix))
            {
                yield return below;
            }
        }
    }
}
