using System.Text.Json;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles.Definition;
using RetailInsight.Profiles.Json;
using RetailInsight.Profiles.Values;

namespace RetailInsight.Profiles.Receipts;

/// <summary>Reads receipts from a JSON array; a row is one line, a receipt without lines counts as one row.</summary>
internal sealed class JsonReceipts(ProfileDefinition definition, JsonPayload json)
{
    private readonly FieldReader _fields = new(definition.Numbers) { Largest = HoldLimits.LargestFigure };
    private readonly bool[] _seen = new bool[definition.Bindings.Count];
    private int _lineObjects;
    private JsonElement _sampleLine;

    public int RowsRead { get; private set; }

    /// <summary>What was odd and read all the same.</summary>
    public FindingTally Findings => _fields.Findings;

    /// <summary>Why the payload as a whole turned out to be unreadable, after <see cref="Read"/>.</summary>
    public Rejection? SchemaChanged { get; private set; }

    /// <summary>Reads all receipts in source order.</summary>
    public IEnumerable<ReceiptDraft> Read(CancellationToken cancellationToken)
    {
        var reader = new ReceiptReader(definition, _fields);
        var (elements, objects) = (0, 0);
        JsonElement sample = default;
        foreach (var element in json.Each())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (element.ValueKind == JsonValueKind.Object)
            {
                objects++;
                sample = element;
            }

            yield return ReadReceipt(element, reader);
            if (++elements - objects > HoldLimits.RowsWithoutReceipt)
            {
                SchemaChanged = HoldLimits.Refuse();
                yield break;
            }
        }

        SchemaChanged = JsonSchema.Changed(definition.Head.Values, _seen, objects, sample)
            ?? JsonSchema.Changed(definition.Line.Values, _seen, _lineObjects, _sampleLine);
    }

    private ReceiptDraft ReadReceipt(JsonElement element, ReceiptReader reader)
    {
        var first = RowsRead + 1;
        var at = json.LocationOf(element, first);
        _fields.At = at;
        if (element.ValueKind != JsonValueKind.Object)
        {
            RowsRead++;
            var broken = new ReceiptDraft(() => "").Begin(at);
            broken.Rows.Add(first);
            var problem = json.ProblemOf(element) ?? new Rejection(RejectionReason.RowShape, "A receipt must be a JSON object.", null, at);
            broken.Reject([problem with { At = at }]);
            return broken;
        }

        var row = new JsonRow(json.Root, element, element, _seen);
        var head = reader.Head(row);
        var draft = new ReceiptDraft(() => KeyOf(row)).Begin(at);
        draft.Head = head;
        if (json.ProblemOf(element) is { } incomplete)
        {
            // What of the head is missing is not another reason.
            _ = _fields.TakeRejections();
            draft.Reject([incomplete with { At = at }]);
        }

        if (ReceiptReader.HasLines(head))
        {
            ReadLines(element, reader, draft);
        }

        draft.Reject(_fields.TakeRejections());
        if (draft.Rows.Count == 0)
        {
            draft.Rows.Add(++RowsRead);
        }

        return draft;
    }

    private void ReadLines(JsonElement receipt, ReceiptReader reader, ReceiptDraft draft)
    {
        var path = definition.Receipts!.LinesPath;
        var name = string.Join('.', path);
        if (!JsonPayload.TryFollow(receipt, path, out var lines))
        {
            _fields.Reject(RejectionReason.FieldMissing, name, "The array of lines is absent; a receipt without lines sends an empty one.");
            return;
        }

        if (lines.ValueKind != JsonValueKind.Array)
        {
            _fields.Reject(RejectionReason.FieldType, name, "An array of lines is expected.");
            return;
        }

        foreach (var line in lines.EnumerateArray())
        {
            draft.Rows.Add(++RowsRead);
            _fields.At = json.LocationOf(line, RowsRead);
            if (line.ValueKind != JsonValueKind.Object)
            {
                _fields.Reject(RejectionReason.RowShape, name, "A line must be a JSON object.");
                continue;
            }

            _lineObjects++;
            _sampleLine = line;
            draft.Lines.Add(reader.Line(new JsonRow(json.Root, receipt, line, _seen), draft.Head!.Kind, _fields.At));
        }
    }

    private string KeyOf(JsonRow row) => string.Join(" / ", definition.Identity.Select(name =>
        FieldReader.Shown(row.Get(KeyPart(name)).Text.Trim())));

    // A derived date has no text of its own: the instant it comes from stands for it.
    private Binding KeyPart(string name) =>
        definition.Head.TryGetValue(name, out var binding) ? binding : definition.Head[CanonicalFields.OccurredAt];
}
