using RetailInsight.Core.Canon.V1;
using RetailInsight.Core.Counting;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles.Definition;
using RetailInsight.Profiles.Json;
using RetailInsight.Profiles.Values;

namespace RetailInsight.Profiles.Counts;

/// <summary>
/// Turns where persons were into what they did. A record is a place of one person at an instant; the places of a person are a way, and a
/// way gives events by the rules of counting. Nothing is known between two payloads: a way that does not lie wholly in one is held.
/// </summary>
internal sealed class VisitorTracks(Profile profile, ConversionContext context, FieldReader fields)
{
    // Sensors send several frames a second. What lies farther apart was not watched in between.
    private static readonly TimeSpan LongestGap = TimeSpan.FromSeconds(10);

    private const double FarthestPlace = 1_000_000;

    private readonly IReadOnlyDictionary<string, Binding> _head = profile.Definition.Head;
    private readonly TrackRules _rules = profile.Definition.Counts!.Visitors!.Tracks!;
    private readonly VisitorEvents _events = new(profile, context, fields);
    private readonly DevicePlaces _places = new(profile.Definition, context, fields);
    private readonly OrderedDictionary<(string Device, string Track), Way> _ways = [];
    private readonly Dictionary<string, HashSet<DateTimeOffset>> _frames = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<DateTimeOffset>> _watched = new(StringComparer.Ordinal);
    private readonly FindingTally _findings = new();
    private SourceLocation? _firstEmpty;

    /// <summary>Reads one place; <paramref name="source"/> is null where it is no record at all.</summary>
    public void Add(FieldSource? source, SourceLocation at)
    {
        fields.At = at;
        if (source is null)
        {
            _events.Add(null, at);
            return;
        }

        var device = _places.DeviceOf(source);
        var instant = fields.Timestamp(source, _head[CanonicalFields.At])?.Instant;
        if (instant is { } seen)
        {
            (_frames.TryGetValue(device, out var frames) ? frames : _frames[device] = []).Add(seen);
        }

        if (NestedRecords.IsEmptyFrame(source))
        {
            _firstEmpty ??= at;
            HoldRejected(at, device, "", instant);
            return;
        }

        var track = fields.Text(source, _head[CanonicalFields.Track]);
        var x = fields.Measure(source, _head[CanonicalFields.X], -FarthestPlace, FarthestPlace);
        var y = fields.Measure(source, _head[CanonicalFields.Y], -FarthestPlace, FarthestPlace);
        var kind = fields.Text(source, _head.GetValueOrDefault(CanonicalFields.Object));
        var person = fields.Text(source, _head.GetValueOrDefault(CanonicalFields.Person));
        var isStaff = VisitorEvents.IsStaff(fields.Text(source, _head.GetValueOrDefault(CanonicalFields.Staff)));
        if (device.Length == 0 || track.Length == 0)
        {
            HoldRejected(at, device, track, instant);
            return;
        }

        if (!_ways.TryGetValue((device, track), out var way))
        {
            _ways.Add((device, track), way = new Way(source, at));
        }

        way.Rejections.AddRange((fields.TakeRejections() ?? []).Take(HoldLimits.ReasonsPerReceipt - way.Rejections.Count));
        way.IsOther |= kind.Length > 0 && kind != CanonicalFields.Person;
        way.IsStaff |= isStaff;
        way.Person = way.Person.Length > 0 ? way.Person : person;
        if (instant is { } moment && x is { } across && y is { } ahead)
        {
            way.Places.Add((new TrackPoint(moment, new FloorPoint(across, ahead)), at));
        }
    }

    /// <summary>What the ways came to.</summary>
    public Conversion Result()
    {
        foreach (var ((device, track), way) in _ways)
        {
            fields.At = way.At;
            Judge(device, track, way);
        }

        var result = _events.Result;
        if (result.RowsRead == 0 && _findings.All.Count == 0 && _firstEmpty is { } empty)
        {
            Skip(_head[CanonicalFields.At], "Nobody was in view.", empty);
        }

        return result.With(_findings.All);
    }

    private void Judge(string device, string track, Way way)
    {
        if (way.Rejections.Count > 0 || way.Places.Count == 0)
        {
            way.Rejections.ForEach(fields.Reject);
            HoldRejected(way.At, device, track, null);
            return;
        }

        if (way.IsOther)
        {
            Skip(_head[CanonicalFields.Object], "What is no person is not counted.", way.At);
            return;
        }

        var places = way.Places.OrderBy(place => place.Point.At).ToList();
        var (first, last) = (places[0].Point.At, places[^1].Point.At);
        if (!_rules.SentWhole && CutOf(device, first, last) is { } cut)
        {
            fields.Reject(RejectionReason.TrackCut, _head[CanonicalFields.Track].VendorName, $"'{FieldReader.Shown(track)}' is in view {cut}.");
            HoldRejected(way.At, device, track, first);
            return;
        }

        var found = EventsOf(device, new Track([.. places.Select(place => place.Point)])).OrderBy(one => one.Point).ToList();
        foreach (var (line, kind, point, lasted) in found)
        {
            var (place, at) = places[point];
            fields.At = at;
            var sent = new CountTimes.Sent(new Moment(place.At, place.At.DateTime), null, TimeSpan.Zero, null, _head[CanonicalFields.At].VendorName);
            _events.TakeDerived(new Observed(way.Source, at, device, line, kind, sent, track) { Person = way.Person, Duration = lasted, IsStaff = way.IsStaff });
        }

        if (found.Count == 0)
        {
            Skip(_head[CanonicalFields.Track], "A way over no line and through no zone is no event.", way.At);
        }
    }

    private void Skip(Binding about, string detail, SourceLocation at) => _findings.Add(FindingCode.RecordSkipped, about.VendorName, detail, at);

    private IEnumerable<(string Line, VisitorEventKind Kind, int Point, ulong Lasted)> EventsOf(string device, Track track)
    {
        var (front, zones) = _rules.Of(device);
        foreach (var (crossing, kind) in new[] { (front.Entered(track, _rules.Seconds), VisitorEventKind.Enter), (front.Left(track, _rules.Seconds), VisitorEventKind.Exit), (front.Passed(track, _rules.Seconds), VisitorEventKind.PassBy) })
        {
            if (crossing is { } crossed)
            {
                yield return (_rules.NameOf(crossed.Line), kind, crossed.Point, 0);
            }
        }

        foreach (var zone in zones)
        {
            var visit = new ZoneVisits(zone.Zone).Of(track, _rules.Seconds);
            if (visit is ZoneVisit.Stopped or ZoneVisit.Passed && zone.Zone.LongestStay(track) is { } stay)
            {
                yield return (zone.Name, visit == ZoneVisit.Stopped ? VisitorEventKind.Stop : VisitorEventKind.Zone, stay.From, (ulong)stay.Lasted.TotalMilliseconds);
            }
        }
    }

    // Where a way leaves what was watched without a gap; null where it lies within.
    private string? CutOf(string device, DateTimeOffset first, DateTimeOffset last)
    {
        if (!_watched.TryGetValue(device, out var frames))
        {
            _watched[device] = frames = [.. _frames[device].Order()];
        }

        var (from, to) = (frames.BinarySearch(first), frames.BinarySearch(last));
        return from == 0 || first - frames[from - 1] > LongestGap ? "where the payload begins"
            : to == frames.Count - 1 || frames[to + 1] - last > LongestGap ? "where the payload ends"
            : Enumerable.Range(from, to - from).Any(at => frames[at + 1] - frames[at] > LongestGap) ? "before and after a gap between the frames"
            : null;
    }

    private void HoldRejected(SourceLocation at, string device, string track, DateTimeOffset? instant)
    {
        if (fields.Rejected)
        {
            fields.At = at;
            _events.HoldRow(at, FormattableString.Invariant($"{FieldReader.Shown(device)} / {FieldReader.Shown(track)} / {instant:yyyy-MM-dd'T'HH:mm:sszzz}"));
        }
    }

    private sealed class Way(FieldSource source, SourceLocation at)
    {
        public FieldSource Source => source;

        public SourceLocation At => at;

        public List<(TrackPoint Point, SourceLocation At)> Places { get; } = [];

        public List<Rejection> Rejections { get; } = [];

        public string Person { get; set; } = "";

        public bool IsStaff { get; set; }

        public bool IsOther { get; set; }
    }
}
