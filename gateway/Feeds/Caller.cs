namespace RetailInsight.Gateway.Feeds;

/// <summary>Who holds the key of a request, and what the key opens.</summary>
/// <param name="Tenant">The tenant whose data it is.</param>
/// <param name="Feeds">The feeds it may push to and read back; nothing else of the tenant is visible through it.</param>
/// <param name="Stores">The stores it may send figures of; null for every store.</param>
/// <param name="Label">What people call the key; the audit names it.</param>
/// <param name="IsOperator">Whether it may preview, replay and undo.</param>
/// <param name="Sandbox">Whether it is a test key, <c>rk_test_…</c>: it sees and changes nothing outside the sandbox.</param>
/// <param name="Device">The device whose key it is, or that its network knows; it opens nothing but the device's own reports. Null for most.</param>
/// <param name="Equipment">The hardware the device's network saw; null where no network says.</param>
internal sealed record Caller(string Tenant, string[] Feeds, string[]? Stores, string Label = "", bool IsOperator = false, bool Sandbox = false, string? Device = null, string? Equipment = null)
{
    /// <summary>Whether the key opens the feed.</summary>
    public bool Opens(string feed) => Feeds.Contains(feed, StringComparer.Ordinal);

    /// <summary>The feeds a list shows: the one asked for, if the key opens it, or every feed the key opens; none to a test key.</summary>
    /// <exception cref="BadHttpRequestException">403: the key does not open the feed asked for.</exception>
    public string[] Within(string? feed) => feed switch
    {
        null or "" => Sandbox ? [] : Feeds,
        _ when Opens(feed) => Sandbox ? [] : [feed],
        _ => throw new BadHttpRequestException("The key does not open the feed asked for.", StatusCodes.Status403Forbidden),
    };

    /// <summary>The caller of a request that passed <see cref="ApiKeyGate"/>.</summary>
    public static Caller Of(HttpContext context) => context.Features.Get<Caller>()
        ?? throw new InvalidOperationException("The endpoint does not ask for a key.");
}
