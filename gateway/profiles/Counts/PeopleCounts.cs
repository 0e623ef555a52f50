using System.Globalization;
using System.Text.Json;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles.Definition;
using RetailInsight.Profiles.Values;

namespace RetailInsight.Profiles.Counts;

/// <summary>Turns intervals of a door counter into counts.</summary>
internal sealed class PeopleCounts(Profile profile, ConversionContext context, FieldReader fields)
{
    private readonly ProfileDefinition _definition = profile.Definition;
    private readonly List<Converted<PeopleCount>> _counts = [];
    private readonly List<Held> _held = [];

    public int Rows { get; private set; }

    public Conversion Result => new() { RowsRead = Rows, PeopleCounts = _counts, Held = _held };

    /// <summary>Reads one interval; <paramref name="source"/> is null where the row is no record at all.</summary>
    public void Add(FieldSource? source, SourceLocation at)
    {
        Rows++;
        fields.At = at;
        if (source is null)
        {
            fields.Reject(RejectionReason.RowShape, null, "A record must be a JSON object.");
            _held.Add(Hold(at, "", null, null));
            return;
        }

        var head = _definition.Head;
        var device = fields.Text(source, head[CanonicalFields.Device]);
        var line = fields.Text(source, head[CanonicalFields.CountingLine]);
        var from = Instant(fields.Timestamp(source, head[CanonicalFields.From]), CanonicalFields.From);
        var to = Instant(fields.Timestamp(source, head[CanonicalFields.To]), CanonicalFields.To);
        var entered = fields.Count(source, head[CanonicalFields.Entered]);
        var left = fields.Count(source, head[CanonicalFields.Left]);
        var storeAsSent = _definition.Store!.Code ?? fields.Text(source, head.GetValueOrDefault(CanonicalFields.Store));
        var store = !_definition.Store.ByMaster ? context.Stores.ByCode(storeAsSent)
            : from is { } begun ? context.Stores.ByTerminal(storeAsSent, one => one.Calendar.BusinessDateOf(begun)) : null;
        if (store is null && storeAsSent.Length > 0 && (!_definition.Store.ByMaster || from is not null))
        {
            fields.Reject(RejectionReason.StoreUnknown, _definition.Store.FieldOf(head)?.VendorName, _definition.Store.Unknown(storeAsSent, null));
        }

        if (from >= to)
        {
            fields.Reject(RejectionReason.FieldRange, head[CanonicalFields.To].VendorName, "The interval must end after it begins.");
        }

        DateOnly? date = store is not null && from is { } start ? store.Calendar.BusinessDateOf(start) : null;
        var key = string.Create(CultureInfo.InvariantCulture, $"{FieldReader.Shown(device)} / {FieldReader.Shown(line)} / {from:yyyy-MM-dd'T'HH:mmzzz}");
        if (fields.TakeRejections() is { } rejections)
        {
            _held.Add(new Held(rejections, 1, key, store?.Code, date, null, null, [at.Row])
            {
                StoreAsSent = storeAsSent.Length == 0 ? null : FieldReader.Shown(storeAsSent),
                EventId = from is { } begin && to is { } end && storeAsSent.Length > 0 && device.Length > 0 && line.Length > 0 ? EventIdOf(storeAsSent, device, line, begin, end) : Id128.None,
            });
            return;
        }

        var zone = store!.Calendar.Zone;
        var count = new PeopleCount
        {
            EventId = EventIdOf(storeAsSent, device, line, from!.Value, to!.Value),
            Store = store.Code,
            Device = device,
            Line = line,
            Kind = CountKind.Interval,
            From = TimeZoneInfo.ConvertTime(from.Value, zone),
            To = TimeZoneInfo.ConvertTime(to.Value, zone),
            BusinessDate = date!.Value,
            Entered = entered!.Value,
            Left = left!.Value,
            Source = at,
        };
        _counts.Add(new Converted<PeopleCount>(count, 1, ContentHash.Of(count)));
    }

    private Held Hold(SourceLocation at, string key, string? store, DateOnly? date) =>
        new(fields.TakeRejections()!, 1, key, store, date, null, null, [at.Row]);

    // The zone of a store is known only after the store is; a counter therefore has to say its offset.
    private DateTimeOffset? Instant(Moment? moment, string field)
    {
        if (moment is { Instant: null })
        {
            fields.Reject(RejectionReason.FieldType, _definition.Head[field].VendorName, "The timestamp must carry an offset.");
        }

        return moment?.Instant;
    }

    private Id128 EventIdOf(string store, string device, string line, DateTimeOffset from, DateTimeOffset to) =>
        Id128.FromParts([context.Tenant, profile.Vendor, "people_count", .. _definition.Identity.Select(name => name switch
        {
            CanonicalFields.Store => store,
            CanonicalFields.Device => device,
            CanonicalFields.CountingLine => line,
            CanonicalFields.From => Utc(from),
            CanonicalFields.To => Utc(to),
            _ => throw new InvalidOperationException($"'{name}' cannot be part of a count's identity."),
        })]);

    private static string Utc(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
}
