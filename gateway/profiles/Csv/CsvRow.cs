using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles.Definition;
using RetailInsight.Profiles.Text;
using RetailInsight.Profiles.Values;

namespace RetailInsight.Profiles.Csv;

/// <summary>The decoded fields of the current row of a CSV file. One object serves all rows.</summary>
internal sealed class CsvRow(ReadOnlyMemory<byte> payload, CsvTokenizer tokenizer, Container container) : FieldSource
{
    private readonly byte[] _pair = [container.Quote, container.Quote];
    private (int Start, int Length)[] _fields = new (int, int)[32];
    private char[] _text = new char[1024];
    private byte[] _unquoted = [];
    private int[] _columns = [];

    /// <summary>1-based data row.</summary>
    public int Number { get; private set; }

    public SourceLocation Location => new(Number, tokenizer.RowStart, tokenizer.RowLength);

    public int Count { get; private set; }

    /// <summary>Whether a quote of the row is broken.</summary>
    public bool Broken => tokenizer.Broken;

    /// <summary>Says which column each binding is read from, by ordinal; −1 for a constant.</summary>
    public void Bind(int[] columns) => _columns = columns;

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

    public ReadOnlySpan<char> Field(int index) => _text.AsSpan(_fields[index].Start, _fields[index].Length);

    public override RawValue Get(Binding binding)
    {
        var column = _columns[binding.Ordinal];
        if (column >= Count)
        {
            return new RawValue(RawKind.Absent, default);
        }

        var (start, length) = _fields[column];
        return length < 0 ? new RawValue(RawKind.Undecodable, default) : new RawValue(RawKind.Text, _text.AsSpan(start, length));
    }

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
        var used = 0;
        var fields = tokenizer.Fields;
        for (var i = 0; i < fields.Length; i++)
        {
            var bytes = data.Slice(fields[i].Start, fields[i].Length);
            var length = TextDecoder.Decode(container.Encoding, fields[i].Doubled ? Unquote(bytes) : bytes, _text.AsSpan(used));
            if (length < 0)
            {
                undecodable.Add((i, fields[i].Start + InvalidAt(bytes)));
            }

            _fields[i] = (used, Math.Max(length, -1));
            used += Math.Max(length, 0);
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
