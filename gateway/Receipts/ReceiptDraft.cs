using System.Globalization;
using System.Text.Json;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Outcomes;
using RetailInsight.Gateway.Landing;
using RetailInsight.Gateway.Masters;
using RetailInsight.Gateway.Reconciliation;
using RetailInsight.Profiles;
using RetailInsight.Profiles.Counts;

namespace RetailInsight.Gateway.Receipts;

/// <summary>Collects the verdicts of one payload and writes its receipt.</summary>
internal sealed class ReceiptDraft
{
    /// <summary>How many verdicts a receipt lists besides those held back.</summary>
    public const int ListedVerdicts = 1_000;

    /// <summary>How many verdicts on what is held back a receipt lists; the quarantine lists them all.</summary>
    public const int ListedHeld = 10_000;

    private readonly Ingestion _ingestion;
    private readonly int[] _rows = new int[5];
    private readonly int[] _receipts = new int[5];
    private readonly SalesTotals _totals = new();
    private readonly LedgerDraft _ledger = new();
    private readonly List<(int Row, ReceiptVerdict Verdict)> _verdicts = [];
    private readonly IReadOnlyList<FindingCount> _findings = [];
    private readonly int _rowsBefore;
    private bool _truncated;
    private int _listed;
    private int _listedHeld;
    private List<MasterChange>? _changes;

    /// <param name="ingestion">The payload.</param>
    /// <param name="before">The receipt over earlier parts of it.</param>
    public ReceiptDraft(Ingestion ingestion, Receipt? before = null)
    {
        _ingestion = ingestion;
        if (before is null)
        {
            return;
        }

        _rowsBefore = before.RowsRead;
        (_rows[(int)Verdict.Accepted], _rows[(int)Verdict.Duplicate], _rows[(int)Verdict.Superseding], _rows[(int)Verdict.Quarantined]) =
            (before.Accepted, before.Duplicate, before.Superseding, before.Quarantined);
        (_receipts[(int)Verdict.Accepted], _receipts[(int)Verdict.Duplicate], _receipts[(int)Verdict.Superseding], _receipts[(int)Verdict.Quarantined]) =
            (before.Receipts.Accepted, before.Receipts.Duplicate, before.Receipts.Superseding, before.Receipts.Quarantined);
        _totals.Add(before.Totals, before.TotalsByDay);
        _findings = before.Findings;
        _truncated = before.VerdictsTruncated;
        _verdicts.AddRange(before.Verdicts.Select(verdict => (0, verdict)));
        _listedHeld = before.Verdicts.Count(verdict => verdict.Verdict == Name(Verdict.Quarantined));
        _listed = before.Verdicts.Count - _listedHeld;
    }

    /// <summary>Rows of everything decided so far.</summary>
    public int RowsDecided => _rows.Sum();

    /// <summary>Adds a receipt of a register.</summary>
    public void Add(Converted<Transaction> converted, Verdict verdict)
    {
        var record = converted.Record;
        if (verdict is Verdict.Accepted or Verdict.Superseding)
        {
            _totals.Add(record);
        }

        _ledger.Add(converted, verdict);
        Count(verdict, converted.Rows);
        List(
            record.Source.Row,
            _listed < ListedVerdicts ? string.Create(CultureInfo.InvariantCulture, $"{record.Terminal}/{record.BusinessDate:yyyy-MM-dd}/{record.ReceiptNumber}") : "",
            record.Store,
            record.BusinessDate,
            verdict,
            converted.Rows);
    }

    /// <summary>Adds a count.</summary>
    public void Add(Converted<PeopleCount> converted, Verdict verdict)
    {
        var record = converted.Record;
        var key = string.Create(CultureInfo.InvariantCulture, $"{record.Device}/{record.Line}/{record.From:yyyy-MM-dd'T'HH:mm:sszzz}");
        _ledger.Add(record.Store, record.BusinessDate, verdict, converted.Rows);
        Count(verdict, converted.Rows);
        List(record.Source.Row, key, record.Store, record.BusinessDate, verdict, converted.Rows);
    }

    /// <summary>Adds a reading of running counters.</summary>
    public void Add(Converted<CounterReading> converted, Verdict verdict)
    {
        var record = converted.Record;
        var key = string.Create(CultureInfo.InvariantCulture, $"{record.Device}/{record.Line}/{record.At:yyyy-MM-dd'T'HH:mm:sszzz}");
        var date = record.Calendar.BusinessDateOf(record.At);
        _ledger.Add(record.Store, date, verdict, converted.Rows);
        Count(verdict, converted.Rows);
        List(record.Source.Row, key, record.Store, date, verdict, converted.Rows);
    }

    /// <summary>Adds what a single person did. Who it was stands in no receipt.</summary>
    public void Add(Converted<VisitorEvent> converted, Verdict verdict)
    {
        var record = converted.Record;
        var key = string.Create(CultureInfo.InvariantCulture, $"{record.Device}/{record.Line}/{record.At:yyyy-MM-dd'T'HH:mm:ss.fffzzz}");
        _ledger.Add(record.Store, record.BusinessDate, verdict, converted.Rows);
        Count(verdict, converted.Rows);
        List(record.Source.Row, key, record.Store, record.BusinessDate, verdict, converted.Rows);
    }

    /// <summary>Adds a line of a register master.</summary>
    public void Add(Converted<PosAssignment> converted, Verdict verdict)
    {
        var record = converted.Record;
        var key = string.Create(CultureInfo.InvariantCulture, $"{record.Terminal}/{record.ValidFrom:yyyy-MM-dd}");
        _ledger.Add(record.Store, null, verdict, converted.Rows);
        Count(verdict, converted.Rows);
        List(0, key, record.Store, null, verdict, converted.Rows);
    }

    /// <summary>Adds what a line of a register master changes.</summary>
    public void Add(IEnumerable<MasterChange> changes)
    {
        _changes ??= [];
        _changes.AddRange(changes.Take(MasterChange.Listed - _changes.Count));
    }

    /// <summary>Adds declared day totals.</summary>
    public void Add(Converted<DeclaredTotals> converted, Verdict verdict, int revision)
    {
        var record = converted.Record;
        _ledger.Add(converted, verdict, revision);
        Count(verdict, converted.Rows);
        List(record.Source.Row, record.Key, record.Store, record.BusinessDate, verdict, converted.Rows);
    }

    /// <summary>Adds what is held back.</summary>
    public void Add(Held held)
    {
        Count(Verdict.Quarantined, held.Rows);
        if (_listedHeld++ >= ListedHeld)
        {
            _truncated = true;
            return;
        }

        _verdicts.Add((
            held.SourceRows.Count == 0 ? held.Rejections[0].At.Row : held.SourceRows[0],
            new ReceiptVerdict(held.Key, held.Store, held.BusinessDate, Name(Verdict.Quarantined), held.Rows, ReasonsOf(held))));
    }

    /// <summary>The receipt of a payload whose rows all have their verdict.</summary>
    public Receipt Converted(int rowsRead, IReadOnlyList<Finding> findings) => Head(_ingestion) with
    {
        State = IngestionState.Converted,
        RowsRead = _rowsBefore + rowsRead,
        Accepted = _rows[(int)Verdict.Accepted],
        Duplicate = _rows[(int)Verdict.Duplicate] + _rows[(int)Verdict.Outdated],
        Superseding = _rows[(int)Verdict.Superseding],
        Quarantined = _rows[(int)Verdict.Quarantined],
        Receipts = new ReceiptCounts(
            _receipts.Sum(),
            _receipts[(int)Verdict.Accepted],
            _receipts[(int)Verdict.Duplicate] + _receipts[(int)Verdict.Outdated],
            _receipts[(int)Verdict.Superseding],
            _receipts[(int)Verdict.Quarantined]),
        Totals = _totals.ByCurrency(),
        TotalsByDay = _totals.ByDay(),
        Verdicts = [.. _verdicts.OrderBy(verdict => verdict.Row).Select(verdict => verdict.Verdict)],
        Findings = Sum(findings),
        VerdictsTruncated = _truncated,
        MasterChanges = _changes,
        Ledger = _ledger,
    };

    /// <summary>The receipt of a payload that is no payload of its profile.</summary>
    public static Receipt Unreadable(Ingestion ingestion, Rejection rejection) =>
        Head(ingestion) with { State = IngestionState.Unreadable, Unreadable = Shown(rejection) };

    /// <summary>The receipt of a payload whose outcome is to come.</summary>
    public static Receipt Head(Ingestion ingestion) => new()
    {
        ReceiptId = ingestion.ReceiptId,
        Feed = ingestion.Feed,
        FileName = ingestion.FileName,
        Sha256 = Convert.ToHexStringLower(ingestion.Sha256),
        Bytes = ingestion.SentBytes,
        Device = ingestion.Device,
        Removed = ingestion.Removed is { Values: > 0 } removed ? removed : null,
        State = ingestion.State,
        Profile = ingestion.Profile,
        ProfileVersion = ingestion.ProfileVersion,
        ReceivedAt = ingestion.ReceivedAt,
    };

    /// <summary>A receipt as JSON. Equal receipts give equal bytes.</summary>
    public static string Json(Receipt receipt) => JsonSerializer.Serialize(receipt, GatewayJson.Plain.Receipt);

    /// <summary>The reasons as receipts and the quarantine show them.</summary>
    public static List<Reason> ReasonsOf(Held held) => [.. held.Rejections.Select(Shown)];

    /// <summary>A rejection as receipts show it.</summary>
    public static Reason Shown(Rejection rejection) =>
        new(rejection.Reason.Code(), rejection.Field, rejection.At.Row, rejection.At.ByteOffset, rejection.Detail);

    private static string Name(Verdict verdict) => verdict switch
    {
        Verdict.Accepted => "accepted",
        Verdict.Duplicate => "duplicate",
        Verdict.Superseding => "superseding",
        Verdict.Outdated => "outdated",
        _ => "quarantined",
    };

    // In the order in which the whole payload would have them: by code and field, only columns as they stand in the file.
    private IReadOnlyList<FindingCount> Sum(IReadOnlyList<Finding> findings) =>
    [
        .. _findings.Concat(findings.Select(found => new FindingCount(found.Code.Code(), found.Field, found.Count, found.At.Row, found.Example)))
            .GroupBy(found => (found.Code, found.Field)).Select(same => same.First() with { Count = same.Sum(found => found.Count) })
            .OrderBy(found => FindingCodes.Place(found.Code)).ThenBy(found => found.Code == FindingCode.ColumnUnknown.Code() ? null : found.Field, StringComparer.Ordinal),
    ];

    private void Count(Verdict verdict, int rows)
    {
        _rows[(int)verdict] += rows;
        _receipts[(int)verdict]++;
    }

    private void List(int row, string key, string store, DateOnly? date, Verdict verdict, int rows)
    {
        if (_listed++ < ListedVerdicts)
        {
            _verdicts.Add((row, new ReceiptVerdict(key, store, date, Name(verdict), rows, [])));
        }
        else
        {
            _truncated = true;
        }
    }
}
