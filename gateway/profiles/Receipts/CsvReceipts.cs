using RetailInsight.Core.Canon.V1;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles.Csv;
using RetailInsight.Profiles.Definition;
using RetailInsight.Profiles.Text;
using RetailInsight.Profiles.Values;

namespace RetailInsight.Profiles.Receipts;

/// <summary>
/// Gathers receipts from a CSV file with one row a line, in order of first appearance. Where the rows of every receipt stand
/// together, one receipt is in memory at a time; in the rare file where they do not, all are.
/// </summary>
internal sealed class CsvReceipts
{
    private const int RowsBetweenCancellationChecks = 1024;

    private readonly FieldReader _fields;
    private readonly ReceiptReader _reader;
    private readonly CsvPayload _csv;
    private readonly ReceiptKey _key;
    private readonly Binding[] _sameFields;
    private readonly (int From, int To)[] _keyColumns;
    private readonly (int From, int To)[] _repeated;
    private bool _comparable;
    private readonly bool _more;

    /// <summary>A receipt while its rows come.</summary>
    private sealed class Gathered
    {
        private CsvTokenizer.Field[] _first = [];

        public Gathered(CsvReceipts receipts) =>
            Draft = new ReceiptDraft(() => receipts._key.Shown(_first));

        public ReceiptDraft Draft { get; }

        /// <summary>Where the fields of its first row stand, whose head its other rows must repeat.</summary>
        public CsvTokenizer.Field[] First => _first;

        /// <summary>Whether that row could be read.</summary>
        public bool Comparable { get; private set; }

        /// <summary>Where it begins in the bytes at hand.</summary>
        public int Start { get; private set; }

        /// <summary>Begins a receipt with the current row.</summary>
        public Gathered Begin(CsvRow row)
        {
            Start = row.Start;
            row.Keep(ref _first);
            Comparable = false;
            Draft.Begin(row.Location);
            return this;
        }

        /// <summary>The current row is the first that could be read.</summary>
        public void Compare(CsvRow row)
        {
            row.Keep(ref _first);
            Comparable = true;
        }
    }

    /// <param name="definition">The profile.</param>
    /// <param name="csv">The file or a part of it, before its first row.</param>
    /// <param name="known">What fields came to before.</param>
    /// <param name="more">Whether the file goes on behind the part: then its last receipt may do so too and is left to the next.</param>
    /// <param name="begun">Hashes of the keys of earlier parts; taken note of in a survey.</param>
    public CsvReceipts(ProfileDefinition definition, CsvPayload csv, KnownFields? known, bool more = false, HashSet<ulong>? begun = null)
    {
        _more = more;
        _csv = csv;
        _fields = new FieldReader(definition.Numbers, known) { Largest = HoldLimits.LargestFigure };
        var rules = definition.Receipts!;
        var tenderColumns = csv.TenderColumns(definition);
        _reader = new ReceiptReader(definition, _fields, tenderColumns);
        _key = new ReceiptKey(csv.Row, rules.GroupBy, rules.BranchIsLine, begun ?? new(csv.LikelyReceipts));
        _sameFields = [.. HeadBindings(definition, rules).Concat(tenderColumns.Select(tender => tender.Amount)).Where(binding => binding.From is not null && !rules.FirstRowCounts.Contains(binding))];
        _keyColumns = RunsOf([.. rules.GroupBy]);
        _repeated = RunsOf([.. rules.GroupBy, .. _sameFields]);
    }

    /// <summary>Data rows up to <see cref="End"/>, those of earlier parts among them; known when the part was read or surveyed.</summary>
    public int RowsRead { get; private set; }

    /// <summary>Where the part ends, or the receipt begins that is left to the next part; known when the part was read or surveyed.</summary>
    public int End { get; private set; }

    /// <summary>Rows that belong to no receipt.</summary>
    public int RowsWithoutReceipt { get; private set; }

    /// <summary>Why the payload as a whole turned out to be unreadable, after <see cref="Read"/>.</summary>
    public Rejection? Refused => RowsWithoutReceipt > HoldLimits.RowsWithoutReceipt ? HoldLimits.Refuse() : null;

    /// <summary>What was odd and read all the same.</summary>
    public FindingTally Findings => _fields.Findings;

    /// <summary>Whether <see cref="Read"/> broke off because the rows of a receipt do not stand together. Then <see cref="ReadAll"/> reads the file.</summary>
    public bool Scattered => _key.Scattered;

    /// <summary>Reads the file receipt by receipt. A receipt is valid until the next is asked for.</summary>
    public IEnumerable<ReceiptDraft> Read(CancellationToken cancellationToken)
    {
        Gathered? current = null;
        var alone = new Queue<ReceiptDraft>();
        while (Refused is null && _csv.Read(_fields))
        {
            CheckNowAndThen(cancellationToken);
            var broken = _fields.TakeRejections();
            if (broken is null && current is not null && RepeatsLast())
            {
                current.Draft.Rows.Add(_csv.Row.Number);
                AddLine(current);
                continue;
            }

            var continues = _key.Continues(out var complete);
            if (!complete)
            {
                // It may stand among the rows of a receipt, which comes first.
                var row = new Gathered(this).Begin(_csv.Row);
                Add(row, broken);
                _comparable = false;
                RowsWithoutReceipt++;
                alone.Enqueue(row.Draft);
                continue;
            }

            if (!continues || current is null)
            {
                if (current is not null)
                {
                    yield return current.Draft;
                }

                while (alone.TryDequeue(out var row))
                {
                    yield return row;
                }

                if (Scattered)
                {
                    yield break;
                }

                current = (current ?? new Gathered(this)).Begin(_csv.Row);
            }

            Add(current, broken);
        }

        if (_more && current is not null)
        {
            // The last receipt may go on in the next part.
            (End, RowsRead) = (current.Start, current.Draft.At.Row - 1);
            yield break;
        }

        (End, RowsRead) = (_csv.Position, _csv.Row.Number);
        if (current is not null)
        {
            yield return current.Draft;
        }

        while (alone.TryDequeue(out var row))
        {
            yield return row;
        }
    }

    /// <summary>Goes through the part without reading it, to know its rows and whether the file is <see cref="Scattered"/>.</summary>
    public void Survey(CancellationToken cancellationToken)
    {
        (int Start, int Row)? last = null;
        var complete = false;
        while (_csv.Skim())
        {
            CheckNowAndThen(cancellationToken);
            if (complete && _csv.HasShape && Repeats(_keyColumns))
            {
                continue;
            }

            if (!_key.Continues(out complete) && complete)
            {
                last = (_csv.Row.Start, _csv.Row.Number);
            }

            RowsWithoutReceipt += complete ? 0 : 1;
        }

        (End, RowsRead) = (_csv.Position, _csv.Row.Number);
        if (_more && last is { } open)
        {
            // The last receipt is met again at the beginning of the next part.
            (End, RowsRead) = (open.Start, open.Row - 1);
            _key.BeginsAgain();
        }
    }

    /// <summary>Reads the whole file, whose receipts may have their rows anywhere.</summary>
    public List<ReceiptDraft> ReadAll(CancellationToken cancellationToken)
    {
        Rewind();
        var drafts = new List<ReceiptDraft>();
        var byKey = new Dictionary<string, Gathered>(StringComparer.Ordinal);
        var lookup = byKey.GetAlternateLookup<ReadOnlySpan<char>>();
        while (Refused is null && _csv.Read(_fields))
        {
            CheckNowAndThen(cancellationToken);
            var broken = _fields.TakeRejections();
            var key = _key.OfRow(out var complete);
            RowsWithoutReceipt += complete ? 0 : 1;
            if (!complete || !lookup.TryGetValue(key, out var gathered))
            {
                gathered = new Gathered(this).Begin(_csv.Row);
                drafts.Add(gathered.Draft);
                if (complete)
                {
                    lookup[key] = gathered;
                }
            }

            Add(gathered, broken);
        }

        (End, RowsRead) = (_csv.Position, _csv.Row.Number);
        return drafts;
    }

    private void Rewind()
    {
        _csv.Row.Rewind();
        _key.Forget();
        _comparable = false;
    }

    private void CheckNowAndThen(CancellationToken cancellationToken)
    {
        if (_csv.Row.Number % RowsBetweenCancellationChecks == 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private void Add(Gathered gathered, List<Rejection>? broken)
    {
        gathered.Draft.Rows.Add(_csv.Row.Number);
        gathered.Draft.Reject(broken);
        _comparable = false;
        if (_csv.HasShape)
        {
            // A row with bytes that are no text is held, but what can be read of it says what is at stake.
            ReadHead(gathered, compare: broken is null);
            var head = _fields.TakeRejections();
            gathered.Draft.Reject(head);
            _comparable = broken is null && head is null;
            AddLine(gathered);
        }
    }

    private void AddLine(Gathered gathered)
    {
        if (ReceiptReader.HasLines(gathered.Draft.Head))
        {
            gathered.Draft.Lines.Add(_reader.Line(_csv.Row, gathered.Draft.Head?.Kind ?? TransactionKind.Unspecified, _csv.Row.Location));
        }

        gathered.Draft.Reject(_fields.TakeRejections());
    }

    private void ReadHead(Gathered gathered, bool compare)
    {
        if (!compare)
        {
            gathered.Draft.Head ??= _reader.Head(_csv.Row, gathered.Draft.Room);
            return;
        }

        if (!gathered.Comparable)
        {
            gathered.Compare(_csv.Row);
            gathered.Draft.Head = _reader.Head(_csv.Row, gathered.Draft.Room);
            return;
        }

        foreach (var binding in _sameFields)
        {
            var value = FieldReader.Cut(binding, _csv.Row.Get(binding).Text.Trim());
            var first = FieldReader.Cut(binding, _csv.Row.TextAt(binding, gathered.First));
            if (!value.SequenceEqual(first))
            {
                _fields.Reject(RejectionReason.ReceiptInconsistent, binding.VendorName,
                    $"'{FieldReader.Shown(value)}' differs from '{FieldReader.Shown(first)}' on the first row of the receipt.");
                return;
            }
        }
    }

    // The rows of a receipt mostly follow each other and repeat its head byte for byte: then nothing of it need be read again.
    private bool RepeatsLast() => _comparable && _csv.HasShape && Repeats(_repeated);

    private bool Repeats((int From, int To)[] columns)
    {
        foreach (var (from, to) in columns)
        {
            if (!_csv.Row.Repeats(from, to))
            {
                return false;
            }
        }

        return true;
    }

    private (int From, int To)[] RunsOf(Binding[] bindings)
    {
        var runs = new List<(int From, int To)>();
        foreach (var column in bindings.Where(binding => binding.From is not null).Select(_csv.ColumnOf).Where(column => column != CsvHeader.Missing).Distinct().Order())
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
        .Concat((rules.Tenders?.Each ?? []).SelectMany(tender => new[] { tender.Method, tender.Amount }))
        .Concat(rules.Tenders?.Change is { } change ? [change] : []);
}
