using System.Net;
using System.Net.Sockets;

namespace RetailInsight.Api.Webhooks;

/// <summary>
/// Decides where messages may go: hosts on the public internet over https. It is asked at registration and again for each connection, which
/// then goes to the very address that was judged, so that a name that changes its mind leads nowhere.
/// </summary>
/// <param name="options">Whether this machine may be an endpoint.</param>
/// <param name="lookup">Turns names into addresses.</param>
internal sealed class WebhookAddress(WebhookOptions options, HostLookup lookup)
{
    private const int LongestUrl = 2_000;
    private static readonly TimeSpan LookupTimeout = TimeSpan.FromSeconds(3);

    // Not on the public internet, or a way around this list (RFC 6890 and its successors).
    private static readonly IPNetwork[] Closed =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
            "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
        }.Select(network => IPNetwork.Parse(network)),
    ];

    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    /// <summary>What is wrong with a URL as an endpoint; null when nothing is.</summary>
    public async Task<string?> RefuseAsync(string url, CancellationToken cancellationToken)
    {
        if (url.Length > LongestUrl || !Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
        {
            return $"must be an absolute https URL of at most {LongestUrl} characters.";
        }

        if (uri.UserInfo.Length > 0 || uri.Fragment.Length > 0)
        {
            return "must contain neither a user name nor a fragment.";
        }

        var literal = IPAddress.TryParse(uri.IdnHost.Trim('[', ']'), out var address);
        if (literal && options.AllowLoopback && IPAddress.IsLoopback(address!) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps))
        {
            return null;
        }

        if (uri.Scheme != Uri.UriSchemeHttps)
        {
            return "must begin with https://.";
        }

        // Decimal, octal and hexadecimal spellings of an address are addresses too.
        if (literal || uri.HostNameType != UriHostNameType.Dns || !uri.IdnHost.Contains('.', StringComparison.Ordinal))
        {
            return "must name a host on the public internet, not an address.";
        }

        try
        {
            await ResolveAsync(uri.IdnHost, cancellationToken);
            return null;
        }
        catch (HttpRequestException exception)
        {
            return exception.Message;
        }
    }

    /// <summary>The addresses of a host, all of them allowed.</summary>
    /// <exception cref="HttpRequestException">The host is unknown, or one of its addresses is not public.</exception>
    public async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        IPAddress[] addresses;
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(LookupTimeout);
            addresses = IPAddress.TryParse(host.Trim('[', ']'), out var literal) ? [literal] : await lookup.Resolve(host, limit.Token);
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new HttpRequestException("names a host that cannot be found.", exception);
        }

        // Which address it is is not told: that would map a network for whoever asks.
        return addresses.Length > 0 && addresses.All(IsAllowed) ? addresses : throw new HttpRequestException("names a host that is not on the public internet.");
    }

    /// <summary>Whether messages may go to an address.</summary>
    public bool IsAllowed(IPAddress address)
    {
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return (options.AllowLoopback && IPAddress.IsLoopback(address))
            || (!Closed.Any(network => network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address))
                && (address.AddressFamily == AddressFamily.InterNetwork || (GlobalUnicast.Contains(address) && address.ScopeId == 0)));
    }
}

/// <summary>Turns a host name into its addresses.</summary>
internal sealed record HostLookup(Func<string, CancellationToken, Task<IPAddress[]>> Resolve);
