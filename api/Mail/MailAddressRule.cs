using System.Text.RegularExpressions;

namespace RetailInsight.Api.Mail;

/// <summary>Which addresses mail goes to: plain ones, of which no part can be read as anything else on its way through mail servers.</summary>
internal static partial class MailAddressRule
{
    private const int Longest = 254;
    private const int LongestLocal = 64;

    /// <summary>What is wrong with an address, as the rest of a sentence; null when nothing is.</summary>
    /// <param name="address">As a person typed it.</param>
    /// <param name="domains">Domains that are allowed; none is any.</param>
    public static string? Refuse(string address, IReadOnlyList<string> domains)
    {
        var at = address.LastIndexOf('@');
        if (address.Length > Longest || at > LongestLocal || !Plain().IsMatch(address))
        {
            return $"must be a mail address such as name@example.com: ASCII, at most {Longest} characters, no quotes and no name beside it.";
        }

        return domains.Count == 0 || domains.Contains(address[(at + 1)..], StringComparer.OrdinalIgnoreCase)
            ? null
            : $"must end in one of {string.Join(", ", domains.Select(domain => "@" + domain))}: mail goes nowhere else.";
    }

    [GeneratedRegex(@"\A[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Plain();
}
