using System.Text.Json;
using System.Text.Json.Serialization;

namespace RetailInsight.Core.Ports;

/// <summary>Reads and writes a <see cref="FieldValue"/> as the plain JSON value it is.</summary>
internal sealed class FieldValueJson : JsonConverter<FieldValue>
{
    /// <inheritdoc/>
    public override FieldValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        // What is too large for a double would be read as infinity.
        JsonTokenType.Number => reader.TryGetDouble(out var number) && double.IsFinite(number) ? number : throw new JsonException("A number is too large."),
        JsonTokenType.String => reader.GetString()!,
        JsonTokenType.True => 1.0,
        JsonTokenType.False => 0.0,
        JsonTokenType.Null => default,
        _ => throw new JsonException("A field is a number, a text, true, false or null."),
    };

    /// <inheritdoc/>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, FieldValue value, JsonSerializerOptions options)
    {
        if (value.Number is { } number)
        {
            writer.WriteNumberValue(number);
        }
        else
        {
            writer.WriteStringValue(value.Text);
        }
    }
}
