namespace RetailInsight.Profiles;

/// <summary>One or more profiles are wrong. Carries every error found, each naming the file, the place and the fix.</summary>
public sealed class ProfileException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="errors">One sentence each: <c>file: path (line n): what is wrong</c>.</param>
    public ProfileException(IReadOnlyList<string> errors)
        : base(string.Join(Environment.NewLine, errors))
    {
        Errors = errors;
    }

    /// <summary>Every error found.</summary>
    public IReadOnlyList<string> Errors { get; }
}
