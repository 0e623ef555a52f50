using System.Text;
using System.Text.Json.Nodes;

namespace RetailInsight.GoogleFakes.Storage;

/// <summary>Answers a list: by prefix, from and to a name, in pages, with what lies under a delimiter folded into prefixes.</summary>
internal static class ObjectListing
{
    private const int LongestPage = 1_000;

    /// <summary>One page.</summary>
    public static Task AnswerAsync(StorageCall call, BucketDirectory bucket)
    {
        var size = (int)Math.Clamp(Preconditions.Number(call.Query, "maxResults") ?? LongestPage, 1, LongestPage);
        var page = Entries(call, bucket).Take(size + 1).ToList();
        var answer = new JsonObject { ["kind"] = "storage#objects" };
        if (page.Count > size)
        {
            answer["nextPageToken"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(page[size - 1].Name));
        }

        var items = page.Take(size).Where(entry => entry.Item is not null).Select(entry => (JsonNode)entry.Item!.ToResource(bucket.Name, call.Host)).ToArray();
        var prefixes = page.Take(size).Where(entry => entry.Item is null).Select(entry => (JsonNode)JsonValue.Create(entry.Name)).ToArray();
        if (items.Length > 0)
        {
            answer["items"] = new JsonArray(items);
        }

        if (prefixes.Length > 0)
        {
            answer["prefixes"] = new JsonArray(prefixes);
        }

        return call.AnswerAsync(answer);
    }

    private static IEnumerable<(string Name, StoredObject? Item)> Entries(StorageCall call, BucketDirectory bucket)
    {
        string prefix = call.Query["prefix"].ToString(), delimiter = call.Query["delimiter"].ToString();
        string first = call.Query["startOffset"].ToString(), end = call.Query["endOffset"].ToString(), after = After(call.Query["pageToken"].ToString());
        var last = "";
        foreach (var item in bucket.Objects)
        {
            var name = item.Name;
            if (!name.StartsWith(prefix, StringComparison.Ordinal) || string.CompareOrdinal(name, first) < 0 || (end.Length > 0 && string.CompareOrdinal(name, end) >= 0))
            {
                continue;
            }

            var at = delimiter.Length == 0 ? -1 : name.IndexOf(delimiter, prefix.Length, StringComparison.Ordinal);
            var entry = at < 0 ? name : name[..(at + delimiter.Length)];
            if (string.CompareOrdinal(entry, after) <= 0 || (at >= 0 && entry == last))
            {
                continue;
            }

            last = entry;
            yield return (entry, at < 0 ? item : null);
        }
    }

    private static string After(string token)
    {
        var bytes = new byte[token.Length];
        return Convert.TryFromBase64String(token, bytes, out var written) ? Encoding.UTF8.GetString(bytes, 0, written) : throw StorageException.Invalid("Invalid page token.");
    }
}
