using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace RetailInsight.Core.Canon;

/// <summary>
/// The first 128 bits of a SHA-256: names a business event (<c>event_id</c>), a content (<c>content_hash</c>) or a batch.
/// Written as 32 lower-case hexadecimal digits.
/// </summary>
/// <param name="Hi">The most significant half.</param>
/// <param name="Lo">The least significant half.</param>
public readonly record struct Id128(ulong Hi, ulong Lo) : IComparable<Id128>
{
    /// <summary>All zero: stands for "none" where a record points at another that need not exist.</summary>
    public static readonly Id128 None;

    /// <summary>Whether this is <see cref="None"/>.</summary>
    public bool IsNone => (Hi | Lo) == 0;

    /// <summary>
    /// Hashes the parts of a key, each preceded by its UTF-8 length, so that ("ab","c") and ("a","bc") differ.
    /// </summary>
    public static Id128 FromParts(params ReadOnlySpan<string> parts) => FromParts([], parts);

    /// <summary>As <see cref="FromParts(ReadOnlySpan{string})"/>, where the first parts are the same for many keys.</summary>
    /// <param name="first">The first parts, by <see cref="Parts"/>.</param>
    /// <param name="parts">The others.</param>
    [SkipLocalsInit]
    public static Id128 FromParts(ReadOnlySpan<byte> first, ReadOnlySpan<string> parts)
    {
        var longest = first.Length;
        foreach (var part in parts)
        {
            longest += sizeof(int) + Encoding.UTF8.GetMaxByteCount(part.Length);
        }

        var content = longest <= 512 ? stackalloc byte[longest] : new byte[longest];
        first.CopyTo(content);
        return FromContent(content[..(first.Length + Write(content[first.Length..], parts))]);
    }

    /// <summary>Parts of a key as <see cref="FromParts(ReadOnlySpan{string})"/> hashes them.</summary>
    public static byte[] Parts(params ReadOnlySpan<string> parts)
    {
        var length = 0;
        foreach (var part in parts)
        {
            length += sizeof(int) + Encoding.UTF8.GetByteCount(part);
        }

        var content = new byte[length];
        Write(content, parts);
        return content;
    }

    /// <summary>Hashes <paramref name="content"/> as it is.</summary>
    [SkipLocalsInit]
    public static Id128 FromContent(ReadOnlySpan<byte> content)
    {
        Span<byte> digest = stackalloc byte[32];
        ShortSha256.Hash(content, digest);
        return FromDigest(digest);
    }

    /// <summary>Takes the first 16 bytes of a longer digest.</summary>
    public static Id128 FromDigest(ReadOnlySpan<byte> digest) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(digest), BinaryPrimitives.ReadUInt64BigEndian(digest[8..]));

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <exception cref="FormatException">The text is not 32 hexadecimal digits.</exception>
    public static Id128 Parse(string hex)
    {
        ArgumentNullException.ThrowIfNull(hex);
        if (hex.Length != 32)
        {
            throw new FormatException("An id is written as 32 hexadecimal digits.");
        }

        return new(
            ulong.Parse(hex.AsSpan(0, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
            ulong.Parse(hex.AsSpan(16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
    }

    /// <summary>The same 128 bits as a UUID, byte order kept, for a PostgreSQL <c>uuid</c> column.</summary>
    public Guid ToGuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, Hi);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], Lo);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>Reads what <see cref="ToGuid"/> wrote.</summary>
    public static Id128 FromGuid(Guid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        return FromDigest(bytes);
    }

    private static int Write(Span<byte> target, ReadOnlySpan<string> parts)
    {
        var at = 0;
        foreach (var part in parts)
        {
            var length = Encoding.UTF8.GetBytes(part, target[(at + sizeof(int))..]);
            BinaryPrimitives.WriteInt32BigEndian(target[at..], length);
            at += sizeof(int) + length;
        }

        return at;
    }

    /// <inheritdoc/>
    public int CompareTo(Id128 other) => Hi != other.Hi ? Hi.CompareTo(other.Hi) : Lo.CompareTo(other.Lo);

    /// <summary>Whether the left id sorts before the right one.</summary>
    public static bool operator <(Id128 left, Id128 right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left id sorts after the right one.</summary>
    public static bool operator >(Id128 left, Id128 right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left id does not sort after the right one.</summary>
    public static bool operator <=(Id128 left, Id128 right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the left id does not sort before the right one.</summary>
    public static bool operator >=(Id128 left, Id128 right) => left.CompareTo(right) >= 0;

    /// <summary>32 lower-case hexadecimal digits.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Hi:x16}{Lo:x16}");
}
