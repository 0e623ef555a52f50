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
    private const long LongestStay = 24L * 60 * 60 * 1_000;

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
            Hold(at, "", null, null, default, null);
            return;
        }

        var head = _definition.Head;
        var device = _places.DeviceOf(source);
        var line = fields.Text(source, head[CanonicalFields.CountingLine]);
        var sent = _places.Times.Read(source);
        var kind = KindOf(source);
        var track = fields.Text(source, head[CanonicalFields.Track]);
        var person = fields.Text(source, head.GetValueOrDefault(CanonicalFields.Person));
        var duration = DurationOf(source);
        var staff = fields.Text(source, head.GetValueOrDefault(CanonicalFields.Staff));
        var firmware = fields.Text(source, head.GetValueOrDefault(CanonicalFields.Firmware));
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
            DurationMilliseconds = duration,
            Person = person.Length == 0 ? Id128.None : context.Persons?.Invoke(date.Value, NameOf(device, person)) ?? Id128.None,
            Staff = staff is CanonicalFields.Staff or "true" or "1",
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
        if (_definition.Head.GetValueOrDefault(CanonicalFields.Duration) is not { } binding || fields.Micros(source, binding) is not { } micros)
        {
            return 0;
        }

        var milliseconds = ((Int128)micros * _rules.Visitors!.DurationUnit / 1_000_000 + 500) / 1_000;
        if (micros >= 0 && milliseconds <= LongestStay)
        {
            return (ulong)milliseconds;
        }

        fields.Reject(RejectionReason.FieldRange, binding.VendorName, "A stay lasts from 0 to 24 hours.");
        return 0;
    }

    private static VisitorEventKind Reversed(VisitorEventKind kind) => kind switch
    {
        VisitorEventKind.Enter => VisitorEventKind.Exit,
        VisitorEventKind.Exit => VisitorEventKind.Enter,
        _ => kind,
    };

    private string NameOf(string device, string person) => string.Join('\0', _rules.Visitors!.PersonsOfDevice ? [profile.Vendor, device, person] : new[] { profile.Vendor, person });

    private void Hold(SourceLocation at, string key, string? store, DateOnly? date, Id128 id, string? asSent) =>
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
