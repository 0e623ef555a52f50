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
}
