using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Gateway.Landing;
using RetailInsight.Profiles;

namespace RetailInsight.Gateway.Reconciliation;

/// <summary>What the ledger keeps of one payload: its rows by store-day and verdict, and declared totals.</summary>
internal sealed class LedgerDraft
{
    private readonly Dictionary<LineKey, LineSum> _lines = [];
    private readonly List<Id128> _receipts = [];
    private readonly List<(DeclaredTotals Totals, int Revision)> _declared = [];
    private Dictionary<Id128, int>? _repeats;
    private HashSet<Id128>? _seen;

    /// <summary>The lines, in the order they first appeared.</summary>
    public IReadOnlyCollection<KeyValuePair<LineKey, LineSum>> Lines => _lines;

    /// <summary>Declared day totals in a version that is not known yet, with its number, in the order of the payload.</summary>
    public IReadOnlyList<(DeclaredTotals Totals, int Revision)> Declared => _declared;

    /// <summary>Adds a receipt with its verdict.</summary>
    public void Add(Converted<Transaction> converted, Verdict verdict)
    {
        var record = converted.Record;
        var counts = record.Kind is TransactionKind.Sale or TransactionKind.Return;
        Add(new LineKey(record.Store, record.BusinessDate, Word(verdict), counts ? record.Currency : null), converted.Rows, counts ? record : null);
        if (verdict != Verdict.Duplicate)
        {
            _receipts.Add(record.EventId);
            _seen?.Add(record.EventId);
        }
        else
        {
            Repeat(record.EventId);
        }
    }

    /// <summary>Adds rows without money: a count, or an assignment of a register, which has no business date.</summary>
    public void Add(string store, DateOnly? businessDate, Verdict verdict, int rows) =>
        Add(new LineKey(store, businessDate, Word(verdict), null), rows, null);

    /// <summary>Adds declared totals with their verdict.</summary>
    public void Add(Converted<DeclaredTotals> converted, Verdict verdict, int revision)
    {
        Add(converted.Record.Store, converted.Record.BusinessDate, verdict, converted.Rows);
        if (verdict != Verdict.Duplicate)
        {
            _declared.Add((converted.Record, revision));
        }
    }

    /// <summary>Adds what a replay of a payload that could not be read at all brings in, or finds it has brought in before.</summary>
    /// <param name="store">Where it counts.</param>
    /// <param name="businessDate">When it counts.</param>
    /// <param name="rows">Source rows.</param>
    /// <param name="receipt">The receipt, if it is a sale or return that is brought in.</param>
    public void AddReleased(string store, DateOnly businessDate, int rows, Transaction? receipt) =>
        Add(new LineKey(store, businessDate, "released", receipt?.Currency), rows, receipt);

    /// <summary>How often the same receipt stood again in the payload.</summary>
    public int RepeatsOf(Id128 eventId) => _repeats?.GetValueOrDefault(eventId) ?? 0;

    private void Add(LineKey key, int rows, Transaction? money)
    {
        var sum = _lines.GetValueOrDefault(key);
        sum = sum with { Rows = sum.Rows + rows, Receipts = sum.Receipts + 1 };
        foreach (var bucket in money?.TaxBuckets ?? [])
        {
            sum = sum with { Net = sum.Net + bucket.Net, Tax = sum.Tax + bucket.Tax, Gross = sum.Gross + bucket.Gross };
        }

        _lines[key] = sum;
    }

    // Only a receipt of this very payload repeats: a file that is sent again repeats nothing a register would have added up.
    private void Repeat(Id128 eventId)
    {
        _seen ??= [.. _receipts];
        if (_seen.Contains(eventId))
        {
            _repeats ??= [];
            _repeats[eventId] = _repeats.GetValueOrDefault(eventId) + 1;
        }
    }

    private static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Accepted => "accepted",
        Verdict.Duplicate => "duplicate",
        Verdict.Superseding => "superseding",
        Verdict.Outdated => "outdated",
        _ => throw new ArgumentOutOfRangeException(nameof(verdict), verdict, "What is held stands in the quarantine."),
    };

    /// <summary>What a line is about; store and date are null where there is none, the currency where there is no money.</summary>
    internal readonly record struct LineKey(string? Store, DateOnly? BusinessDate, string Verdict, string? Currency);

    /// <summary>Rows, records, and micros of sales and returns in a type no number of them overflows.</summary>
    internal readonly record struct LineSum(int Rows, int Receipts, decimal Net, decimal Tax, decimal Gross);
}
