using System.Globalization;
using RetailInsight.Profiles.Text;

namespace RetailInsight.Tests.Profiles;

/// <summary>
/// Our table against <c>cp932-by-cpython.txt</c>: what CPython's own tables make of every byte and every pair. The two were
/// made by different people from different sources.
/// </summary>
public sealed class Cp932AgainstAnotherDecoder
{
    /// <summary>
    /// Where the two differ on purpose: CPython hands on characters only the sender can draw; we know them (so that a row can
    /// say which byte it was) and refuse them in text.
    /// </summary>
    private static readonly (int From, int To)[] RefusedOnPurpose = [(0x80, 0x80), (0xA0, 0xA0), (0xFD, 0xFF), (0xF040, 0xF9FC)];

    [Fact]
    public void All_65536_pairs_and_256_bytes_are_read_alike_but_for_characters_of_one_machine()
    {
        var other = Read();
        Assert.Equal(9_800, other.Count);
        var target = new char[4];
        var refused = 0;
        for (var code = 0; code < 65_536 + 256; code++)
        {
            // 0–255 are the single bytes, then every pair from 0000 on.
            byte[] bytes = code < 256 ? [(byte)code] : [(byte)((code - 256) >> 8), (byte)((code - 256) & 0xFF)];
            var expected = Expected(bytes, other);
            var read = Cp932.Decode(bytes, target);
            var actual = read < 0 ? null : new string(target, 0, read);
            if (expected is not null && actual is null)
            {
                refused++;
                Assert.Contains(Units(bytes, other), unit => Array.Exists(RefusedOnPurpose, range => unit >= range.From && unit <= range.To));
            }
            else
            {
                Assert.True(expected == actual, $"{Convert.ToHexString(bytes)}: {expected ?? "refused"} there, {actual ?? "refused"} here");
            }
        }

        // 5 bytes and 1,880 pairs of their own, and the pairs in which one of the 5 bytes stands beside another single byte.
        var singles = other.Keys.Count(code => code <= 0xFF);
        Assert.Equal(5 + 1_880 + ((singles * singles) - ((singles - 5) * (singles - 5))), refused);
    }

    // One character for a pair, two for two single bytes; null where the other decoder refuses.
    private static string? Expected(byte[] bytes, Dictionary<int, char> other) =>
        Units(bytes, other) is var units && units.All(other.ContainsKey) ? string.Concat(units.Select(unit => other[unit])) : null;

    private static int[] Units(byte[] bytes, Dictionary<int, char> other) =>
        bytes.Length == 1 ? [bytes[0]] : other.ContainsKey(bytes[0]) ? [bytes[0], bytes[1]] : [(bytes[0] << 8) | bytes[1]];

    private static Dictionary<int, char> Read()
    {
        var table = new Dictionary<int, char>();
        foreach (var line in File.ReadLines(Path.Combine(ProfileFixtures.VendorsFolder, "..", "..", "..", "tests", "RetailInsight.Tests", "Profiles", "cp932-by-cpython.txt")))
        {
            if (line.StartsWith('#'))
            {
                continue;
            }

            var (code, text) = (line[..line.IndexOf(' ', StringComparison.Ordinal)], line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
            var first = Hex(code.Split('-')[0]);
            if (text.StartsWith("U+", StringComparison.Ordinal))
            {
                for (var at = first; at <= Hex(code.Split('-')[1]); at++)
                {
                    table.Add(at, (char)(Hex(text[2..]) + at - first));
                }
            }
            else
            {
                for (var i = 0; i < text.Length; i++)
                {
                    table.Add(first + i, text[i]);
                }
            }
        }

        return table;
    }

    private static int Hex(string text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
