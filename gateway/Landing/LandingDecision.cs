using RetailInsight.Core.Canon;
using RetailInsight.Core.Outcomes;
using RetailInsight.Gateway.Iot;
using RetailInsight.Profiles;

namespace RetailInsight.Gateway.Landing;

/// <summary>What landing decides about a record.</summary>
internal enum Verdict
{
    /// <summary>Not seen before.</summary>
    Accepted,

    /// <summary>Seen before with exactly this content: dropped and counted.</summary>
    Duplicate,

    /// <summary>Seen before with other content: a new revision that takes its place.</summary>
    Superseding,

    /// <summary>An older version, by the vendor's own count, of what has landed: remembered, changes nothing.</summary>
    Outdated,

    /// <summary>Held back.</summary>
    Quarantined,
}

/// <summary>One version of an event that has landed.</summary>
/// <param name="ContentHash">What it said.</param>
/// <param name="Revision">Its number; of a withdrawn one the newest number given away for it.</param>
/// <param name="SourceRevision">Which version it is by the vendor's count; 0 where the feed has none.</param>
/// <param name="Store">Where it counts.</param>
/// <param name="BusinessDate">When it counts.</param>
/// <param name="Withdrawn">Whether an undo took it back: it may come again.</param>
/// <param name="ReceivedAt">When its payload was received, UTC; asked for by replays only.</param>
/// <param name="IngestionId">The payload it came in; asked for by replays only.</param>
internal readonly record struct KnownVersion(
    Id128 ContentHash, int Revision, long SourceRevision, string Store, DateOnly BusinessDate, bool Withdrawn = false, DateTimeOffset ReceivedAt = default, Guid? IngestionId = null);

/// <summary>A record about to land.</summary>
/// <param name="EventId">Identity.</param>
/// <param name="ContentHash">What it says.</param>
/// <param name="SourceRevision">Which version it is by the vendor's count; 0 where the feed has none.</param>
/// <param name="OriginalEventId">What it takes back; none for most.</param>
/// <param name="Store">Where it counts.</param>
/// <param name="BusinessDate">When it counts.</param>
internal readonly record struct Candidate(Id128 EventId, Id128 ContentHash, long SourceRevision, Id128 OriginalEventId, string Store, DateOnly BusinessDate);

/// <summary>
/// The rule of identity: no window, no clock. Records are decided in the order they land, and each is known to the ones
/// after it.
/// </summary>
internal sealed class LandingDecision
{
    private readonly Dictionary<Id128, List<KnownVersion>> _known = [];
    private readonly Dictionary<string, List<PosAssignment>> _registers = new(StringComparer.Ordinal);

    /// <summary>The intervals of lines that count.</summary>
    public CountedIntervals Intervals { get; } = new();

    /// <summary>What running counters showed.</summary>
    public RunningCounters Counters { get; } = new();

    /// <summary>Adds a version that landed before.</summary>
    public void Know(Id128 eventId, KnownVersion version)
    {
        if (!_known.TryGetValue(eventId, out var versions))
        {
            _known.Add(eventId, versions = new List<KnownVersion>(1));
        }

        versions.Add(version);
    }

    /// <summary>Adds an assignment that landed before.</summary>
    public void Know(PosAssignment assignment)
    {
        if (!_registers.TryGetValue(assignment.Terminal, out var stays))
        {
            _registers.Add(assignment.Terminal, stays = new List<PosAssignment>(1));
        }

        stays.RemoveAll(stay => stay.ValidFrom == assignment.ValidFrom);
        stays.Add(assignment);
    }

    /// <summary>The assignments known of a register, in no order.</summary>
    public IReadOnlyList<PosAssignment> AssignmentsOf(string terminal) => _registers.TryGetValue(terminal, out var stays) ? stays : [];

    /// <summary>Decides about the next record.</summary>
    /// <param name="candidate">The record.</param>
    /// <param name="revision">1, or one more than the newest known; for a duplicate that of the known version.</param>
    public Verdict Decide(in Candidate candidate, out int revision)
    {
        var verdict = Verdict.Accepted;
        revision = 1;
        if (_known.TryGetValue(candidate.EventId, out var versions))
        {
            foreach (var version in versions)
            {
                if (version.ContentHash == candidate.ContentHash && !version.Withdrawn)
                {
                    revision = version.Revision;
                    return Verdict.Duplicate;
                }

                revision = Math.Max(revision, version.Revision + 1);
                verdict = version.Withdrawn || verdict == Verdict.Outdated ? verdict
                    : version.SourceRevision > candidate.SourceRevision ? Verdict.Outdated : Verdict.Superseding;
            }
        }

        Know(candidate.EventId, new KnownVersion(candidate.ContentHash, revision, candidate.SourceRevision, candidate.Store, candidate.BusinessDate));
        return verdict;
    }

    /// <summary>
    /// Decides about a count that follows from readings. It says what they say now, so only the newest version is one it can repeat: where the
    /// readings return to what they were, so does the count.
    /// </summary>
    /// <param name="candidate">The count.</param>
    /// <param name="revision">1, or one more than the newest known; for a duplicate that of the known version.</param>
    /// <param name="returns">Whether a version with exactly this content is known, so that its row is there already.</param>
    public Verdict Follow(in Candidate candidate, out int revision, out bool returns)
    {
        var newest = Newest(candidate.EventId);
        returns = false;
        foreach (var version in VersionsOf(candidate.EventId))
        {
            returns |= version.ContentHash == candidate.ContentHash;
        }

        if (newest is { Withdrawn: false } current && current.ContentHash == candidate.ContentHash)
        {
            revision = current.Revision;
            return Verdict.Duplicate;
        }

        revision = 1 + (newest?.Revision ?? 0);
        Know(candidate.EventId, new KnownVersion(candidate.ContentHash, revision, candidate.SourceRevision, candidate.Store, candidate.BusinessDate));
        return newest is { Withdrawn: false } ? Verdict.Superseding : Verdict.Accepted;
    }

    /// <summary>The version of an event with the highest revision; null where none is known.</summary>
    public KnownVersion? Newest(Id128 eventId)
    {
        KnownVersion? newest = null;
        foreach (var version in VersionsOf(eventId))
        {
            newest = newest is { } known && known.Revision >= version.Revision ? known : version;
        }

        return newest;
    }

    /// <summary>The versions known of an event, in no order.</summary>
    public IReadOnlyList<KnownVersion> VersionsOf(Id128 eventId) => _known.TryGetValue(eventId, out var versions) ? versions : [];

    /// <summary>Whether an event has landed, and was not taken back since.</summary>
    public bool Counts(Id128 eventId) => Newest(eventId) is { Withdrawn: false };

    /// <summary>Why a count is held: another one of its line counts for a part of its interval; null when none does, or it has landed itself.</summary>
    public Held? Overlap(string tenant, Converted<PeopleCount> converted)
    {
        var record = converted.Record;
        if (CountedInterval.Of(tenant, record) is not { } interval || Intervals.Overlapped(interval, record.EventId) is not { } other
            || VersionsOf(record.EventId).Any(version => version.ContentHash == converted.ContentHash && !version.Withdrawn))
        {
            return null;
        }

        var offset = record.From.Offset;
        return new(
            [new Rejection(
                RejectionReason.IntervalOverlap,
                FormattableString.Invariant($"{record.From:yyyy-MM-dd'T'HH:mmzzz} to {record.To:yyyy-MM-dd'T'HH:mmzzz} overlaps {other.From.ToOffset(offset):yyyy-MM-dd'T'HH:mmzzz} to {other.To.ToOffset(offset):yyyy-MM-dd'T'HH:mmzzz}, which counts."),
                null,
                record.Source)],
            converted.Rows,
            FormattableString.Invariant($"{record.Device} / {record.Line} / {record.From:yyyy-MM-dd'T'HH:mmzzz}"),
            record.Store,
            record.BusinessDate,
            null,
            null,
            [record.Source.Row])
        {
            EventId = record.EventId,
        };
    }

    /// <summary>Whether exactly this was withdrawn before, so that its row is there already.</summary>
    public bool Returns(in Candidate candidate)
    {
        foreach (var version in VersionsOf(candidate.EventId))
        {
            if (version.Withdrawn && version.ContentHash == candidate.ContentHash)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Decides about the next register assignment: the register and the day it begins are its identity.</summary>
    public Verdict Decide(PosAssignment assignment)
    {
        var known = AssignmentsOf(assignment.Terminal).FirstOrDefault(stay => stay.ValidFrom == assignment.ValidFrom);
        if (known == assignment)
        {
            return Verdict.Duplicate;
        }

        Know(assignment);
        return known is null ? Verdict.Accepted : Verdict.Superseding;
    }

    /// <summary>
    /// Store-days whose figures change by this record although it does not lie in them: where an earlier revision of it
    /// lies, and where the receipt lies that it takes back.
    /// </summary>
    public IEnumerable<(string Store, DateOnly BusinessDate)> AlsoTouched(Candidate candidate)
    {
        // Nearly every record is the only version of its event and takes nothing back.
        if (candidate.OriginalEventId.IsNone && VersionsOf(candidate.EventId).Count <= 1)
        {
            return [];
        }

        IEnumerable<KnownVersion> versions = _known.GetValueOrDefault(candidate.EventId, []);
        if (!candidate.OriginalEventId.IsNone)
        {
            versions = versions.Concat(_known.GetValueOrDefault(candidate.OriginalEventId, []));
        }

        return versions
            .Select(version => (version.Store, version.BusinessDate))
            .Where(partition => partition != (candidate.Store, candidate.BusinessDate))
            .Distinct();
    }
}
