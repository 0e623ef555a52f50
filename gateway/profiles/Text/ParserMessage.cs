namespace RetailInsight.Profiles.Text;

/// <summary>What a parser of the framework says, as a sentence for the sender.</summary>
internal static class ParserMessage
{
    // A parser quotes what it could not read, be it the whole payload.
    private const int Longest = 240;

    // Parsers name the place in words of their own; the rejection names it in ours.
    private static readonly string[] Places = [" Path:", " LineNumber:", " Line "];

    /// <summary>The message without the place, shortened, without control characters, ending with a full stop.</summary>
    public static string Of(Exception exception) => Of(exception.Message);

    /// <summary>The same of the message itself.</summary>
    public static string Of(string said)
    {
        var message = said.AsSpan();
        foreach (var place in Places)
        {
            // The place stands at the end; what is quoted before it may look the same.
            var at = message.LastIndexOf(place, StringComparison.Ordinal);
            message = at < 0 ? message : message[..at];
        }

        var length = Math.Min(message.Length, Longest);
        length -= length > 0 && char.IsHighSurrogate(message[length - 1]) ? 1 : 0;
        var shown = string.Create(length, message[..length], static (target, text) =>
        {
            for (var i = 0; i < target.Length; i++)
            {
                target[i] = char.IsControl(text[i]) ? '\uFFFD' : text[i];
            }
        });
        return length < message.Length ? shown + "…." : shown.EndsWith('.') ? shown : shown + ".";
    }
}
