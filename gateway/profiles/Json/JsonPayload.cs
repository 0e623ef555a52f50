using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles.Definition;
using RetailInsight.Profiles.Text;
using RetailInsight.Profiles.Trees;

namespace RetailInsight.Profiles.Json;

/// <summary>A JSON payload opened by a profile: parsed, its root members checked.</summary>
internal sealed class JsonPayload : IDisposable
{
    /// <summary>How deep a document may be nested.</summary>
    public const int DeepestNesting = 32;

    private readonly JsonDocument _document;
    private readonly ReadOnlyMemory<byte> _payload;
    private readonly TreeDocument? _tree;
    private readonly long _begin;

    private JsonPayload(JsonDocument document, ReadOnlyMemory<byte> payload, JsonElement records, TreeDocument? tree, long begin)
    {
        _tree = tree;
        _begin = begin;
        _document = document;
        _payload = payload;
        Records = records;
    }

    public JsonElement Root => _document.RootElement;

    /// <summary>The array of receipts or records, not empty; or the payload itself where it is one record.</summary>
    public JsonElement Records { get; }

    /// <summary>The records one by one.</summary>
    public IEnumerable<JsonElement> Each() => Records.ValueKind == JsonValueKind.Array ? Records.EnumerateArray() : [Records];

    /// <summary>Opens the payload, or says why it cannot be read as a whole.</summary>
    /// <param name="definition">The profile.</param>
    /// <param name="payload">The bytes.</param>
    /// <param name="recordsPath">Where the array of receipts or records stands.</param>
    /// <param name="tree">What the document was written from, where the payload is another container.</param>
    public static Outcome<JsonPayload> Open(ProfileDefinition definition, ReadOnlyMemory<byte> payload, string[] recordsPath, TreeDocument? tree = null) =>
        Open(payload, definition, tree, 0, (JsonElement root, out JsonElement records) => Check(root, definition, recordsPath, false, out records));

    /// <summary>Opens a document that was put together from a part of a payload and what stands around all parts.</summary>
    /// <param name="definition">The profile.</param>
    /// <param name="document">The document.</param>
    /// <param name="recordsPath">Where the array of receipts stands.</param>
    /// <param name="tree">As in <see cref="Open(ProfileDefinition, ReadOnlyMemory{byte}, string[], TreeDocument?)"/>; its array may be empty.</param>
    /// <param name="begin">Where the document's first byte would stand in the payload for its part to stand where it does.</param>
    /// <param name="complete">Whether all that stands around the parts is there, so that it can be checked.</param>
    public static Outcome<JsonPayload> OpenPart(ProfileDefinition definition, ReadOnlyMemory<byte> document, string[] recordsPath, TreeDocument? tree, long begin, bool complete) =>
        Open(document, definition, tree, begin, (JsonElement root, out JsonElement records) =>
            complete ? Check(root, definition, recordsPath, tree is not null, out records)
            : TryFollow(root, recordsPath, out records) ? null : throw new InvalidOperationException("A part without its records."));

    private delegate Rejection? Finding(JsonElement root, out JsonElement records);

    private static Outcome<JsonPayload> Open(ReadOnlyMemory<byte> payload, ProfileDefinition definition, TreeDocument? tree, long begin, Finding find)
    {
        if (!Parse(payload, definition.Container).TryGet(out var document, out var unreadable))
        {
            return unreadable;
        }

        try
        {
            if (find(document.RootElement, out var records) is { } rejection)
            {
                document.Dispose();
                return rejection;
            }

            return new JsonPayload(document, payload, records, tree, begin);
        }
        catch (InvalidOperationException)
        {
            document.Dispose();
            return NoName;
        }
    }

    /// <summary>Parses a document.</summary>
    /// <param name="payload">Its bytes, with or without a mark of their order.</param>
    /// <param name="container">Says what a member that stands twice means.</param>
    public static Outcome<JsonDocument> Parse(ReadOnlyMemory<byte> payload, Container container)
    {
        var body = payload[TextDecoder.BomLength(payload.Span)..];
        if (!Utf8.IsValid(body.Span))
        {
            var at = payload.Length - body.Length + Math.Max(0, -1 - TextDecoder.Decode(TextEncoding.Utf8, body.Span, new char[body.Length]));
            return Whole(RejectionReason.PayloadUnreadable, $"The payload is not UTF-8: invalid byte at offset {at}.");
        }

        try
        {
            return JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = DeepestNesting, AllowDuplicateProperties = container.LastOfDoubled });
        }
        catch (JsonException e)
        {
            return Whole(RejectionReason.PayloadUnreadable, Explain(e.LineNumber ?? 0, e.BytePositionInLine ?? 0, e));
        }
        catch (InvalidOperationException)
        {
            return NoName;
        }
    }

    // A member name with an escaped half of a surrogate pair is found out only when names are compared.
    /// <summary>Why a payload with such a name is refused.</summary>
    public static Rejection NoName => Whole(RejectionReason.PayloadUnreadable, "A member name of the payload is not valid Unicode.");

    /// <summary>Says why the parser gives up, and where: lines and bytes counted from 0.</summary>
    public static string Explain(long line, long byteInLine, JsonException e) =>
        $"The payload is not JSON the profile reads (line {line + 1}, byte {byteInLine}): {ParserMessage.Of(e)}";

    /// <summary>Where an element stands in the payload.</summary>
    public SourceLocation LocationOf(JsonElement element, int row)
    {
        var raw = System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(element);
        return !_payload.Span.Overlaps(raw, out var offset) ? new SourceLocation(row, 0, 0)
            : _tree?.LocationOf(offset, raw.Length, row) ?? new SourceLocation(row, _begin + offset, raw.Length);
    }

    /// <summary>What is wrong with a record as a whole, found before its values were read.</summary>
    public Rejection? ProblemOf(JsonElement element) =>
        _tree is not null && _payload.Span.Overlaps(System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(element), out var offset) ? _tree.ProblemAt(offset) : null;

    /// <summary>Follows a path of members and places in arrays (<c>tax_lines.0.rate</c>); false where one is absent.</summary>
    public static bool TryFollow(JsonElement from, string[] path, out JsonElement found)
    {
        found = from;
        foreach (var step in path)
        {
            if (found.ValueKind == JsonValueKind.Array && int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var at))
            {
                if (at >= found.GetArrayLength())
                {
                    return false;
                }

                found = found[at];
            }
            else if (step.StartsWith('[') && step.EndsWith(']') && step.IndexOf('=', StringComparison.Ordinal) > 1)
            {
                if (!TrySelect(ref found, step))
                {
                    return false;
                }
            }
            else if (!TryMember(found, step, out found))
            {
                return false;
            }
        }

        return true;
    }

    // [name=fw]: the first element whose member has that text.
    private static bool TrySelect(ref JsonElement array, string step)
    {
        var equals = step.IndexOf('=', StringComparison.Ordinal);
        var member = step.AsSpan(1, equals - 1);
        var text = step.AsSpan(equals + 1, step.Length - equals - 2);
        if (array.ValueKind != JsonValueKind.Array)
        {
            return false;
        }

        foreach (var element in array.EnumerateArray())
        {
            if (TryMember(element, member, out var value) && IsText(value, text))
            {
                array = element;
                return true;
            }
        }

        return false;
    }

    // An escaped half of a surrogate pair anywhere among the names or in the text is found out only when they are compared: then
    // nothing there can be told apart, and the member is as good as absent.
    private static bool TryMember(JsonElement from, ReadOnlySpan<char> name, out JsonElement found)
    {
        found = default;
        try
        {
            return from.ValueKind == JsonValueKind.Object && from.TryGetProperty(name, out found);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static bool IsText(JsonElement value, ReadOnlySpan<char> text)
    {
        try
        {
            return value.ValueKind switch
            {
                JsonValueKind.String => value.ValueEquals(text),
                JsonValueKind.Number => value.GetRawText().AsSpan().SequenceEqual(text),
                _ => false,
            };
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>The members of an object, for messages.</summary>
    public static string MembersOf(JsonElement element) => element.ValueKind == JsonValueKind.Object
        ? string.Join(", ", element.EnumerateObject().Take(40).Select(member => Values.FieldReader.Shown(member.Name)))
        : "none";

    public void Dispose() => _document.Dispose();

    private static Rejection? Check(JsonElement root, ProfileDefinition definition, string[] recordsPath, bool mayBeEmpty, out JsonElement records)
    {
        records = default;
        if (root.ValueKind != JsonValueKind.Object && !(recordsPath.Length == 0 && root.ValueKind == JsonValueKind.Array))
        {
            return Whole(RejectionReason.PayloadUnreadable, "A JSON object is expected.");
        }

        foreach (var binding in definition.Bindings)
        {
            if (binding is { Root: PathRoot.Payload, Required: true } && !TryFollow(root, binding.Path, out _))
            {
                return Missing(binding.From!, root);
            }
        }

        if (!TryFollow(root, recordsPath, out records))
        {
            return Missing(string.Join('.', recordsPath), root);
        }

        if (records.ValueKind != JsonValueKind.Array && recordsPath.Length > 0)
        {
            return new Rejection(RejectionReason.SchemaChanged, $"'{string.Join('.', recordsPath)}' must be an array.", string.Join('.', recordsPath), default);
        }

        return !mayBeEmpty && records.ValueKind == JsonValueKind.Array && records.GetArrayLength() == 0
            ? Whole(RejectionReason.PayloadEmpty, recordsPath.Length == 0 ? "The array has no element." : $"'{string.Join('.', recordsPath)}' has no element.")
            : null;
    }

    private static Rejection Missing(string name, JsonElement root) =>
        new(RejectionReason.SchemaChanged, $"Member '{name}' is missing. Members found: {MembersOf(root)}.", name, default);

    private static Rejection Whole(RejectionReason reason, string detail) => new(reason, detail, null, default);
}
