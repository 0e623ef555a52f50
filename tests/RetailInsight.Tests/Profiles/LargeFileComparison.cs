using System.Text;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles;

namespace RetailInsight.Tests.Profiles;

/// <summary>What a file comes to in pieces of random lengths against what it comes to as a whole.</summary>
internal static class LargeFileComparison
{
    /// <summary>Converts a file as a whole and in pieces.</summary>
    /// <returns>False where it can only be converted as a whole.</returns>
    public static bool Same(Profile profile, byte[] content, ConversionContext context, Random random, int shortest, int longest)
    {
        var whole = Converter.Convert(profile, content, context, default);
        var file = new LargeFile(profile);
        Rejection? rejection = null;
        Each(content, random, shortest, longest, (piece, _, last) =>
        {
            // Nothing more is asked of a file that was refused.
            return rejection is null && file.Survey(piece, last, default).TryGet(out var dealtWith, out rejection) ? dealtWith : piece.Length;
        });
        if (file.WholeOnly is not null && rejection is null)
        {
            return false;
        }

        // Which encoding a file is in is told by its first piece: a short one can look like another than the whole does.
        if (IsOtherEncoding(whole.Unreadable) || IsOtherEncoding(rejection))
        {
            return true;
        }

        Assert.Equal(whole.Unreadable, rejection);
        if (rejection is not null)
        {
            return true;
        }

        Assert.Equal(whole.RowsRead, file.Rows);
        var parts = new List<Conversion>();
        Each(content, random, shortest, longest, (piece, begin, last) =>
        {
            var (conversion, end) = file.Convert(piece, begin, last, context, default);
            parts.Add(conversion);
            return (int)(end.Offset - begin.Offset);
        }, () => parts.Sum(part => part.RowsRead));
        Assert.Equal(Shown([whole]), Shown(parts));
        return true;
    }

    private static bool IsOtherEncoding(Rejection? rejection) => rejection?.Detail.Contains("; the profile expects ", StringComparison.Ordinal) == true;

    // Pieces of random lengths, each beginning where the one before was dealt with.
    private static void Each(byte[] content, Random random, int shortest, int longest, Func<ReadOnlyMemory<byte>, FilePosition, bool, int> take, Func<int>? rows = null)
    {
        var (at, length) = (0, 0);
        while (true)
        {
            length = Math.Min(content.Length - at, (2 * length) + random.Next(shortest, longest));
            var last = at + length == content.Length;
            var dealtWith = take(content.AsMemory(at, length), new FilePosition(at, rows?.Invoke() ?? 0), last);
            if (last)
            {
                return;
            }

            at += dealtWith;
            length = dealtWith == 0 ? length : 0;
        }
    }

    private static string Shown(List<Conversion> parts)
    {
        var text = new StringBuilder();
        text.AppendLine(System.Globalization.CultureInfo.InvariantCulture, $"{parts.Sum(part => part.RowsRead)} rows");
        foreach (var (record, rows, content) in parts.SelectMany(part => part.Transactions))
        {
            text.AppendLine(System.Globalization.CultureInfo.InvariantCulture, $"{record.EventId} {content} {record.Source} {rows} {string.Join(',', record.Lines.Select(line => line.SourceRow))}");
        }

        foreach (var held in parts.SelectMany(part => part.Held))
        {
            text.AppendLine(System.Globalization.CultureInfo.InvariantCulture, $"{held.Key} {held.Rows} {held.MoneyAtRisk} {string.Join(',', held.SourceRows)} {string.Join(';', held.Rejections)}");
        }

        foreach (var found in parts.SelectMany(part => part.Findings).GroupBy(finding => (finding.Code, finding.Field)).OrderBy(group => group.Key.ToString(), StringComparer.Ordinal))
        {
            text.AppendLine(System.Globalization.CultureInfo.InvariantCulture, $"{found.Key} {found.Sum(finding => finding.Count)} {found.First().Example} {found.First().At}");
        }

        return text.ToString();
    }
}
