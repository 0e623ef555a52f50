using System.Text.Json;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles.Definition;
using RetailInsight.Profiles.Json;
using RetailInsight.Profiles.Values;

namespace RetailInsight.Profiles.Receipts;

/// <summary>Reads receipts from a JSON array; a row is one line, a receipt without lines counts as one row.</summary>
/// <param name="definition">The profile.</param>
/// <param name="json">The payload or a part of it.</param>
/// <param name="schema">Learns what the records have.</param>
/// <param name="rowsBefore">Rows of earlier parts.</param>
internal sealed class JsonReceipts(ProfileDefinition definition, JsonPayload json, JsonSchema schema, int rowsBefore = 0)
{
    private readonly FieldReader _fields = new(definition.Numbers);

    /// <summary>Rows read so far, those of earlier parts among them.</summary>
    public int RowsRead { get; private set; } = rowsBefore;

    /// <summary>What was odd and read all the same.</summary>
    public FindingTally Findings => _fields.Findings;

    /// <summary>Reads all receipts in source order.</summary>
    public IEnumerable<ReceiptDraft> Read(CancellationToken cancellationToken)
    {
        var reader = new ReceiptReader(definition, _fields);
        foreach (var element in json.Each())
        {
            cancellationToken.ThrowIfCancellationRequested();
            schema.AddRecord(element);
            yield return ReadReceipt(element, reader);
            if (schema.IsRubbish)
            {
                yield break;
            }
        }
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

        var row = new JsonRow(json.Root, element, element, schema.Seen);
        var head = reader.Head(row, new ReceiptHead());
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

            schema.AddLine(line);
            draft.Lines.Add(reader.Line(new JsonRow(json.Root, receipt, line, schema.Seen), _fields.At));
        }
    }

    private string KeyOf(JsonRow row) => string.Join(" / ", definition.Identity.Select(name =>
        FieldReader.Shown(row.Get(KeyPart(name)).Text.Trim())));

    // A derived date has no text of its own: the instant it comes from stands for it.
    private Binding KeyPart(string name) =>
        definition.Head.TryGetValue(name, out var binding) ? binding : definition.Head[CanonicalFields.OccurredAt];
}
