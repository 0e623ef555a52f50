using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using RetailInsight.Core.Ports;

namespace RetailInsight.Platform.GoogleCloud.PubSub;

/// <summary>Creates and finds topics and subscriptions.</summary>
internal sealed class Subscriptions(PubSubClient client, PubSubNames names, PubSubOptions options)
{
    private const int DeadLetterSeconds = 60;

    private readonly ConcurrentDictionary<string, bool> _subscribed = new(StringComparer.Ordinal);

    /// <summary>Creates the subscription unless it is there; its dead letter first, so that it never exists without.</summary>
    /// <exception cref="InvalidOperationException">The subscription belongs to another topic.</exception>
    public async Task<SubscriptionSettings> EnsureAsync(
        string topic, string subscription, SubscriptionOptions wanted, CancellationToken cancellationToken)
    {
        var settings = new SubscriptionSettings(subscription, names.Subscription(subscription), names.Topic(topic), wanted.AckDeadline, wanted.MaxAttempts);
        if (await client.FindSubscriptionAsync(settings.Path, cancellationToken) is { } known)
        {
            settings = SubscriptionSettings.Of(subscription, settings.Path, known);
        }
        else if (!await CreateAsync(settings, cancellationToken))
        {
            settings = await FindAsync(subscription, cancellationToken);
        }

        return settings.TopicPath == names.Topic(topic)
            ? settings
            : throw new InvalidOperationException(
                $"Subscription '{subscription}' belongs to topic '{names.TopicName(settings.TopicPath)}'; choose another name for topic '{topic}'.");
    }

    /// <summary>A subscription that must be there.</summary>
    /// <exception cref="InvalidOperationException">There is none of that name.</exception>
    public async Task<SubscriptionSettings> FindAsync(string subscription, CancellationToken cancellationToken)
    {
        var path = names.Subscription(subscription);
        return await client.FindSubscriptionAsync(path, cancellationToken) is { } resource
            ? SubscriptionSettings.Of(subscription, path, resource)
            : throw new InvalidOperationException($"There is no subscription '{subscription}'; create it before it is used.");
    }

    /// <summary>Makes sure somebody would receive what is published. Asked once: subscriptions are created, hardly ever deleted.</summary>
    /// <exception cref="NoSubscriptionException">Nobody would.</exception>
    public async Task RequireAudienceAsync(string topic, CancellationToken cancellationToken)
    {
        if (_subscribed.ContainsKey(topic))
        {
            return;
        }

        if (!await client.HasSubscriptionAsync(names.Topic(topic), cancellationToken))
        {
            throw new NoSubscriptionException(topic);
        }

        _subscribed[topic] = true;
    }

    /// <summary>The topic turned out to be gone.</summary>
    public void ForgetAudience(string topic) => _subscribed.TryRemove(topic, out _);

    private async Task<bool> CreateAsync(SubscriptionSettings settings, CancellationToken cancellationToken)
    {
        var deadLetterTopic = names.DeadLetterTopic(settings.Name);
        await client.CreateAsync(settings.TopicPath, new { }, cancellationToken);
        await client.CreateAsync(deadLetterTopic, new { }, cancellationToken);
        await KeepDeadLettersAsync(names.DeadLetterSubscription(settings.Name), deadLetterTopic, cancellationToken);
        var resource = Resource(settings.TopicPath, settings.WireSeconds, options.Retention);
        resource["labels"] = settings.Labels;
        resource["filter"] = BusAttributes.Filter(settings.Name);
        resource["deadLetterPolicy"] = new { deadLetterTopic, maxDeliveryAttempts = SubscriptionSettings.LastNet };
        return await client.CreateAsync(settings.Path, resource, cancellationToken);
    }

    private async Task KeepDeadLettersAsync(string path, string topic, CancellationToken cancellationToken)
    {
        try
        {
            await client.CreateAsync(path, Resource(topic, DeadLetterSeconds, options.DeadLetterRetention), cancellationToken);
        }
        catch (GoogleApiException refusal) when (refusal.Status == HttpStatusCode.BadRequest && refusal.Message.Contains("message_retention_duration", StringComparison.Ordinal))
        {
            // The emulator allows no more than seven days.
            await client.CreateAsync(path, Resource(topic, DeadLetterSeconds, options.Retention), cancellationToken);
        }
    }

    // An empty expiration policy is "never": by default Pub/Sub deletes a subscription nobody has used for 31 days.
    private static Dictionary<string, object> Resource(string topic, int ackDeadlineSeconds, TimeSpan retention) => new()
    {
        ["topic"] = topic,
        ["ackDeadlineSeconds"] = ackDeadlineSeconds,
        ["messageRetentionDuration"] = string.Create(CultureInfo.InvariantCulture, $"{(long)retention.TotalSeconds}s"),
        ["expirationPolicy"] = new { },
        ["enableMessageOrdering"] = true,
    };
}
