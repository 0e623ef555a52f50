using System.Text.Json;

namespace RetailInsight.Profiles.Json;

/// <summary>Where the array of records stands in a JSON document or in its beginning.</summary>
/// <param name="Start">Behind its opening bracket; −1 where it does not begin in these bytes.</param>
/// <param name="Comma">Its last comma behind which an element begins in these bytes; −1 where there is none.</param>
/// <param name="End">Behind its closing bracket; −1 where it does not end in these bytes.</param>
internal readonly record struct ArrayOfRecords(int Start, int Comma, int End)
{
    /// <summary>Looks for it.</summary>
    /// <param name="document">The bytes.</param>
    /// <param name="path">The members that lead to it.</param>
    /// <param name="last">Whether the document ends with the bytes.</param>
    /// <exception cref="JsonException">The bytes are no JSON.</exception>
    public static ArrayOfRecords Find(ReadOnlySpan<byte> document, string[] path, bool last)
    {
        var reader = new Utf8JsonReader(document, last, new JsonReaderState(new JsonReaderOptions { MaxDepth = JsonPayload.DeepestNesting }));
        var (start, comma, end) = (-1, -1, -1);
        var (level, isNext, elementsAt) = (0, path.Length == 0, -1);
        var behindElement = -1;
        while (reader.Read())
        {
            if (elementsAt >= 0)
            {
                if (reader.TokenType == JsonTokenType.EndArray && reader.CurrentDepth == elementsAt - 1)
                {
                    (end, elementsAt) = ((int)reader.BytesConsumed, -1);
                }
                else if (reader.CurrentDepth == elementsAt)
                {
                    if (reader.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray) && behindElement >= 0)
                    {
                        comma = behindElement + document[behindElement..(int)reader.TokenStartIndex].IndexOf((byte)',');
                    }

                    behindElement = (int)reader.BytesConsumed;
                }

                continue;
            }

            if (start >= 0)
            {
                continue;
            }

            if (isNext)
            {
                isNext = false;
                if (level == path.Length && reader.TokenType == JsonTokenType.StartArray)
                {
                    (start, elementsAt) = ((int)reader.BytesConsumed, reader.CurrentDepth + 1);
                }
                else if (level == path.Length || reader.TokenType != JsonTokenType.StartObject)
                {
                    level = Math.Max(0, level - 1);
                }
            }
            else if (reader.TokenType == JsonTokenType.PropertyName && level < path.Length && reader.CurrentDepth == level + 1 && Names(ref reader, path[level]))
            {
                isNext = true;
                level++;
            }
            else if (reader.TokenType == JsonTokenType.EndObject && reader.CurrentDepth == level)
            {
                level = Math.Max(0, level - 1);
            }
        }

        return new(start, comma, end);
    }

    private static bool Names(ref Utf8JsonReader reader, string step)
    {
        try
        {
            return reader.ValueTextEquals(step);
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair: the parser of the whole document says so.
            return false;
        }
    }
}
