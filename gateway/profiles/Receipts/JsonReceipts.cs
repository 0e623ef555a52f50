using System.Text.Json;
using RetailInsight.Core.Canon.V1;
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
    private readonly FieldReader _fields = new(definition.Numbers) { Largest = HoldLimits.LargestFigure };

    /// <summary>Rows read so far, those of earlier parts among them.</summary>
    public int RowsRead { get; private set; } = rowsBefore;

    /// <summary>What was odd and read all the same.</summary>
    public FindingTally Findings => _fields.Findings;

    /// <summary>Reads all receipts in source order.</summary>
    public IEnumerable<ReceiptDraft> Read(CancellationToken cancellationToken)
    {
        var reader = new ReceiptReader(definition, _fields);
        var returnedReader = definition.Returned is { } back ? new ReceiptReader(back, _fields) : null;
        foreach (var element in json.Each())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var returned = returnedReader is not null && HasReturned(element);
            var sold = !returned || HasLines(element);
            schema.AddRecord(element, sold);
            if (sold)
            {
                yield return ReadReceipt(element, reader);
            }

            if (returned)
            {
                yield return ReadReturned(element, returnedReader!);
            }

            if (schema.IsRubbish)
            {
                yield break;
            }
        }
    }

    private bool HasReturned(JsonElement receipt) => receipt.ValueKind == JsonValueKind.Object
        && JsonPayload.TryFollow(receipt, definition.Returned!.Receipts!.Returned!.Each, out var list)
        && (list.ValueKind == JsonValueKind.Array ? list.GetArrayLength() > 0 : list.ValueKind != JsonValueKind.Null);

    private bool HasLines(JsonElement receipt) => JsonPayload.TryFollow(receipt, definition.Receipts!.LinesPath, out var lines)
        && (lines.ValueKind == JsonValueKind.Array ? lines.GetArrayLength() > 0 : lines.ValueKind != JsonValueKind.Null);

    // What is taken back within a receipt is a return of its own; its head is that of the receipt.
    private ReceiptDraft ReadReturned(JsonElement element, ReceiptReader reader)
    {
        var rules = definition.Returned!.Receipts!;
        var at = json.LocationOf(element, RowsRead + 1);
        _fields.At = at;
        var row = new JsonRow(json.Root, element, element, schema.Seen);
        var draft = new ReceiptDraft(() => KeyOf(row) + rules.Returned!.NumberSuffix) { Returned = true }.Begin(at);
        var head = reader.Head(row, new ReceiptHead());
        draft.Head = head with
        {
            ReceiptNumber = head.ReceiptNumber + rules.Returned!.NumberSuffix,
            Kind = head.Kind == TransactionKind.Sale ? TransactionKind.Return : head.Kind,
        };
        _ = JsonPayload.TryFollow(element, rules.Returned.Each, out var list);
        var name = string.Join('.', rules.Returned.Each);
        if (list.ValueKind != JsonValueKind.Array)
        {
            _fields.Reject(RejectionReason.FieldType, name, "An array is expected.");
        }
        else
        {
            foreach (var part in list.EnumerateArray())
            {
                ReadLines(part, rules.LinesPath, reader, draft);
            }
        }

        return Complete(draft);
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
            ReadLines(element, definition.Receipts!.LinesPath, reader, draft);
        }

        return Complete(draft);
    }

    private ReceiptDraft Complete(ReceiptDraft draft)
    {
        draft.Reject(_fields.TakeRejections());
        if (draft.Rows.Count == 0)
        {
            draft.Rows.Add(++RowsRead);
        }

        return draft;
    }

    private void ReadLines(JsonElement receipt, string[] path, ReceiptReader reader, ReceiptDraft draft)
    {
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

            if (!draft.Returned)
            {
                schema.AddLine(line);
            }

            draft.Lines.Add(reader.Line(new JsonRow(json.Root, receipt, line, schema.Seen), draft.Head!.Kind, _fields.At));
        }
    }

    private string KeyOf(JsonRow row) => string.Join(" / ", definition.Identity.Select(name =>
        FieldReader.Shown(row.Get(KeyPart(name)).Text.Trim())));

    // A derived date has no text of its own: the instant it comes from stands for it.
    private Binding KeyPart(string name) =>
        definition.Head.TryGetValue(name, out var binding) ? binding : definition.Head[CanonicalFields.OccurredAt];
}
