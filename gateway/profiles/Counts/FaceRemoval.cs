using System.Buffers;
using System.Collections.Frozen;
using System.Text.Json;
using RetailInsight.Profiles.Definition;

namespace RetailInsight.Profiles.Counts;

/// <summary>
/// Finds faces, templates and vectors of them in what devices send, by the names of members and, where single persons are told, by long
/// rows of numbers under whatever name. What is taken out leaves a note, by which the record is held afterwards.
/// </summary>
internal static class FaceRemoval
{
    /// <summary>How the note begins that stands where something of a face was.</summary>
    public const string Note = "removed face data of";

    // Codes and numbers of persons are shorter; the smallest template is longer.
    private const int LongestName = 64;

    // The shortest vectors in use have 64 numbers and more; no record of an event has so many side by side.
    private const int ShortestVector = 32;

    // An object whose members are called 0, 1, 2 and so on is an array that was written wrongly: each number stands beside its name.
    private const int ShortestNumberedVector = 2 * ShortestVector;

    // Without regard to case, underscores and hyphens. A short text in "face" may be its number; in the others it is of a face.
    private static readonly string[] MayBeNumbers = ["face", "faces"];

    private static readonly FrozenSet<string> Members = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "face", "faces", "facedata", "faceinfo", "faceimage", "facepicture", "facesnapshot", "facecrop", "facetemplate", "facefeature", "facefeatures", "facevector", "faceembedding",
        "facedescriptor", "facelandmarks", "faceprint", "landmarks", "embedding", "embeddings", "featurevector", "featuretemplate", "biometric", "biometrics", "personfeature", "reidfeature");

    private static readonly SearchValues<byte> Beginnings = SearchValues.Create("0123456789+-."u8);
    private static readonly SearchValues<byte> OfNumbers = SearchValues.Create("0123456789+-.eE"u8);
    private static readonly SearchValues<byte> Between = SearchValues.Create(" \t\r\n,;|\":\\"u8);
    private static readonly SearchValues<byte> Blanks = SearchValues.Create(" \t\r\n\\"u8);

    /// <summary>Whether a payload has a note.</summary>
    public static bool IsToldIn(ReadOnlySpan<byte> payload) => payload.IndexOf("removed face data of"u8) >= 0;

    /// <summary>Whether a note stands in the record.</summary>
    public static bool Concerns(JsonElement record) => record.GetRawText().Contains(Note, StringComparison.Ordinal);

    /// <summary>Whether a member is of a face: it is named so, and holds more than a number, a truth value or, of a face itself, a short word.</summary>
    /// <param name="reader">Stands on the member's name.</param>
    /// <param name="name">The name.</param>
    public static bool IsFace(ref Utf8JsonReader reader, string name)
    {
        name = name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);
        if (!Members.Contains(name))
        {
            return false;
        }

        var value = reader;
        var shortest = MayBeNumbers.Contains(name, StringComparer.OrdinalIgnoreCase) ? LongestName : 0;
        return value.Read() && (value.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject || (value.TokenType == JsonTokenType.String && value.ValueSpan.Length > shortest));
    }

    /// <summary>Finds long rows of numbers in JSON, also written as texts, within a text and in what cannot be parsed.</summary>
    public static void FindVectors(ReadOnlySpan<byte> payload, List<RemovedPart> parts)
    {
        for (var at = 0; at < payload.Length && payload[at..].IndexOfAny(Beginnings) is >= 0 and var found;)
        {
            var begin = at + found;
            var (end, count) = (begin, 0);
            for (var next = begin; next < payload.Length && OfNumbers.Contains(payload[next]);)
            {
                var length = payload[next..].IndexOfAnyExcept(OfNumbers);
                end = length < 0 ? payload.Length : next + length;
                count++;
                var gap = payload[end..].IndexOfAnyExcept(Between);
                if (gap < 1 || (payload.Slice(end, gap).Contains((byte)':') && payload.Slice(end, gap).IndexOf("\":"u8) < 0))
                {
                    // 10:15 is a time.
                    break;
                }

                next = end + gap;
            }

            if (count >= ShortestVector && Whole(payload, begin, end) is var part && (count >= ShortestNumberedVector || payload[part.Start] != '{'))
            {
                parts.Add(part);
            }

            at = end;
        }
    }

    // The array with its brackets, or the object with its braces, where it is one.
    private static RemovedPart Whole(ReadOnlySpan<byte> payload, int begin, int end)
    {
        var before = payload[..begin].LastIndexOfAnyExcept(Between);
        var behind = payload[end..].IndexOfAnyExcept(Between);
        if (before < 0 || behind < 0 || (payload[before], payload[end + behind]) is not (((byte)'[', (byte)']') or ((byte)'{', (byte)'}')))
        {
            return new(begin, end - begin, Quoted: false, IsFace: true);
        }

        var around = payload[..before].LastIndexOfAnyExcept(Blanks);
        return new(before, end + behind + 1 - before, Quoted: around < 0 || payload[around] != '"', IsFace: true);
    }
}
