using System.Buffers;

namespace RetailInsight.Platform.Lake;

/// <summary>Which keys the lake takes. A valid key can never leave the directory of a lake that is one.</summary>
internal static class LakeKey
{
    /// <summary>Keys under it name shared segments; only the lake itself writes there.</summary>
    public const string SegmentPrefix = "segments/";

    private const int MaxLength = 1024;
    private const int MaxPartLength = 200;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.=+@,~/");

    /// <summary>Checks a whole key.</summary>
    /// <exception cref="ArgumentException">The key is not allowed; the message says why.</exception>
    public static void Check(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        CheckCharacters(key);
        foreach (var part in key.AsSpan().Split('/'))
        {
            if (key.AsSpan(part).IsEmpty)
            {
                throw new ArgumentException($"Lake key '{key}' has an empty part; write parts separated by single slashes.", nameof(key));
            }
        }
    }

    /// <summary>Checks the key of an object that a caller puts.</summary>
    /// <exception cref="ArgumentException">The key is not allowed, or is one of the lake's own; the message says why.</exception>
    public static void CheckToPut(string key)
    {
        Check(key);
        if (key.StartsWith(SegmentPrefix, StringComparison.Ordinal))
        {
            throw new ArgumentException($"Keys under '{SegmentPrefix}' are the lake's own.", nameof(key));
        }
    }

    /// <summary>Checks the beginning of a key; the empty prefix means every key.</summary>
    /// <exception cref="ArgumentException">No key can start so; the message says why.</exception>
    public static void CheckPrefix(string prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        CheckCharacters(prefix);
        if (prefix.StartsWith('/') || prefix.Contains("//", StringComparison.Ordinal))
        {
            throw new ArgumentException($"Lake key prefix '{prefix}' has an empty part.", nameof(prefix));
        }
    }

    private static void CheckCharacters(string key)
    {
        if (key.Length > MaxLength)
        {
            throw new ArgumentException($"A lake key has at most {MaxLength} characters, this one {key.Length}.", nameof(key));
        }

        var index = key.AsSpan().IndexOfAnyExcept(Allowed);
        if (index >= 0)
        {
            throw new ArgumentException(
                $"Lake keys are made of ASCII letters, digits and -_.=+@,~ with slashes between parts; character {index + 1} (U+{(int)key[index]:X4}) is none of them.",
                nameof(key));
        }

        foreach (var part in key.AsSpan().Split('/'))
        {
            var text = key.AsSpan(part);
            if (text.StartsWith("."))
            {
                throw new ArgumentException($"Lake key '{key}' has a part that starts with a dot.", nameof(key));
            }

            if (text.Length > MaxPartLength)
            {
                throw new ArgumentException($"A part of a lake key has at most {MaxPartLength} characters, one here has {text.Length}.", nameof(key));
            }
        }
    }
}
