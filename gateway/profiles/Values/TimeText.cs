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

    /// <summary>The word for dates of the Japanese calendar; before a timestamp's time, <c>era HH:mm</c>.</summary>
    public const string Era = "era";

    /// <summary>The word for the day number of a spreadsheet: 45870 is 2025-08-01.</summary>
    public const string Excel = "excel";

    /// <summary>Begins a format whose two-digit years are those of Reiwa: <c>reiwa yy/MM/dd</c>.</summary>
    public const string Reiwa = "reiwa ";

    /// <summary>The word for seconds since 1970-01-01T00:00Z.</summary>
    public const string Unix = "unix";

    /// <summary>The word for milliseconds since 1970-01-01T00:00Z.</summary>
    public const string UnixMilliseconds = "unix_ms";

    private const int LastSpreadsheetDay = 109_574;
    private const int LongestFolded = 64;
    private const int EarliestYear = 1970;
    private const int LatestYear = 2199;

    /// <summary>A date in one of the formats, within what can be a trading day.</summary>
    /// <param name="text">Trimmed; digits of any width.</param>
    /// <param name="formats">Those the profile names.</param>
    /// <param name="date">The day.</param>
    /// <param name="afterEra">Whether it is written in the years of an era that had ended.</param>
    public static bool TryDate(scoped ReadOnlySpan<char> text, string[] formats, out DateOnly date, out bool afterEra)
    {
        Span<char> folded = stackalloc char[LongestFolded];
        text = Fold(text, folded);
        afterEra = false;
        foreach (var format in formats)
        {
            var read = format switch
            {
                Era => EraDate.TryParse(text, out date, out afterEra),
                Excel => TrySpreadsheet(text, out date, out _),
                _ when format.StartsWith(Reiwa, StringComparison.Ordinal) => EraDate.TryReiwa(text, format[Reiwa.Length..], out date),
                _ => DateOnly.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out date),
            };
            if (read && IsPossible(date.Year))
            {
                return true;
            }
        }

        date = default;
        return false;
    }

    /// <summary>Hours 0–47, minutes and optional seconds since midnight: <c>25:30:12</c> is 01:30:12 of the next day.</summary>
    public static bool TryTime(scoped ReadOnlySpan<char> text, out TimeSpan time)
    {
        time = default;
        Span<char> folded = stackalloc char[LongestFolded];
        text = Fold(text, folded);
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
    public static bool TryTimestamp(scoped ReadOnlySpan<char> text, string[] formats, out Moment moment)
    {
        Span<char> folded = stackalloc char[LongestFolded];
        text = Fold(text, folded);
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
            else if (format is Unix or UnixMilliseconds)
            {
                if (TryUnix(text, format == Unix ? TimeSpan.TicksPerSecond : TimeSpan.TicksPerMillisecond, out var instant))
                {
                    moment = new Moment(instant, instant.DateTime);
                    return true;
                }
            }
            else if (TryWall(text, format, out var wall) && IsPossible(wall.Year))
            {
                moment = new Moment(null, wall);
                return true;
            }
        }

        moment = default;
        return false;
    }

    private static bool TryUnix(ReadOnlySpan<char> text, long ticks, out DateTimeOffset instant)
    {
        instant = default;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var since) || since > DateTimeOffset.MaxValue.Subtract(DateTimeOffset.UnixEpoch).Ticks / ticks)
        {
            return false;
        }

        instant = DateTimeOffset.UnixEpoch.AddTicks(since * ticks);
        return IsPossible(instant.Year);
    }

    /// <summary>An offset from UTC as devices write it: <c>UTC+8:00</c>, <c>+09:00</c>, <c>GMT-3</c>.</summary>
    public static bool TryUtcOffset(ReadOnlySpan<char> text, out TimeSpan offset)
    {
        offset = default;
        text = text.Trim();
        text = text.StartsWith("UTC", StringComparison.OrdinalIgnoreCase) || text.StartsWith("GMT", StringComparison.OrdinalIgnoreCase) ? text[3..].TrimStart() : text;
        if (text.IsEmpty || text is "Z")
        {
            return true;
        }

        var minus = text[0] == '-';
        if (text[0] is not ('+' or '-'))
        {
            return false;
        }

        var colon = text.IndexOf(':');
        var hours = colon < 0 ? text[1..] : text[1..colon];
        var minutes = 0;
        if (hours.Length is 0 or > 2 || !TryDigits(hours, out var whole) || (colon >= 0 && (text.Length != colon + 3 || !TryDigits(text[(colon + 1)..], out minutes)))
            || minutes > 59 || (whole * 60) + minutes > 14 * 60)
        {
            return false;
        }

        offset = new TimeSpan(whole, minutes, 0);
        offset = minus ? -offset : offset;
        return true;
    }

    private static bool TryWall(ReadOnlySpan<char> text, string format, out DateTime wall)
    {
        if (format == Excel)
        {
            var read = TrySpreadsheet(text, out var day, out var time);
            wall = day.ToDateTime(TimeOnly.MinValue).Add(time);
            return read;
        }

        if (format.StartsWith(Era, StringComparison.Ordinal))
        {
            var blank = text.LastIndexOf(' ');
            wall = default;
            if (blank < 0 || !EraDate.TryParse(text[..blank].TrimEnd(), out var date, out _) || !TryTime(text[(blank + 1)..], out var since))
            {
                return false;
            }

            wall = date.ToDateTime(TimeOnly.MinValue).Add(since);
            return true;
        }

        return DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out wall) || TryLateHour(text, format, out wall);
    }

    // 2025/08/01 25:30 is half past one of the next day, where the format writes the hour with two digits at a fixed place.
    private static bool TryLateHour(ReadOnlySpan<char> text, string format, out DateTime wall)
    {
        wall = default;
        var plain = format.Replace("'", "", StringComparison.Ordinal);
        var at = plain.IndexOf("HH", StringComparison.Ordinal);
        if (at < 0 || plain.Length != text.Length || text.Length > LongestFolded || !TryDigits(text.Slice(at, 2), out var hour) || hour is < 24 or > 47)
        {
            return false;
        }

        Span<char> early = stackalloc char[text.Length];
        text.CopyTo(early);
        early[at] = (char)('0' + ((hour - 24) / 10));
        early[at + 1] = (char)('0' + ((hour - 24) % 10));
        if (!DateTime.TryParseExact(early, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out wall) || !IsPossible(wall.Year))
        {
            return false;
        }

        wall = wall.AddDays(1);
        return true;
    }

    // Day 60 is a 29 February 1900 that never was; the days after it count from 1899-12-30.
    private static bool TrySpreadsheet(ReadOnlySpan<char> text, out DateOnly date, out TimeSpan time)
    {
        date = default;
        time = default;
        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var serial) || serial is <= 60 or > LastSpreadsheetDay)
        {
            return false;
        }

        var day = decimal.Truncate(serial);
        date = new DateOnly(1899, 12, 30).AddDays((int)day);
        time = TimeSpan.FromSeconds((double)decimal.Round((serial - day) * 86_400m, MidpointRounding.AwayFromZero));
        return true;
    }

    // Digits of full width become plain ones; text without any is returned as it is.
    private static ReadOnlySpan<char> Fold(ReadOnlySpan<char> text, Span<char> folded)
    {
        if (text.Length > folded.Length || !text.ContainsAnyInRange('\uFF0D', '\uFF3A'))
        {
            return text;
        }

        for (var i = 0; i < text.Length; i++)
        {
            folded[i] = text[i] is >= '\uFF01' and <= '\uFF5E' ? (char)(text[i] - 0xFEE0) : text[i];
        }

        return folded[..text.Length];
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
