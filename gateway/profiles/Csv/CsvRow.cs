using System.Runtime.InteropServices;
using System.Text;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles.Definition;
using RetailInsight.Profiles.Text;
using RetailInsight.Profiles.Values;

namespace RetailInsight.Profiles.Csv;

/// <summary>The decoded fields of the current row of a CSV file. One object serves all rows.</summary>
internal sealed class CsvRow(ReadOnlyMemory<byte> payload, CsvTokenizer tokenizer, Container container, KnownFields? known, FilePosition begin = default) : FieldSource
{
    private readonly byte[] _pair = [container.Quote, container.Quote];

    // The fields of a row are cut out of it again and again: out of an array that costs least.
    private readonly ArraySegment<byte> _payload = MemoryMarshal.TryGetArray(payload, out var array) ? array : payload.ToArray();

    private const int Undecodable = -1;
    private const int Known = -2;
    private const int AsText = -1;
    private const int AsGroup = -2;

    // A field without the serial number of the row has not been read: its bytes are known to be text, and most fields of a row
    // are never asked for as such.
    private (int Start, int Length, int Serial)[] _fields = new (int, int, int)[32];
    private int _serial;
    private bool _readable;
    private string[] _known = new string[32];
    private char[] _elsewhere = [];
    private char[] _text = new char[1024];
    private int _used;
    private byte[] _unquoted = [];
    private int[] _columns = [];
    private (int From, int To)[] _groups = [];
    private readonly object?[] _recalled = new object?[Enum.GetValues<FieldGroup>().Length];

    /// <summary>1-based data row.</summary>
    public int Number { get; private set; } = begin.Row;

    /// <summary>Where it stands in the file.</summary>
    public SourceLocation Location => new(Number, begin.Offset + tokenizer.RowStart, tokenizer.RowLength);

    /// <summary>Offset of its first byte in the bytes at hand.</summary>
    public int Start => tokenizer.RowStart;

    public int Count { get; private set; }

    /// <summary>Whether a quote of the row is broken, or a record with fixed widths has another shape.</summary>
    public bool Broken => tokenizer.Broken;

    /// <summary>What is wrong with the shape of a record with fixed widths.</summary>
    public string? Problem => tokenizer.Problem;

    /// <summary>Says which column each binding is read from, by ordinal; −1 for a constant.</summary>
    /// <param name="columns">The columns.</param>
    /// <param name="groups">First and last column by <see cref="FieldGroup"/>; the last is −1 where the group does not stand together.</param>
    public void Bind(int[] columns, (int From, int To)[] groups) => (_columns, _groups) = (columns, groups);

    /// <summary>The column a binding is read from.</summary>
    public int ColumnOf(Binding binding) => _columns[binding.Ordinal];

    /// <summary>Moves to the next data row and decodes it.</summary>
    /// <param name="expected">Fields a row should have; a row that has more or fewer over several lines is cut to its first line.</param>
    /// <param name="undecodable">Receives each field whose bytes are no text, with the offset of the first such byte in the payload.</param>
    public bool Read(int expected, List<(int Field, int Offset)> undecodable)
    {
        undecodable.Clear();
        if (!Skim(expected))
        {
            return false;
        }

        Decode(undecodable);
        return true;
    }

    /// <summary>Moves to the next data row without decoding it: only <see cref="TextAt"/> may be asked for its fields.</summary>
    /// <param name="expected">As in <see cref="Read"/>.</param>
    public bool Skim(int expected)
    {
        if (!tokenizer.Read())
        {
            return false;
        }

        if (!tokenizer.Broken && tokenizer.Count != expected && expected > 0)
        {
            tokenizer.TryNarrowToFirstLine();
        }

        Number++;
        Count = tokenizer.Count;
        return true;
    }

    /// <summary>Says that the row read was the header.</summary>
    public void WasHeader()
    {
        Number = 0;
        tokenizer.Mark();
    }

    /// <summary>Goes back to the first data row.</summary>
    public void Rewind()
    {
        Number = begin.Row;
        tokenizer.Rewind();
    }

    /// <summary>Notes where the fields of the current row stand.</summary>
    /// <param name="place">Written over where it has the length.</param>
    public void Keep(ref CsvTokenizer.Field[] place)
    {
        if (place.Length != tokenizer.Count)
        {
            place = new CsvTokenizer.Field[tokenizer.Count];
        }

        tokenizer.Fields.CopyTo(place);
    }

    /// <summary>Trimmed text of a field of the current row, or of one kept before; empty where it is absent or no text. Valid until the next is asked for.</summary>
    public ReadOnlySpan<char> TextAt(Binding binding, CsvTokenizer.Field[]? kept = null)
    {
        var column = _columns[binding.Ordinal];
        var fields = kept is null ? tokenizer.Fields : kept;
        if (column >= fields.Length)
        {
            return default;
        }

        var field = fields[column];
        if (_elsewhere.Length < field.Length)
        {
            _elsewhere = new char[field.Length * 2];
        }

        var bytes = _payload.AsSpan(field.Start, field.Length);
        var length = TextDecoder.Decode(container.Encoding, field.Doubled ? Unquote(bytes) : bytes, _elsewhere);
        return _elsewhere.AsSpan(0, Math.Max(length, 0)).Trim();
    }

    public ReadOnlySpan<char> Field(int index)
    {
        ref var field = ref _fields[index];
        if (field.Serial != _serial && !tokenizer.At(index).Ascii)
        {
            var (start, length) = Decode(index, tokenizer.At(index), []);
            field = (start, length, _serial);
        }

        if (field.Serial != _serial)
        {
            var bytes = BytesOf(index);
            Ascii.ToUtf16(bytes, _text.AsSpan(_used), out _);
            field = (_used, bytes.Length, _serial);
            _used += bytes.Length;
        }
        else if (field.Length == Known)
        {
            return _known[index];
        }

        return _text.AsSpan(field.Start, field.Length);
    }

    /// <summary>Whether the columns from one to another, both included, are byte for byte those of the row before.</summary>
    public bool Repeats(int from, int to) => tokenizer.Repeats(from, to);

    public override bool TryGetBytes(Binding binding, out ReadOnlySpan<byte> bytes, out bool ascii)
    {
        var column = _columns[binding.Ordinal];
        if (column < 0 || column >= Count || tokenizer.At(column) is { Doubled: true })
        {
            bytes = default;
            ascii = false;
            return false;
        }

        ref readonly var field = ref tokenizer.At(column);
        bytes = _payload.AsSpan(field.Start, field.Length);
        ascii = field.Ascii;
        return true;
    }

    public override RawValue Get(Binding binding)
    {
        var column = _columns[binding.Ordinal];
        if (column >= Count)
        {
            return new RawValue(RawKind.Absent, default);
        }

        return _fields[column] is { Length: Undecodable } field && field.Serial == _serial ? new RawValue(RawKind.Undecodable, default) : new RawValue(RawKind.Text, Field(column));
    }

    public override object? Recall(FieldGroup group) => _recalled[(int)group];

    // A field that is no text came to nothing, which says nothing of the next row.
    public override bool CanRemember(FieldGroup group) => known is not null && _readable && tokenizer.Plain && _groups[(int)group].To is var to && to >= 0 && to < Count;

    public override void Remember(FieldGroup group, object value) => known!.Add(AsGroup - (int)group, BytesOf(_groups[(int)group]), value);

    private ReadOnlySpan<byte> BytesOf((int From, int To) group)
    {
        ref readonly var last = ref tokenizer.At(group.To);
        var start = tokenizer.At(group.From).Start;
        return _payload.AsSpan(start, last.Start + last.Length - start);
    }

    private void Recall()
    {
        for (var group = 0; group < _groups.Length; group++)
        {
            var (from, to) = _groups[group];
            _recalled[group] = known is not null && tokenizer.Plain && to >= 0 && to < Count ? known.Find(AsGroup - group, BytesOf((from, to))) : null;
        }
    }

    private bool IsRecalled(int column)
    {
        for (var group = 0; group < _groups.Length; group++)
        {
            if (_recalled[group] is not null && column >= _groups[group].From && column <= _groups[group].To)
            {
                return true;
            }
        }

        return false;
    }

    private ReadOnlySpan<byte> BytesOf(int index) => _payload.AsSpan(tokenizer.At(index).Start, tokenizer.At(index).Length);

    private void Decode(List<(int Field, int Offset)> undecodable)
    {
        if (_fields.Length < Count)
        {
            _fields = new (int, int, int)[Count * 2];
            _known = new string[Count * 2];
        }

        if (_text.Length < tokenizer.RowLength)
        {
            _text = new char[tokenizer.RowLength * 2];
        }

        _used = 0;
        _serial = unchecked(_serial + 1);
        Recall();
        foreach (var i in tokenizer.NotAscii)
        {
            // What was text before, in another row or in the last, is text.
            if (IsRecalled(i) || (_readable && tokenizer.Repeats(i, i)))
            {
                continue;
            }

            var (start, length) = Decode(i, tokenizer.Fields[i], undecodable);
            _fields[i] = (start, length, _serial);
        }

        _readable = undecodable.Count == 0;
    }

    private (int Start, int Length) Decode(int index, in CsvTokenizer.Field field, List<(int Field, int Offset)> undecodable)
    {
        var bytes = _payload.AsSpan(field.Start, field.Length);
        if (known is not null && !field.Doubled && known.TryGet(AsText, bytes, out var text))
        {
            _known[index] = text;
            return (0, Known);
        }

        var target = _text.AsSpan(_used);
        var length = TextDecoder.Decode(container.Encoding, field.Doubled ? Unquote(bytes) : bytes, target);
        if (length < 0)
        {
            undecodable.Add((index, field.Start + InvalidAt(bytes)));
            return (0, Undecodable);
        }

        if (known is not null && !field.Doubled)
        {
            known.Add(AsText, bytes, new string(target[..length]));
        }

        var start = _used;
        _used += length;
        return (start, length);
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
