using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;

namespace RetailInsight.GoogleFakes.PubSub;

/// <summary>Topics and subscriptions of all projects, in memory.</summary>
internal sealed class PubSubState(TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, JsonObject> _topics = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, FakeSubscription> _subscriptions = new(StringComparer.Ordinal);
    private readonly Lock _publish = new();
    private long _messageIds;

    /// <summary>What goes wrong.</summary>
    public PubSubFaults Faults { get; } = new();

    /// <summary>Clock of deadlines and waits.</summary>
    public TimeProvider Clock => clock;

    /// <summary>All topics, by path.</summary>
    public IEnumerable<KeyValuePair<string, JsonObject>> Topics => _topics.OrderBy(topic => topic.Key, StringComparer.Ordinal);

    /// <summary>All subscriptions, by path.</summary>
    public IEnumerable<FakeSubscription> Subscriptions => _subscriptions.Values.OrderBy(subscription => subscription.Path, StringComparer.Ordinal);

    /// <summary>A topic.</summary>
    public JsonObject Topic(string path) => _topics.GetValueOrDefault(path) ?? throw PubSubException.NotFound(path);

    /// <summary>A subscription.</summary>
    public FakeSubscription Subscription(string path) => _subscriptions.GetValueOrDefault(path) ?? throw PubSubException.NotFound(path);

    /// <summary>Creates a topic.</summary>
    public JsonObject CreateTopic(string path, JsonObject topic)
    {
        topic["name"] = path;
        return _topics.TryAdd(path, topic) ? topic : throw PubSubException.Exists(path);
    }

    /// <summary>Deletes a topic; its subscriptions stay.</summary>
    public void DeleteTopic(string path)
    {
        _ = Topic(path);
        _topics.TryRemove(path, out _);
        foreach (var orphan in Subscriptions.Where(subscription => subscription.Topic == path))
        {
            orphan.Resource["topic"] = "_deleted-topic_";
        }
    }

    /// <summary>Creates a subscription.</summary>
    public JsonObject CreateSubscription(string path, JsonObject resource)
    {
        resource["name"] = path;
        resource["ackDeadlineSeconds"] = (int?)resource["ackDeadlineSeconds"] is null or 0 ? 10 : (int)resource["ackDeadlineSeconds"]!;
        resource["messageRetentionDuration"] ??= "604800s";
        resource["expirationPolicy"] ??= new JsonObject { ["ttl"] = "2678400s" };
        resource["pushConfig"] ??= new JsonObject();
        resource["state"] = "ACTIVE";
        PubSubLimits.Subscription(resource);
        _ = Topic((string?)resource["topic"] ?? throw PubSubException.Invalid("A subscription needs a topic."));
        if ((string?)resource["deadLetterPolicy"]?["deadLetterTopic"] is { } deadLetter)
        {
            _ = Topic(deadLetter);
        }

        return _subscriptions.TryAdd(path, new FakeSubscription(resource, clock, Faults, Forward)) ? resource : throw PubSubException.Exists(path);
    }

    /// <summary>Deletes a subscription with its messages.</summary>
    public void DeleteSubscription(string path)
    {
        if (!_subscriptions.TryRemove(path, out _))
        {
            throw PubSubException.NotFound(path);
        }
    }

    /// <summary>Gives messages to the topic's subscriptions, all or, by fault, the first half.</summary>
    /// <returns>Their ids.</returns>
    public List<string> Publish(string topic, IReadOnlyList<StoredMessage> messages)
    {
        _ = Topic(topic);
        PubSubLimits.Messages(messages);
        var partly = Faults.TakePartlyAccepted();
        var ids = new List<string>();
        lock (_publish)
        {
            var audience = _subscriptions.Values.Where(subscription => subscription.Topic == topic).ToList();
            foreach (var message in messages.Take(partly ? messages.Count / 2 : messages.Count))
            {
                var id = (++_messageIds).ToString(CultureInfo.InvariantCulture);
                audience.ForEach(subscription => subscription.Add(message with { Id = id, PublishedAt = clock.GetUtcNow() }));
                ids.Add(id);
            }
        }

        return partly ? throw PubSubException.Unavailable() : ids;
    }

    private void Forward(FakeSubscription from, SubscribedMessage message)
    {
        var path = from.Path.Split('/');
        var attributes = new Dictionary<string, string>(message.Message.Attributes)
        {
            ["CloudPubSubDeadLetterSourceDeliveryCount"] = message.Deliveries.ToString(CultureInfo.InvariantCulture),
            ["CloudPubSubDeadLetterSourceSubscription"] = path[3],
            ["CloudPubSubDeadLetterSourceSubscriptionProject"] = path[1],
            ["CloudPubSubDeadLetterSourceTopicPublishTime"] = message.Message.PublishedAt.ToString("O", CultureInfo.InvariantCulture),
        };
        Publish(from.DeadLetterTopic!, [message.Message with { Attributes = attributes }]);
    }
}
