using System.Globalization;
using System.Text;
using System.Text.Unicode;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles.Definition;

namespace RetailInsight.Profiles.Text;

/// <summary>
/// Looks at what a payload is encoded in: byte order mark, then strict UTF-8, then CP932. Pure ASCII is undecided and fits all.
/// </summary>
internal static class EncodingCheck
{
    /// <summary>Why the payload is in another encoding than the profile expects; null where it may be the one.</summary>
    public static Rejection? Mismatch(TextEncoding expected, ReadOnlySpan<byte> payload)
    {
        var found = Detect(payload, expected);
        if (found is null || found == TextDecoder.NameOf(expected) || (expected == TextEncoding.Utf16 && found.EndsWith("with a byte order mark", StringComparison.Ordinal)))
        {
            // UTF-16 cannot be told from other bytes without its mark.
            return expected == TextEncoding.Utf16 && found is null ? Refuse("has no byte order mark", expected) : null;
        }

        return Refuse($"looks like {found}", expected);
    }

    // Null where the bytes are ASCII, or damaged in a way that does not tell.
    private static string? Detect(ReadOnlySpan<byte> payload, TextEncoding expected)
    {
        if (payload is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            return $"UTF-16 {(payload[0] == 0xFF ? "LE" : "BE")} with a byte order mark";
        }

        if (TextDecoder.BomLength(payload) > 0)
        {
            return TextDecoder.NameOf(TextEncoding.Utf8);
        }

        if (payload.Length >= 8 && payload[..8].Count((byte)0) >= 3)
        {
            return "UTF-16 without a byte order mark";
        }

        if (Ascii.IsValid(payload))
        {
            return null;
        }

        if (Utf8.IsValid(payload))
        {
            // Two half-width katakana can be one character of UTF-8; kana and kanji begin with E3 or more there.
            return payload.IndexOfAnyInRange((byte)0xE0, (byte)0xF4) >= 0 ? TextDecoder.NameOf(TextEncoding.Utf8) : null;
        }

        // Where CP932 is expected, whether it is that or damaged changes nothing.
        return expected == TextEncoding.Cp932 || HasLineInUtf8(payload) || !Cp932.IsValid(payload) ? null : TextDecoder.NameOf(TextEncoding.Cp932);
    }

    // One damaged byte does not make UTF-8 something else: its other lines still are.
    private static bool HasLineInUtf8(ReadOnlySpan<byte> payload)
    {
        foreach (var range in payload.SplitAny((byte)'\n', (byte)'\r'))
        {
            var line = payload[range];
            if (!Ascii.IsValid(line) && Utf8.IsValid(line))
            {
                return true;
            }
        }

        return false;
    }

    private static Rejection Refuse(string found, TextEncoding expected) => new(
        RejectionReason.PayloadUnreadable,
        string.Create(CultureInfo.InvariantCulture, $"The payload {found}; the profile expects {TextDecoder.NameOf(expected)}. Send it so, or have the profile changed."),
        null,
        default);
}
