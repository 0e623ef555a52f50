using System.Globalization;

namespace RetailInsight.Profiles.Values;

/// <summary>
/// Dates of the Japanese calendar: <c>R7.8.1</c>, <c>令和7年8月1日</c>, <c>令和元年5月1日</c>, <c>H310501</c>. A date after the
/// end of its era (平成31年5月1日) is read as the day it means: registers were late to learn of the new era.
/// </summary>
internal static class EraDate
{
    private static readonly (string Kanji, char Letter, char Square, DateOnly First)[] Eras =
    [
        ("令和", 'R', '\u32FF', new(2019, 5, 1)),
        ("平成", 'H', '\u337B', new(1989, 1, 8)),
        ("昭和", 'S', '\u337C', new(1926, 12, 25)),
    ];

    /// <summary>Reads a date; digits are ASCII by now.</summary>
    /// <param name="text">The text, trimmed.</param>
    /// <param name="date">The day it means.</param>
    /// <param name="afterEnd">Whether the era had ended by then.</param>
    public static bool TryParse(ReadOnlySpan<char> text, out DateOnly date, out bool afterEnd)
    {
        date = default;
        afterEnd = false;
        var era = EraOf(ref text);
        if (era < 0 || !TryParts(text, out var year, out var month, out var day))
        {
            return false;
        }

        var gregorian = Eras[era].First.Year - 1 + year;
        if (year < 1 || gregorian > 2199 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(gregorian, month))
        {
            return false;
        }

        date = new DateOnly(gregorian, month, day);
        afterEnd = era > 0 && date >= Eras[era - 1].First;
        return date >= Eras[era].First;
    }

    /// <summary>Whether a date written in the Reiwa years without the era's name, such as <c>07/08/01</c>, can be read by the format.</summary>
    public static bool TryReiwa(ReadOnlySpan<char> text, string format, out DateOnly date)
    {
        // The calendar's own idea of a two-digit year is undone: 07 is 2025, not 2007.
        if (!DateOnly.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out date) || date.Year % 100 == 0)
        {
            return false;
        }

        var year = Eras[0].First.Year - 1 + (date.Year % 100);
        if (date.Day > DateTime.DaysInMonth(year, date.Month))
        {
            return false;
        }

        date = new DateOnly(year, date.Month, date.Day);
        return date >= Eras[0].First;
    }

    private static int EraOf(ref ReadOnlySpan<char> text)
    {
        for (var i = 0; i < Eras.Length && !text.IsEmpty; i++)
        {
            var length = text.StartsWith(Eras[i].Kanji, StringComparison.Ordinal) ? 2
                : char.ToUpperInvariant(text[0]) == Eras[i].Letter || text[0] == Eras[i].Square ? 1 : 0;
            if (length > 0)
            {
                text = text[length..].TrimStart();
                return i;
            }
        }

        return -1;
    }

    private static bool TryParts(ReadOnlySpan<char> text, out int year, out int month, out int day)
    {
        month = day = 0;
        if (text.StartsWith("元", StringComparison.Ordinal))
        {
            year = 1;
            text = text[1..];
        }
        else if (text.Length == 6 && !text.ContainsAnyExceptInRange('0', '9'))
        {
            return TryNumber(text[..2], out year) & TryNumber(text[2..4], out month) & TryNumber(text[4..], out day);
        }
        else if (!TryTake(ref text, out year))
        {
            return false;
        }

        return TakeSign(ref text, '年') && TryTake(ref text, out month) && TakeSign(ref text, '月') && TryTake(ref text, out day)
            && (text.IsEmpty || text is "日");
    }

    private static bool TakeSign(ref ReadOnlySpan<char> text, char word)
    {
        if (text.IsEmpty || (text[0] != word && text[0] is not ('.' or '/' or '-')))
        {
            return false;
        }

        text = text[1..].TrimStart();
        return true;
    }

    private static bool TryTake(ref ReadOnlySpan<char> text, out int number)
    {
        var end = text.IndexOfAnyExceptInRange('0', '9');
        end = end < 0 ? text.Length : end;
        number = 0;
        if (end > 2 || !TryNumber(text[..end], out number))
        {
            return false;
        }

        text = text[end..];
        return true;
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
