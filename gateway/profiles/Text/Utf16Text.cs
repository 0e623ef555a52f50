using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using RetailInsight.Core.Outcomes;

namespace RetailInsight.Profiles.Text;

/// <summary>A UTF-16 payload with a byte order mark, as UTF-8 with the way back to the offsets of the original.</summary>
internal sealed class Utf16Text
{
    private const int Step = 4096;

    // Offset in the UTF-8 text of every Step-th UTF-16 unit.
    private readonly List<int> _marks;
    private readonly int _bom;

    private Utf16Text(byte[] utf8, List<int> marks, int bom)
    {
        Utf8 = utf8;
        _marks = marks;
        _bom = bom;
    }

    /// <summary>The text in UTF-8, without marks.</summary>
    public byte[] Utf8 { get; }

    /// <summary>Decodes strictly; half of a surrogate pair makes the payload unreadable.</summary>
    public static Outcome<Utf16Text> Read(ReadOnlySpan<byte> payload)
    {
        if (payload.Length % 2 != 0)
        {
            return Unreadable("The payload is UTF-16 with an odd number of bytes: it is cut off.");
        }

        var big = payload is [0xFE, 0xFF, ..];
        var units = new char[payload.Length / 2];
        for (var i = 0; i < units.Length; i++)
        {
            units[i] = (char)(big ? BinaryPrimitives.ReadUInt16BigEndian(payload[(2 * i)..]) : BinaryPrimitives.ReadUInt16LittleEndian(payload[(2 * i)..]));
        }

        var bom = units.AsSpan().IndexOfAnyExcept('\uFEFF');
        bom = bom < 0 ? units.Length : bom;
        var text = units.AsSpan(bom);
        var utf8 = new byte[checked(text.Length * 3)];
        var marks = new List<int>((text.Length / Step) + 1);
        var written = 0;
        for (var i = 0; i < text.Length;)
        {
            if (i / Step == marks.Count)
            {
                marks.Add(written);
            }

            if (Rune.DecodeFromUtf16(text[i..], out var rune, out var used) != System.Buffers.OperationStatus.Done)
            {
                return Unreadable(string.Create(CultureInfo.InvariantCulture, $"The payload is UTF-16 with half of a surrogate pair at byte {2 * (bom + i)}."));
            }

            // A pair over the border of a step begins before it: the mark is the pair's own.
            if (used == 2 && (i + 1) / Step == marks.Count)
            {
                marks.Add(written);
            }

            written += rune.EncodeToUtf8(utf8.AsSpan(written));
            i += used;
        }

        return new Utf16Text(utf8[..written], marks, bom);
    }

    /// <summary>The offset in the original payload of an offset in <see cref="Utf8"/>.</summary>
    public long OriginalOffset(long offset)
    {
        var at = _marks.BinarySearch((int)offset);
        at = Math.Max(0, at < 0 ? ~at - 1 : at);
        if (_marks.Count == 0)
        {
            return 2L * _bom;
        }

        return 2L * (_bom + (at * Step) + Encoding.UTF8.GetCharCount(Utf8, _marks[at], (int)Math.Min(offset, Utf8.Length) - _marks[at]));
    }

    private static Rejection Unreadable(string detail) => new(RejectionReason.PayloadUnreadable, detail, null, default);
}
