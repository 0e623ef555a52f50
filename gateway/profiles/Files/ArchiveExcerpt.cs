using System.Text;

namespace RetailInsight.Profiles.Files;

/// <summary>Finds the row of a held receipt in the files of an archive; where it stands is said by file, but not of which.</summary>
public static class ArchiveExcerpt
{
    /// <summary>The bytes of the row.</summary>
    /// <param name="payload">The archive.</param>
    /// <param name="offset">Where the row begins in its file.</param>
    /// <param name="length">Bytes of the row without its line end.</param>
    /// <param name="key">The business key of the receipt, its parts separated by " / "; empty when it cannot be read.</param>
    /// <param name="limit">Bytes all files together may have.</param>
    /// <param name="cancellationToken">Stops between blocks.</param>
    /// <returns>None where no file, or more than one, has such a row there.</returns>
    public static ReadOnlyMemory<byte> Of(ReadOnlyMemory<byte> payload, long offset, int length, string key, long limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (!Archive.Open(payload, limit, cancellationToken).TryGet(out var files, out _))
        {
            return default;
        }

        var rows = files.Where(file => IsRow(file.Bytes.Span, offset, length)).Select(file => file.Bytes.Slice((int)offset, length)).ToList();
        var number = Encoding.UTF8.GetBytes(key.Split(" / ")[^1]);
        var named = rows.FindAll(row => row.Span.IndexOf(number) >= 0);
        return named.Count == 1 ? named[0] : rows.Count == 1 ? rows[0] : default;
    }

    private static bool IsRow(ReadOnlySpan<byte> file, long offset, int length)
    {
        if (length <= 0 || offset < 0 || offset > file.Length - length)
        {
            return false;
        }

        var (begin, end) = ((int)offset, (int)offset + length);
        return (begin == 0 || file[begin - 1] is (byte)'\n' or (byte)'\r') && (end == file.Length || file[end] is (byte)'\n' or (byte)'\r');
    }
}
