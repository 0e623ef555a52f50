using System.Globalization;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles.Definition;
using RetailInsight.Profiles.Values;

namespace RetailInsight.Profiles.Counts;

/// <summary>Reads when a device counted: stated intervals, a day and its hour, or an instant.</summary>
internal sealed class CountTimes(ProfileDefinition definition, FieldReader fields)
{
    private readonly CountRules _rules = definition.Counts!;
    private readonly BusinessCalendar? _clock = definition.Counts!.Zone is { } zone ? new BusinessCalendar(zone, []) : null;

    /// <summary>Times as they are sent, before the store and with it a wall clock is known.</summary>
    /// <param name="From">The begin, or the instant; null where it cannot be read.</param>
    /// <param name="To">The end as stated; null where it follows from the begin.</param>
    /// <param name="Length">What the end follows from.</param>
    /// <param name="Offset">The offset of wall-clock times that the device states.</param>
    /// <param name="Name">What the vendor calls the begin.</param>
    internal readonly record struct Sent(Moment? From, Moment? To, TimeSpan? Length, TimeSpan? Offset, string Name);

    /// <summary>Reads the times of a row.</summary>
    public Sent Read(FieldSource source)
    {
        var head = definition.Head;
        var offset = OffsetOf(source);
        if (_rules.Form != CountForm.Interval)
        {
            var at = head[CanonicalFields.At];
            return new(fields.Timestamp(source, at), null, TimeSpan.Zero, offset, at.VendorName);
        }

        if (head.TryGetValue(CanonicalFields.Date, out var day))
        {
            var date = fields.Date(source, day);
            var hour = HourOf(source);
            var begin = date is { } on && !fields.Rejected ? new Moment(null, on.ToDateTime(TimeOnly.MinValue) + (hour ?? TimeSpan.Zero)) : (Moment?)null;
            if (hour is null && !_rules.DayWithoutHour && !fields.Rejected)
            {
                fields.Reject(RejectionReason.FieldMissing, head.GetValueOrDefault(CanonicalFields.Hour)?.VendorName, "hour is required and is empty or absent.");
            }

            return new(begin, null, hour is null ? TimeSpan.FromDays(1) : _rules.Length ?? TimeSpan.FromHours(1), offset, day.VendorName);
        }

        var from = head[CanonicalFields.From];
        var to = head.GetValueOrDefault(CanonicalFields.To);
        return new(fields.Timestamp(source, from), to is null ? null : fields.Timestamp(source, to), to is null ? _rules.Length : null, offset, from.VendorName);
    }

    /// <summary>The begin on a store's wall clock, without a word about whether there was such an hour.</summary>
    public DateTimeOffset Begin(Sent sent, BusinessCalendar store) =>
        sent.From!.Value is { Instant: { } instant } ? instant : Instant(sent.From.Value.Wall, sent.Offset, store);

    /// <summary>The interval in instants; null, with the reason told, where there is none.</summary>
    public (DateTimeOffset From, DateTimeOffset To)? Resolve(Sent sent, BusinessCalendar store)
    {
        if (sent.From is not { } from || (sent.Length is null && sent.To is null))
        {
            return null;
        }

        var clock = _clock ?? store;
        if (from.Instant is null && sent.Offset is null && clock.Zone.IsInvalidTime(from.Wall))
        {
            fields.Reject(RejectionReason.TimeSkipped, sent.Name, FormattableString.Invariant($"The clock of {clock.Zone.Id} had no {from.Wall:yyyy-MM-dd HH:mm}."));
            return null;
        }

        var begin = Begin(sent, store);
        var end = End(sent, from, begin, store);
        if (_rules.Form == CountForm.Interval && end <= begin)
        {
            fields.Reject(RejectionReason.FieldRange, definition.Head.GetValueOrDefault(CanonicalFields.To)?.VendorName ?? sent.Name, "The interval must end after it begins.");
            return null;
        }

        if (end - begin > LongestInterval)
        {
            fields.Reject(RejectionReason.FieldRange, definition.Head.GetValueOrDefault(CanonicalFields.To)?.VendorName ?? sent.Name, "An interval has at most 25 hours.");
            return null;
        }

        return (begin, end);
    }

    /// <summary>Holds what a device with a wrong clock sends: what it counted is right, when is not known.</summary>
    /// <param name="source">The row.</param>
    /// <param name="end">When it says it has counted to.</param>
    /// <param name="receivedAt">When that came; null where it is not asked.</param>
    /// <param name="store">The store's clock.</param>
    public void CheckClock(FieldSource source, DateTimeOffset end, DateTimeOffset? receivedAt, BusinessCalendar store)
    {
        if (_rules.Drift is not { } most || receivedAt is not { } received)
        {
            return;
        }

        var binding = definition.Head.GetValueOrDefault(CanonicalFields.DeviceTime);
        var stated = binding is null ? null : fields.Timestamp(source, binding);
        var clock = stated is { } moment ? moment.Instant ?? Instant(moment.Wall, OffsetOf(source), store) : (DateTimeOffset?)null;
        if (clock is { } shown && (shown - received).Duration() > most)
        {
            fields.Reject(RejectionReason.ClockDrift, binding!.VendorName, FormattableString.Invariant($"The device's clock showed {shown.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'} when it was {received.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}; {most.TotalMinutes:0} minutes are allowed."));
        }
        else if (end > received + most)
        {
            fields.Reject(RejectionReason.ClockDrift, definition.Head.GetValueOrDefault(CanonicalFields.To)?.VendorName, FormattableString.Invariant($"It counted to {end.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'} and came at {received.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}; {most.TotalMinutes:0} minutes are allowed."));
        }
    }

    // The day a clock is put back has 25 hours.
    private static readonly TimeSpan LongestInterval = TimeSpan.FromHours(25);

    private DateTimeOffset End(Sent sent, Moment from, DateTimeOffset begin, BusinessCalendar store)
    {
        if (sent.To is { } to)
        {
            return (to.Instant ?? Instant(to.Wall, sent.Offset, store)) + _rules.EndsAfter;
        }

        // An hour or day of the wall clock ends when that clock shows its end: it may be longer or shorter.
        var length = sent.Length!.Value;
        return length == TimeSpan.Zero ? begin : from.Instant is null ? Instant(from.Wall + length, sent.Offset, store) : begin + length;
    }

    private DateTimeOffset Instant(DateTime wall, TimeSpan? offset, BusinessCalendar store) =>
        offset is { } stated ? new DateTimeOffset(wall, stated) : (_clock ?? store).ToInstant(wall);

    private TimeSpan? OffsetOf(FieldSource source)
    {
        if (definition.Head.GetValueOrDefault(CanonicalFields.UtcOffset) is not { } binding || fields.Text(source, binding) is not { Length: > 0 } text)
        {
            return null;
        }

        if (TimeText.TryUtcOffset(text, out var offset))
        {
            return offset;
        }

        fields.Reject(RejectionReason.FieldType, binding.VendorName, $"'{FieldReader.Shown(text)}' is not an offset such as UTC+8:00.");
        return null;
    }

    // 13 or 13:00; null where it is empty.
    private TimeSpan? HourOf(FieldSource source)
    {
        if (definition.Head.GetValueOrDefault(CanonicalFields.Hour) is not { } binding)
        {
            return null;
        }

        if (binding.Type == Definition.ValueType.Integer)
        {
            return fields.Count(source, binding, most: 23) is { } whole ? TimeSpan.FromHours(whole) : null;
        }

        var text = fields.Text(source, binding);
        if (text.Length == 0)
        {
            return null;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var hour) && hour < 24)
        {
            return TimeSpan.FromHours(hour);
        }

        if (TimeText.TryTime(text, out var time) && time < TimeSpan.FromDays(1))
        {
            return time;
        }

        fields.Reject(RejectionReason.FieldType, binding.VendorName, $"'{FieldReader.Shown(text)}' is not an hour such as 13 or 13:00.");
        return null;
    }
}
