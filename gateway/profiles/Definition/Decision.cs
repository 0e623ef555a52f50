namespace RetailInsight.Profiles.Definition;

/// <summary>
/// A meaning that several fields decide together, such as "division 1, cancel flag 1 = cancelled". The first rule whose
/// tests all hold decides.
/// </summary>
/// <param name="Name">Its name in the profile.</param>
/// <param name="Fields">The vendor's fields it looks at.</param>
/// <param name="Rules">In the order of the file.</param>
internal sealed record Decision(string Name, IReadOnlyList<Binding> Fields, IReadOnlyList<DecisionRule> Rules)
{
    /// <summary>Every meaning it can give.</summary>
    public IEnumerable<string> Meanings => Rules.Select(rule => rule.Then).Distinct();

    /// <summary>The meaning of the values of <see cref="Fields"/>, or null where no rule holds.</summary>
    public string? Of(ReadOnlySpan<string> values)
    {
        foreach (var rule in Rules)
        {
            if (rule.Holds(values))
            {
                return rule.Then;
            }
        }

        return null;
    }
}

/// <summary>One rule of a decision.</summary>
/// <param name="Tests">Which field must have which value; several values of one field are alternatives.</param>
/// <param name="Then">What it then means.</param>
internal sealed record DecisionRule(IReadOnlyList<(int Field, string[] Values)> Tests, string Then)
{
    /// <summary>Any value at all.</summary>
    public const string Present = "present";

    /// <summary>No value.</summary>
    public const string Empty = "empty";

    /// <summary>A number below zero, whatever sign the feed writes it with.</summary>
    public const string Negative = "negative";

    /// <summary>Whether every test holds.</summary>
    public bool Holds(ReadOnlySpan<string> values)
    {
        foreach (var (field, wanted) in Tests)
        {
            var value = values[field];
            if (!Array.Exists(wanted, word => Matches(word, value)))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Matches(string word, string value) => word switch
    {
        Present => value.Length > 0,
        Empty => value.Length == 0,
        Negative => value.StartsWith('-'),
        _ when word.EndsWith('*') => value.AsSpan().StartsWith(word.AsSpan()[..^1], StringComparison.Ordinal),
        _ => value == word,
    };
}
