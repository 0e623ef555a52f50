using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Core.Outcomes;
using RetailInsight.Gateway.Landing;
using RetailInsight.Profiles;
using RetailInsight.Profiles.Counts;

namespace RetailInsight.Gateway.Iot;

/// <summary>A reading that has landed, or lands now.</summary>
/// <param name="Series">Whose: a hash of tenant, store, device and line.</param>
/// <param name="Point">What was read, with the instant in UTC.</param>
/// <param name="EventId">The count that ends with it.</param>
/// <param name="Zone">Zone of the line; empty for none.</param>
/// <param name="Role">What the line is for.</param>
/// <param name="Reversed">Whether what the device calls in is out.</param>
/// <param name="Firmware">Firmware of the device; empty where it does not say.</param>
/// <param name="Held">Whether it fell and nothing says why.</param>
internal sealed record LandedReading(Id128 Series, CounterPoint Point, Id128 EventId, string Zone, CountRole Role, bool Reversed, string Firmware, bool Held)
{
    /// <summary>The series of a reading.</summary>
    public static Id128 SeriesOf(string tenant, CounterReading reading) => Id128.FromParts("series", tenant, reading.Store, reading.Device, reading.Line);
}

/// <summary>What a reading changes.</summary>
/// <param name="Verdict">What becomes of its row.</param>
/// <param name="Held">Why it is held; null where it is not.</param>
/// <param name="Landed">The readings to be kept: this one unless it is known, and its successor where that one is held no more, or now.</param>
/// <param name="Counts">Counts that begin or change with it: its own and that of the reading after it.</param>
/// <param name="Brought">The reading itself, where it is not exactly what was known before.</param>
internal sealed record CounterChange(Verdict Verdict, Held? Held, IReadOnlyList<LandedReading> Landed, IReadOnlyList<PeopleCount> Counts, LandedReading? Brought = null);

/// <summary>A count that changes because a reading was taken back.</summary>
/// <param name="EventId">The count.</param>
/// <param name="Cause">The reading that was taken back.</param>
/// <param name="Count">What it says now; null where it is none any more.</param>
internal sealed record RecountedReading(Id128 EventId, CounterReading Cause, PeopleCount? Count);

/// <summary>
/// Turns readings of running counters into counts as they land. Each count follows from two neighbours, so a reading that comes late
/// gives its own count and a new version of its successor's; whatever the order of arrival, the counts are the same in the end.
/// </summary>
internal sealed class RunningCounters
{
    private readonly Dictionary<Id128, SortedList<DateTimeOffset, LandedReading>> _series = [];

    /// <summary>Adds a reading that landed before.</summary>
    public void Know(LandedReading reading) => SeriesOf(reading.Series)[reading.Point.At] = reading;

    /// <summary>Decides about the next reading. It is known to the ones after it.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="reading">The reading.</param>
    /// <param name="counted">Whether a count of that id has landed.</param>
    /// <param name="again">Whether to look at it anew although it is known: of one that was held the profile may say more by now.</param>
    public CounterChange Land(string tenant, CounterReading reading, Func<Id128, bool> counted, bool again = false)
    {
        var series = SeriesOf(LandedReading.SeriesOf(tenant, reading));
        var point = new CounterPoint(CountedInterval.Microseconds(reading.At), reading.Entered, reading.Left, StorableText.Of(reading.Boot), reading.Sequence);
        var known = series.GetValueOrDefault(point.At);
        if (known?.Point == point && known.Reversed == reading.Reversed && !again)
        {
            return new(Verdict.Duplicate, null, [], []);
        }

        series[point.At] = new(LandedReading.SeriesOf(tenant, reading), point, reading.EventId, StorableText.Of(reading.Zone), reading.Role, reading.Reversed, StorableText.Of(reading.Firmware), Held: false);
        var place = series.IndexOfKey(point.At);
        var counts = new List<PeopleCount>(2);
        var fell = Count(series, place, reading, counted, counts);
        series[point.At] = series[point.At] with { Held = fell };
        var landed = new List<LandedReading>(2) { series[point.At] };
        if (place + 1 < series.Count)
        {
            var successor = series.Values[place + 1];
            var held = Count(series, place + 1, reading, counted, counts);
            if (held != successor.Held)
            {
                series[successor.Point.At] = successor with { Held = held };
                landed.Add(series[successor.Point.At]);
            }
        }

        var verdict = fell ? Verdict.Quarantined : known is null || known.Held ? Verdict.Accepted : Verdict.Superseding;
        return new(verdict, fell ? HeldFor(reading, place > 0 ? series.Values[place - 1].Point : null) : null, landed, counts, series[point.At] == known ? null : series[point.At]);
    }

    /// <summary>What is known of a line at an instant; null where nothing is.</summary>
    public LandedReading? At(Id128 series, DateTimeOffset at) => SeriesOf(series).GetValueOrDefault(at);

    /// <summary>Puts back what stood in the places of readings, and counts anew what follows from it.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="readings">The readings, which are known, each with what stood there before it; null where nothing did.</param>
    /// <param name="counted">Whether a count of that id stood before them.</param>
    /// <returns>Successors that are held now, or no more; and the counts of the places and of the readings after them.</returns>
    public (IReadOnlyList<LandedReading> Successors, IReadOnlyList<RecountedReading> Counts) TakeBack(
        string tenant, IReadOnlyList<(CounterReading Reading, LandedReading? Before)> readings, Func<Id128, bool> counted)
    {
        var causes = new Dictionary<Id128, CounterReading>();
        var gone = new Dictionary<Id128, CounterReading>();
        foreach (var (reading, before) in readings)
        {
            var (series, at) = (SeriesOf(LandedReading.SeriesOf(tenant, reading)), CountedInterval.Microseconds(reading.At));
            gone[series[at].EventId] = reading;
            series.Remove(at);
            if (before is not null)
            {
                series[at] = before;
            }
        }

        foreach (var (reading, _) in readings)
        {
            var (series, at) = (SeriesOf(LandedReading.SeriesOf(tenant, reading)), CountedInterval.Microseconds(reading.At));
            foreach (var affected in series.Values.Where(one => one.Point.At >= at).Take(series.ContainsKey(at) ? 2 : 1))
            {
                causes[affected.EventId] = reading;
            }
        }

        // What was held is held again, whatever the rules of today say of it.
        var putBack = readings.Select(one => one.Before?.EventId).OfType<Id128>().ToHashSet();
        var (successors, recounted) = (new List<LandedReading>(), new List<RecountedReading>());
        foreach (var (id, cause) in causes)
        {
            var series = SeriesOf(LandedReading.SeriesOf(tenant, cause));
            var place = series.Values.Index().First(one => one.Item.EventId == id).Index;
            var (one, counts) = (series.Values[place], new List<PeopleCount>(1));
            var held = Count(series, place, cause, counted, counts, isHeld: one.Held && putBack.Contains(id));
            if (held != one.Held)
            {
                series[one.Point.At] = one with { Held = held };
                successors.Add(series[one.Point.At]);
            }

            recounted.Add(new(id, cause, counts.FirstOrDefault()));
        }

        recounted.AddRange(gone.Where(one => !causes.ContainsKey(one.Key)).Select(one => new RecountedReading(one.Key, one.Value, null)));
        return (successors, recounted);
    }

    // Adds the count of the reading at a place; where nothing is known of what had a count, says so in a new version of it.
    private static bool Count(SortedList<DateTimeOffset, LandedReading> series, int place, CounterReading cause, Func<Id128, bool> counted, List<PeopleCount> counts, bool isHeld = false)
    {
        var at = series.Values[place];
        CounterPoint? before = place > 0 ? series.Values[place - 1].Point : null;
        var zone = cause.Resets.Zone ?? cause.Calendar.Zone;
        var fell = true;
        var delta = isHeld ? null : CounterSeries.UpTo(before, at.Point, cause.Resets, zone, out fell);
        if (delta is null && before is { } last && counted(at.EventId))
        {
            delta = new(last.At, at.Point.At, 0, 0, Partial: true);
        }

        if (delta is { } known)
        {
            counts.Add(new PeopleCount
            {
                EventId = at.EventId,
                Store = cause.Store,
                Device = cause.Device,
                Line = cause.Line,
                Kind = CountKind.Interval,
                From = TimeZoneInfo.ConvertTime(known.From, cause.Calendar.Zone),
                To = TimeZoneInfo.ConvertTime(known.To, cause.Calendar.Zone),
                BusinessDate = cause.Calendar.BusinessDateOf(known.From),
                Entered = at.Reversed ? known.Left : known.Entered,
                Left = at.Reversed ? known.Entered : known.Left,
                Zone = at.Zone,
                Role = at.Role,
                Sequence = at.Point.Sequence,
                Firmware = at.Firmware,
                Partial = known.Partial,
                Source = cause.Source,
            });
        }

        return fell;
    }

    private static Held HeldFor(CounterReading reading, CounterPoint? before) => new(
        [new Rejection(
            RejectionReason.CounterFell,
            FormattableString.Invariant($"At {reading.At:yyyy-MM-dd'T'HH:mm:sszzz} the counters stood at {reading.Entered} in, {reading.Left} out, after {before?.Entered} in, {before?.Left} out; no reset was declared for the time between."),
            null,
            reading.Source)],
        1,
        FormattableString.Invariant($"{reading.Device} / {reading.Line} / {reading.At:yyyy-MM-dd'T'HH:mmzzz}"),
        reading.Store,
        reading.Calendar.BusinessDateOf(reading.At),
        null,
        null,
        [reading.Source.Row])
    {
        EventId = reading.EventId,
    };

    private SortedList<DateTimeOffset, LandedReading> SeriesOf(Id128 series) => _series.TryGetValue(series, out var known) ? known : _series[series] = [];
}
