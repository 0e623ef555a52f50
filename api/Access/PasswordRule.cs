namespace RetailInsight.Api.Access;

/// <summary>What a password must be: long. Rules on letters and digits make people choose worse ones.</summary>
internal static class PasswordRule
{
    private const int Shortest = 12;
    private const int Longest = 1000;

    /// <summary>What is wrong with a password; null when it may be used.</summary>
    public static string? Fault(string login, string password) =>
        password.Length is < Shortest or > Longest ? $"has {Shortest} to {Longest} characters."
        : password.Contains(login, StringComparison.OrdinalIgnoreCase) ? "does not hold the login."
        : password.Distinct().Count() < 5 ? "holds at least 5 different characters."
        : null;
}
