using System.Text.RegularExpressions;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;

namespace RetailInsight.Api.Access;

/// <summary>What people of a company may be like, for programs and for forms.</summary>
internal static partial class UserRules
{
    /// <summary>Most characters of a displayed name.</summary>
    public const int LongestName = 100;

    /// <summary>What is wrong with a person who is to be made; empty when nothing is.</summary>
    public static async Task<List<ParameterFault>> FaultsAsync(SessionUser user, UserRegister people, UserRequest body, CancellationToken cancellationToken)
    {
        var faults = await FaultsAsync(user, people, new UserChange(body.DisplayName, body.Role, body.Stores, body.Vendor, body.Language), cancellationToken);
        if (!NamePattern().IsMatch(body.Name))
        {
            faults.Insert(0, new("name", "has 1 to 64 of a-z, 0-9, dot, dash and underscore, beginning with a letter or digit."));
        }

        return faults;
    }

    /// <summary>What is wrong with a person as it is to be; empty when nothing is.</summary>
    public static async Task<List<ParameterFault>> FaultsAsync(SessionUser user, UserRegister people, UserChange body, CancellationToken cancellationToken)
    {
        var faults = new List<ParameterFault>();
        if (string.IsNullOrWhiteSpace(body.DisplayName) || body.DisplayName.Length > LongestName || body.DisplayName.Any(char.IsControl))
        {
            faults.Add(new("display_name", $"has 1 to {LongestName} characters and no control characters."));
        }

        if (!Role.All.Contains(body.Role))
        {
            faults.Add(new("role", $"is one of {string.Join(", ", Role.All)}."));
        }

        if (body.Language is not ("ja" or "en"))
        {
            faults.Add(new("language", "is ja or en."));
        }

        if (body.Stores is { Count: 0 } || (body.Stores is null && Role.IsScoped(body.Role)))
        {
            faults.Add(new("stores", "names at least one store; head office, engineers and administrators may leave it out for every store."));
        }

        if ((body.Vendor is null) == (body.Role == Role.Vendor) || (body.Role == Role.Vendor && body.Stores is not null))
        {
            faults.Add(new("vendor", "is required for people of a vendor, who have no stores, and is for them alone."));
        }

        if (body.Stores?.Exists(store => store is null) == true)
        {
            faults.Add(new("stores", "is a list of store codes, without null."));
            return faults;
        }

        var (stores, vendor) = await people.UnknownAsync(user, body.Stores, body.Vendor, cancellationToken);
        if (stores.Count > 0)
        {
            faults.Add(new("stores", $"there is no store {string.Join(", ", stores)}."));
        }

        if (vendor)
        {
            faults.Add(new("vendor", $"there is no feed of a vendor '{body.Vendor}'."));
        }

        return faults;
    }

    /// <summary>Whether a change would leave the person who makes it without the role or the login: somebody else has to do that.</summary>
    public static bool ShutsOutOneself(SessionUser user, UserView before, UserChange change) =>
        before.Login == user.Login && (change.Role != before.Role || change.Disabled);

    [GeneratedRegex("^[a-z0-9][a-z0-9._-]{0,63}$", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();
}
