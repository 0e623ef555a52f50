using System.Security.Cryptography;
using RetailInsight.Gateway.Feeds;
using RetailInsight.Gateway.Landing;
using RetailInsight.Profiles.Counts;

namespace RetailInsight.Gateway.Ingest;

/// <summary>What a body is received under.</summary>
/// <param name="Tenant">Whose it is.</param>
/// <param name="MostBytes">Most bytes over the wire.</param>
/// <param name="Bytes">Where they are counted while they are on their way.</param>
/// <param name="InMemory">Whether all of it stays in memory, however much it is.</param>
internal readonly record struct Upload(string Tenant, long MostBytes, TenantLimits.BytesOnTheirWay? Bytes = null, bool InMemory = false);

/// <summary>
/// A request body as received, with its SHA-256: in memory while it is small, in a temporary file that vanishes with the
/// handle when it is not.
/// </summary>
internal sealed class Payload : IAsyncDisposable
{
    private const int FirstBuffer = 64 * 1024;

    private readonly byte[] _memory;
    private readonly FileStream? _file;
    private readonly IDisposable? _room;

    private Payload(byte[] memory, FileStream? file, IDisposable? room, long length, byte[] sha256)
    {
        _memory = memory;
        _file = file;
        _room = room;
        Length = length;
        Sha256 = sha256;
    }

    /// <summary>Bytes that are here: those that came over the wire, but for what was <see cref="Removed"/>.</summary>
    public long Length { get; }

    /// <summary>32 bytes, of what came over the wire.</summary>
    public byte[] Sha256 { get; }

    /// <summary>What was taken out.</summary>
    public Removal Removed { get; private init; }

    /// <summary>Bytes and coding over the wire, where something was taken out; null where nothing was.</summary>
    public (long Length, string ContentEncoding)? Sent { get; private init; }

    /// <summary>Whether <see cref="Memory"/> holds all of it.</summary>
    public bool IsInMemory => _file is null;

    /// <summary>The payload, when it is in memory.</summary>
    /// <exception cref="InvalidOperationException">It is not.</exception>
    public ReadOnlyMemory<byte> Memory => IsInMemory ? _memory.AsMemory(0, (int)Length) : throw new InvalidOperationException("The payload lies in a file.");

    /// <summary>The payload from its start, wherever it is. One reader at a time.</summary>
    public Stream Open()
    {
        if (_file is null)
        {
            return new MemoryStream(_memory, 0, (int)Length, writable: false);
        }

        _file.Position = 0;
        return _file;
    }

    /// <summary>The payload without what may not be stored. It goes on as this one, which was in memory.</summary>
    /// <param name="storable">What may be stored.</param>
    /// <param name="sentEncoding">Coding over the wire; what goes on has none.</param>
    public Payload Without(StorablePayload storable, string sentEncoding) => new(storable.Payload.ToArray(), null, null, storable.Payload.Length, Sha256)
    {
        Removed = new(storable.Removed, storable.RemovedBytes),
        Sent = (Length, sentEncoding),
    };

    /// <summary>The whole payload in memory.</summary>
    public async Task<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        if (IsInMemory)
        {
            return Memory;
        }

        var whole = GC.AllocateUninitializedArray<byte>(checked((int)Length));
        await Open().ReadExactlyAsync(whole, cancellationToken);
        return whole;
    }

    /// <summary>Reads a body to its end.</summary>
    /// <param name="body">The body.</param>
    /// <param name="statedLength">Content-Length, when there is one.</param>
    /// <param name="upload">Whose it is, and how much may come.</param>
    /// <param name="options">What may be in memory, and where the rest goes.</param>
    /// <param name="largeUploads">Where a large one asks for room.</param>
    /// <param name="cancellationToken">The caller went away.</param>
    /// <returns>The payload, or null when it is longer than the limit; nothing of it is kept then.</returns>
    /// <exception cref="TimeoutException">There was no room for a large upload.</exception>
    /// <exception cref="BadHttpRequestException">429: the tenant has too many bytes on their way.</exception>
    public static async Task<Payload?> ReceiveAsync(
        Stream body, long? statedLength, Upload upload, GatewayOptions options, LargeUploads largeUploads, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        var inMemory = upload.InMemory ? upload.MostBytes : options.InlineBytes;

        // One byte more than stated, so that the end is seen without growing; a length that is only claimed takes no memory.
        var buffer = GC.AllocateUninitializedArray<byte>((int)Math.Min(FirstBuffer, statedLength ?? FirstBuffer) + 1);
        var filled = 0;
        while (true)
        {
            var read = await body.ReadAsync(buffer.AsMemory(filled), cancellationToken);
            if (read == 0)
            {
                return new Payload(buffer, null, null, filled, hash.GetHashAndReset());
            }

            hash.AppendData(buffer, filled, read);
            filled += read;
            if (filled > upload.MostBytes)
            {
                return null;
            }

            upload.Bytes?.Cover(filled);

            if (filled > inMemory)
            {
                var room = await largeUploads.EnterAsync(upload.Tenant, cancellationToken);
                return await SpoolAsync(body, buffer.AsMemory(0, filled), hash, upload, options.SpoolDirectory, room, cancellationToken);
            }

            if (filled == buffer.Length)
            {
                Array.Resize(ref buffer, (int)Math.Min(inMemory + 1L, buffer.Length * 2L));
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_file is not null)
        {
            await _file.DisposeAsync();
        }

        _room?.Dispose();
    }

    private static async Task<Payload?> SpoolAsync(
        Stream body, ReadOnlyMemory<byte> head, IncrementalHash hash, Upload upload, string? directory, IDisposable room, CancellationToken cancellationToken)
    {
        FileStream? file = null;
        Payload? whole = null;
        try
        {
            file = Create(directory ?? Path.GetTempPath());
            await file.WriteAsync(head, cancellationToken);
            var buffer = new byte[64 * 1024];
            int read;
            while ((read = await body.ReadAsync(buffer, cancellationToken)) > 0)
            {
                hash.AppendData(buffer, 0, read);
                await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                if (file.Length > upload.MostBytes)
                {
                    return null;
                }

                upload.Bytes?.Cover(file.Length);
            }

            return whole = new Payload([], file, room, file.Length, hash.GetHashAndReset());
        }
        finally
        {
            if (whole is null)
            {
                room.Dispose();
                if (file is not null)
                {
                    await file.DisposeAsync();
                }
            }
        }
    }

    private static FileStream Create(string directory)
    {
        Directory.CreateDirectory(directory);
        var name = "retailinsight-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)) + ".upload";
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            BufferSize = 0,
            Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(Path.Combine(directory, name), options);
    }
}
