using System.Text;

namespace RetailInsight.Profiles.Text;

/// <summary>
/// Strict decoding of CP932 (Windows-31J). The framework's strict fallback refuses 398 valid pairs and its loose one turns
/// invalid bytes into "・" without a word, so validity comes from a table of our own: everything the framework decodes,
/// except a "・" that is not the bytes 81 45.
/// </summary>
internal static class Cp932
{
    private const char MiddleDot = '\u30FB';
    private const int MiddleDotPair = 0x8145;

    private static readonly char[] Table = BuildTable();

    /// <summary>The character of a one-byte code (0x00–0xFF) or a pair (lead × 256 + trail); 0 where there is none.</summary>
    public static char CharacterOf(int code) => Table[code];

    /// <summary>Whether the byte begins a two-byte character.</summary>
    public static bool IsLead(byte value) => value is (>= 0x81 and <= 0x9F) or (>= 0xE0 and <= 0xFC);

    /// <summary>Decodes into <paramref name="target"/>, which needs one place a byte.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="target">Receives UTF-16.</param>
    /// <returns>How many characters, or −1 − the offset of the first byte that is no character the feed may send.</returns>
    public static int Decode(ReadOnlySpan<byte> source, Span<char> target)
    {
        var written = 0;
        var i = 0;
        while (i < source.Length)
        {
            var first = source[i];
            if (first < 0x80)
            {
                target[written++] = (char)first;
                i++;
                continue;
            }

            var start = i++;
            int code = first;
            if (IsLead(first))
            {
                if (i == source.Length)
                {
                    return -1 - start;
                }

                code = (first << 8) | source[i++];
            }

            var character = Table[code];
            if (character == 0 || IsVendorDefined(character))
            {
                return -1 - start;
            }

            target[written++] = character;
        }

        return written;
    }

    /// <summary>Whether every byte belongs to a character, user-defined ones included.</summary>
    public static bool IsValid(ReadOnlySpan<byte> source)
    {
        for (var i = 0; i < source.Length; i++)
        {
            int code = source[i];
            if (IsLead(source[i]))
            {
                if (++i == source.Length)
                {
                    return false;
                }

                code = (code << 8) | source[i];
            }

            if (code != 0 && Table[code] == 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Whether a character means something only on the machine that wrote it: user-defined pairs F040–F9FC and the bytes
    /// 80, A0, FD, FE and FF.
    /// </summary>
    public static bool IsVendorDefined(char character) => character is '\u0080' or (>= '\uE000' and <= '\uF8FF');

    private static char[] BuildTable()
    {
        var encoding = CodePagesEncodingProvider.Instance.GetEncoding(932)!;
        var table = new char[65_536];
        Span<byte> bytes = stackalloc byte[2];
        Span<char> chars = stackalloc char[4];
        for (var code = 0; code < table.Length; code++)
        {
            var pair = code > 0xFF;
            bytes[0] = (byte)(pair ? code >> 8 : code);
            bytes[1] = (byte)(code & 0xFF);
            if (pair != IsLead(bytes[0]))
            {
                continue;
            }

            var count = encoding.GetChars(pair ? bytes : bytes[..1], chars);
            if (count == 1 && (chars[0] != MiddleDot || code == MiddleDotPair))
            {
                table[code] = chars[0];
            }
        }

        return table;
    }
}
