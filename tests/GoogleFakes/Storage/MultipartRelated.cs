using System.Net.Http.Headers;
using System.Text;

namespace RetailInsight.GoogleFakes.Storage;

/// <summary>
/// A <c>multipart/related</c> body of metadata and media. More lenient than the RFC, as the service is: the boundary may stand
/// in single quotes, and lines may end in a bare line feed (the Google CLI sends both).
/// </summary>
/// <param name="Metadata">JSON.</param>
/// <param name="MediaType">Content type of the media; empty when it has none.</param>
/// <param name="Media">The media's bytes.</param>
internal sealed record MultipartRelated(ReadOnlyMemory<byte> Metadata, string MediaType, ReadOnlyMemory<byte> Media)
{
    /// <summary>Reads a body.</summary>
    /// <exception cref="StorageException">400: it is not of two parts.</exception>
    public static MultipartRelated Parse(string contentType, ReadOnlyMemory<byte> body)
    {
        var delimiter = Encoding.ASCII.GetBytes("--" + Boundary(contentType));
        var start = body.Span.IndexOf(delimiter);
        var lineEnd = start < 0 ? -1 : body.Span[(start + delimiter.Length)..].IndexOf((byte)'\n');
        if (lineEnd < 0)
        {
            throw StorageException.Invalid("The boundary does not occur in the multipart body.");
        }

        var newLine = lineEnd > 0 && body.Span[start + delimiter.Length + lineEnd - 1] == '\r' ? "\r\n" : "\n";
        byte[] separator = [.. Encoding.ASCII.GetBytes(newLine), .. delimiter];
        var rest = body[(start + delimiter.Length + lineEnd + 1)..];
        var (_, metadata) = Part(ref rest, separator, newLine);
        var (type, media) = Part(ref rest, separator, newLine);
        return new(metadata, type, media);
    }

    private static string Boundary(string contentType)
    {
        const string Name = "boundary=";
        var at = contentType.IndexOf(Name, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            throw StorageException.Invalid("A multipart upload needs a boundary.");
        }

        var value = contentType[(at + Name.Length)..].Trim();
        return value.Length > 1 && value[0] is '"' or '\'' && value.IndexOf(value[0], 1) is > 0 and var end
            ? value[1..end]
            : value.Split(';')[0].Trim();
    }

    private static (string Type, ReadOnlyMemory<byte> Body) Part(ref ReadOnlyMemory<byte> rest, byte[] separator, string newLine)
    {
        var blank = Encoding.ASCII.GetBytes(newLine + newLine);
        var headers = rest.Span.StartsWith(blank.AsSpan(newLine.Length)) ? 0 : rest.Span.IndexOf(blank);
        var start = headers == 0 ? newLine.Length : headers + blank.Length;
        var end = headers < 0 ? -1 : rest.Span[start..].IndexOf(separator);
        if (end < 0)
        {
            throw StorageException.Invalid("The multipart body must have two parts.");
        }

        var type = Encoding.ASCII.GetString(rest.Span[..headers]).Split('\n', StringSplitOptions.TrimEntries)
            .Where(line => line.StartsWith("content-type:", StringComparison.OrdinalIgnoreCase)).Select(line => line[13..].Trim()).FirstOrDefault("");
        var body = rest.Slice(start, end);
        rest = rest[(start + end + separator.Length)..];
        var next = rest.Span.IndexOf((byte)'\n');
        rest = next < 0 ? default : rest[(next + 1)..];
        return (MediaTypeHeaderValue.TryParse(type, out _) ? type : "", body);
    }
}
