using System.Globalization;
using System.Net;
using System.Text;
using RetailInsight.Api.Sessions;

namespace RetailInsight.Api.Audit;

/// <summary>What somebody did or was refused.</summary>
/// <param name="Tenant">Whose chain it goes into; empty is the platform's own, when no tenant can be named.</param>
/// <param name="Actor">Login or token subject; empty when nobody is known. Never a login that does not exist: it may be a mistyped password.</param>
/// <param name="Action">Thing and verb: <c>user.create</c>, <c>export.create</c>, <c>share.revoke</c>.</param>
/// <param name="Object">Id of what it was done to; empty for none.</param>
internal sealed record AuditEntry(string Tenant, string Actor, string Action, string Object)
{
    private const int LongestText = 400;

    /// <summary>True when it was tried and refused.</summary>
    public bool Refused { get; init; }

    /// <summary>The peer of the connection. Headers that claim another address are not believed.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>Further facts, written as JSON in snake case. Never a secret.</summary>
    public object? Detail { get; init; }

    /// <summary>An entry about what the signed-in person does with this request.</summary>
    public static AuditEntry Of(HttpContext context, SessionUser user, string action, string id, object? detail = null) =>
        new(user.Tenant, user.Login, action, id) { Address = context.Connection.RemoteIpAddress, Detail = detail };

    /// <summary>Text as the database can hold it: no U+0000 and no half of a character, at most 400 characters.</summary>
    public static string Storable(string text)
    {
        var kept = new StringBuilder(Math.Min(text.Length, LongestText));
        foreach (var rune in text.EnumerateRunes())
        {
            if (kept.Length + rune.Utf16SequenceLength > LongestText)
            {
                break;
            }

            kept.Append(CultureInfo.InvariantCulture, $"{(Rune.IsControl(rune) ? Rune.ReplacementChar : rune)}");
        }

        return kept.ToString();
    }
}
