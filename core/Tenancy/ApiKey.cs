using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace RetailInsight.Core.Tenancy;

/// <summary>
/// A bearer key: <c>rk_test_</c> or <c>rk_live_</c>, 32 random base-32 characters, <c>_</c> and the CRC-32 of all before
/// it in hex, so that a mistyped key or a leaked one is recognised without a database. Only its SHA-256 is stored.
/// </summary>
public static class ApiKey
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";
    private const int RandomLength = 32;

    /// <summary>Makes a key from 160 random bits.</summary>
    /// <param name="entropy">At least 20 bytes from a cryptographic generator.</param>
    /// <param name="live">True for production data, false for test data.</param>
    public static string Create(ReadOnlySpan<byte> entropy, bool live)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(entropy.Length, 20);
        var text = new StringBuilder(live ? "rk_live_" : "rk_test_");
        var bits = 0;
        var held = 0;
        foreach (var value in entropy[..20])
        {
            held = (held << 8) | value;
            bits += 8;
            while (bits >= 5)
            {
                bits -= 5;
                text.Append(Alphabet[(held >> bits) & 31]);
            }

            held &= (1 << bits) - 1;
        }

        var body = text.ToString();
        return body + "_" + Crc32(body).ToString("x8", CultureInfo.InvariantCulture);
    }

    /// <summary>Whether the text can be a key at all: prefix, length and checksum.</summary>
    public static bool IsWellFormed([NotNullWhen(true)] string? key)
    {
        if (key is null || key.Length != 8 + RandomLength + 9 || key[^9] != '_'
            || !(key.StartsWith("rk_test_", StringComparison.Ordinal) || key.StartsWith("rk_live_", StringComparison.Ordinal)))
        {
            return false;
        }

        return uint.TryParse(key.AsSpan(key.Length - 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var stated)
            && stated == Crc32(key[..^9]);
    }

    /// <summary>Whether a well-formed key is for production data; a test key opens the sandbox alone.</summary>
    public static bool IsLive(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.StartsWith("rk_live_", StringComparison.Ordinal);
    }

    /// <summary>What is stored and looked up: the SHA-256 of the key.</summary>
    public static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    private static uint Crc32(string text)
    {
        var crc = uint.MaxValue;
        foreach (var value in Encoding.ASCII.GetBytes(text))
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }
        }

        return ~crc;
    }
}
