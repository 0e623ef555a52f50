namespace RetailInsight.Core.Features;

/// <summary>What a feature says about a store.</summary>
public enum FeatureKind
{
    /// <summary>What the store is: its size, its hours, what it sells. Nobody changes it in a month, so stores are compared by it.</summary>
    Structural,

    /// <summary>What people in the store can move: who is compared by it would be compared with those that share his weakness.</summary>
    Controllable,

    /// <summary>What comes of both.</summary>
    Outcome,
}

/// <summary>
/// What is said of stores that have more, or less, of a feature than others. English names them by the first feature and joins the others to it ("Weekend stores with
/// large baskets"); Japanese joins all but the last.
/// </summary>
/// <param name="Naming">Before the word for stores.</param>
/// <param name="Joined">Beside others.</param>
public sealed record FeaturePhrase(string Naming, string Joined);

/// <summary>A feature in one language.</summary>
/// <param name="Name">What pages call it.</param>
/// <param name="Definition">What it is, in one sentence.</param>
/// <param name="More">Of stores that have more of it.</param>
/// <param name="Less">Of stores that have less.</param>
public sealed record FeatureWords(string Name, string Definition, FeaturePhrase More, FeaturePhrase Less);

/// <summary>One figure of a store over eight weeks: what it means, for whoever computes it and whoever shows it.</summary>
/// <param name="Name">Stable, snake_case.</param>
/// <param name="Group">Features of one group say one thing together and weigh as much as a feature that stands alone.</param>
/// <param name="Kind">What it says about a store.</param>
/// <param name="Unit">A currency, a count or a ratio.</param>
/// <param name="Japanese">In Japanese.</param>
/// <param name="English">In English.</param>
public sealed record FeatureDefinition(string Name, string Group, FeatureKind Kind, string Unit, FeatureWords Japanese, FeatureWords English)
{
    /// <summary>In <c>ja</c> or <c>en</c>.</summary>
    public FeatureWords In(string language) => language == "en" ? English : Japanese;
}
