using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;

namespace RetailInsight.Gateway.Iot;

/// <summary>The interval a line has a count of.</summary>
/// <param name="Line">The line: a hash of tenant, store, device, line and measure.</param>
/// <param name="From">First instant.</param>
/// <param name="To">First instant after it.</param>
internal readonly record struct CountedInterval(Id128 Line, DateTimeOffset From, DateTimeOffset To)
{
    /// <summary>The interval of a count; null where it is of an instant.</summary>
    public static CountedInterval? Of(string tenant, PeopleCount count) => count.Kind == CountKind.Interval && count.To > count.From
        ? new(Id128.FromParts("line", tenant, count.Store, count.Device, count.Line, count.Measure == CountMeasure.Factored ? "factored" : "raw"), Microseconds(count.From), Microseconds(count.To))
        : null;

    /// <summary>An instant as PostgreSQL keeps it: UTC, whole microseconds.</summary>
    public static DateTimeOffset Microseconds(DateTimeOffset instant) => new(instant.UtcTicks / TimeSpan.TicksPerMicrosecond * TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);
}

/// <summary>
/// The intervals that count. Two of a line that overlap would count people twice: the one that landed first stays, and the other is
/// held. An interval sent again is none of it, nor is a new version of the same count.
/// </summary>
internal sealed class CountedIntervals
{
    // As long as an interval may be: no earlier one reaches into one that begins so much later.
    private static readonly TimeSpan Longest = TimeSpan.FromHours(25);

    private readonly Dictionary<Id128, SortedSet<Entry>> _lines = [];
    private readonly Dictionary<Id128, Entry> _events = [];

    /// <summary>Adds the interval of a count that has landed; of several versions the newest counts.</summary>
    public void Know(in CountedInterval interval, Id128 eventId, int revision)
    {
        var entry = new Entry(interval.From, interval.To, eventId, revision);
        if (_events.TryGetValue(eventId, out var known))
        {
            if (known.Revision > revision)
            {
                return;
            }

            SetOf(interval.Line).Remove(known);
        }

        _events[eventId] = entry;
        SetOf(interval.Line).Add(entry);
    }

    /// <summary>An interval of the same line that counts and overlaps; null where there is none.</summary>
    public (DateTimeOffset From, DateTimeOffset To)? Overlapped(in CountedInterval interval, Id128 eventId)
    {
        if (!_lines.TryGetValue(interval.Line, out var known) || known.Count == 0)
        {
            return null;
        }

        foreach (var entry in known.GetViewBetween(Entry.At(interval.From - Longest), Entry.At(interval.To)))
        {
            if (entry.From < interval.To && entry.To > interval.From && entry.EventId != eventId)
            {
                return (entry.From, entry.To);
            }
        }

        return null;
    }

    private SortedSet<Entry> SetOf(Id128 line) => _lines.TryGetValue(line, out var known) ? known : _lines[line] = [];

    private readonly record struct Entry(DateTimeOffset From, DateTimeOffset To, Id128 EventId, int Revision) : IComparable<Entry>
    {
        public static Entry At(DateTimeOffset instant) => new(instant, default, Id128.None, 0);

        public int CompareTo(Entry other) =>
            From != other.From ? From.CompareTo(other.From) : EventId.Hi != other.EventId.Hi ? EventId.Hi.CompareTo(other.EventId.Hi) : EventId.Lo.CompareTo(other.EventId.Lo);
    }
}
