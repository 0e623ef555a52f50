using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace RetailInsight.Core.Canon;

/// <summary>
/// SHA-256 of short contents, of which a file of receipts has two each. The runtime's own takes some 600 ns of preparation for
/// every one of them; OpenSSL's plain functions, where the library is there, take none.
/// </summary>
internal static unsafe class ShortSha256
{
    private const int LongestContent = 4_096;

    // SHA256_CTX takes 112 bytes.
    private const int StateBytes = 256;

    private static readonly delegate* unmanaged[SuppressGCTransition]<byte*, int> Init;
    private static readonly delegate* unmanaged[SuppressGCTransition]<byte*, byte*, nuint, int> Update;
    private static readonly delegate* unmanaged[SuppressGCTransition]<byte*, byte*, int> Final;

    static ShortSha256()
    {
        if (NativeLibrary.TryLoad("libcrypto.so.3", out var library)
            && NativeLibrary.TryGetExport(library, "SHA256_Init", out var init)
            && NativeLibrary.TryGetExport(library, "SHA256_Update", out var update)
            && NativeLibrary.TryGetExport(library, "SHA256_Final", out var final))
        {
            Init = (delegate* unmanaged[SuppressGCTransition]<byte*, int>)init;
            Update = (delegate* unmanaged[SuppressGCTransition]<byte*, byte*, nuint, int>)update;
            Final = (delegate* unmanaged[SuppressGCTransition]<byte*, byte*, int>)final;
        }
    }

    /// <summary>Whether OpenSSL's plain functions are used.</summary>
    public static bool IsNative => Final is not null;

    /// <summary>Hashes <paramref name="content"/> into 32 bytes.</summary>
    public static void Hash(ReadOnlySpan<byte> content, Span<byte> digest)
    {
        if (!IsNative || content.Length > LongestContent)
        {
            SHA256.HashData(content, digest);
            return;
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(digest.Length, SHA256.HashSizeInBytes);
        var state = stackalloc byte[StateBytes];
        fixed (byte* from = content)
        fixed (byte* to = digest)
        {
            _ = Init(state);
            _ = Update(state, from, (nuint)content.Length);
            _ = Final(to, state);
        }
    }
}
