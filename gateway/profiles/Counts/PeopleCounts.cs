using System.Globalization;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles.Definition;
using RetailInsight.Profiles.Values;

namespace RetailInsight.Profiles.Counts;

/// <summary>Turns what door counters and cameras send into counts, or into readings of running counters.</summary>
internal sealed class PeopleCounts(Profile profile, ConversionContext context, FieldReader fields)
{
    private const string OnlyLine = "1";

    private readonly ProfileDefinition _definition = profile.Definition;
    private readonly CountRules _rules = profile.Definition.Counts!;
    private readonly DevicePlaces _places = new(profile.Definition, context, fields);
    private readonly List<Converted<PeopleCount>> _counts = [];
    private readonly List<Converted<CounterReading>> _readings = [];
    private readonly List<Held> _held = [];

    public int Rows { get; private set; }

    public Conversion Result => new() { RowsRead = Rows, PeopleCounts = _counts, CounterReadings = _readings, Held = _held };

    /// <summary>Reads one row; <paramref name="source"/> is null where it is no record at all.</summary>
    public void Add(FieldSource? source, SourceLocation at)
    {
        fields.At = at;
        if (source is null)
        {
            fields.Reject(RejectionReason.RowShape, null, "A record must be a JSON object.");
        }

        if (source is null || (fields.Rejected && _rules.Lines.Count > 0))
        {
            Hold(at, "", null, null, default, null);
            return;
        }

        if (_rules.Lines.Count == 0)
        {
            Add(source, at, null);
            return;
        }

        // What stands side by side is as many rows as lines are in use.
        var before = Rows;
        foreach (var line in _rules.Lines)
        {
            if (IsInUse(source, line))
            {
                Add(source, at, line);
            }
        }

        if (Rows == before)
        {
            fields.Reject(RejectionReason.FieldMissing, _rules.Lines[0].Figures[CanonicalFields.Entered].VendorName, "The row has no count of any line.");
            Hold(at, "", null, null, default, null);
        }
    }

    private static bool IsInUse(FieldSource source, LineFigures line) =>
        line.Figures[CanonicalFields.Entered] is not { Optional: true } entered || source.Get(entered) is { Kind: not RawKind.Absent } raw && !raw.Text.IsWhiteSpace();

    private void Add(FieldSource source, SourceLocation at, LineFigures? beside)
    {
        var head = _definition.Head;
        var figures = beside?.Figures ?? head;
        var device = _places.DeviceOf(source);
        var line = beside?.Line ?? (head.TryGetValue(CanonicalFields.CountingLine, out var named) ? fields.Text(source, named) : OnlyLine);
        var sent = _places.Times.Read(source);
        var most = _rules.Form == CountForm.Cumulative ? uint.MaxValue : int.MaxValue;
        var entered = _rules.Form == CountForm.Occupancy ? 0 : fields.Count(source, figures[CanonicalFields.Entered], most);
        var left = fields.Count(source, figures.GetValueOrDefault(CanonicalFields.Left), most);
        var staff = fields.Count(source, figures.GetValueOrDefault(CanonicalFields.Staff));
        var (store, mapped, asSent) = _places.Of(source, device, line, sent);
        var interval = store is null ? null : _places.Times.Resolve(sent, store.Calendar);
        if (interval is { } known)
        {
            _places.Times.CheckClock(source, known.To, context.ReceivedAt, store!.Calendar);
        }

        var occupancy = fields.Count(source, head.GetValueOrDefault(CanonicalFields.Occupancy));
        var sequence = fields.Count(source, head.GetValueOrDefault(CanonicalFields.Sequence), uint.MaxValue) ?? 0;
        var boot = fields.Text(source, head.GetValueOrDefault(CanonicalFields.Boot));
        var firmware = fields.Text(source, head.GetValueOrDefault(CanonicalFields.Firmware));
        var id = interval is { } when && device.Length > 0 && line.Length > 0 && asSent.Length > 0 ? EventIdOf(asSent, device, line, when.From, when.To) : Id128.None;
        var date = store is not null && sent.From is not null ? store.Calendar.BusinessDateOf(interval?.From ?? _places.Times.Begin(sent, store.Calendar)) : (DateOnly?)null;
        if (entered is null && !fields.Rejected)
        {
            fields.Reject(RejectionReason.FieldMissing, figures[CanonicalFields.Entered].VendorName, "The row has no count.");
        }

        if (context.Doubt is { } doubt && !fields.Rejected)
        {
            fields.Reject(doubt.Reason, null, doubt.Detail);
        }

        if (fields.Rejected)
        {
            var begin = (interval?.From ?? sent.From?.Instant)?.ToString("yyyy-MM-dd'T'HH:mmzzz", CultureInfo.InvariantCulture) ?? sent.From?.Wall.ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture);
            Hold(at, $"{FieldReader.Shown(device)} / {FieldReader.Shown(line)} / {begin}", store?.Code, date, id, asSent);
            return;
        }

        Rows++;
        var zone = store!.Calendar.Zone;
        if (_rules.Form == CountForm.Cumulative)
        {
            var reading = new CounterReading
            {
                EventId = id,
                Store = store.Code,
                Calendar = store.Calendar,
                Device = device,
                Line = line,
                At = TimeZoneInfo.ConvertTime(interval!.Value.To, zone),
                Entered = entered!.Value,
                Left = left ?? 0,
                Reversed = mapped?.Reversed ?? false,
                Boot = boot,
                Sequence = sequence,
                Firmware = firmware,
                Zone = mapped?.Zone ?? "",
                Role = mapped?.Role ?? CountRole.Entrance,
                Resets = _rules.Resets!,
                Source = at,
            };
            _readings.Add(new Converted<CounterReading>(reading, 1, Id128.None));
            return;
        }

        var (inwards, outwards) = mapped is { Reversed: true } ? (left ?? 0, entered!.Value) : (entered!.Value, left ?? 0);
        var count = new PeopleCount
        {
            EventId = id,
            Store = store.Code,
            Device = device,
            Line = line,
            Kind = _rules.Form == CountForm.Occupancy ? CountKind.Occupancy : CountKind.Interval,
            From = TimeZoneInfo.ConvertTime(interval!.Value.From, zone),
            To = TimeZoneInfo.ConvertTime(interval.Value.To, zone),
            BusinessDate = date!.Value,
            Entered = inwards,
            Left = outwards,
            Staff = staff ?? 0,
            Occupancy = occupancy ?? 0,
            Zone = mapped?.Zone ?? "",
            Role = mapped?.Role ?? CountRole.Entrance,
            Measure = _rules.Measure,
            Sequence = sequence,
            Firmware = firmware,
            Source = at,
        };
        _counts.Add(new Converted<PeopleCount>(count, 1, ContentHash.Of(count)));
    }

    private void Hold(SourceLocation at, string key, string? store, DateOnly? date, Id128 id, string? asSent)
    {
        Rows++;
        _held.Add(new Held(fields.TakeRejections()!, 1, key, store, date, null, null, [at.Row])
        {
            StoreAsSent = string.IsNullOrEmpty(asSent) ? null : FieldReader.Shown(asSent),
            EventId = id,
        });
    }

    private Id128 EventIdOf(string store, string device, string line, DateTimeOffset from, DateTimeOffset to) =>
        Id128.FromParts([context.Tenant, profile.Vendor, "people_count", .. _definition.Identity.Select(name => name switch
        {
            CanonicalFields.Store => store,
            CanonicalFields.Device => device,
            CanonicalFields.CountingLine => line,
            CanonicalFields.From => Utc(from),
            CanonicalFields.To or CanonicalFields.At => Utc(to),
            _ => throw new InvalidOperationException($"'{name}' cannot be part of a count's identity."),
        })]);

    private static string Utc(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
}
