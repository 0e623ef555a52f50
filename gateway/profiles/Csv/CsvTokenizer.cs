using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RetailInsight.Profiles.Csv;

/// <summary>
/// Splits the bytes of a CSV file into rows and fields without decoding them: delimiter, quote and line ends lie below 0x40
/// and are never the second byte of a CP932 character. Accepts CRLF, LF and CR, also mixed. A row with a broken quote ends
/// at its first line end, so that one stray quote costs one line and not the rest of the file.
/// </summary>
/// <param name="payload">The bytes, up to the end of the table.</param>
/// <param name="start">Offset of the first row.</param>
/// <param name="delimiter">Between fields.</param>
/// <param name="quote">Around fields; 0 for none.</param>
/// <param name="layout">Where the fields stand in a file with fixed widths, which has neither delimiter nor quote.</param>
/// <param name="more">Whether the file goes on behind these bytes: then only rows that end within them are read.</param>
internal sealed class CsvTokenizer(ReadOnlyMemory<byte> payload, int start, byte delimiter, byte quote, FixedLayout? layout = null, bool more = false)
{
    private const byte Cr = (byte)'\r';
    private const byte Lf = (byte)'\n';
    private const byte EndOfFileMark = 0x1A;

    // No field of a till is as long: a quote that finds no other within it was never closed.
    private const int LongestQuoted = 1 << 20;

    private const int BlockBytes = 64;

    private int _position = start;
    private int _mark = start;
    private bool _openEnd;
    private readonly Vector128<byte> _delimiters = Vector128.Create(delimiter);
    private readonly Vector128<byte> _quotes = Vector128.Create(quote == 0 ? delimiter : quote);
    private Field[] _fields = new Field[32];
    private int[] _notAscii = new int[32];
    private int _notAsciiCount;
    private Field[] _previous = new Field[32];
    private int _previousCount;

    /// <summary>A field as bytes of the payload.</summary>
    /// <param name="Start">First byte, after an opening quote.</param>
    /// <param name="Length">Without the quotes.</param>
    /// <param name="Doubled">Whether it holds doubled quotes.</param>
    /// <param name="Ascii">Whether it is known to hold ASCII alone.</param>
    public readonly record struct Field(int Start, int Length, bool Doubled, bool Ascii);

    /// <summary>Where the next row begins.</summary>
    public int Position => _position;

    /// <summary>Offset of the row's first byte.</summary>
    public int RowStart { get; private set; }

    /// <summary>Bytes of the row without its line end.</summary>
    public int RowLength { get; private set; }

    /// <summary>Whether a quote of the row is broken; its fields are then split at every delimiter.</summary>
    public bool Broken { get; private set; }

    /// <summary>Whether the row is known to have no quotes.</summary>
    public bool Plain { get; private set; }

    /// <summary>What is wrong with the shape of a record with fixed widths; null otherwise.</summary>
    public string? Problem { get; private set; }

    public int Count { get; private set; }

    public ReadOnlySpan<Field> Fields => _fields.AsSpan(0, Count);

    /// <summary>A field of the row.</summary>
    public ref readonly Field At(int index) => ref _fields[index];

    /// <summary>Which fields are not known to hold ASCII alone.</summary>
    public ReadOnlySpan<int> NotAscii => _notAscii.AsSpan(0, _notAsciiCount);

    /// <summary>Moves to the next row that is not blank.</summary>
    public bool Read()
    {
        var data = payload.Span;
        (_fields, _previous, _previousCount) = (_previous, _fields, Count);
        while (_position < data.Length)
        {
            RowStart = _position;
            (Count, _notAsciiCount) = (0, 0);
            if (layout is not null)
            {
                var isRow = TryCut(data, layout);
                if (more && _position >= data.Length)
                {
                    _position = RowStart;
                    (Count, _notAsciiCount) = (0, 0);
                    return false;
                }

                if (isRow)
                {
                    return true;
                }

                continue;
            }

            _openEnd = false;
            Plain = TrySplitPlain(data);
            Broken = !Plain && !TrySplit(data);
            if (Broken && !_openEnd)
            {
                SplitFirstLine(data);
            }

            if (more && (_openEnd || _position >= data.Length))
            {
                _position = RowStart;
                (Count, _notAsciiCount) = (0, 0);
                return false;
            }

            if (Count > 1 || Broken || !IsBlank(data.Slice(RowStart, RowLength)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the fields from one to another, both included, are byte for byte those of the row before.</summary>
    public bool Repeats(int from, int to)
    {
        if (to >= Count || to >= _previousCount)
        {
            return false;
        }

        var data = payload.Span;
        var (start, before) = (_fields[from].Start, _previous[from].Start);
        var (end, endBefore) = (_fields[to].Start + _fields[to].Length, _previous[to].Start + _previous[to].Length);
        return data[start..end].SequenceEqual(data[before..endBefore]);
    }

    /// <summary>Marks the place behind the current row.</summary>
    public void Mark() => _mark = _position;

    /// <summary>Goes back to the marked place, or to the first row.</summary>
    public void Rewind()
    {
        _position = _mark;
        Count = 0;
    }

    /// <summary>Reads the current row again as its first line alone: its quotes swallowed the rows below.</summary>
    public bool TryNarrowToFirstLine()
    {
        var data = payload.Span;
        if (data.Slice(RowStart, RowLength).IndexOfAny(Cr, Lf) < 0)
        {
            return false;
        }

        Broken = true;
        SplitFirstLine(data);
        return true;
    }

    private bool TryCut(ReadOnlySpan<byte> data, FixedLayout layout)
    {
        (RowLength, _position) = layout.RecordAt(data, RowStart);
        var record = data.Slice(RowStart, RowLength);
        if (record.IndexOfAnyExcept(" \t\r\n\x1A"u8) < 0 || layout.Skips(record))
        {
            return false;
        }

        Problem = layout.Problem(record);
        Broken = Problem is not null;
        foreach (var column in layout.Columns)
        {
            // Of a record that was cut the first columns still say which receipt it belongs to.
            if (Broken && (column.Start + column.Length > record.Length || layout.IsOfUnknownType(record)))
            {
                break;
            }

            var (at, length) = FixedLayout.Trim(record, column);
            Add(new Field(RowStart + at, length, false, System.Text.Ascii.IsValid(record.Slice(at, length))));
        }

        return true;
    }

    // A row without quotes, block by block: all its delimiters stand in a few words of bits. False where it has a quote or
    // ends too near the end of the bytes; nothing is split then.
    private bool TrySplitPlain(ReadOnlySpan<byte> data)
    {
        var start = RowStart;
        var ascii = true;
        for (var block = RowStart; block <= data.Length - BlockBytes; block += BlockBytes)
        {
            var others = BitsOf(data, block, out var delimiters, out var quotes, out var lineEnds);
            var row = unchecked(lineEnds ^ (lineEnds - 1));
            if ((quotes & row) != 0)
            {
                break;
            }

            // A block has no more fields than bytes.
            Reserve(BlockBytes);
            for (var ends = (delimiters | lineEnds) & row; ends != 0; ends &= ends - 1)
            {
                var bit = BitOperations.TrailingZeroCount(ends);
                var before = (1UL << bit) - 1;
                AddWithin(new Field(start, block + bit - start, false, ascii && (others & before) == 0));
                others &= ~before;
                start = block + bit + 1;
                ascii = true;
            }

            if (lineEnds != 0)
            {
                EndRow(data, start - 1);
                return true;
            }

            ascii &= others == 0;
        }

        (Count, _notAsciiCount) = (0, 0);
        return false;
    }

    // One bit a byte: what is not ASCII, and what may end a field.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong BitsOf(ReadOnlySpan<byte> data, int block, out ulong delimiters, out ulong quotes, out ulong lineEnds)
    {
        var bytes = Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(data), (nuint)block);
        delimiters = Vector512.Equals(bytes, Vector512.Create(delimiter)).ExtractMostSignificantBits();
        quotes = quote == 0 ? 0 : Vector512.Equals(bytes, Vector512.Create(quote)).ExtractMostSignificantBits();
        lineEnds = (Vector512.Equals(bytes, Vector512.Create(Cr)) | Vector512.Equals(bytes, Vector512.Create(Lf))).ExtractMostSignificantBits();
        return bytes.ExtractMostSignificantBits();
    }

    private void Reserve(int more)
    {
        if (_fields.Length < Count + more)
        {
            Array.Resize(ref _fields, (Count + more) * 2);
        }

        if (_notAscii.Length < Count + more)
        {
            Array.Resize(ref _notAscii, (Count + more) * 2);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AddWithin(Field field)
    {
        _notAscii[_notAsciiCount] = Count;
        _notAsciiCount += field.Ascii ? 0 : 1;
        _fields[Count++] = field;
    }

    private bool TrySplit(ReadOnlySpan<byte> data)
    {
        var at = RowStart;
        while (true)
        {
            if (quote != 0 && at < data.Length && data[at] == quote)
            {
                if (!TryQuoted(data, ref at))
                {
                    return false;
                }
            }
            else
            {
                var end = EndOfPlain(data, at, out var ascii);
                if (quote != 0 && end < data.Length && data[end] == quote)
                {
                    return false;
                }

                Add(new Field(at, end - at, false, ascii));
                at = end;
            }

            if (at == data.Length || data[at] != delimiter)
            {
                EndRow(data, at);
                return true;
            }

            at++;
        }
    }

    // Fields of a till are a few bytes long: most end within one block.
    private int EndOfPlain(ReadOnlySpan<byte> data, int start, out bool ascii)
    {
        var others = 0u;
        var i = start;
        for (; i <= data.Length - Vector128<byte>.Count; i += Vector128<byte>.Count)
        {
            var block = Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(data), (nuint)i);
            var ends = (Vector128.Equals(block, _delimiters) | Vector128.Equals(block, _quotes)
                | Vector128.Equals(block, Vector128.Create(Cr)) | Vector128.Equals(block, Vector128.Create(Lf))).ExtractMostSignificantBits();
            var here = block.ExtractMostSignificantBits();
            if (ends != 0)
            {
                var length = BitOperations.TrailingZeroCount(ends);
                ascii = (others | (here & ((1u << length) - 1))) == 0;
                return i + length;
            }

            others |= here;
        }

        for (; i < data.Length; i++)
        {
            var value = data[i];
            if (value == delimiter || value is Cr or Lf || (value == quote && quote != 0))
            {
                break;
            }

            others |= value & 0x80u;
        }

        ascii = others == 0;
        return i;
    }

    private bool TryQuoted(ReadOnlySpan<byte> data, ref int at)
    {
        var first = at + 1;
        var doubled = false;
        var close = first;
        while (true)
        {
            var until = Math.Min(data.Length, first + LongestQuoted);
            var found = close < until ? data[close..until].IndexOf(quote) : -1;
            if (found < 0)
            {
                _openEnd = more && data.Length < first + LongestQuoted;
                return false;
            }

            close += found;
            if (close + 1 >= data.Length || data[close + 1] != quote)
            {
                break;
            }

            doubled = true;
            close += 2;
        }

        Add(new Field(first, close - first, doubled, false));
        at = close + 1;
        return at == data.Length || data[at] == delimiter || data[at] is Cr or Lf;
    }

    private void SplitFirstLine(ReadOnlySpan<byte> data)
    {
        (Count, _notAsciiCount) = (0, 0);
        var length = data[RowStart..].IndexOfAny(Cr, Lf);
        var end = length < 0 ? data.Length : RowStart + length;
        var at = RowStart;
        while (true)
        {
            var next = data[at..end].IndexOf(delimiter);
            Add(new Field(at, next < 0 ? end - at : next, false, false));
            if (next < 0)
            {
                EndRow(data, end);
                return;
            }

            at += next + 1;
        }
    }

    private void EndRow(ReadOnlySpan<byte> data, int end)
    {
        RowLength = end - RowStart;
        _position = end;
        if (_position < data.Length)
        {
            _position += data[_position] == Cr && _position + 1 < data.Length && data[_position + 1] == Lf ? 2 : 1;
        }
    }

    private void Add(Field field)
    {
        Reserve(1);
        AddWithin(field);
    }

    private static bool IsBlank(ReadOnlySpan<byte> row) => row.IndexOfAnyExcept((byte)' ', (byte)'\t', EndOfFileMark) < 0;
}
