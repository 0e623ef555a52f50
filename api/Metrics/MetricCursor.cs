using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using RetailInsight.Api.Sessions;

namespace RetailInsight.Api.Metrics;

/// <summary>
/// Where a page ended: sealed, bound to the person's tenant, the question and the data version, so that a walk over pages is a walk over one answer.
/// </summary>
internal sealed class MetricCursor(IDataProtectionProvider protection)
{
    private readonly IDataProtector _protector = protection.CreateProtector("metrics-cursor");

    /// <summary>The cursor of the row to begin the next page with.</summary>
    /// <param name="next">Its number, from 0.</param>
    /// <param name="question">Everything asked but the page, as one text.</param>
    /// <param name="user">Who asks.</param>
    /// <param name="version">The data version.</param>
    public string Seal(int next, string question, SessionUser user, long version) =>
        _protector.Protect(string.Create(CultureInfo.InvariantCulture, $"{next}|{version}|{Mark(question, user)}"));

    /// <summary>The row to begin with.</summary>
    /// <returns>Whether it is a cursor of this question, and whether the data changed since.</returns>
    public (int? Next, bool IsOutdated) Open(string cursor, string question, SessionUser user, long version)
    {
        try
        {
            var parts = _protector.Unprotect(cursor).Split('|');
            return parts[2] != Mark(question, user) ? (null, false) : (int.Parse(parts[0], CultureInfo.InvariantCulture), parts[1] != version.ToString(CultureInfo.InvariantCulture));
        }
        catch (CryptographicException)
        {
            return (null, false);
        }
    }

    private static string Mark(string question, SessionUser user) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        $"{user.Tenant}\u001e{user.Login}\u001e{question}")).AsSpan(0, 16));
}
