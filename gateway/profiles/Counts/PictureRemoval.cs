using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using RetailInsight.Profiles.Definition;

namespace RetailInsight.Profiles.Counts;

/// <summary>A payload of a device as it may be stored.</summary>
/// <param name="Payload">Its bytes without what was taken out; those that were given where nothing was.</param>
/// <param name="Removed">How many values were taken out.</param>
/// <param name="RemovedBytes">How many bytes they had.</param>
public sealed record StorablePayload(ReadOnlyMemory<byte> Payload, int Removed, long RemovedBytes);

/// <summary>A part of a payload that is taken out.</summary>
/// <param name="Start">Its first byte.</param>
/// <param name="Length">How many bytes it has.</param>
/// <param name="Quoted">Whether the note in its place is a JSON value and stands in quotes.</param>
/// <param name="IsFace">Whether it is a face, or a template or vector of one.</param>
internal readonly record struct RemovedPart(int Start, int Length, bool Quoted, bool IsFace = false);

/// <summary>
/// Takes pictures out of what devices send, before a byte of it is stored: a picture of people is personal data, and nothing here
/// needs one. Members the profile names go whatever they hold; pictures go wherever they stand, written as base64 or as bytes, in a
/// payload of whatever shape, also one that cannot be read; so does what is of a face, see <see cref="FaceRemoval"/>. What is taken out leaves a note in its place.
/// </summary>
public static class PictureRemoval
{
    // Codes, tokens and signatures are shorter; the smallest picture of a camera is longer.
    private const int LongestText = 512;
    private const int ShortestFoldedLine = 60;

    private static readonly SearchValues<byte> Base64 = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=_-"u8);
    private static readonly byte[] Boundary = "\r\n--"u8.ToArray();

    // JPEG, PNG, GIF, WebP, H.264 with start codes; the boxes of MP4 and HEIC name their type four bytes behind their beginning.
    private static readonly (byte[] Magic, int Behind)[] Beginnings =
    [
        ([0xFF, 0xD8, 0xFF], 0),
        ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], 0),
        ("GIF87a"u8.ToArray(), 0),
        ("GIF89a"u8.ToArray(), 0),
        ("WEBPVP8"u8.ToArray(), 8),
        ([0x00, 0x00, 0x00, 0x01, 0x67], 0),
        ("ftypmp4"u8.ToArray(), 4),
        ("ftypisom"u8.ToArray(), 4),
        ("ftypheic"u8.ToArray(), 4),
    ];

    /// <summary>The payload as it may be stored.</summary>
    /// <param name="profile">The feed's profile.</param>
    /// <param name="payload">The payload after decompression.</param>
    public static StorablePayload Of(Profile profile, ReadOnlyMemory<byte> payload)
    {
        ArgumentNullException.ThrowIfNull(profile);
        var names = profile.Definition.Counts?.NeverKept ?? [];
        var cuts = new List<RemovedPart>();
        if (profile.Definition.Container.Format is ContainerFormat.Json or ContainerFormat.Ndjson)
        {
            FindMembers(payload.Span, names, cuts);
        }
        else if (names.Count > 0)
        {
            FindElements(payload.Span, names, cuts);
        }

        // A picture beside what a single person did is of that person; one the profile expects has a name it knows.
        var ofPersons = profile.Content == FeedContent.VisitorEvents;
        if (ofPersons)
        {
            FaceRemoval.FindVectors(payload.Span, cuts);
        }

        FindBase64(payload.Span, cuts, ofPersons);
        FindBytes(payload.Span, cuts, ofPersons);
        return cuts.Count == 0 ? new(payload, 0, 0) : Cut(payload.Span, cuts);
    }

    private static void FindMembers(ReadOnlySpan<byte> payload, IReadOnlyList<string> names, List<RemovedPart> cuts)
    {
        var start = Text.TextDecoder.BomLength(payload);
        var reader = new Utf8JsonReader(payload[start..], new JsonReaderOptions { MaxDepth = 64, CommentHandling = JsonCommentHandling.Skip, AllowMultipleValues = true });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName || NameOf(ref reader) is not { } name)
                {
                    continue;
                }

                var isFace = FaceRemoval.IsFace(ref reader, name);
                if ((isFace || names.Contains(name, StringComparer.OrdinalIgnoreCase)) && reader.Read())
                {
                    var from = (int)reader.TokenStartIndex;
                    reader.Skip();
                    cuts.Add(new(start + from, (int)reader.BytesConsumed - from, Quoted: true, isFace));
                }
            }
        }
        catch (JsonException)
        {
            // It goes on as what it is: pictures are found below without understanding anything.
        }
    }

    private static string? NameOf(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static void FindElements(ReadOnlySpan<byte> payload, IReadOnlyList<string> names, List<RemovedPart> cuts)
    {
        foreach (var name in names)
        {
            var (open, close) = (Encoding.UTF8.GetBytes('<' + name), Encoding.UTF8.GetBytes("</" + name));
            for (var at = 0; payload[at..].IndexOf(open) is >= 0 and var found;)
            {
                var begin = at + found + open.Length;
                var content = payload[begin..].IndexOf((byte)'>');
                var end = payload[begin..].IndexOf(close);
                if (content < 0 || payload[begin] is not ((byte)'>' or (byte)' ' or (byte)'\r' or (byte)'\n' or (byte)'\t'))
                {
                    at = begin;
                    continue;
                }

                var length = (end < 0 ? payload.Length - begin : end) - content - 1;
                if (length > 0)
                {
                    cuts.Add(new(begin + content + 1, length, Quoted: false));
                }

                at = begin + Math.Max(content, end);
            }
        }
    }

    // Long runs of base64, also folded into lines and with the escapes of JSON.
    private static void FindBase64(ReadOnlySpan<byte> payload, List<RemovedPart> cuts, bool isFace)
    {
        var at = 0;
        while (at < payload.Length)
        {
            var begin = payload[at..].IndexOfAny(Base64);
            if (begin < 0)
            {
                return;
            }

            begin += at;
            var end = begin;
            for (var line = begin; ;)
            {
                var run = payload[end..].IndexOfAnyExcept(Base64);
                end = run < 0 ? payload.Length : end + run;
                if (payload[end..].StartsWith("\\/"u8))
                {
                    end += 2;
                    continue;
                }

                var fold = FoldAt(payload[end..]);
                if (fold == 0 || end - line < ShortestFoldedLine)
                {
                    break;
                }

                end += fold;
                line = end;
            }

            if (end - begin > LongestText)
            {
                cuts.Add(new(begin, end - begin, Quoted: false, isFace));
            }

            at = end + 1;
        }
    }

    private static int FoldAt(ReadOnlySpan<byte> payload) =>
        payload.StartsWith("\\r\\n"u8) ? 4
        : payload.StartsWith("\\n"u8) || payload.StartsWith("\r\n"u8) ? 2
        : payload.StartsWith("\n"u8) ? 1
        : 0;

    private static void FindBytes(ReadOnlySpan<byte> payload, List<RemovedPart> cuts, bool isFace)
    {
        foreach (var (magic, behind) in Beginnings)
        {
            for (var at = 0; payload[at..].IndexOf(magic) is >= 0 and var found;)
            {
                var begin = Math.Max(0, at + found - behind);
                var end = payload[(at + found)..].IndexOf(Boundary);
                end = end < 0 ? payload.Length : at + found + end;
                cuts.Add(new(begin, end - begin, Quoted: false, isFace));
                at = end;
            }
        }
    }

    private static StorablePayload Cut(ReadOnlySpan<byte> payload, List<RemovedPart> cuts)
    {
        var kept = new ArrayBufferWriter<byte>(payload.Length);
        var (position, removed, bytes) = (0, 0, 0L);
        foreach (var (start, length, quoted, isFace) in cuts.OrderBy(cut => cut.Start).ThenByDescending(cut => cut.Length))
        {
            var end = start + length;
            if (end <= position)
            {
                continue;
            }

            var from = Math.Max(start, position);
            kept.Write(payload[position..from]);
            var note = string.Create(CultureInfo.InvariantCulture, $"{(isFace ? FaceRemoval.Note : "removed")} {end - from} bytes");
            kept.Write(Encoding.ASCII.GetBytes(quoted ? '"' + note + '"' : note));
            (position, removed, bytes) = (end, removed + 1, bytes + end - from);
        }

        kept.Write(payload[position..]);
        return new(kept.WrittenMemory, removed, bytes);
    }
}
