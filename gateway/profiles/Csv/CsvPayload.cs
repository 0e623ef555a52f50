using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles.Definition;
using RetailInsight.Profiles.Text;
using RetailInsight.Profiles.Values;

namespace RetailInsight.Profiles.Csv;

/// <summary>A CSV file opened by a profile: header bound, ready to be read row by row.</summary>
internal sealed class CsvPayload
{
    private const int LikelyReceiptBytes = 256;
    private const int MostLikelyReceipts = 1 << 16;

    private readonly List<(int Field, int Offset)> _undecodable = [];
    private readonly IReadOnlyList<string> _names;
    private readonly int[] _columns;
    private readonly ReadOnlyMemory<byte> _payload;
    private readonly TextEncoding _encoding;

    private readonly CsvTokenizer _tokenizer;
    private readonly long _offset;

    private CsvPayload(CsvRow row, CsvTokenizer tokenizer, CsvHeader.Bound bound, ReadOnlyMemory<byte> payload, TextEncoding encoding, long offset)
    {
        Row = row;
        _tokenizer = tokenizer;
        Header = bound;
        _names = bound.Names;
        _columns = bound.Columns;
        _payload = payload;
        _encoding = encoding;
        _offset = offset;
    }

    /// <summary>The header the rows are read by.</summary>
    public CsvHeader.Bound Header { get; }

    /// <summary>Where the row begins that has not been read, in the bytes at hand.</summary>
    public int Position => _tokenizer.Position;

    /// <summary>About as many receipts as the bytes at hand hold, to make room for: a receipt has some lines of some hundred bytes.</summary>
    public int LikelyReceipts => Math.Min(_payload.Length / LikelyReceiptBytes, MostLikelyReceipts);

    /// <summary>The current row.</summary>
    public CsvRow Row { get; }

    /// <summary>Columns of the header row that the profile neither binds nor declares unused: the feed has grown.</summary>
    public IReadOnlyList<string> UnknownColumns { get; private set; } = [];

    /// <summary>Whether the current row has a field for each column.</summary>
    public bool HasShape => !Row.Broken && Row.Count == _names.Count;

    /// <summary>Opens the file, or says why the payload as a whole cannot be read.</summary>
    /// <param name="definition">The profile.</param>
    /// <param name="payload">The file, or its first part.</param>
    /// <param name="known">What fields came to before.</param>
    /// <param name="more">Whether the file goes on behind these bytes.</param>
    public static Outcome<CsvPayload> Open(ProfileDefinition definition, ReadOnlyMemory<byte> payload, KnownFields? known, bool more = false)
    {
        var container = definition.Container;
        var (start, end) = DeclaredRows.Around(container, payload.Span, TextDecoder.BomLength(payload.Span), container.PreambleRows, more);
        payload = payload[..end];
        var tokenizer = new CsvTokenizer(payload, start, container.Delimiter, container.Quote, container.Fixed, more);
        var row = new CsvRow(payload, tokenizer, container, known);

        var header = ReadOnlyMemory<byte>.Empty;
        var undecodable = new List<(int Field, int Offset)>();
        if (definition.Header is null)
        {
            if (!row.Read(0, undecodable))
            {
                return Whole(RejectionReason.PayloadEmpty, "The payload holds no header and no data row.");
            }

            header = payload.Slice((int)row.Location.ByteOffset, row.Location.ByteLength);
        }

        if (CsvHeader.Remembered(definition, header.Span) is not { } bound)
        {
            if (undecodable.Count > 0)
            {
                return Whole(RejectionReason.PayloadUnreadable,
                    $"The header is not {TextDecoder.NameOf(container.Encoding)} text: invalid byte at offset {undecodable[0].Offset}.");
            }

            var names = definition.Header ?? [.. Enumerable.Range(0, row.Count).Select(i => new string(row.Field(i)))];
            if (CsvHeader.Bind(names, definition.Bindings, out var problem, out var field) is not { } columns)
            {
                return new Rejection(RejectionReason.SchemaChanged, problem!, field, default);
            }

            bound = CsvHeader.Remember(definition, header.Span, names, columns);
        }

        if (definition.Header is null)
        {
            row.WasHeader();
        }

        known?.Begin(bound);
        row.Bind(bound.Columns, bound.Groups);
        return new CsvPayload(row, tokenizer, bound, payload, container.Encoding, 0) { UnknownColumns = bound.Unknown };
    }

    /// <summary>Opens a later part of a file.</summary>
    /// <param name="definition">The profile.</param>
    /// <param name="header">The header its first part was opened with.</param>
    /// <param name="part">The bytes, from the beginning of a row.</param>
    /// <param name="begin">Where they begin.</param>
    /// <param name="known">What fields came to before.</param>
    /// <param name="more">Whether the file goes on behind these bytes.</param>
    public static CsvPayload OpenPart(ProfileDefinition definition, CsvHeader.Bound header, ReadOnlyMemory<byte> part, FilePosition begin, KnownFields? known, bool more)
    {
        var container = definition.Container;
        part = part[..DeclaredRows.Around(container, part.Span, 0, 0, more).End];
        var tokenizer = new CsvTokenizer(part, 0, container.Delimiter, container.Quote, container.Fixed, more);
        var row = new CsvRow(part, tokenizer, container, known, begin);
        known?.Begin(header);
        row.Bind(header.Columns, header.Groups);
        return new CsvPayload(row, tokenizer, header, part, container.Encoding, begin.Offset);
    }

    /// <summary>The columns that carry means of payment by the patterns of the profile, bound after all others.</summary>
    public IReadOnlyList<(Binding Amount, string Method)> TenderColumns(ProfileDefinition definition)
    {
        var found = CsvTenderColumns.Find(definition, _names, _columns);
        if (found.Count > 0)
        {
            Row.Bind([.. _columns, .. found.Select(tender => tender.Column)], Header.Groups);
            UnknownColumns = [.. UnknownColumns.Except(found.Select(tender => _names[tender.Column]))];
        }

        return [.. found.Select(tender => (tender.Amount, tender.Method))];
    }

    /// <summary>The column a binding is read from.</summary>
    public int ColumnOf(Binding binding) => Row.ColumnOf(binding);

    /// <summary>Moves to the next row without looking at more than its shape; see <see cref="CsvRow.Skim"/>.</summary>
    public bool Skim() => Row.Skim(_names.Count);

    /// <summary>Moves to the next row. What is wrong with its shape or its bytes is reported at once.</summary>
    public bool Read(FieldReader reader)
    {
        if (!Row.Read(_names.Count, _undecodable))
        {
            return false;
        }

        reader.At = Row.Location;
        if (Row.Broken)
        {
            reader.Reject(RejectionReason.RowShape, null, Row.Problem ?? "The row has a quote that is not closed, not doubled, or does not begin its field.");
        }
        else if (Row.Count != _names.Count)
        {
            reader.Reject(RejectionReason.RowShape, null, $"The row has {Row.Count} fields; the header has {_names.Count}.");
        }

        foreach (var (field, offset) in _undecodable)
        {
            // A column may have no name.
            var name = field < _names.Count ? FieldReader.Shown(_names[field].Trim('\uFEFF', ' ')) : "";
            reader.Reject(RejectionReason.RowEncoding, name.Length == 0 ? null : name, Explain(offset));
        }

        return true;
    }

    private string Explain(int offset)
    {
        var data = _payload.Span;
        var first = data[offset];
        if (_encoding == TextEncoding.Cp932)
        {
            var pair = Cp932.IsLead(first) && offset + 1 < data.Length;
            var code = pair ? (first << 8) | data[offset + 1] : first;
            var known = Cp932.CharacterOf(code) != 0;
            return known
                ? $"The character {code:X2} at byte {_offset + offset} is user-defined (gaiji): only the sending machine knows what it looks like."
                : $"The bytes {code:X2} at byte {_offset + offset} are no character of CP932.";
        }

        return $"The byte {first:X2} at byte {_offset + offset} is no valid UTF-8.";
    }

    private static Rejection Whole(RejectionReason reason, string detail) => new(reason, detail, null, default);
}
