using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using RetailInsight.Core.Ports;

namespace RetailInsight.Platform.GoogleCloud.PubSub;

/// <summary>
/// The bus over Google Pub/Sub's REST API. At least once: a message may come more than once, also after it was
/// acknowledged. Attempts are Pub/Sub's count less what this process knows no caller saw. Closing gives back what is leased.
/// </summary>
internal sealed class PubSubMessageBus : IMessageBus, IAsyncDisposable
{
    private readonly PubSubOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly PubSubNames _names;
    private readonly PubSubClient _client;
    private readonly Publisher _publisher;
    private readonly Subscriptions _subscriptions;
    private readonly DeadLetters _deadLetters;
    private readonly WorkUnderWay _work;
    private readonly ConcurrentDictionary<string, Lazy<Consumer>> _consumers = new(StringComparer.Ordinal);

    /// <param name="google">Project, credentials, endpoint.</param>
    /// <param name="clock">Clock of waits, pauses and deadlines.</param>
    /// <param name="logger">Told of retries and dead letters; null for nobody.</param>
    /// <param name="options">Times and bounds; null for the defaults.</param>
    public PubSubMessageBus(GoogleCloudOptions google, TimeProvider clock, ILogger<PubSubMessageBus>? logger = null, PubSubOptions? options = null)
    {
        _options = options ?? new();
        _clock = clock;
        _logger = logger ?? NullLogger<PubSubMessageBus>.Instance;
        _names = new(google.Project, _options.Prefix);
        var endpoint = GoogleAccess.Endpoint(google.PubSubEndpoint, "PUBSUB_EMULATOR_HOST", "https://pubsub.googleapis.com");
        _client = new(new GoogleApi(GoogleAccess.Client(endpoint, google), clock, _logger), _options);
        _publisher = new(_client, _options);
        _subscriptions = new(_client, _names, _options);
        _deadLetters = new(_client, _publisher, _names, clock);
        _work = new(_options.DrainTimeout, clock, _logger);
    }

    /// <inheritdoc/>
    public Task EnsureSubscriptionAsync(string topic, string subscription, SubscriptionOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        return RunAsync(async () =>
        {
            Start(await _subscriptions.EnsureAsync(topic, subscription, options, cancellationToken));
            if (options.MaxAttempts > SubscriptionSettings.LastNet)
            {
                Log.TooManyAttempts(_logger, subscription, options.MaxAttempts, SubscriptionSettings.LastNet);
            }
        }, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> PublishAsync(string topic, IReadOnlyList<BusMessage> messages, CancellationToken cancellationToken)
    {
        var path = _names.Topic(topic);
        MessageLimits.Check(messages);
        return _work.RunAsync<IReadOnlyList<string>>(async () =>
        {
            if (messages.Count == 0)
            {
                return [];
            }

            await _subscriptions.RequireAudienceAsync(topic, cancellationToken);
            try
            {
                return await _publisher.PublishAsync(path, messages, cancellationToken);
            }
            catch (GoogleApiException refusal) when (refusal.Status == HttpStatusCode.NotFound)
            {
                _subscriptions.ForgetAudience(topic);
                throw new NoSubscriptionException(topic);
            }
        }, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<BusDelivery>> PullAsync(string subscription, int maxMessages, TimeSpan wait, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxMessages);
        return await (await ConsumerAsync(subscription, cancellationToken)).PullAsync(maxMessages, wait, cancellationToken);
    }

    /// <inheritdoc/>
    public Task AckAsync(string subscription, IReadOnlyList<string> ackIds, CancellationToken cancellationToken) =>
        RunAsync(subscription, ackIds, consumer => consumer.AckAsync(ackIds, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task NackAsync(string subscription, IReadOnlyList<string> ackIds, string? reason, CancellationToken cancellationToken) =>
        RunAsync(subscription, ackIds, consumer => consumer.NackAsync(ackIds, reason, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task ExtendAsync(string subscription, IReadOnlyList<string> ackIds, TimeSpan extension, CancellationToken cancellationToken) =>
        RunAsync(subscription, ackIds, consumer => consumer.ExtendAsync(ackIds, extension, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task DeadLetterAsync(string subscription, IReadOnlyList<string> ackIds, string reason, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reason);
        return RunAsync(subscription, ackIds, consumer => consumer.DeadLetterAsync(ackIds, reason, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<int> RedriveAsync(string subscription, CancellationToken cancellationToken)
    {
        var consumer = await ConsumerAsync(subscription, cancellationToken);
        return await _work.RunAsync(() => _deadLetters.RedriveAsync(consumer.Subscription, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _work.DisposeAsync();
        await Task.WhenAll(_consumers.Values.Select(consumer => consumer.Value.DisposeAsync().AsTask()));
        _consumers.Clear();
        _publisher.Dispose();
        _client.Dispose();
    }

    private Task<bool> RunAsync(string subscription, IReadOnlyList<string> ackIds, Func<Consumer, Task> operation, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ackIds);
        return RunAsync(async () => await operation(await ConsumerAsync(subscription, cancellationToken)), cancellationToken);
    }

    private Task<bool> RunAsync(Func<Task> operation, CancellationToken cancellationToken) => _work.RunAsync(
        async () =>
        {
            await operation();
            return true;
        },
        cancellationToken);

    private async Task<Consumer> ConsumerAsync(string subscription, CancellationToken cancellationToken) =>
        _consumers.TryGetValue(subscription, out var known) ? known.Value : Start(await _subscriptions.FindAsync(subscription, cancellationToken));

    private Consumer Start(SubscriptionSettings settings) => _consumers.GetOrAdd(
        settings.Name, _ => new(() => new Consumer(settings, _client, _deadLetters, _options, _clock, _logger))).Value;
}
