using System.Net.Http.Json;

namespace RetailInsight.Cli;

/// <summary>Where the servers are and what lets the tool in.</summary>
internal sealed record Connection(
    Uri Gateway, Uri Api, string? Key, string? Login, string? Password, IReadOnlyList<DemoTenant> GatewayTenants, IReadOnlyList<DemoTenant> ApiTenants)
{
    /// <summary>The key that may push to the feed.</summary>
    /// <exception cref="CommandFailure">None is known.</exception>
    public string KeyFor(string feed) =>
        Key
        ?? GatewayTenants.SelectMany(tenant => tenant.Keys).FirstOrDefault(key => key.Feeds.Contains(feed))?.Key
        ?? throw CommandFailure.Usage($"No key for feed '{feed}': state --key or RETAIL_KEY. .local/demo.json {KnownFeeds()}.");

    /// <summary>Every key known, with the tenant it is of; null when that is not known.</summary>
    /// <exception cref="CommandFailure">None is known.</exception>
    public IReadOnlyList<(string? Tenant, string Key)> AllKeys()
    {
        if (Key is not null)
        {
            return [(null, Key)];
        }

        (string?, string)[] keys = [.. GatewayTenants.SelectMany(tenant => tenant.Keys.Select(key => ((string?)tenant.Tenant, key.Key)))];
        return keys.Length > 0 ? keys : throw CommandFailure.Usage("No key: state --key or RETAIL_KEY.");
    }

    /// <summary>Signs in to the API; the client keeps the cookie.</summary>
    /// <exception cref="CommandFailure">No login is known, or it is refused.</exception>
    public async Task SignInAsync(RetryingClient client, CancellationToken cancellationToken)
    {
        var (login, password) = Credentials();
        using var response = await client.SendAsync(
            () =>
            {
                var request = RetryingClient.Request(HttpMethod.Post, new Uri(Api, "/v1/session"), null);
                request.Content = JsonContent.Create(new { login, password });
                return request;
            },
            cancellationToken);
        await RetryingClient.ThrowIfRefusedAsync(response, cancellationToken);
    }

    private (string Login, string Password) Credentials()
    {
        if (Login is not null && Password is not null)
        {
            return (Login, Password);
        }

        // Head office sees every store; another login of the demo has to be asked for by name.
        var known = ApiTenants.SelectMany(tenant => tenant.Logins).Where(entry => Login is null ? entry.Role == "head_office" : entry.Login == Login).FirstOrDefault();
        return known is not null
            ? (known.Login, Password ?? known.Password)
            : throw CommandFailure.Usage("No login: state --login and --password, or RETAIL_LOGIN and RETAIL_PASSWORD.");
    }

    private string KnownFeeds()
    {
        var feeds = GatewayTenants.SelectMany(tenant => tenant.Keys).SelectMany(key => key.Feeds).Distinct().Order(StringComparer.Ordinal).ToArray();
        return feeds.Length == 0 ? "was not found or is not for this gateway" : "has keys for " + string.Join(", ", feeds);
    }
}
