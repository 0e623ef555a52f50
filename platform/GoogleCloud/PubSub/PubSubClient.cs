using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace RetailInsight.Platform.GoogleCloud.PubSub;

/// <summary>The requests of the Pub/Sub REST API the adapter sends. Paths are full: <c>projects/P/topics/T</c>.</summary>
internal sealed class PubSubClient(GoogleApi api, PubSubOptions options) : IDisposable
{
    private const int AckIdsInRequest = 1_000;
    private const int AckBytesInRequest = 512 * 1024 - 1_024;

    /// <summary>Creates a topic or subscription.</summary>
    /// <returns>False when it is there already.</returns>
    public async Task<bool> CreateAsync(string path, object resource, CancellationToken cancellationToken)
    {
        try
        {
            await api.JsonAsync(HttpMethod.Put, $"v1/{path}", resource, options.AdminRetry, cancellationToken);
            return true;
        }
        catch (GoogleApiException refusal) when (refusal.Status == HttpStatusCode.Conflict && refusal.Reason == "ALREADY_EXISTS")
        {
            return false;
        }
    }

    /// <summary>A subscription; null when there is none of that name.</summary>
    public Task<SubscriptionResource?> FindSubscriptionAsync(string subscription, CancellationToken cancellationToken) => FindAsync<SubscriptionResource>(
        $"v1/{subscription}", cancellationToken);

    /// <summary>Whether a topic is there and has a subscription.</summary>
    public async Task<bool> HasSubscriptionAsync(string topic, CancellationToken cancellationToken) =>
        await FindAsync<TopicSubscriptions>($"v1/{topic}/subscriptions?pageSize=1", cancellationToken) is { Subscriptions.Count: > 0 };

    /// <summary>Publishes one request's worth.</summary>
    /// <returns>One id a message, in order.</returns>
    public Task<List<string>> PublishAsync(string topic, ReadOnlyMemory<byte> body, int messages, CancellationToken cancellationToken) => PostAsync<PublishAnswer, List<string>>(
        $"v1/{topic}:publish",
        body,
        options.PublishRetry,
        answer => answer?.MessageIds is { } ids && ids.Count == messages
            ? ids
            : throw new JsonException($"{messages} messages were published and {answer?.MessageIds?.Count ?? 0} ids came back."),
        cancellationToken);

    /// <summary>Leases messages; waits for some unless <paramref name="immediate"/>.</summary>
    public async Task<List<ReceivedMessage>> PullAsync(string subscription, int maxMessages, bool immediate, CancellationToken cancellationToken)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"maxMessages":{{maxMessages}}{{(immediate ? ",\"returnImmediately\":true" : "")}}}""");
        try
        {
            return await PostAsync<PullAnswer, List<ReceivedMessage>>(
                $"v1/{subscription}:pull", body, options.PullRetry, answer => answer?.ReceivedMessages ?? [], cancellationToken);
        }
        catch (GoogleApiException refusal) when (refusal.Status == HttpStatusCode.GatewayTimeout)
        {
            // DEADLINE_EXCEEDED: there was nothing.
            return [];
        }
    }

    /// <summary>Acknowledges deliveries; stale ones are ignored.</summary>
    public Task AcknowledgeAsync(string subscription, IReadOnlyList<string> ackIds, CancellationToken cancellationToken) =>
        SettleAsync($"v1/{subscription}:acknowledge", ackIds, null, cancellationToken);

    /// <summary>Sets deadlines to now + seconds; 0 gives back. Stale ones are ignored.</summary>
    public Task ModifyAckDeadlineAsync(string subscription, IReadOnlyList<string> ackIds, int seconds, CancellationToken cancellationToken) =>
        SettleAsync($"v1/{subscription}:modifyAckDeadline", ackIds, seconds, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => api.Dispose();

    private async Task SettleAsync(string path, IReadOnlyList<string> ackIds, int? seconds, CancellationToken cancellationToken)
    {
        for (var start = 0; start < ackIds.Count;)
        {
            var (body, end) = SettleBody(ackIds, start, seconds);
            await PostAsync<object, bool>(path, body, options.SettleRetry, _ => true, cancellationToken);
            start = end;
        }
    }

    private static (ReadOnlyMemory<byte> Body, int End) SettleBody(IReadOnlyList<string> ackIds, int start, int? seconds)
    {
        var text = new StringBuilder(seconds is { } deadline ? $$"""{"ackDeadlineSeconds":{{deadline}},"ackIds":[""" : """{"ackIds":[""");
        var end = start;
        for (; end < ackIds.Count && end - start < AckIdsInRequest; end++)
        {
            var quoted = JsonSerializer.Serialize(ackIds[end]);
            if (end > start && text.Length + quoted.Length > AckBytesInRequest)
            {
                break;
            }

            text.Append(end > start ? "," : "").Append(quoted);
        }

        return (Encoding.UTF8.GetBytes(text.Append("]}").ToString()), end);
    }

    private async Task<T?> FindAsync<T>(string path, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await api.SendAsync(
                () => new HttpRequestMessage(HttpMethod.Get, path),
                options.AdminRetry,
                ReadAsync<T>,
                cancellationToken);
        }
        catch (GoogleApiException refusal) when (refusal.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    private Task<TResult> PostAsync<T, TResult>(
        string path, ReadOnlyMemory<byte> body, RetryPolicy retry, Func<T?, TResult> result, CancellationToken cancellationToken)
        where T : class => api.SendAsync(
        () => new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new ReadOnlyMemoryContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        },
        retry,
        async (response, token) => result(await ReadAsync<T>(response, token)),
        cancellationToken);

    // Not by generated code: that would set what an answer leaves out to null.
    private static async Task<T?> ReadAsync<T>(HttpResponseMessage response, CancellationToken cancellationToken)
        where T : class =>
        await JsonSerializer.DeserializeAsync<T>(await response.Content.ReadAsStreamAsync(cancellationToken), JsonSerializerOptions.Web, cancellationToken);
}
