namespace RetailInsight.Profiles.Definition;

/// <summary>
/// The vendor's codes and what they mean. A key is a code, a prefix (<c>C*</c>) or everything else (<c>*</c>); the exact
/// code comes first, then the longest prefix.
/// </summary>
internal sealed class CodeMap
{
    private readonly Dictionary<string, string> _exact = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly (string Prefix, string Meaning)[] _prefixes;

    public CodeMap(string name, IEnumerable<KeyValuePair<string, string>> entries)
    {
        Name = name;
        var prefixes = new List<(string Prefix, string Meaning)>();
        foreach (var (code, meaning) in entries)
        {
            if (code.EndsWith('*'))
            {
                prefixes.Add((code[..^1], meaning));
            }
            else
            {
                _exact[code] = meaning;
            }
        }

        _prefixes = [.. prefixes.OrderByDescending(entry => entry.Prefix.Length)];
        _lookup = _exact.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The map's name in the profile.</summary>
    public string Name { get; }

    /// <summary>Every meaning it can give.</summary>
    public IEnumerable<string> Meanings => _exact.Values.Concat(_prefixes.Select(entry => entry.Meaning)).Distinct();

    /// <summary>The codes it knows, for messages.</summary>
    public IEnumerable<string> Codes => _exact.Keys.Concat(_prefixes.Select(entry => entry.Prefix + "*"));

    /// <summary>The meaning of a code, or null.</summary>
    public string? Find(ReadOnlySpan<char> code)
    {
        if (_lookup.TryGetValue(code, out var meaning))
        {
            return meaning;
        }

        foreach (var (prefix, prefixMeaning) in _prefixes)
        {
            if (code.StartsWith(prefix, StringComparison.Ordinal))
            {
                return prefixMeaning;
            }
        }

        return null;
    }
}
