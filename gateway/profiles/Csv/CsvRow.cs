using System.Text;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles.Definition;
using RetailInsight.Profiles.Text;
using RetailInsight.Profiles.Values;

namespace RetailInsight.Profiles.Csv;

/// <summary>The decoded fields of the current row of a CSV file. One object serves all rows.</summary>
internal sealed class CsvRow(ReadOnlyMemory<byte> payload, CsvTokenizer tokenizer, Container container) : FieldSource
{
    private readonly byte[] _pair = [container.Quote, container.Quote];
    private const int Unread = -2;

    // Of an unread field the bytes are known to be ASCII; most fields of a row are never asked for as text.
    private (int Start, int Length)[] _fields = new (int, int)[32];
    private char[] _text = new char[1024];
    private int _used;
    private byte[] _unquoted = [];
    private int[] _columns = [];

    /// <summary>1-based data row.</summary>
    public int Number { get; private set; }

    public SourceLocation Location => new(Number, tokenizer.RowStart, tokenizer.RowLength);

    public int Count { get; private set; }

    /// <summary>Whether a quote of the row is broken, or a record with fixed widths has another shape.</summary>
    public bool Broken => tokenizer.Broken;

    /// <summary>What is wrong with the shape of a record with fixed widths.</summary>
    public string? Problem => tokenizer.Problem;

    /// <summary>Says which column each binding is read from, by ordinal; −1 for a constant.</summary>
    public void Bind(int[] columns) => _columns = columns;

    /// <summary>The column a binding is read from.</summary>
    public int ColumnOf(Binding binding) => _columns[binding.Ordinal];

    /// <summary>Moves to the next data row and decodes it.</summary>
    /// <param name="expected">Fields a row should have; a row that has more or fewer over several lines is cut to its first line.</param>
    /// <param name="undecodable">Receives each field whose bytes are no text, with the offset of the first such byte in the payload.</param>
    public bool Read(int expected, List<(int Field, int Offset)> undecodable)
    {
        undecodable.Clear();
        if (!tokenizer.Read())
        {
            return false;
        }

        if (!tokenizer.Broken && tokenizer.Count != expected && expected > 0)
        {
            tokenizer.TryNarrowToFirstLine();
        }

        Number++;
        Decode(undecodable);
        return true;
    }

    /// <summary>Says that the row read was the header.</summary>
    public void WasHeader() => Number = 0;

    public ReadOnlySpan<char> Field(int index)
    {
        ref var field = ref _fields[index];
        if (field.Length == Unread)
        {
            var bytes = BytesOf(index);
            Ascii.ToUtf16(bytes, _text.AsSpan(_used), out _);
            field = (_used, bytes.Length);
            _used += bytes.Length;
        }

        return _text.AsSpan(field.Start, field.Length);
    }

    /// <summary>Whether the columns from one to another, both included, are byte for byte those of the row before.</summary>
    public bool Repeats(int from, int to) => tokenizer.Repeats(from, to);

    public override bool TryGetAscii(Binding binding, out ReadOnlySpan<byte> bytes)
    {
        var column = _columns[binding.Ordinal];
        var known = column >= 0 && column < Count && tokenizer.Fields[column].Ascii;
        bytes = known ? BytesOf(column) : default;
        return known;
    }

    public override RawValue Get(Binding binding)
    {
        var column = _columns[binding.Ordinal];
        if (column >= Count)
        {
            return new RawValue(RawKind.Absent, default);
        }

        return _fields[column].Length == -1 ? new RawValue(RawKind.Undecodable, default) : new RawValue(RawKind.Text, Field(column));
    }

    private ReadOnlySpan<byte> BytesOf(int index) => payload.Span.Slice(tokenizer.Fields[index].Start, tokenizer.Fields[index].Length);

    private void Decode(List<(int Field, int Offset)> undecodable)
    {
        Count = tokenizer.Count;
        if (_fields.Length < Count)
        {
            _fields = new (int, int)[Count * 2];
        }

        if (_text.Length < tokenizer.RowLength)
        {
            _text = new char[tokenizer.RowLength * 2];
        }

        var data = payload.Span;
        _used = 0;
        var fields = tokenizer.Fields;
        for (var i = 0; i < fields.Length; i++)
        {
            if (fields[i].Ascii)
            {
                _fields[i] = (0, Unread);
                continue;
            }

            var bytes = data.Slice(fields[i].Start, fields[i].Length);
            var length = TextDecoder.Decode(container.Encoding, fields[i].Doubled ? Unquote(bytes) : bytes, _text.AsSpan(_used));
            if (length < 0)
            {
                undecodable.Add((i, fields[i].Start + InvalidAt(bytes)));
            }

            _fields[i] = (_used, Math.Max(length, -1));
            _used += Math.Max(length, 0);
        }
    }

    private int InvalidAt(ReadOnlySpan<byte> bytes) =>
        -1 - TextDecoder.Decode(container.Encoding, bytes, new char[bytes.Length]) is var at && at >= 0 ? at : 0;

    private ReadOnlySpan<byte> Unquote(ReadOnlySpan<byte> bytes)
    {
        if (_unquoted.Length < bytes.Length)
        {
            _unquoted = new byte[bytes.Length * 2];
        }

        var length = 0;
        while (bytes.IndexOf(_pair) is var at && at >= 0)
        {
            bytes[..(at + 1)].CopyTo(_unquoted.AsSpan(length));
            length += at + 1;
            bytes = bytes[(at + 2)..];
        }

        bytes.CopyTo(_unquoted.AsSpan(length));
        return _unquoted.AsSpan(0, length + bytes.Length);
    }
}
