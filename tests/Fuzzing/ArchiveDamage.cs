using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace RetailInsight.Fuzzing;

/// <summary>Damage to the files of a zip archive and to what the archive says of them; the archive itself stays whole.</summary>
internal sealed class ArchiveDamage(Random random, Func<byte[], byte[]> damage, List<string> done)
{
    private static readonly string[] Names =
    [
        "../../etc/passwd", "C:\\windows\\x.csv", "/absolute.csv", "uriage_head_\0.csv", "", ".", "a/b/c/d.csv", "uriage_meisai_2.csv.gz.gz", "shohin.csv", "uriage_head_x.csv", new('n', 3_000), "データ.csv", "readme.txt",
    ];

    /// <summary>The archive, packed anew.</summary>
    public byte[] Apply(byte[] archive)
    {
        var files = Files(archive);
        var at = random.Next(files.Count);
        switch (random.Next(10))
        {
            case 0:
                done.Add("archived file gone");
                files.RemoveAt(at);
                break;
            case 1:
                done.Add("archived file renamed");
                files[at] = (Names[random.Next(Names.Length)], files[at].Bytes);
                break;
            case 2:
                done.Add("archived file twice");
                files.Add(files[at]);
                break;
            case 3 when random.Next(8) == 0:
                done.Add("zip bomb");
                var bomb = new byte[random.Next(1 << 20, 8 << 20)];
                files[at] = (files[at].Name, files[at].Name.EndsWith(".gz", StringComparison.Ordinal) ? Bombs.Gzip(bomb) : bomb);
                break;
            case 4 when random.Next(8) == 0:
                done.Add("many archived files");
                files.AddRange(Enumerable.Range(0, random.Next(100, 400)).Select(i => (i.ToString(CultureInfo.InvariantCulture) + ".csv", Array.Empty<byte>())));
                break;
            case 5:
                done.Add("archive in archive");
                files[at] = (files[at].Name, archive);
                break;
            default:
                done.Add("archived file");
                files[at] = (files[at].Name, Inside(files[at].Name, files[at].Bytes));
                break;
        }

        return Pack(files);
    }

    private byte[] Inside(string name, byte[] bytes)
    {
        if (!name.EndsWith(".gz", StringComparison.Ordinal) || random.Next(3) == 0)
        {
            return damage(bytes);
        }

        using var unpacked = new MemoryStream();
        using (var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress))
        {
            gzip.CopyTo(unpacked);
        }

        return Bombs.Gzip(damage(unpacked.ToArray()));
    }

    private static List<(string Name, byte[] Bytes)> Files(byte[] archive)
    {
        using var zip = new ZipArchive(new MemoryStream(archive), ZipArchiveMode.Read, leaveOpen: false, CodePagesEncodingProvider.Instance.GetEncoding(932));
        var files = new List<(string Name, byte[] Bytes)>();
        foreach (var entry in zip.Entries)
        {
            using var unpacked = new MemoryStream();
            using var stream = entry.Open();
            stream.CopyTo(unpacked);
            files.Add((entry.FullName, unpacked.ToArray()));
        }

        return files;
    }

    private byte[] Pack(List<(string Name, byte[] Bytes)> files)
    {
        using var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, bytes) in files)
            {
                using var stream = zip.CreateEntry(name.Length == 0 ? " " : name, (CompressionLevel)random.Next(3)).Open();
                stream.Write(bytes);
            }
        }

        // What the directory of the archive says, now and then, is not what stands in it.
        var archive = packed.ToArray();
        if (random.Next(8) == 0)
        {
            done.Add("directory of the archive");
            var directory = archive.AsSpan().LastIndexOf("PK\u0001\u0002"u8);
            var at = Math.Max(0, directory) + random.Next(4, 46);
            if (at < archive.Length)
            {
                archive[at] = (byte)random.Next(256);
            }
        }

        return archive;
    }
}
