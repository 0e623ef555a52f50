using RetailInsight.Api.Mail;
using RetailInsight.Api.Sessions;

namespace RetailInsight.Api;

/// <summary>The configuration section <c>Api</c>.</summary>
public sealed class ApiOptions
{
    /// <summary>
    /// Where the keys that sign session cookies are kept, so that sessions outlive a restart and work on several instances.
    /// Null keeps them in memory: every start signs everybody out.
    /// </summary>
    public string? KeysDirectory { get; set; }

    /// <summary>How often a minute one address may try one login; six times as often over all logins. Default 10.</summary>
    public int LoginAttemptsPerMinute { get; set; } = 10;

    /// <summary>How often a minute one person may change keys and people, start runs, exports and share links. Default 120.</summary>
    public int ChangesPerMinute { get; set; } = 120;

    /// <summary>How often a minute one address may follow share links. Default 120.</summary>
    public int ShareViewsPerMinute { get; set; } = 120;

    /// <summary>
    /// True where people reach the service over HTTPS, here or at a proxy before it: cookies are then <c>__Host-</c> and Secure, and
    /// browsers are told to come over HTTPS only. Headers of a proxy are never believed, so this cannot be found out. Default false.
    /// </summary>
    public bool Https { get; set; }

    /// <summary>Minutes without a request after which a session is over. Default 120.</summary>
    public int SessionIdleMinutes { get; set; } = 120;

    /// <summary>Hours after the sign-in at which a session is over however busy it is. Default 12.</summary>
    public int SessionHours { get; set; } = 12;

    /// <summary>Whose access tokens are accepted beside the session cookie; null accepts none.</summary>
    public OidcOptions? Oidc { get; set; }

    /// <summary>Where mail is sent through; null sends none.</summary>
    public MailOptions? Mail { get; set; }
}
