using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace RetailInsight.Gateway;

/// <summary>Page sizes and opaque cursors of the lists.</summary>
internal static class Page
{
    /// <summary>Items on a page when the caller does not say.</summary>
    public const int DefaultLimit = 100;

    /// <summary>Most items on a page.</summary>
    public const int MaxLimit = 1_000;

    /// <summary>The limit to use.</summary>
    /// <exception cref="BadHttpRequestException">It is outside 1–1,000.</exception>
    public static int Limit(int? limit) => limit is null or (>= 1 and <= MaxLimit)
        ? limit ?? DefaultLimit
        : throw new BadHttpRequestException(string.Create(CultureInfo.InvariantCulture, $"limit is {limit}; it must be between 1 and {MaxLimit}."));

    /// <summary>Writes the place after an item: its sort number and, where that may repeat, its id.</summary>
    public static string Cursor(long sort, Guid id = default) =>
        Base64Url.EncodeToString(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{sort}.{id:N}")));

    /// <summary>Reads what <see cref="Cursor"/> wrote; null for the first page.</summary>
    /// <exception cref="BadHttpRequestException">It is no cursor.</exception>
    public static (long Sort, Guid Id)? After(string? cursor)
    {
        if (string.IsNullOrEmpty(cursor))
        {
            return null;
        }

        var text = Base64Url.IsValid(cursor) ? Encoding.ASCII.GetString(Base64Url.DecodeFromChars(cursor)) : "";
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && long.TryParse(text.AsSpan(0, dot), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var sort)
            && Guid.TryParseExact(text[(dot + 1)..], "N", out var id)
                ? (sort, id)
                : throw new BadHttpRequestException("cursor is not one that a page of this list gave; leave it out for the first page.");
    }
}
