namespace RetailInsight.Core.Tenancy;

/// <summary>The header <c>Idempotency-Key</c> (draft-ietf-httpapi-idempotency-key-header-06) as every service reads it.</summary>
public static class IdempotencyKey
{
    private const int Longest = 255;

    /// <summary>Reads the header: a structured-field string, or the bare text of one.</summary>
    /// <param name="header">The values of the header.</param>
    /// <param name="key">The key; null when there is no header.</param>
    /// <returns>False when it is there and is no key: 1 to 255 printable ASCII characters in one header.</returns>
    public static bool TryRead(IReadOnlyList<string?> header, out string? key)
    {
        ArgumentNullException.ThrowIfNull(header);
        key = null;
        if (header.Count == 0)
        {
            return true;
        }

        var text = (header[0] ?? "").Trim();
        if (text.Length > 1 && text[0] == '"' && text[^1] == '"')
        {
            text = text[1..^1].Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal);
        }

        key = text;
        return header.Count == 1 && text.Length is > 0 and <= Longest && text.All(character => character is >= ' ' and <= '~');
    }
}
