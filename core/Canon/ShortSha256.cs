using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace RetailInsight.Core.Canon;

/// <summary>
/// SHA-256 of short contents, of which a file of receipts has two each. The runtime's own takes some 600 ns of preparation for
/// every one of them, OpenSSL's 150: here only its block function is called, and the padding of FIPS 180-4 §5.1.1 is done in place.
/// </summary>
internal static unsafe class ShortSha256
{
    private const int LongestContent = 2_048;
    private const int BlockBytes = 64;
    private const int Words = 8;

    // SHA256_CTX begins with the eight words of the hash and takes 28.
    private const int StateWords = 32;

    private static readonly delegate* unmanaged[SuppressGCTransition]<uint*, byte*, void> Transform;

    static ShortSha256()
    {
        if (NativeLibrary.TryLoad("libcrypto.so.3", out var library) && NativeLibrary.TryGetExport(library, "SHA256_Transform", out var transform))
        {
            Transform = (delegate* unmanaged[SuppressGCTransition]<uint*, byte*, void>)transform;
        }
    }

    /// <summary>Whether OpenSSL's block function is used.</summary>
    public static bool IsNative => Transform is not null;

    /// <summary>Hashes <paramref name="content"/> into 32 bytes.</summary>
    [SkipLocalsInit]
    public static void Hash(ReadOnlySpan<byte> content, Span<byte> digest)
    {
        if (!IsNative || content.Length > LongestContent)
        {
            SHA256.HashData(content, digest);
            return;
        }

        var state = stackalloc uint[StateWords];
        Begin(state);
        fixed (byte* from = content)
        {
            for (var at = 0; at <= content.Length - BlockBytes; at += BlockBytes)
            {
                Transform(state, from + at);
            }
        }

        var last = stackalloc byte[2 * BlockBytes];
        var rest = content[(content.Length & -BlockBytes)..];
        var padded = new Span<byte>(last, rest.Length + 1 + sizeof(ulong) <= BlockBytes ? BlockBytes : 2 * BlockBytes);
        padded.Clear();
        rest.CopyTo(padded);
        padded[rest.Length] = 0x80;
        BinaryPrimitives.WriteUInt64BigEndian(padded[^sizeof(ulong)..], (ulong)content.Length * 8);
        for (var at = 0; at < padded.Length; at += BlockBytes)
        {
            Transform(state, last + at);
        }

        for (var word = 0; word < Words; word++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(digest[(word * sizeof(uint))..], state[word]);
        }
    }

    // The initial hash of FIPS 180-4 §5.3.3. OpenSSL's block function is written for registers of 128 bits and takes twice as long
    // while their upper halves are in use. A method of its own that stores a wider vector leaves them empty when it returns.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Begin(uint* state) =>
        Vector256.Create(0x6A09E667u, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19).Store(state);
}
