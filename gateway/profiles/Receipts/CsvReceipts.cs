using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles.Csv;
using RetailInsight.Profiles.Definition;
using RetailInsight.Profiles.Values;

namespace RetailInsight.Profiles.Receipts;

/// <summary>Gathers receipts from a CSV file with one row a line. The rows of a receipt need not stand together.</summary>
internal sealed class CsvReceipts
{
    private const char Separator = '\u001F';
    private const int RowsBetweenCancellationChecks = 1024;

    private readonly FieldReader _fields;
    private readonly ReceiptReader _reader;
    private readonly CsvPayload _csv;
    private readonly Binding[] _keyFields;
    private readonly Binding[] _sameFields;
    private readonly List<ReceiptDraft> _drafts = [];
    private readonly Dictionary<string, Gathered> _byKey = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Gathered>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private char[] _key = new char[256];
    private char[] _head = new char[1024];
    private readonly (int From, int To)[] _repeated;
    private Gathered? _last;
    private bool _comparable;
    private int _withoutReceipt;

    /// <summary>A receipt and the text of its head fields, which each of its rows must repeat.</summary>
    private sealed class Gathered(string key, ReceiptDraft draft)
    {
        public string Key { get; } = key;

        public ReceiptDraft Draft { get; } = draft;

        public string? Head { get; set; }
    }

    public CsvReceipts(ProfileDefinition definition, CsvPayload csv)
    {
        _csv = csv;
        _fields = new FieldReader(definition.Numbers);
        var rules = definition.Receipts!;
        _reader = new ReceiptReader(definition, _fields) { TenderColumns = csv.TenderColumns(definition) };
        _keyFields = [.. rules.GroupBy];
        _sameFields = [.. HeadBindings(definition, rules).Concat(_reader.TenderColumns.Select(tender => tender.Amount)).Where(binding => binding.From is not null && !rules.FirstRowCounts.Contains(binding))];
        _repeated = RunsOf([.. _keyFields.Concat(_sameFields).Where(binding => binding.From is not null).Select(csv.ColumnOf).Where(column => column != CsvHeader.Missing).Distinct().Order()]);
        _lookup = _byKey.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public int RowsRead => _csv.Row.Number;

    /// <summary>Why the payload as a whole turned out to be unreadable, after <see cref="Read"/>.</summary>
    public Rejection? Refused => _withoutReceipt > HoldLimits.RowsWithoutReceipt ? HoldLimits.Refuse() : null;

    /// <summary>What was odd and read all the same.</summary>
    public FindingTally Findings => _fields.Findings;

    /// <summary>Reads the whole file; receipts in order of first appearance.</summary>
    public List<ReceiptDraft> Read(CancellationToken cancellationToken)
    {
        while (_withoutReceipt <= HoldLimits.RowsWithoutReceipt && _csv.Read(_fields))
        {
            if (RowsRead % RowsBetweenCancellationChecks == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            var broken = _fields.TakeRejections();
            if (broken is null && RepeatsLast())
            {
                _last!.Draft.Rows.Add(_csv.Row.Number);
                AddLine(_last);
                continue;
            }

            var gathered = Find();
            gathered.Draft.Rows.Add(_csv.Row.Number);
            gathered.Draft.Reject(broken);
            _comparable = false;
            if (_csv.HasShape)
            {
                // A row with bytes that are no text is held, but what can be read of it says what is at stake.
                ReadHead(gathered, compare: broken is null);
                var head = _fields.TakeRejections();
                gathered.Draft.Reject(head);
                _comparable = broken is null && head is null && gathered == _last;
                AddLine(gathered);
            }
        }

        return _drafts;
    }

    // The rows of a receipt mostly follow each other and repeat its head byte for byte: then nothing of it need be read again.
    private bool RepeatsLast()
    {
        if (!_comparable || !_csv.HasShape)
        {
            return false;
        }

        foreach (var (from, to) in _repeated)
        {
            if (!_csv.Row.Repeats(from, to))
            {
                return false;
            }
        }

        return true;
    }

    private void AddLine(Gathered gathered)
    {
        if (ReceiptReader.HasLines(gathered.Draft.Head))
        {
            gathered.Draft.Lines.Add(_reader.Line(_csv.Row, _csv.Row.Location));
        }

        gathered.Draft.Reject(_fields.TakeRejections());
    }

    private static (int From, int To)[] RunsOf(int[] columns)
    {
        var runs = new List<(int From, int To)>();
        foreach (var column in columns)
        {
            if (runs.Count > 0 && runs[^1].To == column - 1)
            {
                runs[^1] = (runs[^1].From, column);
            }
            else
            {
                runs.Add((column, column));
            }
        }

        return [.. runs];
    }

    private static IEnumerable<Binding> HeadBindings(ProfileDefinition definition, ReceiptRules rules) => definition.Head.Values
        .SelectMany(binding => binding.Decision?.Fields ?? [binding])
        .Concat(rules.Sale.Receipt.Select(discount => discount.Amount)).Concat(rules.Sale.Fees.Select(fee => fee.Amount))
        .Concat(rules.Tax.StatedColumns.Select(stated => stated.Tax))
        .Concat((rules.Tenders?.Pairs ?? []).SelectMany(pair => new[] { pair.Method, pair.Amount }))
        .Concat(rules.Tenders?.Change is { } change ? [change] : []);

    // A row without a readable key cannot be put to any receipt: it is held alone.
    private Gathered Find()
    {
        var key = Join(_keyFields, ref _key, out var complete);
        if (complete && _last is not null && key.SequenceEqual(_last.Key))
        {
            return _last;
        }

        if (complete && _lookup.TryGetValue(key, out var known))
        {
            _last = known;
            return known;
        }

        var shown = string.Join(" / ", _keyFields.Select(binding => FieldReader.Shown(_csv.Row.Get(binding).Text.Trim())));
        var fresh = new Gathered(new string(key), new ReceiptDraft(shown, _csv.Row.Location));
        _drafts.Add(fresh.Draft);
        if (complete)
        {
            _byKey.Add(fresh.Key, fresh);
            _last = fresh;
        }
        else
        {
            _withoutReceipt++;
        }

        return fresh;
    }

    private void ReadHead(Gathered gathered, bool compare)
    {
        if (!compare)
        {
            gathered.Draft.Head ??= _reader.Head(_csv.Row);
            return;
        }

        var head = Join(_sameFields, ref _head, out _);
        if (gathered.Head is null)
        {
            gathered.Head = new string(head);
            gathered.Draft.Head = _reader.Head(_csv.Row);
        }
        else if (!head.SequenceEqual(gathered.Head))
        {
            var first = gathered.Head.Split(Separator);
            for (var i = 0; i < _sameFields.Length; i++)
            {
                var value = _csv.Row.Get(_sameFields[i]).Text.Trim();
                if (i < first.Length && !value.SequenceEqual(first[i]))
                {
                    _fields.Reject(RejectionReason.ReceiptInconsistent, _sameFields[i].VendorName,
                        $"'{FieldReader.Shown(value)}' differs from '{FieldReader.Shown(first[i])}' on the first row of the receipt.");
                    return;
                }
            }

            _fields.Reject(RejectionReason.ReceiptInconsistent, null, "The head fields of the row differ from those of the first row of the receipt.");
        }
    }

    private ReadOnlySpan<char> Join(Binding[] bindings, ref char[] buffer, out bool complete)
    {
        complete = true;
        var length = 0;
        foreach (var binding in bindings)
        {
            var value = _csv.Row.Get(binding).Text.Trim();
            complete &= !value.IsEmpty;
            if (buffer.Length < length + value.Length + 1)
            {
                Array.Resize(ref buffer, (length + value.Length + 1) * 2);
            }

            value.CopyTo(buffer.AsSpan(length));
            length += value.Length;
            buffer[length++] = Separator;
        }

        return buffer.AsSpan(0, length);
    }
}
