using System.Globalization;
using RetailInsight.Profiles.Values;

namespace RetailInsight.Profiles.Definition;

/// <summary>Checks what a profile writes as the feed would: formats of dates, and the values it puts in itself. A slip is told when the profile is read, not when the first file comes.</summary>
internal static class WrittenValues
{
    // They differ in every part, and the first has two digits everywhere.
    private static readonly DateTime[] Samples = [new(1999, 12, 31, 23, 58, 57, DateTimeKind.Unspecified), new(2001, 2, 3, 4, 5, 6, DateTimeKind.Unspecified)];

    /// <summary>What is wrong with a format of a date or timestamp, and the fix; null for nothing.</summary>
    public static string? ProblemOfFormat(string format, bool withTime)
    {
        if (format == TimeText.Iso)
        {
            return withTime ? null : "'iso' is the format of a timestamp with its offset; a date of that form is yyyy-MM-dd";
        }

        if (format is TimeText.Unix or TimeText.UnixMilliseconds)
        {
            return withTime ? null : $"'{format}' is the format of a timestamp";
        }

        if (format is TimeText.Excel or TimeText.Era)
        {
            return null;
        }

        if (format.StartsWith(TimeText.Era, StringComparison.Ordinal))
        {
            return withTime && format == TimeText.Era + " HH:mm" ? null : $"'{format}' is no format; years of the Japanese calendar are 'era', of a timestamp 'era HH:mm'";
        }

        if (format.StartsWith(TimeText.Reiwa, StringComparison.Ordinal))
        {
            var rest = format[TimeText.Reiwa.Length..];
            return withTime || !rest.Contains("yy", StringComparison.Ordinal) || rest.Contains("yyy", StringComparison.Ordinal) || !ReadsBack(rest, withTime: false)
                ? $"'{format}' is no format; two-digit years of Reiwa are 'reiwa yy/MM/dd', of dates only" : null;
        }

        return ReadsBack(format, withTime) ? null : $"'{format}' cannot be read: {Hint(format, withTime)}";
    }

    /// <summary>What is wrong with a value the profile writes itself, and the fix; null for nothing.</summary>
    public static string? ProblemOfValue(string value, Binding binding, NumberStyle numbers)
    {
        if (binding.Map is not null)
        {
            return binding.Map.Find(value) is null ? $"'{value}' is not a code of '{binding.Map.Name}': write what the feed would send" : null;
        }

        return binding.Type switch
        {
            ValueType.Money or ValueType.Decimal or ValueType.Integer => IsNumber(value, numbers) ? null : $"'{value}' is not a number as the feed writes them",
            ValueType.Date => TimeText.TryDate(value, binding.Formats, out _, out _) ? null : $"'{value}' is not a date written {string.Join(" or ", binding.Formats)}",
            ValueType.Timestamp => TimeText.TryTimestamp(value, binding.Formats, out _) ? null : $"'{value}' is not a timestamp written {string.Join(" or ", binding.Formats)}",
            ValueType.Time => TimeText.TryTime(value, out _) ? null : $"'{value}' is not a time such as 25:30",
            _ => null,
        };
    }

    /// <summary>Whether a text is a number as the feed writes them.</summary>
    public static bool IsNumber(string value, NumberStyle numbers) => NumberText.TryParse(value, numbers, exponent: false, out _) == NumberText.Problem.None;

    private static bool ReadsBack(string format, bool withTime)
    {
        try
        {
            return !HasOffset(format) && Array.TrueForAll(Samples, sample => withTime ? ReadsTimestamp(format, sample) : ReadsDate(format, DateOnly.FromDateTime(sample)));
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static bool ReadsDate(string format, DateOnly sample) =>
        DateOnly.TryParseExact(sample.ToString(format, CultureInfo.InvariantCulture), format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var read) && read == sample;

    // A timestamp may be without seconds, or be a day alone; the hour it names must be one of 24.
    private static bool ReadsTimestamp(string format, DateTime sample) =>
        DateTime.TryParseExact(sample.ToString(format, CultureInfo.InvariantCulture), format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var read)
        && read.Date == sample.Date && (Names(format, "HhtmsfF") ? read.Hour == sample.Hour : read.TimeOfDay == TimeSpan.Zero) && (!Names(format, "ms") || read.Minute == sample.Minute);

    private static string Hint(string format, bool withTime)
    {
        var expected = withTime ? "a timestamp has yyyy (or yy), MM and dd, then HH, mm and ss" : "a date has yyyy (or yy), MM and dd";
        return HasOffset(format) ? $"an offset is read by 'iso' only; {expected}"
            : Names(format, "YD") ? $"years are yyyy and days dd in small letters; {expected}"
            : Names(format, "m") && !Names(format, "M") ? $"mm are minutes, months are MM; {expected}"
            : Names(format, "h") && !Names(format, "t") ? $"hh are the hours of a clock of twelve, those of the day are HH; {expected}"
            : !withTime && Names(format, "Hhms") ? $"a date with a time is a timestamp; {expected}"
            : $"{expected}, in the order and with the signs of the feed, other letters in quotes";
    }

    private static bool HasOffset(string format) => Names(format, "zK");

    // Letters between quotes stand for themselves.
    private static bool Names(string format, string letters)
    {
        var quote = '\0';
        for (var i = 0; i < format.Length; i++)
        {
            if (quote != '\0')
            {
                quote = format[i] == quote ? '\0' : quote;
            }
            else if (format[i] is '\'' or '"')
            {
                quote = format[i];
            }
            else if (format[i] == '\\')
            {
                i++;
            }
            else if (letters.Contains(format[i], StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
