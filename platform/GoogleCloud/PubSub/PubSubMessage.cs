namespace RetailInsight.Platform.GoogleCloud.PubSub;

/// <summary>A message as Pub/Sub delivers it.</summary>
internal sealed record PubSubMessage
{
    /// <summary>Payload.</summary>
    public byte[] Data { get; init; } = [];

    /// <summary>Attributes, the adapter's own among them.</summary>
    public Dictionary<string, string> Attributes { get; init; } = [];

    /// <summary>Pub/Sub's id.</summary>
    public string MessageId { get; init; } = "";

    /// <summary>When Pub/Sub took it, UTC.</summary>
    public DateTimeOffset PublishTime { get; init; }

    /// <summary>Ordering key, or empty.</summary>
    public string OrderingKey { get; init; } = "";
}

/// <summary>One delivery of a message.</summary>
/// <param name="AckId">Names the delivery.</param>
/// <param name="Message">What was published.</param>
/// <param name="DeliveryAttempt">1 for the first; null where the subscription has no dead-letter policy.</param>
internal sealed record ReceivedMessage(string AckId, PubSubMessage Message, int? DeliveryAttempt);

/// <summary>The answer to a pull; an empty object when there was nothing.</summary>
internal sealed record PullAnswer(List<ReceivedMessage>? ReceivedMessages);

/// <summary>The answer to a publish.</summary>
internal sealed record PublishAnswer(List<string>? MessageIds);

/// <summary>A subscription as Pub/Sub describes it.</summary>
internal sealed record SubscriptionResource
{
    /// <summary>Path of its topic; <c>_deleted-topic_</c> when that is gone.</summary>
    public string Topic { get; init; } = "";

    /// <summary>Seconds.</summary>
    public int AckDeadlineSeconds { get; init; }

    /// <summary>The adapter's settings among them.</summary>
    public Dictionary<string, string> Labels { get; init; } = [];
}

/// <summary>The subscriptions of a topic.</summary>
internal sealed record TopicSubscriptions(List<string>? Subscriptions);
