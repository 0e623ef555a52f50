using System.IO.Enumeration;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles.Csv;
using RetailInsight.Profiles.Definition;
using RetailInsight.Profiles.Text;
using RetailInsight.Profiles.Values;

namespace RetailInsight.Profiles.Files;

/// <summary>A row of a file in an archive.</summary>
/// <param name="File">Name of the file.</param>
/// <param name="At">Where it stands in its file.</param>
/// <param name="Key">The values by which it is joined, separated by U+001F; null when they cannot be read.</param>
/// <param name="Values">Values by normalised column name; empty when the row is broken.</param>
/// <param name="Problem">What is wrong with its shape or bytes.</param>
internal sealed record RoleRow(string File, SourceLocation At, string? Key, IReadOnlyDictionary<string, string> Values, Rejection? Problem);

/// <summary>Reads the CSV files of one role.</summary>
internal static class RoleRows
{
    public const char Separator = '\u001F';

    /// <summary>Whether a file is of the role.</summary>
    public static bool Matches(FileRole role, string name) => FileSystemName.MatchesSimpleExpression(role.Name, name, ignoreCase: true);

    /// <summary>Adds the rows of a file, or says why it cannot be read.</summary>
    /// <param name="container">The profile's container.</param>
    /// <param name="role">What the rows are.</param>
    /// <param name="file">The file.</param>
    /// <param name="columns">Receives the normalised names of its columns.</param>
    /// <param name="rows">Receives its rows.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static Rejection? Read(Container container, FileRole role, ArchivedFile file, ISet<string> columns, ICollection<RoleRow> rows, CancellationToken cancellationToken)
    {
        var shown = FieldReader.Shown(file.Name);
        if (EncodingCheck.Mismatch(container.Encoding, file.Bytes.Span) is { } mismatch)
        {
            return mismatch with { Detail = $"'{shown}': {mismatch.Detail}" };
        }

        var tokenizer = new CsvTokenizer(file.Bytes, TextDecoder.BomLength(file.Bytes.Span), container.Delimiter, container.Quote);
        var row = new CsvRow(file.Bytes, tokenizer, container, null);
        var undecodable = new List<(int Field, int Offset)>();
        if (!row.Read(0, undecodable))
        {
            return new Rejection(RejectionReason.PayloadEmpty, $"'{shown}' in the archive has no header and no row.", null, default);
        }

        if (undecodable.Count > 0)
        {
            return new Rejection(RejectionReason.PayloadUnreadable, $"The header of '{shown}' is not {TextDecoder.NameOf(container.Encoding)} text.", null, default);
        }

        var names = Enumerable.Range(0, row.Count).Select(i => CsvHeader.Normalise(new string(row.Field(i)))).ToArray();
        columns.UnionWith(names);
        var key = role.Key.Select(name => Array.IndexOf(names, CsvHeader.Normalise(name))).ToArray();
        if (Array.IndexOf(key, -1) is var missing and >= 0)
        {
            return new Rejection(RejectionReason.SchemaChanged, $"Column '{role.Key[missing]}' is missing from '{shown}'. Columns found: {string.Join(", ", names.Take(60).Select(name => FieldReader.Shown(name)))}.", role.Key[missing], default);
        }

        row.WasHeader();
        var withoutKey = 0;
        while (row.Read(names.Length, undecodable))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var read = Row(row, names, key, undecodable, shown, container);
            if (read.Key is null && ++withoutKey > HoldLimits.RowsWithoutReceipt)
            {
                return HoldLimits.Refuse();
            }

            rows.Add(read);
        }

        return null;
    }

    private static RoleRow Row(CsvRow row, string[] names, int[] key, List<(int Field, int Offset)> undecodable, string file, Container container)
    {
        var whole = !row.Broken && row.Count == names.Length;
        var problem = !whole
            ? new Rejection(RejectionReason.RowShape, $"Row {row.Number} of '{file}' has {row.Count} fields or a broken quote; the header has {names.Length} fields.", null, row.Location)
            : undecodable.Count > 0
                ? new Rejection(RejectionReason.RowEncoding, $"Row {row.Number} of '{file}' is not {TextDecoder.NameOf(container.Encoding)} text at byte {undecodable[0].Offset} of the file.", FieldReader.Shown(names[undecodable[0].Field]) is { Length: > 0 } name ? name : null, row.Location)
                : null;
        var bad = undecodable.ConvertAll(field => field.Field);
        var values = new Dictionary<string, string>(StringComparer.Ordinal);

        // Of a row with too few or too many fields the key still says which receipt must wait for it.
        for (var i = 0; !row.Broken && i < Math.Min(names.Length, row.Count); i++)
        {
            if ((whole || Array.IndexOf(key, i) >= 0) && !bad.Contains(i))
            {
                values.TryAdd(names[i], new string(row.Field(i)));
            }
        }

        var parts = key.Select(column => values.GetValueOrDefault(names[column])?.Trim() ?? "").ToArray();
        return new RoleRow(file, row.Location, parts.Contains("") ? null : string.Join(Separator, parts), values, problem);
    }
}
