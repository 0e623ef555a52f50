using Microsoft.Extensions.Logging;
using RetailInsight.Platform.Lake;

namespace RetailInsight.Platform.Local.DirectoryLake;

/// <summary>Finishes what writers left that ended without sealing. Segments of living processes are not touched.</summary>
internal static class SegmentRecovery
{
    /// <summary>Seals all open segments of dead writers and removes their temporary files.</summary>
    public static void Run(string root, ILogger logger)
    {
        foreach (var writer in WriterLease.TakeDead(root))
        {
            var directory = Path.Combine(root, LakeKey.SegmentPrefix, writer.Name);
            if (Directory.Exists(directory))
            {
                foreach (var path in Directory.GetFiles(directory, "*.seg").Order(StringComparer.Ordinal))
                {
                    Seal(path, writer.Name, logger);
                }
            }

            writer.Remove();
        }
    }

    private static void Seal(string path, string writer, ILogger logger)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        if (SegmentIndex.TryRead(file) is not null)
        {
            return;
        }

        var key = $"{LakeKey.SegmentPrefix}{writer}/{Path.GetFileName(path)}";
        var scan = SegmentScan.Read(file, SegmentHeader.SaltOf(writer));
        foreach (var (start, end) in scan.Gaps)
        {
            Log.SegmentDamaged(logger, key, start, end);
        }

        // Damaged bytes stay where they are, before the index: evidence is not overwritten.
        SegmentFile.Seal(file, scan.Entries, scan.End);
        Log.SegmentRecovered(logger, key, scan.Entries.Count, scan.TornBytes);
    }
}
