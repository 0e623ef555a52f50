using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles.Definition;
using RetailInsight.Profiles.Text;
using RetailInsight.Profiles.Trees;

namespace RetailInsight.Profiles.Xml;

/// <summary>Reads an XML document record by record. No DTD, no entities but the five of XML, bounded depth.</summary>
internal sealed class XmlTree
{
    private const int DeepestNesting = 64;

    private readonly ProfileDefinition _definition;
    private readonly XmlPositions _positions;
    private readonly XmlReader _reader;
    private readonly XmlStep[] _path;
    private readonly HashSet<string> _wanted;
    private readonly TreeDocument _tree;
    private XElement? _root;

    private readonly bool _collects;

    private XmlTree(ProfileDefinition definition, XmlReader reader, XmlPositions positions, string[] path, TreeDocument tree, XmlAround? around)
    {
        _tree = tree;
        _definition = definition;
        _reader = reader;
        _positions = positions;
        _path = [.. path.Select(step => XmlStep.TryParse(step, out var parsed) ? parsed : throw new InvalidOperationException(step))];
        _wanted = [.. definition.Bindings.Where(binding => binding.Root == PathRoot.Payload).Select(binding => binding.Path[0])];
        _root = around?.Root;
        _collects = around?.Collects ?? true;
    }

    /// <summary>The elements at a path as records, and what the profile wants from around them.</summary>
    public static Outcome<TreeDocument> Open(ProfileDefinition definition, ReadOnlyMemory<byte> payload, string[] path, CancellationToken cancellationToken)
    {
        var bom = TextDecoder.BomLength(payload.Span);
        var text = new char[payload.Length - bom];
        var length = TextDecoder.Decode(definition.Container.Encoding, payload.Span[bom..], text);
        if (length < 0)
        {
            return Undecodable(definition.Container.Encoding, bom - 1 - length);
        }

        if (!Open(definition, new string(text, 0, length), bom, path, null, cancellationToken).TryGet(out var tree, out var refused))
        {
            return refused;
        }

        if (tree.IsEmpty)
        {
            tree.Dispose();
            return NoRecord(path);
        }

        return tree;
    }

    /// <summary>The same of a document, or of a part of one put together to a document, which may have no record.</summary>
    /// <param name="definition">The profile.</param>
    /// <param name="text">The document.</param>
    /// <param name="begin">Where its first byte would stand in the payload for its records to stand where they do.</param>
    /// <param name="path">Where the records stand.</param>
    /// <param name="around">What stands around the parts; null for a document.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static Outcome<TreeDocument> Open(ProfileDefinition definition, string text, long begin, string[] path, XmlAround? around, CancellationToken cancellationToken)
    {
        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
            MaxCharactersInDocument = Math.Max(1, text.Length),
        };
        using var reader = XmlReader.Create(new StringReader(text), settings);
        var xml = new XmlTree(definition, reader, new XmlPositions(text, begin, definition.Container.Encoding), path, new TreeDocument(), around);
        try
        {
            if (xml.Read(path, cancellationToken) is not { } rejection)
            {
                if (around is not null)
                {
                    around.Root = xml._root;
                }

                return xml._tree;
            }

            xml._tree.Dispose();
            return rejection;
        }
        catch (XmlException e)
        {
            xml._tree.Dispose();
            var (line, position) = around?.Locate(e.LineNumber, e.LinePosition) ?? (e.LineNumber, e.LinePosition);
            var message = ParserMessage.Of(around?.Relocated(e.Message) ?? e.Message);
            return Unreadable(string.Create(CultureInfo.InvariantCulture, $"The payload is not XML the profile reads (line {line}, position {position}): {message}"));
        }
    }

    /// <summary>Why a payload without records is refused.</summary>
    public static Rejection NoRecord(string[] path) => new(RejectionReason.PayloadEmpty, $"There is no element '{string.Join('/', path)}'.", null, default);

    /// <summary>Why a payload is refused that is no text.</summary>
    public static Rejection Undecodable(TextEncoding encoding, long offset) =>
        Unreadable(string.Create(CultureInfo.InvariantCulture, $"The payload is not {TextDecoder.NameOf(encoding)} text: invalid byte at offset {offset}."));

    private Rejection? Read(string[] path, CancellationToken cancellationToken)
    {
        var namespaces = _definition.Container.Namespaces;
        var rules = _definition.Receipts;
        var arrays = rules is null ? [] : new[] { rules.LinesPath, rules.Tenders?.Path, rules.Tax.StatedArray?.Path }.OfType<string[]>();
        var shape = XmlShape.Of(_definition.Bindings.Where(binding => binding is { Root: PathRoot.Element, From: not null }), arrays);
        _reader.Read();
        while (!_reader.EOF)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_reader.NodeType != XmlNodeType.Element)
            {
                _reader.Read();
                continue;
            }

            var depth = _reader.Depth;
            if (!_path[depth].HasName(_reader.LocalName, _reader.NamespaceURI, namespaces))
            {
                if (depth == 0)
                {
                    return new Rejection(RejectionReason.SchemaChanged, $"The root element is '{Values.FieldReader.Shown(_reader.Name)}'; '{path[0]}' is expected.", path[0], default);
                }

                KeepOrSkip(depth);
                continue;
            }

            if (depth < _path.Length - 1)
            {
                _root ??= Shell();
                _reader.Read();
                continue;
            }

            var start = _positions.OffsetOf(_reader);
            var element = Build();
            var size = (int)(_positions.OffsetOf(_reader) - start);
            if (!_path[^1].Matches(element, namespaces))
            {
                Skip(element, new SourceLocation(0, start, size));
                continue;
            }

            _tree.StartObject(start, size);
            shape.Write(_tree.Writer, element, namespaces, item => _tree.StartObject(item.Annotation<Position>()!.Offset, 0));
            _tree.Writer.WriteEndObject();
        }

        _tree.EndRecords();
        if (_root is not null)
        {
            XmlShape.Of(_definition.Bindings.Where(binding => binding.Root == PathRoot.Payload), [])
                .Write(_tree.Writer, _root, namespaces, _ => { });
        }

        _tree.Finish();
        return null;
    }

    private void KeepOrSkip(int depth)
    {
        if (_collects && depth == 1 && _root is not null && _wanted.Any(step => XmlStep.TryParse(step, out var parsed) && parsed.HasName(_reader.LocalName, _reader.NamespaceURI, _definition.Container.Namespaces)))
        {
            _root.Add(Build());
        }
        else
        {
            _reader.Skip();
        }
    }

    private void Skip(XElement element, SourceLocation at)
    {
        var inner = element.Elements().FirstOrDefault(child => child.HasElements)?.Name.LocalName;
        var name = inner is null ? element.Name.LocalName : $"{element.Name.LocalName}/{inner}";
        var known = _tree.Skipped.GetValueOrDefault(name, (Count: 0, First: at));
        _tree.Skipped[name] = (known.Count + 1, known.First);
    }

    private XElement Shell()
    {
        var shell = new XElement(XName.Get(_reader.LocalName, _reader.NamespaceURI));
        AddAttributes(shell);
        return shell;
    }

    private void AddAttributes(XElement element)
    {
        while (_reader.MoveToNextAttribute())
        {
            if (_reader.NamespaceURI != XNamespace.Xmlns.NamespaceName)
            {
                element.SetAttributeValue(XName.Get(_reader.LocalName, _reader.NamespaceURI), _reader.Value);
            }
        }

        _reader.MoveToElement();
    }

    // The element with all below it; the reader stands behind it then.
    private XElement Build()
    {
        XElement? top = null;
        XElement? current = null;
        do
        {
            switch (_reader.NodeType)
            {
                case XmlNodeType.Element:
                    if (_reader.Depth > DeepestNesting)
                    {
                        throw new XmlException($"Elements are nested deeper than {DeepestNesting}.", null, ((IXmlLineInfo)_reader).LineNumber, ((IXmlLineInfo)_reader).LinePosition);
                    }

                    var element = new XElement(XName.Get(_reader.LocalName, _reader.NamespaceURI));
                    element.AddAnnotation(new Position(_positions.OffsetOf(_reader)));
                    var empty = _reader.IsEmptyElement;
                    AddAttributes(element);
                    current?.Add(element);
                    top ??= element;
                    current = empty ? current : element;
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace:
                    current!.Add(new XText(_reader.Value));
                    break;
                case XmlNodeType.EndElement:
                    current = current!.Parent;
                    break;
                default:
                    break;
            }

            _reader.Read();
        }
        while (current is not null);

        return top!;
    }

    private static Rejection Unreadable(string detail) => new(RejectionReason.PayloadUnreadable, detail, null, default);

    /// <summary>Where an element begins in the payload.</summary>
    private sealed record Position(long Offset);
}
