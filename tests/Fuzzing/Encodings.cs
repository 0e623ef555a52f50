using System.Text;

namespace RetailInsight.Fuzzing;

/// <summary>Payloads in an encoding nobody agreed on, with marks and zeros.</summary>
internal sealed class Encodings(Random random)
{
    private static readonly Encoding Cp932 = CodePagesEncodingProvider.Instance.GetEncoding(932)!;

    private static readonly Encoding[] Others =
    [
        new UTF8Encoding(false), Cp932, new UnicodeEncoding(false, false), new UnicodeEncoding(true, false), Encoding.UTF32, Encoding.Latin1, CodePagesEncodingProvider.Instance.GetEncoding(51932)!,
    ];

    /// <summary>The payload, encoded otherwise or marked.</summary>
    public byte[] Apply(byte[] bytes)
    {
        switch (random.Next(5))
        {
            case 0:
                return [.. Enumerable.Repeat<byte[]>([0xEF, 0xBB, 0xBF], random.Next(1, 4)).SelectMany(mark => mark), .. bytes];
            case 1:
                return [.. random.Next(2) == 0 ? (byte[])[0xFF, 0xFE] : [0xFE, 0xFF], .. bytes];
            case 2:
                bytes = [.. bytes];
                for (var zeros = random.Next(1, 20); zeros > 0; zeros--)
                {
                    bytes[random.Next(bytes.Length)] = 0;
                }

                return bytes;
            default:
                var other = Others[random.Next(Others.Length)];
                var text = Others[random.Next(2)].GetString(bytes);
                return random.Next(2) == 0 ? [.. other.GetPreamble(), .. other.GetBytes(text)] : other.GetBytes(text);
        }
    }
}
