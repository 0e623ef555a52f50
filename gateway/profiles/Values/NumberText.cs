using System.Numerics;
using RetailInsight.Profiles.Definition;

namespace RetailInsight.Profiles.Values;

/// <summary>Reads numbers exactly: into millionths, without passing through a rounding type.</summary>
internal static class NumberText
{
    private const int MostDigits = 30;
    private const long Million = 1_000_000;

    public enum Problem
    {
        None,
        NotANumber,
        TooFine,
        TooLarge,
    }

    /// <summary>Reads a number into millionths.</summary>
    /// <param name="text">Trimmed, not empty.</param>
    /// <param name="style">What the feed may use beyond plain digits.</param>
    /// <param name="exponent">Whether <c>1e3</c> is a number here: only in JSON.</param>
    /// <param name="micros">The result.</param>
    public static Problem TryParse(ReadOnlySpan<char> text, NumberStyle style, bool exponent, out long micros)
    {
        if (TryParsePlain<char>(text, out micros))
        {
            return Problem.None;
        }

        var parenthesised = style.Parentheses && text.Length > 2 && text[0] is '(' or '\uFF08' && text[^1] is ')' or '\uFF09';
        var rest = TakeSign(parenthesised ? text[1..^1] : text, style, out var negative);
        if (parenthesised && negative)
        {
            return Problem.NotANumber;
        }

        negative |= parenthesised;
        if (style.Thousands && rest.Contains(','))
        {
            Span<char> plain = rest.Length <= 64 ? stackalloc char[rest.Length] : new char[rest.Length];
            var length = RemoveThousands(rest, plain);
            return length < 0 ? Problem.NotANumber : Parse(plain[..length], exponent, negative, out micros);
        }

        return Parse(rest, exponent, negative, out micros);
    }

    /// <summary>Reads up to twelve ASCII digits, the overwhelming case on a till.</summary>
    /// <param name="text">Characters or bytes.</param>
    /// <param name="micros">The result.</param>
    /// <returns>False for anything else, which may be a number all the same.</returns>
    public static bool TryParsePlain<T>(ReadOnlySpan<T> text, out long micros)
        where T : unmanaged, IBinaryInteger<T>
    {
        micros = 0;
        if (text.Length is 0 or > 12)
        {
            return false;
        }

        foreach (var unit in text)
        {
            var digit = unchecked(uint.CreateTruncating(unit) - '0');
            if (digit > 9)
            {
                return false;
            }

            micros = (micros * 10) + digit;
        }

        micros *= Million;
        return true;
    }

    private static ReadOnlySpan<char> TakeSign(ReadOnlySpan<char> text, NumberStyle style, out bool negative)
    {
        negative = false;
        var signed = false;
        var currency = false;
        while (!text.IsEmpty)
        {
            var c = text[0];
            if (!signed && (c is '-' or '+' || style.Minus.Contains(c)))
            {
                signed = true;
                negative = c != '+';
            }
            else if (!currency && style.CurrencySign && c is '¥' or '\uFFE5' or '\\')
            {
                currency = true;
            }
            else
            {
                break;
            }

            text = text[1..];
        }

        return text;
    }

    private static int RemoveThousands(ReadOnlySpan<char> text, Span<char> plain)
    {
        var whole = text.IndexOf('.') is var point && point < 0 ? text.Length : point;
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != ',')
            {
                plain[length++] = text[i];
            }
            else if (i == 0 || i > whole || (whole - i) % 4 != 0)
            {
                return -1;
            }
        }

        var groups = whole - (text.Length - length) is var digits && digits > 0 ? (digits - 1) / 3 : 0;
        return groups == text.Length - length ? length : -1;
    }

    private static Problem Parse(ReadOnlySpan<char> text, bool exponent, bool negative, out long micros)
    {
        micros = 0;
        UInt128 mantissa = 0;
        var digits = 0;
        var significant = 0;
        var decimals = 0;
        var point = false;
        var i = 0;
        for (; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '.' && !point && digits > 0)
            {
                point = true;
                continue;
            }

            var digit = DigitOf(c);
            if (digit < 0)
            {
                break;
            }

            digits++;
            decimals += point ? 1 : 0;
            significant += mantissa != 0 || digit != 0 ? 1 : 0;
            if (significant > MostDigits)
            {
                return Problem.TooLarge;
            }

            mantissa = (mantissa * 10) + (uint)digit;
        }

        var power = 0;
        if (digits == 0 || (point && decimals == 0) || (i < text.Length && !(exponent && TryExponent(text[i..], out power))))
        {
            return Problem.NotANumber;
        }

        return Scale(mantissa, 6 - decimals + power, negative, out micros);
    }

    private static Problem Scale(UInt128 mantissa, int power, bool negative, out long micros)
    {
        micros = 0;
        if (mantissa == 0)
        {
            return Problem.None;
        }

        for (; power < 0; power++)
        {
            var (quotient, remainder) = UInt128.DivRem(mantissa, 10);
            if (remainder != 0)
            {
                return Problem.TooFine;
            }

            mantissa = quotient;
        }

        for (; power > 0; power--)
        {
            if (mantissa > long.MaxValue)
            {
                return Problem.TooLarge;
            }

            mantissa *= 10;
        }

        if (mantissa > long.MaxValue)
        {
            return Problem.TooLarge;
        }

        micros = negative ? -(long)mantissa : (long)mantissa;
        return Problem.None;
    }

    private static bool TryExponent(ReadOnlySpan<char> text, out int power)
    {
        power = 0;
        if (text[0] is not ('e' or 'E'))
        {
            return false;
        }

        text = text[1..];
        var negative = text.StartsWith('-');
        text = negative || text.StartsWith('+') ? text[1..] : text;
        if (text.IsEmpty)
        {
            return false;
        }

        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c))
            {
                return false;
            }

            // Past a hundred the answer no longer changes: too large, too fine, or zero.
            power = Math.Min((power * 10) + (c - '0'), 100);
        }

        power = negative ? -power : power;
        return true;
    }

    private static int DigitOf(char c) => c switch
    {
        >= '0' and <= '9' => c - '0',
        >= '\uFF10' and <= '\uFF19' => c - '\uFF10',
        _ => -1,
    };
}
