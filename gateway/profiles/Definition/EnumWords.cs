using System.Collections.Frozen;

namespace RetailInsight.Profiles.Definition;

/// <summary>The words of the canonical enumerations as profiles write them: <c>no_sale</c>.</summary>
internal static class EnumWords
{
    /// <summary>Reads a word; <c>unspecified</c> and numbers are none.</summary>
    public static bool TryParse<T>(string word, out T value)
        where T : struct, Enum => Words<T>.Values.TryGetValue(word, out value);

    /// <summary>The word of a value.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum => WordOf(value.ToString());

    // EMoney is e_money.
    private static string WordOf(string name) => string.Concat(name.Select((letter, i) =>
        char.IsAsciiLetterUpper(letter) ? (i == 0 ? "" : "_") + char.ToLowerInvariant(letter) : letter.ToString()));

    private static class Words<T>
        where T : struct, Enum
    {
        public static readonly FrozenDictionary<string, T> Values = Enum.GetValues<T>()
            .Where(value => !EqualityComparer<T>.Default.Equals(value, default))
            .ToFrozenDictionary(value => WordOf(value.ToString()), StringComparer.Ordinal);
    }
}
