namespace RetailInsight.Profiles.Definition;

/// <summary>The words of the canonical enumerations as profiles write them: <c>no_sale</c>.</summary>
internal static class EnumWords
{
    /// <summary>Reads a word; <c>unspecified</c> and numbers are none.</summary>
    public static bool TryParse<T>(string word, out T value)
        where T : struct, Enum
    {
        value = default;
        return word.Length > 0 && char.IsAsciiLetterLower(word[0])
            && Enum.TryParse(word.Replace("_", "", StringComparison.Ordinal), ignoreCase: true, out value)
            && !EqualityComparer<T>.Default.Equals(value, default);
    }
}
