using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;

namespace RetailInsight.Api.Webhooks;

/// <summary>
/// Sends one message: 3 s to connect, 10 s in all, no redirect, no proxy, and of the answer only its status. The connection goes to an address
/// <see cref="WebhookAddress"/> has just judged.
/// </summary>
internal sealed class WebhookSender : IDisposable
{
    private static readonly TimeSpan Whole = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Connecting = TimeSpan.FromSeconds(3);

    private readonly WebhookAddress _addresses;
    private readonly TimeProvider _clock;
    private readonly HttpClient _http;

    /// <param name="addresses">Where messages may go.</param>
    /// <param name="clock">Clock of the timestamps.</param>
    public WebhookSender(WebhookAddress addresses, TimeProvider clock)
    {
        _addresses = addresses;
        _clock = clock;
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ConnectTimeout = Connecting,
            MaxResponseHeadersLength = 16,

            // Short, so that a name is looked up and judged again soon.
            PooledConnectionLifetime = TimeSpan.FromSeconds(30),
            ConnectCallback = ConnectAsync,
        })
        { Timeout = Whole };
    }

    /// <summary>Makes one attempt.</summary>
    public async Task<WebhookOutcome> SendAsync(string url, IReadOnlyList<string> secrets, string id, string payload, CancellationToken cancellationToken)
    {
        var started = _clock.GetTimestamp();
        int Elapsed() => (int)_clock.GetElapsedTime(started).TotalMilliseconds;
        var timestamp = _clock.GetUtcNow().ToUnixTimeSeconds();
        try
        {
            if (await _addresses.RefuseAsync(url, cancellationToken) is { } refusal)
            {
                return new WebhookOutcome(null, "The URL " + refusal, Elapsed());
            }

            using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new StringContent(payload, Encoding.UTF8, "application/json") };
            request.Headers.UserAgent.Add(new ProductInfoHeaderValue("RetailInsight-Webhooks", "1"));
            request.Headers.Add("webhook-id", id);
            request.Headers.Add("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
            request.Headers.Add("webhook-signature", WebhookSignature.Of(secrets, id, timestamp, payload));

            // The body of the answer is never read: nobody needs it, and it could have no end.
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            var status = (int)response.StatusCode;
            return new WebhookOutcome(status, response.IsSuccessStatusCode ? null : $"The endpoint answered {status}.", Elapsed());
        }
        catch (HttpRequestException exception)
        {
            return new WebhookOutcome(null, exception.InnerException is HttpRequestException inner ? "The URL " + inner.Message : $"No connection: {exception.HttpRequestError}.", Elapsed());
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new WebhookOutcome(null, $"No answer within {Whole.TotalSeconds:0} s.", Elapsed());
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var addresses = await _addresses.ResolveAsync(context.DnsEndPoint.Host, cancellationToken);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>What came of an attempt: the status, or why there is none.</summary>
internal sealed record WebhookOutcome(int? Status, string? Error, int Milliseconds)
{
    /// <summary>Whether the endpoint took it.</summary>
    public bool IsDelivered => Status is >= 200 and < 300;
}
