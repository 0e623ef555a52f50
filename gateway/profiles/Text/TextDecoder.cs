using System.Buffers;
using System.Text.Unicode;
using RetailInsight.Profiles.Definition;

namespace RetailInsight.Profiles.Text;

/// <summary>Strict decoding in the encoding of a profile.</summary>
internal static class TextDecoder
{
    private static ReadOnlySpan<byte> Utf8Bom => [0xEF, 0xBB, 0xBF];

    /// <summary>How many bytes of byte order marks the payload begins with; some exports write two.</summary>
    public static int BomLength(ReadOnlySpan<byte> payload)
    {
        var length = 0;
        while (payload[length..].StartsWith(Utf8Bom))
        {
            length += Utf8Bom.Length;
        }

        return length;
    }

    /// <summary>Decodes into <paramref name="target"/>, which needs one place a byte.</summary>
    /// <returns>How many characters, or −1 − the offset of the first invalid byte.</returns>
    public static int Decode(TextEncoding encoding, ReadOnlySpan<byte> source, Span<char> target)
    {
        if (encoding == TextEncoding.Cp932)
        {
            return Cp932.Decode(source, target);
        }

        var status = Utf8.ToUtf16(source, target, out var read, out var written, replaceInvalidSequences: false);
        return status == OperationStatus.Done ? written : -1 - read;
    }

    /// <summary>The name a person knows the encoding by.</summary>
    public static string NameOf(TextEncoding encoding) => encoding switch
    {
        TextEncoding.Cp932 => "CP932 (Shift_JIS)",
        TextEncoding.Utf16 => "UTF-16 with a byte order mark",
        _ => "UTF-8",
    };
}
