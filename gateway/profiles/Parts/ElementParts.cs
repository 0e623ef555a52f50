using System.Collections.Immutable;
using System.Globalization;
using System.Xml.Linq;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles.Definition;
using RetailInsight.Profiles.Json;
using RetailInsight.Profiles.Text;
using RetailInsight.Profiles.Trees;
using RetailInsight.Profiles.Xml;

namespace RetailInsight.Profiles.Parts;

/// <summary>
/// An XML document piece by piece: a piece ends behind an element that stands where records do. The start tags of the elements
/// around it are put before each piece.
/// </summary>
internal sealed class ElementParts : TreeParts
{
    private readonly ProfileDefinition _definition;
    private readonly string[] _path;
    private readonly XmlStep[] _steps;

    // What stands around the receipts is kept until the file is converted.
    private const int MostAround = 10_000;

    // Which elements are open from a place on; the same ones are kept once.
    private readonly List<(long Offset, ImmutableList<XmlOpenElement> Open)> _open = [(0, [])];
    private readonly Dictionary<string, ImmutableList<XmlOpenElement>> _known = new(StringComparer.Ordinal);
    private ImmutableList<XmlOpenElement> _openNow = [];
    private XElement? _root;
    private long _checked;
    private int _line = 1;
    private int _column;

    public ElementParts(Profile profile)
        : base(profile)
    {
        _definition = profile.Definition;
        _path = _definition.Receipts!.ReceiptsPath;
        _steps = [.. _path.Select(step => XmlStep.TryParse(step, out var parsed) ? parsed : throw new InvalidOperationException(step))];
    }

    /// <inheritdoc/>
    protected override Rejection? NoRecord => XmlTree.NoRecord(_path);

    /// <inheritdoc/>
    protected override Outcome<int> Decodable(ReadOnlyMemory<byte> piece, long begin, bool last)
    {
        // A piece can be shorter than what was looked at of a longer one before.
        var from = _checked - begin > piece.Length ? 0 : (int)(_checked - begin);
        var fresh = piece.Span[from..];
        var decoded = System.Text.Ascii.IsValid(fresh) ? fresh.Length : TextDecoder.Decode(_definition.Container.Encoding, fresh, new char[fresh.Length]);
        var valid = decoded < 0 ? -1 - decoded : fresh.Length;
        if (decoded < 0 && (last || !IsCut(fresh[valid..])))
        {
            return XmlTree.Undecodable(_definition.Container.Encoding, begin + from + valid);
        }

        _checked = Math.Max(_checked, begin + from + valid);
        return from + valid;
    }

    /// <inheritdoc/>
    protected override Outcome<TreePart?> Open(ReadOnlyMemory<byte> piece, FilePosition begin, bool last, bool survey, CancellationToken cancellationToken)
    {
        var bom = begin.Offset == 0 ? TextDecoder.BomLength(piece.Span) : 0;
        var text = Decoded(piece.Span[bom..]);
        var open = survey ? _openNow : OpenAt(begin.Offset);
        var (line, column) = survey ? (_line, _column) : (1, 0);
        var borders = new XmlBorders(text, open, (level, name) => _steps[level].HasLocalName(name), _path.Length - 1, line, column);
        borders.Find(cancellationToken);
        if (!last && !borders.Broken && borders.Border < 0)
        {
            return (TreePart?)null;
        }

        var before = string.Concat(open.Select(element => element.Tag));
        var end = last || borders.Broken ? text.Length : borders.Border;
        var around = new XmlAround(open, line, column) { Root = _root, Collects = survey };
        var document = last || borders.Broken ? before + text
            : string.Concat(before, text.AsSpan(0, end), string.Concat(borders.OpenAtBorder.Reverse().Select(element => $"</{element.Name}>")));
        var read = XmlTree.Open(_definition, document, begin.Offset + bom - XmlPositions.LengthOf(_definition.Container.Encoding, before), _path, around, cancellationToken);
        if (!read.TryGet(out var tree, out var refused))
        {
            return refused;
        }

        if (!JsonPayload.OpenPart(_definition, tree.Json, TreeDocument.RecordsPath, tree, 0, complete: last).TryGet(out var json, out var rejection))
        {
            tree.Dispose();
            return rejection;
        }

        var dealtWith = last ? piece.Length : bom + XmlPositions.LengthOf(_definition.Container.Encoding, text.AsSpan(0, end));
        if (survey)
        {
            Learn(around, borders, text, begin.Offset + bom);
        }

        return new TreePart(json, tree, dealtWith);
    }

    private void Learn(XmlAround around, XmlBorders borders, string text, long begin)
    {
        (_root, _openNow) = (around.Root, borders.OpenAtBorder);
        (_line, _column) = borders.Border < 0 ? (_line, _column) : borders.BorderPlace;
        var (counted, offset) = (0, begin);
        foreach (var (at, open) in borders.Changes)
        {
            offset += XmlPositions.LengthOf(_definition.Container.Encoding, text.AsSpan(counted, at - counted));
            counted = at;
            _open.Add((offset, Kept(open)));
        }

        if (_known.Count > MostAround || _root?.Elements().Skip(MostAround).Any() == true)
        {
            WholeOnly = string.Create(CultureInfo.InvariantCulture, $"no more than {MostAround} elements that differ may stand around the receipts. Put the receipts into one element, or send the file in parts.");
        }
    }

    private ImmutableList<XmlOpenElement> Kept(ImmutableList<XmlOpenElement> open)
    {
        var tags = string.Concat(open.Select(element => element.Tag));
        return _known.TryGetValue(tags, out var known) ? known : _known[tags] = open;
    }

    private ImmutableList<XmlOpenElement> OpenAt(long offset)
    {
        var (from, to) = (0, _open.Count);
        while (to - from > 1)
        {
            var middle = (from + to) / 2;
            (from, to) = _open[middle].Offset <= offset ? (middle, to) : (from, middle);
        }

        return _open[from].Open;
    }

    // What is cut at the end of a piece belongs to the next.
    private string Decoded(ReadOnlySpan<byte> bytes)
    {
        var text = new char[bytes.Length];
        var length = TextDecoder.Decode(_definition.Container.Encoding, bytes, text);
        return new string(text, 0, length >= 0 ? length : TextDecoder.Decode(_definition.Container.Encoding, bytes[..(-1 - length)], text));
    }

    private bool IsCut(ReadOnlySpan<byte> tail) => _definition.Container.Encoding == TextEncoding.Cp932
        ? tail.Length == 1 && Cp932.IsLead(tail[0])
        : System.Text.Rune.DecodeFromUtf8(tail, out _, out _) == System.Buffers.OperationStatus.NeedMoreData;
}
