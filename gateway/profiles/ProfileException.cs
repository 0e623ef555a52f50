namespace RetailInsight.Profiles;

/// <summary>One or more profiles are wrong. Carries every mistake found, each naming the file, the place and the fix.</summary>
public sealed class ProfileException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="mistakes">At least one.</param>
    public ProfileException(IReadOnlyList<ProfileMistake> mistakes)
        : base(string.Join(Environment.NewLine, mistakes))
    {
        Mistakes = mistakes;
        Errors = [.. mistakes.Select(mistake => mistake.ToString())];
    }

    /// <summary>Every mistake found.</summary>
    public IReadOnlyList<ProfileMistake> Mistakes { get; }

    /// <summary>The same as one sentence each: <c>file: path (line n): what is wrong</c>.</summary>
    public IReadOnlyList<string> Errors { get; }
}
