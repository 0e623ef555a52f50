using System.Globalization;

namespace RetailInsight.Profiles;

/// <summary>What sort of mistake a profile has.</summary>
public enum ProfileMistakeKind
{
    /// <summary>The text is no YAML, or more than a profile may be.</summary>
    NotYaml,

    /// <summary>A key that means nothing at its place.</summary>
    UnknownKey,

    /// <summary>A key without which the profile cannot be read.</summary>
    MissingKey,

    /// <summary>A value that is not one of those possible.</summary>
    WrongValue,

    /// <summary>Parts of the profile that do not go together.</summary>
    Contradiction,
}

/// <summary>One mistake of a profile.</summary>
/// <param name="File">Name of the file.</param>
/// <param name="Key">Path of the key, such as <c>receipt.occurred_at.type</c>; empty for the whole file.</param>
/// <param name="Line">1-based line of the file.</param>
/// <param name="Kind">What sort of mistake.</param>
/// <param name="Detail">One English sentence: what was found and what is expected.</param>
public sealed record ProfileMistake(string File, string Key, long Line, ProfileMistakeKind Kind, string Detail)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{File}: {Key} (line {Line}): {Detail}");
}
