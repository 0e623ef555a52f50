using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace RetailInsight.GoogleFakes.BigQuery.Http;

/// <summary>Page tokens: opaque to callers, the next position to the fake.</summary>
internal static class Paging
{
    /// <summary>Token of the page that starts there.</summary>
    public static string Token(long start) => Convert.ToBase64String(Encoding.ASCII.GetBytes($"at{start.ToString(CultureInfo.InvariantCulture)}"));

    /// <summary>Where a token's page starts; 0 without one.</summary>
    /// <exception cref="BigQueryException">It is no token of this fake.</exception>
    public static long Start(string? token)
    {
        if (token is null)
        {
            return 0;
        }

        Span<byte> text = stackalloc byte[64];
        return Convert.TryFromBase64String(token, text, out var length) && length > 2
            && long.TryParse(text[2..length], NumberStyles.None, CultureInfo.InvariantCulture, out var start)
            ? start : throw BigQueryException.Invalid("Invalid page token");
    }

    /// <summary>A page of a list of resources.</summary>
    public static JsonObject Page(Routes.Call call, string kind, string member, IEnumerable<JsonNode> items)
    {
        var all = items.ToList();
        var start = (int)Math.Min(Start(call.Query("pageToken")), all.Count);
        var count = (int)Math.Clamp(call.Number("maxResults", 1000), 1, 1000);
        var page = new JsonObject { ["kind"] = kind, [member] = new JsonArray([.. all.Skip(start).Take(count)]), ["totalItems"] = all.Count };
        if (start + count < all.Count)
        {
            page["nextPageToken"] = Token(start + count);
        }

        return page;
    }
}
