using System.Text;
using System.Text.Json.Nodes;

namespace RetailInsight.GoogleFakes.BigQuery.Http;

/// <summary>Bodies of <c>multipart/related</c>: JSON, then data.</summary>
internal static class Multipart
{
    /// <summary>Takes the two parts apart.</summary>
    /// <exception cref="BigQueryException">There are not two.</exception>
    public static (JsonObject Json, byte[] Data) Split(string contentType, byte[] body)
    {
        var at = contentType.IndexOf("boundary=", StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            throw BigQueryException.Invalid("Missing boundary in multipart body");
        }

        // Some clients quote the boundary with apostrophes, which no grammar has.
        var boundary = contentType[(at + "boundary=".Length)..].Split(';')[0].Trim().Trim('"', '\'');
        var delimiter = Encoding.ASCII.GetBytes($"--{boundary}");
        var parts = new List<byte[]>();
        var start = body.AsSpan().IndexOf(delimiter);
        while (start >= 0)
        {
            start += delimiter.Length;
            var end = body.AsSpan(start).IndexOf(delimiter);
            if (end < 0)
            {
                break;
            }

            parts.Add(Content(body.AsSpan(start, end)));
            start += end;
        }

        return parts.Count == 2 && JsonNode.Parse(parts[0]) is JsonObject json ? (json, parts[1]) : throw BigQueryException.Invalid("Multipart body must have two parts");
    }

    private static byte[] Content(ReadOnlySpan<byte> part)
    {
        var head = part.IndexOf("\r\n\r\n"u8);
        var content = head < 0 ? part : part[(head + 4)..];
        return content.EndsWith("\r\n"u8) ? content[..^2].ToArray() : content.ToArray();
    }
}
