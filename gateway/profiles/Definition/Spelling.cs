namespace RetailInsight.Profiles.Definition;

/// <summary>Guesses the word that was meant.</summary>
internal static class Spelling
{
    /// <summary>The known word at most a third of its letters away by Levenshtein's count; null where none is that near.</summary>
    public static string? Nearest(string word, IEnumerable<string> known) =>
        known.Select(one => (Word: one, Distance: Distance(word, one)))
            .Where(one => one.Distance <= Math.Max(1, one.Word.Length / 3)).OrderBy(one => one.Distance).FirstOrDefault().Word;

    private static int Distance(string from, string to)
    {
        if (Math.Abs(from.Length - to.Length) > to.Length)
        {
            return int.MaxValue;
        }

        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var replaced = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[^1];
    }
}
