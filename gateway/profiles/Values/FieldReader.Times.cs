using System.Globalization;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles.Definition;

namespace RetailInsight.Profiles.Values;

/// <content>Dates and times.</content>
internal sealed partial class FieldReader
{
    private const int LongestDay = 32;

    private readonly byte[] _dayAsSent = new byte[LongestDay];
    private DateOnly _day;
    private int _dayLength = -1;
    private int _dayField = -1;

    public DateOnly? Date(FieldSource source, Binding? binding)
    {
        if (binding is null)
        {
            return null;
        }

        // Receipts of one day follow each other.
        var known = source.TryGetBytes(binding, out var bytes, out _);
        if (known && binding.Ordinal == _dayField && bytes.SequenceEqual(_dayAsSent.AsSpan(0, _dayLength)))
        {
            return _day;
        }

        if (!TryTake(source, binding, out var text, out _))
        {
            return null;
        }

        if (TimeText.TryDate(text, binding.Formats, out var date, out var afterEra))
        {
            if (afterEra)
            {
                Findings.Add(FindingCode.DateAfterEra, binding.VendorName, $"'{Shown(text)}': the era had ended; read as {date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}.", At);
            }
            else if (known && bytes.Length <= LongestDay)
            {
                bytes.CopyTo(_dayAsSent);
                (_day, _dayLength, _dayField) = (date, bytes.Length, binding.Ordinal);
            }

            return date;
        }

        Reject(RejectionReason.FieldType, binding.VendorName, $"'{Shown(text)}' is not a date written {string.Join(" or ", binding.Formats)} from 1970 to 2199.");
        return null;
    }

    public TimeSpan? Time(FieldSource source, Binding binding)
    {
        if (!TryTake(source, binding, out var text, out _))
        {
            return null;
        }

        if (TimeText.TryTime(text, out var time))
        {
            return time;
        }

        Reject(RejectionReason.FieldType, binding.VendorName, $"'{Shown(text)}' is not a time from 0:00 to 47:59:59.");
        return null;
    }

    public Moment? Timestamp(FieldSource source, Binding binding)
    {
        if (!TryTake(source, binding, out var text, out _))
        {
            return null;
        }

        if (TimeText.TryTimestamp(text, binding.Formats, out var moment))
        {
            return moment;
        }

        var expected = binding.Formats.Select(format => format == TimeText.Iso ? "like 2026-11-01T10:00:00+09:00" : format);
        Reject(RejectionReason.FieldType, binding.VendorName, $"'{Shown(text)}' is not a timestamp written {string.Join(" or ", expected)} from 1970 to 2199.");
        return null;
    }
}
