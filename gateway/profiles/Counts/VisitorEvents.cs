using System.Globalization;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles.Definition;
using RetailInsight.Profiles.Values;

namespace RetailInsight.Profiles.Counts;

/// <summary>Turns what cameras say of single persons into events. What a camera calls a person becomes a pseudonym here and goes no further.</summary>
internal sealed class VisitorEvents(Profile profile, ConversionContext context, FieldReader fields)
{
    private const double LongestStay = 24 * 60 * 60 * 1_000;

    private readonly ProfileDefinition _definition = profile.Definition;
    private readonly CountRules _rules = profile.Definition.Counts!;
    private readonly DevicePlaces _places = new(profile.Definition, context, fields);
    private readonly List<Converted<VisitorEvent>> _events = [];
    private readonly List<Held> _held = [];
    private int _rows;

    public Conversion Result => new() { RowsRead = _rows, VisitorEvents = _events, Held = _held };

    /// <summary>Reads one event; <paramref name="source"/> is null where it is no record at all.</summary>
    public void Add(FieldSource? source, SourceLocation at)
    {
        fields.At = at;
        _rows++;
        if (source is null)
        {
            fields.Reject(RejectionReason.RowShape, null, "A record must be a JSON object.");
            Hold(at, "");
            return;
        }

        var head = _definition.Head;
        Take(new Observed(
            source, at, _places.DeviceOf(source), fields.Text(source, head[CanonicalFields.CountingLine]), KindOf(source), _places.Times.Read(source), fields.Text(source, head[CanonicalFields.Track]))
        {
            Person = fields.Text(source, head.GetValueOrDefault(CanonicalFields.Person)),
            Duration = DurationOf(source),
            IsStaff = IsStaff(fields.Text(source, head.GetValueOrDefault(CanonicalFields.Staff))),
        });
    }

    /// <summary>Whether a device takes somebody for staff: what its field means, or says.</summary>
    public static bool IsStaff(string staff) => staff is CanonicalFields.Staff or "true" or "1";

    /// <summary>Holds a row, with what was rejected of it.</summary>
    public void HoldRow(SourceLocation at, string key)
    {
        _rows++;
        Hold(at, key);
    }

    /// <summary>Makes an event of what was derived and not sent.</summary>
    public void TakeDerived(Observed observed)
    {
        _rows++;
        Take(observed);
    }

    private void Take(Observed observed)
    {
        var (source, at, device, line, kind, sent, track) = observed;
        var firmware = fields.Text(source, _definition.Head.GetValueOrDefault(CanonicalFields.Firmware));
        var (store, mapped, asSent) = _places.Of(source, device, line, sent);
        var instant = store is null ? null : _places.Times.Resolve(sent, store.Calendar)?.From;
        if (instant is { } known)
        {
            _places.Times.CheckClock(source, known, context.ReceivedAt, store!.Calendar);
        }

        var date = instant is { } when ? store!.Calendar.BusinessDateOf(when) : (DateOnly?)null;
        var id = instant is { } moment && device.Length > 0 && line.Length > 0 && track.Length > 0 && kind != default ? EventIdOf(asSent, device, line, kind, moment, track) : Id128.None;
        if (context.Doubt is { } doubt && !fields.Rejected)
        {
            fields.Reject(doubt.Reason, null, doubt.Detail);
        }

        if (fields.Rejected)
        {
            var begin = (instant ?? sent.From?.Instant)?.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture) ?? sent.From?.Wall.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
            Hold(at, $"{FieldReader.Shown(device)} / {FieldReader.Shown(line)} / {begin}", store?.Code, date, id, asSent);
            return;
        }

        var visitor = new VisitorEvent
        {
            EventId = id,
            Store = store!.Code,
            Device = device,
            Line = line,
            Zone = mapped?.Zone ?? "",
            Kind = mapped is { Reversed: true } ? Reversed(kind) : kind,
            At = TimeZoneInfo.ConvertTime(instant!.Value, store.Calendar.Zone),
            BusinessDate = date!.Value,
            DurationMilliseconds = observed.Duration,
            Person = observed.Person.Length == 0 ? Id128.None : context.Persons?.Invoke(date.Value, NameOf(device, observed.Person)) ?? Id128.None,
            Staff = observed.IsStaff,
            Firmware = firmware,
            Source = at,
        };
        _events.Add(new Converted<VisitorEvent>(visitor, 1, ContentHash.Of(visitor)));
    }

    private VisitorEventKind KindOf(FieldSource source) =>
        fields.Meaning(source, _definition.Head[CanonicalFields.Kind]) is { } word && EnumWords.TryParse(word, out VisitorEventKind kind) ? kind : default;

    // In milliseconds, to the nearest; sub-millisecond parts say nothing about a stay.
    private ulong DurationOf(FieldSource source)
    {
        var unit = _rules.Visitors!.DurationUnit;
        var lasted = fields.Measure(source, _definition.Head.GetValueOrDefault(CanonicalFields.Duration), 0, LongestStay / unit) ?? 0;
        return (ulong)Math.Round(lasted * unit, MidpointRounding.AwayFromZero);
    }

    private static VisitorEventKind Reversed(VisitorEventKind kind) => kind switch
    {
        VisitorEventKind.Enter => VisitorEventKind.Exit,
        VisitorEventKind.Exit => VisitorEventKind.Enter,
        _ => kind,
    };

    private string NameOf(string device, string person) => string.Join('\0', _rules.Visitors!.PersonsOfDevice ? [profile.Vendor, device, person] : new[] { profile.Vendor, person });

    private void Hold(SourceLocation at, string key, string? store = null, DateOnly? date = null, Id128 id = default, string? asSent = null) =>
        _held.Add(new Held(fields.TakeRejections()!, 1, key, store, date, null, null, [at.Row])
        {
            StoreAsSent = string.IsNullOrEmpty(asSent) ? null : FieldReader.Shown(asSent),
            EventId = id,
        });

    private Id128 EventIdOf(string store, string device, string line, VisitorEventKind kind, DateTimeOffset at, string track) =>
        Id128.FromParts([context.Tenant, profile.Vendor, "visitor_event", .. _definition.Identity.Select(name => name switch
        {
            CanonicalFields.Store => store,
            CanonicalFields.Device => device,
            CanonicalFields.CountingLine => line,
            CanonicalFields.Kind => EnumWords.Of(kind),
            CanonicalFields.At => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture),
            CanonicalFields.Track => track,
            _ => throw new InvalidOperationException($"'{name}' cannot be part of an event's identity."),
        })]);
}

/// <summary>What was seen of one person, before it is known in which store and on which day.</summary>
/// <param name="Source">The record.</param>
/// <param name="Where">Where it stands in the payload.</param>
/// <param name="Device">The device; empty where none is named.</param>
/// <param name="Line">The line or zone, as the device names it.</param>
/// <param name="Kind">What was done; unspecified where that cannot be read.</param>
/// <param name="At">When.</param>
/// <param name="Track">What the device calls the way of the person.</param>
internal sealed record Observed(FieldSource Source, SourceLocation Where, string Device, string Line, VisitorEventKind Kind, CountTimes.Sent At, string Track)
{
    /// <summary>What the device calls the person; empty where it knows nobody.</summary>
    public string Person { get; init; } = "";

    /// <summary>How long it lasted, in milliseconds.</summary>
    public ulong Duration { get; init; }

    /// <summary>Whether the device takes the person for staff.</summary>
    public bool IsStaff { get; init; }
}
