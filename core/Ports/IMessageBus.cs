namespace RetailInsight.Core.Ports;

/// <summary>A message to publish.</summary>
/// <param name="Data">The payload.</param>
/// <param name="Attributes">Small text headers: tenant, feed, batch id.</param>
/// <param name="OrderingKey">Messages of one key are delivered in the order they were published; empty for none.</param>
public sealed record BusMessage(ReadOnlyMemory<byte> Data, IReadOnlyDictionary<string, string> Attributes, string OrderingKey = "");

/// <summary>One delivery of a message.</summary>
/// <param name="MessageId">The same over all deliveries.</param>
/// <param name="AckId">Names this delivery; stale once its deadline has passed.</param>
/// <param name="Message">What was published.</param>
/// <param name="Attempt">1 for the first delivery.</param>
/// <param name="PublishedAt">When it became durable, UTC.</param>
public sealed record BusDelivery(string MessageId, string AckId, BusMessage Message, int Attempt, DateTimeOffset PublishedAt);

/// <summary>How a subscription behaves.</summary>
/// <param name="AckDeadline">A delivery neither acknowledged nor extended in this time is delivered again.</param>
/// <param name="MaxAttempts">After this many deliveries the message moves to the dead letter.</param>
public sealed record SubscriptionOptions(TimeSpan AckDeadline, int MaxAttempts);

/// <summary>Nobody subscribes to the topic yet: a message published now would reach nobody.</summary>
public sealed class NoSubscriptionException(string topic)
    : InvalidOperationException($"Topic '{topic}' has no subscription yet. Start its consumer or create its subscription; then publish again.");

/// <summary>
/// At-least-once publish and subscribe. Local: PostgreSQL. Cloud: Pub/Sub. A topic delivers to every subscription that
/// exists when a message is published.
/// </summary>
public interface IMessageBus
{
    /// <summary>Creates the topic's subscription if there is none yet; does nothing otherwise.</summary>
    Task EnsureSubscriptionAsync(string topic, string subscription, SubscriptionOptions options, CancellationToken cancellationToken);

    /// <summary>Publishes all messages; returns only when they are durable.</summary>
    /// <returns>One message id each, in order.</returns>
    /// <exception cref="NoSubscriptionException">Nobody would receive them, so nothing was published.</exception>
    Task<IReadOnlyList<string>> PublishAsync(string topic, IReadOnlyList<BusMessage> messages, CancellationToken cancellationToken);

    /// <summary>Waits until something is there or <paramref name="wait"/> has passed, and leases up to <paramref name="maxMessages"/>.</summary>
    Task<IReadOnlyList<BusDelivery>> PullAsync(string subscription, int maxMessages, TimeSpan wait, CancellationToken cancellationToken);

    /// <summary>Removes the deliveries' messages from the subscription. A stale ack id is ignored: the message comes again.</summary>
    Task AckAsync(string subscription, IReadOnlyList<string> ackIds, CancellationToken cancellationToken);

    /// <summary>Gives the deliveries back at once; a reason, if given, is kept with the message for the dead letter.</summary>
    Task NackAsync(string subscription, IReadOnlyList<string> ackIds, string? reason, CancellationToken cancellationToken);

    /// <summary>Sets the deadline of the deliveries to now + <paramref name="extension"/>.</summary>
    Task ExtendAsync(string subscription, IReadOnlyList<string> ackIds, TimeSpan extension, CancellationToken cancellationToken);

    /// <summary>Moves deliveries to the dead letter now: they can never succeed.</summary>
    Task DeadLetterAsync(string subscription, IReadOnlyList<string> ackIds, string reason, CancellationToken cancellationToken);

    /// <summary>Puts everything in the subscription's dead letter back into it with a fresh attempt count.</summary>
    /// <returns>How many messages.</returns>
    Task<int> RedriveAsync(string subscription, CancellationToken cancellationToken);
}
