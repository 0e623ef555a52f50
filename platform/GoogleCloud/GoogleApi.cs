using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace RetailInsight.Platform.GoogleCloud;

/// <summary>Requests to one Google API: sent, bounded in time, tried again by policy, refusals as <see cref="GoogleApiException"/>.</summary>
/// <param name="client">Knows the endpoint and puts the token on.</param>
/// <param name="clock">Clock of pauses and timeouts.</param>
/// <param name="logger">Told of each further try.</param>
internal sealed class GoogleApi(HttpClient client, TimeProvider clock, ILogger logger) : IDisposable
{
    /// <summary>Sends a request until it is answered with a success or the policy gives up.</summary>
    /// <param name="request">Makes the request; called once a try.</param>
    /// <param name="policy">What is tried again.</param>
    /// <param name="read">Reads the answer, within the try's time: what breaks while it is read counts as no answer.</param>
    /// <param name="cancellationToken">Stops at once.</param>
    /// <exception cref="GoogleApiException">Refused for good, or the tries ran out.</exception>
    public Task<T> SendAsync<T>(
        Func<HttpRequestMessage> request, RetryPolicy policy, Func<HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken cancellationToken) =>
        SendAsync(request, policy, _ => false, read, cancellationToken);

    /// <summary>The same, where some statuses outside 200 to 299 are answers to be read, not refusals.</summary>
    /// <exception cref="GoogleApiException">Refused for good, or the tries ran out.</exception>
    public async Task<T> SendAsync<T>(
        Func<HttpRequestMessage> request,
        RetryPolicy policy,
        Func<HttpStatusCode, bool> isAnswer,
        Func<HttpResponseMessage, CancellationToken, Task<T>> read,
        CancellationToken cancellationToken) =>
        await policy.Build(clock, logger).ExecuteAsync(
            async token => await OnceAsync(request, policy.AttemptTimeout, isAnswer, read, token), cancellationToken);

    /// <summary>Sends JSON (or nothing) and reads JSON.</summary>
    /// <exception cref="GoogleApiException">Refused for good, or the tries ran out.</exception>
    public Task<JsonElement> JsonAsync(HttpMethod method, string path, object? body, RetryPolicy policy, CancellationToken cancellationToken) => SendAsync(
        () => new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) },
        policy,
        async (response, token) =>
        {
            var bytes = await response.Content.ReadAsByteArrayAsync(token);
            return bytes.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(bytes);
        },
        cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    private async Task<T> OnceAsync<T>(
        Func<HttpRequestMessage> request,
        TimeSpan attemptTimeout,
        Func<HttpStatusCode, bool> isAnswer,
        Func<HttpResponseMessage, CancellationToken, Task<T>> read,
        CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(attemptTimeout, clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        using var message = request();
        try
        {
            using var response = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, linked.Token);
            return response.IsSuccessStatusCode || isAnswer(response.StatusCode)
                ? await read(response, linked.Token)
                : throw await GoogleApiException.FromAsync(response, linked.Token);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested && exception is HttpRequestException or OperationCanceledException or JsonException
            || exception is IOException and not GoogleApiException && !cancellationToken.IsCancellationRequested)
        {
            throw new GoogleApiException(null, "noAnswer", $"{message.Method} {message.RequestUri}: {exception.Message}", null, exception);
        }
    }
}
