using System.Globalization;
using System.Text;

namespace RetailInsight.Api.Exports;

/// <summary>
/// Text in CP932 (Windows-31J) for software that reads nothing else. A few characters other systems write differently go to their CP932 twins;
/// whatever else has no place there becomes 〓 and is listed, so that nothing is lost unseen.
/// </summary>
/// <param name="Bytes">The file.</param>
/// <param name="Unwritable">Each character that became 〓, with how often, in order of appearance.</param>
internal sealed record Cp932File(byte[] Bytes, IReadOnlyList<(Rune Character, int Count)> Unwritable)
{
    private const char Geta = '〓';

    // JIS and Unicode vendors chose different code points for the same sign.
    private static readonly Dictionary<int, char> Twins = new()
    {
        ['\u301C'] = '\uFF5E',
        ['\u2212'] = '\uFF0D',
        ['\u2014'] = '\u2015',
        ['\u2016'] = '\u2225',
        ['\u00A2'] = '\uFFE0',
        ['\u00A3'] = '\uFFE1',
        ['\u00AC'] = '\uFFE2',
        ['\u00A5'] = '\uFFE5',
        ['\u00A6'] = '\uFFE4',
    };

    private static readonly Encoding Encoding = CodePagesEncodingProvider.Instance.GetEncoding(932, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)!;

    /// <summary>Encodes a text.</summary>
    public static Cp932File Of(string text)
    {
        var writable = new StringBuilder(text.Length);
        var unwritable = new Dictionary<Rune, int>();
        foreach (var rune in text.EnumerateRunes())
        {
            if (Twins.TryGetValue(rune.Value, out var twin))
            {
                writable.Append(twin);
            }
            else if (rune.Value < 0x80 || IsWritable(rune))
            {
                writable.Append(rune.ToString());
            }
            else
            {
                writable.Append(Geta);
                unwritable[rune] = unwritable.GetValueOrDefault(rune) + 1;
            }
        }

        return new Cp932File(Encoding.GetBytes(writable.ToString()), [.. unwritable.Select(one => (one.Key, one.Value))]);
    }

    /// <summary>The list for a header: <c>U+1F600;n=2, U+20BB7;n=1</c>, the first hundred.</summary>
    public string Header => string.Join(", ", Unwritable.Take(100).Select(one => string.Create(CultureInfo.InvariantCulture, $"U+{one.Character.Value:X4};n={one.Count}")));

    private static bool IsWritable(Rune rune)
    {
        // Private use would come out as a sign of the reader's own; the C1 codes of CP932 are none of anybody's.
        if (!rune.IsBmp || rune.Value is >= 0x80 and <= 0xA0 or >= 0xE000 and <= 0xF8FF)
        {
            return false;
        }

        try
        {
            return Encoding.GetByteCount([(char)rune.Value]) > 0;
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }
}
