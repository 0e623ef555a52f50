using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles.Json;
using RetailInsight.Profiles.Text;

namespace RetailInsight.Profiles.Parts;

/// <summary>
/// A JSON document with an array of receipts piece by piece: a piece ends at a comma of the array. What stands before and
/// behind the array is put around each piece.
/// </summary>
internal sealed class ArrayParts(Profile profile) : TreeParts(profile)
{
    private readonly Profile _profile = profile;
    private readonly string[] _path = profile.Definition.Receipts!.ReceiptsPath;
    private byte[] _before = [];
    private byte[] _behind = [];
    private byte[] _document = [];
    private long _checked;
    private Rejection? _fault;

    // Where the piece begins that is being surveyed, as the JSON parser counts.
    private long _line;
    private long _byteInLine;

    /// <inheritdoc/>
    protected override Rejection? NoRecord => null;

    /// <inheritdoc/>
    protected override Outcome<int> Decodable(ReadOnlyMemory<byte> piece, long begin, bool last)
    {
        // A piece can be shorter than what was looked at of a longer one before.
        var from = _checked - begin > piece.Length ? 0 : (int)(_checked - begin);
        var fresh = piece.Span[from..];
        var decoded = Utf8.IsValid(fresh) ? fresh.Length : TextDecoder.Decode(Definition.TextEncoding.Utf8, fresh, new char[fresh.Length]);
        var valid = decoded < 0 ? -1 - decoded : fresh.Length;
        if (decoded < 0 && (last || Rune.DecodeFromUtf8(fresh[valid..], out _, out _) != OperationStatus.NeedMoreData))
        {
            return Whole(string.Create(CultureInfo.InvariantCulture, $"The payload is not UTF-8: invalid byte at offset {begin + from + valid}."));
        }

        _checked = Math.Max(_checked, begin + from + valid);
        return from + valid;
    }

    /// <inheritdoc/>
    protected override Outcome<TreePart?> Open(ReadOnlyMemory<byte> piece, FilePosition begin, bool last, bool survey, CancellationToken cancellationToken)
    {
        var bom = begin.Offset == 0 ? TextDecoder.BomLength(piece.Span) : 0;
        var before = begin.Offset == 0 ? [] : _before;
        var document = Document(before, piece.Span[bom..]);
        ArrayOfRecords found;
        try
        {
            found = ArrayOfRecords.Find(document.Span, _path, last);
        }
        catch (JsonException e)
        {
            return Whole(Explain(e, before));
        }

        if (survey && !last && (found.Start < 0 ? document.Length : found.End < 0 ? found.Start : Math.Max(found.Start, document.Length - found.End)) > LongestSurroundings)
        {
            WholeOnly = string.Create(CultureInfo.InvariantCulture,
                $"'{(_path.Length == 0 ? "$" : string.Join('.', _path))}' must be an array of receipts with no more than {LongestSurroundings} bytes before it and behind it. Send it so, or send the file in parts.");
            return (TreePart?)null;
        }

        if (!last && found.Comma < 0)
        {
            return (TreePart?)null;
        }

        if (survey)
        {
            _before = begin.Offset == 0 && found.Start >= 0 ? document[..found.Start].ToArray() : _before;
            _behind = last && found.End >= 0 ? document[(found.End - 1)..].ToArray() : _behind;
        }

        // While the file is surveyed nobody knows yet what stands behind the array.
        var end = last ? document.Length : found.Comma;
        var whole = last ? document : Closed(end, survey ? Closing() : _behind);
        var dealtWith = bom + end - before.Length + (last ? 0 : 1);
        if (survey)
        {
            Count(piece.Span[bom..dealtWith]);
        }

        if (_fault is not null && !last)
        {
            return new TreePart(null, null, dealtWith);
        }

        if (JsonPayload.OpenPart(_profile.Definition, whole, _path, null, begin.Offset + bom - before.Length, complete: last).TryGet(out var json, out var rejection) && _fault is null)
        {
            return new TreePart(json, null, dealtWith);
        }

        // Of two members with the same name the parser speaks only where all else is JSON.
        _fault ??= rejection;
        json?.Dispose();
        return last || !survey ? _fault! : new TreePart(null, null, dealtWith);
    }

    // The document's bytes, with room behind them for what closes it.
    private ReadOnlyMemory<byte> Document(byte[] before, ReadOnlySpan<byte> piece)
    {
        var length = before.Length + piece.Length;
        var room = length + Math.Max(_behind.Length, _path.Length + 1);
        if (_document.Length < room)
        {
            _document = new byte[room];
        }

        before.CopyTo(_document, 0);
        piece.CopyTo(_document.AsSpan(before.Length));
        return _document.AsMemory(0, length);
    }

    private ReadOnlyMemory<byte> Closed(int end, byte[] closing)
    {
        if (_document.Length - end < closing.Length)
        {
            Array.Resize(ref _document, end + closing.Length);
        }

        closing.CopyTo(_document, end);
        return _document.AsMemory(0, end + closing.Length);
    }

    private byte[] Closing() => [(byte)']', .. Enumerable.Repeat((byte)'}', _path.Length)];

    private void Count(ReadOnlySpan<byte> dealtWith)
    {
        var lastLineEnd = dealtWith.LastIndexOf((byte)'\n');
        _line += dealtWith.Count((byte)'\n');
        _byteInLine = lastLineEnd < 0 ? _byteInLine + dealtWith.Length : dealtWith.Length - lastLineEnd - 1;
    }

    // The place in the file of a place in the document, whose first lines are those before the array.
    private string Explain(JsonException e, byte[] before)
    {
        var (line, at) = (e.LineNumber ?? 0, e.BytePositionInLine ?? 0);
        var linesBefore = before.AsSpan().Count((byte)'\n');
        var lastLine = before.Length - before.AsSpan().LastIndexOf((byte)'\n') - 1;
        at = line == linesBefore ? at - lastLine + _byteInLine : at;
        line = line - linesBefore + _line;
        return JsonPayload.Explain(line, at, e);
    }

    private static Rejection Whole(string detail) => new(RejectionReason.PayloadUnreadable, detail, null, default);
}
