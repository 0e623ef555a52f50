using System.Globalization;

namespace RetailInsight.Profiles.Values;

/// <summary>A timestamp as sent: an instant, or a reading of the store's wall clock.</summary>
/// <param name="Instant">Set when the text carries an offset.</param>
/// <param name="Wall">Date and time as written.</param>
internal readonly record struct Moment(DateTimeOffset? Instant, DateTime Wall);

/// <summary>Reads dates and times in the forms registers write them.</summary>
internal static class TimeText
{
    /// <summary>The word in a profile for ISO 8601 with an offset.</summary>
    public const string Iso = "iso";

    private const int EarliestYear = 1970;
    private const int LatestYear = 2199;

    /// <summary>A date in one of the formats, within what can be a trading day.</summary>
    public static bool TryDate(ReadOnlySpan<char> text, string[] formats, out DateOnly date) =>
        DateOnly.TryParseExact(text, formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out date) && IsPossible(date.Year);

    /// <summary>Hours 0–47, minutes and optional seconds since midnight: <c>25:30:12</c> is 01:30:12 of the next day.</summary>
    public static bool TryTime(ReadOnlySpan<char> text, out TimeSpan time)
    {
        time = default;
        var colon = text.IndexOf(':');
        if (colon is < 1 or > 2 || text.Length - colon is not (3 or 6))
        {
            return false;
        }

        var seconds = 0;
        if (!TryDigits(text[..colon], out var hours) || !TryDigits(text.Slice(colon + 1, 2), out var minutes)
            || (text.Length - colon == 6 && (text[colon + 3] != ':' || !TryDigits(text[(colon + 4)..], out seconds)))
            || hours > 47 || minutes > 59 || seconds > 59)
        {
            return false;
        }

        time = new TimeSpan(hours, minutes, seconds);
        return true;
    }

    /// <summary>A timestamp in one of the formats; <see cref="Iso"/> asks for an offset.</summary>
    public static bool TryTimestamp(ReadOnlySpan<char> text, string[] formats, out Moment moment)
    {
        foreach (var format in formats)
        {
            if (format == Iso)
            {
                if (TryIso(text, out var instant))
                {
                    moment = new Moment(instant, instant.DateTime);
                    return true;
                }
            }
            else if (DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var wall) && IsPossible(wall.Year))
            {
                moment = new Moment(null, wall);
                return true;
            }
        }

        moment = default;
        return false;
    }

    // 2026-11-01T10:23:45[.1234567](Z|+09:00). The framework takes a missing offset for the machine's own zone.
    private static bool TryIso(ReadOnlySpan<char> text, out DateTimeOffset instant)
    {
        instant = default;
        if (text.Length < 20 || text[10] != 'T'
            || !DateTime.TryParseExact(text[..19], "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var wall)
            || !IsPossible(wall.Year))
        {
            return false;
        }

        text = text[19..];
        if (text[0] == '.')
        {
            var length = text[1..].IndexOfAnyExceptInRange('0', '9');
            if (length is < 1 or > 7)
            {
                return false;
            }

            long ticks = 0;
            for (var i = 1; i <= 7; i++)
            {
                ticks = (ticks * 10) + (i <= length ? text[i] - '0' : 0);
            }

            wall = wall.AddTicks(ticks);
            text = text[(length + 1)..];
        }

        if (!TryOffset(text, out var offset))
        {
            return false;
        }

        instant = new DateTimeOffset(wall, offset);
        return true;
    }

    private static bool TryOffset(ReadOnlySpan<char> text, out TimeSpan offset)
    {
        offset = default;
        if (text is "Z")
        {
            return true;
        }

        if (text.Length is not (5 or 6) || text[0] is not ('+' or '-') || (text.Length == 6 && text[3] != ':')
            || !TryDigits(text.Slice(1, 2), out var hours) || !TryDigits(text[^2..], out var minutes)
            || minutes > 59 || (hours * 60) + minutes > 14 * 60)
        {
            return false;
        }

        offset = new TimeSpan(hours, minutes, 0);
        offset = text[0] == '-' ? -offset : offset;
        return true;
    }

    private static bool IsPossible(int year) => year is >= EarliestYear and <= LatestYear;

    private static bool TryDigits(ReadOnlySpan<char> text, out int value)
    {
        value = 0;
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c))
            {
                return false;
            }

            value = (value * 10) + (c - '0');
        }

        return !text.IsEmpty;
    }
}
