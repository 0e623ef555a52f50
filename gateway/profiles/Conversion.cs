using RetailInsight.Core.Canon;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles.Counts;

namespace RetailInsight.Profiles;

/// <summary>For whom a payload is converted.</summary>
/// <param name="Tenant">Tenant id; part of every event id.</param>
/// <param name="Stores">The tenant's stores and registers.</param>
/// <param name="ReceivedAt">When the payload came; null where it is not asked whether something lies in the future.</param>
public sealed record ConversionContext(string Tenant, StoreDirectory Stores, DateTimeOffset? ReceivedAt = null)
{
    /// <summary>
    /// Whether a profile is tried, and not a payload taken in: then differences of money are noted also where the profile asks for no check.
    /// </summary>
    public bool Scrutiny { get; init; }

    /// <summary>Told now and then how many rows are done, and of how many; null when nobody wants to know.</summary>
    public Action<int, int>? OnRows { get; init; }

    /// <summary>The tenant's devices.</summary>
    public DeviceDirectory Devices { get; init; } = DeviceDirectory.Empty;

    /// <summary>The device that sent the payload; null where the sender is no device.</summary>
    public string? Device { get; init; }

    /// <summary>
    /// Makes the pseudonym of a person, of the business date and what the device calls the person; none once the secret of that epoch is
    /// destroyed. Null where persons are not told apart.
    /// </summary>
    public Func<DateOnly, string, Id128>? Persons { get; init; }

    /// <summary>Why nothing of the payload may count for now, whatever it says; null for most.</summary>
    public (RejectionReason Reason, string Detail)? Doubt { get; init; }

    /// <summary>Whether something of a face was taken out of the payload.</summary>
    internal bool TellsOfFaces { get; init; }

    /// <summary>The vendor of the feed, where its profile is one for all vendors; null when it is the profile's own.</summary>
    public string? Vendor { get; init; }

    /// <summary>Bytes the files of an archive may have together.</summary>
    public long UnpackLimit { get; init; } = 32L << 20;
}

/// <summary>A record and what it was made from.</summary>
/// <typeparam name="T">The record.</typeparam>
/// <param name="Record">The canonical record.</param>
/// <param name="Rows">How many source rows it consumed.</param>
/// <param name="ContentHash">The hash of what the record says, made while the record is still near at hand; none of a register assignment, which has no versions.</param>
public readonly record struct Converted<T>(T Record, int Rows, Id128 ContentHash);

/// <summary>A receipt (or a single row) that cannot be used as it is. It is kept, shown and replayed.</summary>
/// <param name="Rejections">Every reason found; at least one.</param>
/// <param name="Rows">How many source rows are held.</param>
/// <param name="Key">The business key as sent, for people; empty when it cannot be read.</param>
/// <param name="Store">Code of the store in the tenant's master, when it could be resolved.</param>
/// <param name="BusinessDate">The trading day, when it could be read.</param>
/// <param name="MoneyAtRisk">In micros, signed as it would have counted: the stated total, else the sum of the readable line amounts; null when neither can be read.</param>
/// <param name="Currency">ISO 4217 code of <paramref name="MoneyAtRisk"/>; null when the feed carries no money.</param>
/// <param name="SourceRows">1-based data rows, ascending.</param>
public sealed record Held(
    IReadOnlyList<Rejection> Rejections,
    int Rows,
    string Key,
    string? Store,
    DateOnly? BusinessDate,
    long? MoneyAtRisk,
    string? Currency,
    IReadOnlyList<int> SourceRows)
{
    /// <summary>By what the store or register is looked up in the master: what the vendor sent, or what the profile's map makes of it; null when that cannot be read.</summary>
    public string? StoreAsSent { get; init; }

    /// <summary>The event id it will have once it can be read; none where a part of its identity cannot be read.</summary>
    public Id128 EventId { get; init; }

    /// <summary>Which version it is by the vendor's count; 0 where the feed has none.</summary>
    public long SourceRevision { get; init; }
}

/// <summary>
/// What became of one payload. <see cref="RowsRead"/> is always the sum of the rows of everything converted and held;
/// 0 when <see cref="Unreadable"/>.
/// </summary>
public sealed class Conversion
{
    /// <summary>Why the payload as a whole cannot be read; null when it can. Then there are no rows and no records.</summary>
    public Rejection? Unreadable { get; init; }

    /// <summary>Data rows found: lines of receipts, intervals, assignments.</summary>
    public int RowsRead { get; init; }

    /// <summary>Receipts, in order of first appearance.</summary>
    public IReadOnlyList<Converted<Transaction>> Transactions { get; init; } = [];

    /// <summary>Counts, in source order.</summary>
    public IReadOnlyList<Converted<PeopleCount>> PeopleCounts { get; init; } = [];

    /// <summary>Readings of running counters, in source order.</summary>
    public IReadOnlyList<Converted<CounterReading>> CounterReadings { get; init; } = [];

    /// <summary>What single persons did, in source order.</summary>
    public IReadOnlyList<Converted<VisitorEvent>> VisitorEvents { get; init; } = [];

    /// <summary>Register assignments, in source order.</summary>
    public IReadOnlyList<Converted<PosAssignment>> PosAssignments { get; init; } = [];

    /// <summary>Declared day totals, in source order.</summary>
    public IReadOnlyList<Converted<DeclaredTotals>> DeclaredTotals { get; init; } = [];

    /// <summary>What is held back, in order of first appearance.</summary>
    public IReadOnlyList<Held> Held { get; init; } = [];

    /// <summary>What is odd without holding anything, counted by code and field.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>The same with further findings, as many as are worth telling, and another number of rows where one is given.</summary>
    internal Conversion With(IEnumerable<Finding> further, int? rowsRead = null) => new()
    {
        Unreadable = Unreadable,
        RowsRead = rowsRead ?? RowsRead,
        Transactions = Transactions,
        PeopleCounts = PeopleCounts,
        CounterReadings = CounterReadings,
        VisitorEvents = VisitorEvents,
        PosAssignments = PosAssignments,
        DeclaredTotals = DeclaredTotals,
        Held = Held,
        Findings = [.. Findings, .. further.Take(HoldLimits.Names)],
    };

    internal static Conversion Refused(Rejection rejection) => new() { Unreadable = rejection };
}
