namespace RetailInsight.Profiles.Text;

/// <summary>Gives equal texts one string, so that a product named on ten thousand lines is kept once.</summary>
internal sealed class StringPool
{
    // Beyond these a text hardly repeats, and a hostile payload must not keep more than it sent.
    private const int LongestText = 128;
    private const int MostTexts = 200_000;

    private readonly HashSet<string> _texts = new(StringComparer.Ordinal);
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    public StringPool() => _lookup = _texts.GetAlternateLookup<ReadOnlySpan<char>>();

    public string Get(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
        {
            return "";
        }

        if (text.Length > LongestText)
        {
            return new string(text);
        }

        if (_lookup.TryGetValue(text, out var known))
        {
            return known;
        }

        var fresh = new string(text);
        if (_texts.Count < MostTexts)
        {
            _texts.Add(fresh);
        }

        return fresh;
    }
}
