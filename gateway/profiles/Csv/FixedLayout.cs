namespace RetailInsight.Profiles.Csv;

/// <summary>A column of a file with fixed widths.</summary>
/// <param name="Name">What bindings call it.</param>
/// <param name="Start">First byte, from 0.</param>
/// <param name="Length">In bytes: a Japanese character of CP932 takes two.</param>
/// <param name="Padding">Byte taken off both ends; a blank where the profile names none.</param>
internal sealed record FixedColumn(string Name, int Start, int Length, byte Padding);

/// <summary>Which records of a file with fixed widths are rows: those whose type stands among the data types.</summary>
/// <param name="Start">First byte of the type, from 0.</param>
/// <param name="Length">In bytes.</param>
/// <param name="Data">Types that are rows.</param>
/// <param name="Skipped">Types that are not: headers and trailers.</param>
internal sealed record RecordTypes(int Start, int Length, IReadOnlyList<byte[]> Data, IReadOnlyList<byte[]> Skipped);

/// <summary>Where the columns of a file with fixed widths stand.</summary>
/// <param name="Columns">The columns, in any order.</param>
/// <param name="RecordLength">Bytes of a record without its line end; 0 where only the last column says how long it must be.</param>
/// <param name="LineEnds">Whether a record ends with a line end; otherwise the next follows at once.</param>
/// <param name="Types">Null where every record is a row.</param>
internal sealed record FixedLayout(IReadOnlyList<FixedColumn> Columns, int RecordLength, bool LineEnds, RecordTypes? Types)
{
    private readonly int _shortest = Columns.Count == 0 ? 0 : Columns.Max(column => column.Start + column.Length);

    /// <summary>The record at a position: its length, and where the next one begins.</summary>
    public (int Length, int Next) RecordAt(ReadOnlySpan<byte> data, int position)
    {
        if (!LineEnds)
        {
            var length = Math.Min(RecordLength, data.Length - position);
            return (length, position + length);
        }

        var end = data[position..].IndexOfAny((byte)'\r', (byte)'\n');
        if (end < 0)
        {
            return (data.Length - position, data.Length);
        }

        var next = position + end;
        return (end, next + (data[next] == '\r' && next + 1 < data.Length && data[next + 1] == '\n' ? 2 : 1));
    }

    /// <summary>Whether a record is declared to be no row.</summary>
    public bool Skips(ReadOnlySpan<byte> record) => Types is { } types && Contains(types.Skipped, TypeOf(record));

    /// <summary>Whether the type of a record is none that is a row.</summary>
    public bool IsOfUnknownType(ReadOnlySpan<byte> record) => Types is { } types && !Contains(types.Data, TypeOf(record));

    /// <summary>What is wrong with the shape of a record; null for a row.</summary>
    public string? Problem(ReadOnlySpan<byte> record)
    {
        if (IsOfUnknownType(record))
        {
            return $"The record type '{Shown(TypeOf(record))}' at byte {Types!.Start + 1} of the record is none the profile declares.";
        }

        var expected = RecordLength == 0 ? _shortest : RecordLength;
        return record.Length == expected || (RecordLength == 0 && record.Length > expected)
            ? null
            : $"The record has {record.Length} bytes; {expected} are expected.";
    }

    /// <summary>The bytes of a column within a record of the right shape, padding taken off.</summary>
    public static (int Start, int Length) Trim(ReadOnlySpan<byte> record, FixedColumn column)
    {
        var (start, end) = (column.Start, column.Start + column.Length);
        while (start < end && record[start] == column.Padding)
        {
            start++;
        }

        while (end > start && record[end - 1] == column.Padding)
        {
            end--;
        }

        return (start, end - start);
    }

    private ReadOnlySpan<byte> TypeOf(ReadOnlySpan<byte> record) =>
        record.Length < Types!.Start + Types.Length ? default : record.Slice(Types.Start, Types.Length);

    private static bool Contains(IReadOnlyList<byte[]> types, ReadOnlySpan<byte> type)
    {
        foreach (var known in types)
        {
            if (type.SequenceEqual(known))
            {
                return true;
            }
        }

        return false;
    }

    private static string Shown(ReadOnlySpan<byte> type) =>
        System.Text.Ascii.IsValid(type) ? Values.FieldReader.Shown(System.Text.Encoding.ASCII.GetString(type)) : Convert.ToHexString(type);
}
