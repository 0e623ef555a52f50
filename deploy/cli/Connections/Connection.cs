using System.Net.Http.Json;

namespace RetailInsight.Cli;

/// <summary>Where the servers are and what lets the tool in.</summary>
internal sealed record Connection(
    Uri Gateway, Uri Api, string? Key, string? Login, string? Password, IReadOnlyList<DemoTenant> GatewayTenants, IReadOnlyList<DemoTenant> ApiTenants)
{
    private const string HeadOffice = "head_office";

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
    public Task SignInAsync(RetryingClient client, CancellationToken cancellationToken) => SignInAsync(client, HeadOffice, cancellationToken);

    /// <inheritdoc cref="SignInAsync(RetryingClient, CancellationToken)"/>
    /// <param name="client">Keeps the cookie.</param>
    /// <param name="role">The role of the demo login to take where none is stated; head office where the demo has none of it.</param>
    /// <param name="cancellationToken">Stops the sign-in.</param>
    public async Task SignInAsync(RetryingClient client, string role, CancellationToken cancellationToken)
    {
        var (login, password) = Credentials(role);
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

    private (string Login, string Password) Credentials(string role)
    {
        if (Login is not null && Password is not null)
        {
            return (Login, Password);
        }

        // Head office sees every store; another login of the demo has to be asked for by name, or by what the command does.
        var logins = ApiTenants.SelectMany(tenant => tenant.Logins).ToList();
        var known = Login is not null ? logins.Find(entry => entry.Login == Login) : logins.Find(entry => entry.Role == role) ?? logins.Find(entry => entry.Role == HeadOffice);
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
