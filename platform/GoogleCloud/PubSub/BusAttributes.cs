using System.Globalization;
using System.Text;
using RetailInsight.Core.Ports;

namespace RetailInsight.Platform.GoogleCloud.PubSub;

/// <summary>
/// Attributes the adapter adds to messages and takes off again. Names without characters that a filter would have to quote.
/// </summary>
internal static class BusAttributes
{
    /// <summary>All of the adapter's attributes begin with it; callers may not use it.</summary>
    public const string Prefix = "retailbus_";

    /// <summary>The one subscription a message put back is for.</summary>
    public const string OnlyFor = Prefix + "only_for";

    /// <summary>On a dead letter: why.</summary>
    public const string Reason = Prefix + "reason";

    /// <summary>On a dead letter: the subscription it comes from.</summary>
    public const string Source = Prefix + "source";

    /// <summary>On a dead letter: deliveries there were.</summary>
    public const string Attempt = Prefix + "attempt";

    /// <summary>The id the message was first published with; kept over dead letter and return.</summary>
    public const string MessageId = Prefix + "message_id";

    /// <summary>When it was first published, UTC, ISO 8601.</summary>
    public const string PublishedAt = Prefix + "published_at";

    /// <summary>Marks a message with neither payload nor attributes, which Pub/Sub would refuse.</summary>
    public const string Empty = Prefix + "empty";

    private const int LongestValue = 1_024;
    private const string ForwardedByPubSub = "CloudPubSubDeadLetterSource";
    private const string ForwardedPublishTime = ForwardedByPubSub + "TopicPublishTime";

    /// <summary>The server-side filter of a subscription: no messages put back for others.</summary>
    public static string Filter(string subscription) => $"(NOT attributes:{OnlyFor}) OR attributes.{OnlyFor} = \"{subscription}\"";

    /// <summary>What a caller sees.</summary>
    public static IReadOnlyDictionary<string, string> Visible(IReadOnlyDictionary<string, string> attributes) =>
        attributes.Keys.Any(IsOwn) ? attributes.Where(attribute => !IsOwn(attribute.Key)).ToDictionary() : attributes;

    /// <summary>The dead letter of a delivery.</summary>
    public static BusMessage DeadLetter(BusDelivery delivery, string subscription, string reason) => delivery.Message with
    {
        Attributes = new Dictionary<string, string>(delivery.Message.Attributes)
        {
            [Reason] = Shortened(reason),
            [Source] = subscription,
            [Attempt] = delivery.Attempt.ToString(CultureInfo.InvariantCulture),
            [MessageId] = delivery.MessageId,
            [PublishedAt] = delivery.PublishedAt.ToString("O", CultureInfo.InvariantCulture),
        },
    };

    /// <summary>
    /// What is published to put a dead letter back. One that Pub/Sub moved itself has a new id, under which it goes on.
    /// </summary>
    public static BusMessage PutBack(PubSubMessage letter, string subscription)
    {
        var attributes = letter.Attributes.Where(attribute => !IsOwn(attribute.Key)).ToDictionary();
        attributes[OnlyFor] = subscription;
        attributes[MessageId] = FirstId(letter);
        attributes[PublishedAt] = letter.Attributes.GetValueOrDefault(PublishedAt)
            ?? letter.Attributes.GetValueOrDefault(ForwardedPublishTime)
            ?? letter.PublishTime.ToString("O", CultureInfo.InvariantCulture);
        return new(letter.Data, attributes, letter.OrderingKey);
    }

    /// <summary>The id the message was first published with.</summary>
    public static string FirstId(PubSubMessage message) => message.Attributes.GetValueOrDefault(MessageId, message.MessageId);

    /// <summary>When the message was first published.</summary>
    public static DateTimeOffset FirstPublished(PubSubMessage message) =>
        message.Attributes.TryGetValue(PublishedAt, out var text)
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var first)
            ? first
            : message.PublishTime;

    private static bool IsOwn(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal) || name.StartsWith(ForwardedByPubSub, StringComparison.Ordinal);

    private static string Shortened(string reason)
    {
        if (reason.Length == 0)
        {
            return "No reason given";
        }

        var bytes = Encoding.UTF8.GetBytes(reason);
        if (bytes.Length <= LongestValue)
        {
            return reason;
        }

        // Back to where a character begins.
        var end = LongestValue;
        while ((bytes[end] & 0xC0) == 0x80)
        {
            end--;
        }

        return Encoding.UTF8.GetString(bytes, 0, end);
    }
}
