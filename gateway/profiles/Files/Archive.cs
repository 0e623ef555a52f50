using System.Globalization;
using System.IO.Compression;
using System.Text;
using RetailInsight.Core.Outcomes;

namespace RetailInsight.Profiles.Files;

/// <summary>A file of an archive.</summary>
/// <param name="Name">Its name without folders.</param>
/// <param name="Bytes">Unpacked.</param>
internal sealed record ArchivedFile(string Name, ReadOnlyMemory<byte> Bytes);

/// <summary>Unpacks zip archives in memory, within limits. Nothing is written, so that no name can lead anywhere.</summary>
internal static class Archive
{
    private const int MostFiles = 256;
    private const int SafeRatio = 200;
    private const long AlwaysAllowed = 1L << 20;

    private static readonly uint[] CrcTable = BuildCrcTable();

    /// <summary>The files in the order of their names, or why the archive cannot be used.</summary>
    /// <param name="payload">The archive.</param>
    /// <param name="limit">Bytes all files together may have.</param>
    /// <param name="cancellationToken">Stops between blocks.</param>
    public static Outcome<IReadOnlyList<ArchivedFile>> Open(ReadOnlyMemory<byte> payload, long limit, CancellationToken cancellationToken)
    {
        if (!payload.Span.StartsWith("PK"u8))
        {
            return Refuse(RejectionReason.PayloadUnreadable, "The payload is no zip archive; the profile expects one.");
        }

        limit = Math.Min(Math.Min(limit, int.MaxValue / 2), Math.Max(AlwaysAllowed, payload.Length * (long)SafeRatio));
        var left = limit;
        try
        {
            using var stream = new MemoryStream(payload.ToArray(), writable: false);
            using var zip = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true, CodePagesEncodingProvider.Instance.GetEncoding(932));
            if (zip.Entries.Count > MostFiles)
            {
                return Refuse(RejectionReason.PayloadTooLarge, $"The archive holds {zip.Entries.Count} files; at most {MostFiles} belong to one batch.");
            }

            var files = new List<ArchivedFile>();
            foreach (var entry in zip.Entries.Where(entry => entry.Name.Length > 0).OrderBy(entry => entry.FullName, StringComparer.Ordinal))
            {
                if (entry.IsEncrypted)
                {
                    return Refuse(RejectionReason.PayloadCompression, $"'{Values.FieldReader.Shown(entry.Name)}' is encrypted. Send the archive without a password; the connection is encrypted.");
                }

                using var unpacked = entry.Open();
                if (Read(unpacked, left, cancellationToken) is not { } bytes)
                {
                    return TooLarge(payload.Length, limit);
                }

                if (Crc(bytes) != entry.Crc32)
                {
                    return Damaged(entry.Name);
                }

                left -= bytes.Length;
                var name = entry.Name;
                if (name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
                {
                    using var gzip = new GZipStream(new MemoryStream(bytes, writable: false), CompressionMode.Decompress);
                    if (Read(gzip, left, cancellationToken) is not { } inner)
                    {
                        return TooLarge(payload.Length, limit);
                    }

                    // The framework takes a cut stream for one that has ended; the last four bytes state the length.
                    if (bytes.Length < 18 || BitConverter.ToUInt32(bytes, bytes.Length - 4) != (uint)inner.Length)
                    {
                        return Damaged(name);
                    }

                    left -= inner.Length;
                    (bytes, name) = (inner, name[..^3]);
                }

                files.Add(new ArchivedFile(name, bytes));
            }

            return files;
        }
        catch (InvalidDataException e)
        {
            return Refuse(RejectionReason.PayloadCompression, $"The zip archive is cut off or damaged: {Text.ParserMessage.Of(e)} Send the whole archive again.");
        }
    }

    private static byte[]? Read(Stream stream, long limit, CancellationToken cancellationToken)
    {
        using var unpacked = new MemoryStream();
        var block = new byte[81_920];
        int read;
        while ((read = stream.Read(block)) > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (unpacked.Length + read > limit)
            {
                return null;
            }

            unpacked.Write(block, 0, read);
        }

        return unpacked.ToArray();
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc = CrcTable[(crc ^ value) & 0xFF] ^ (crc >> 8);
        }

        return ~crc;
    }

    private static uint[] BuildCrcTable()
    {
        var table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++)
            {
                value = (value & 1) == 1 ? 0xEDB88320 ^ (value >> 1) : value >> 1;
            }

            table[i] = value;
        }

        return table;
    }

    private static Rejection Damaged(string name) =>
        Refuse(RejectionReason.PayloadCompression, $"'{Values.FieldReader.Shown(name)}' in the archive is cut off or damaged. Send the whole archive again.");

    private static Rejection TooLarge(int packed, long limit) => Refuse(
        RejectionReason.PayloadTooLarge,
        string.Create(CultureInfo.InvariantCulture, $"The archive of {packed} bytes unpacks to more than {limit} bytes, the most its files may have together: they are joined in memory. Send several archives, each with the heads, lines and payments of the same receipts."));

    private static Rejection Refuse(RejectionReason reason, string detail) => new(reason, detail, null, default);
}
