using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace RetailInsight.GoogleFakes.PubSub;

/// <summary>What Pub/Sub refuses with 400.</summary>
internal static partial class PubSubLimits
{
    public const int RequestBytes = 10_000_000;

    private const int AckBytes = 512 * 1024;
    private const int MessagesInRequest = 1_000;

    /// <summary>Checks the last part of a path.</summary>
    public static string Name(string name) => ResourceName().IsMatch(name) && !name.StartsWith("goog", StringComparison.OrdinalIgnoreCase)
        ? name
        : throw PubSubException.Invalid($"Invalid resource name given (name={name}): 3 to 255 letters, digits and -_.~+%, beginning with a letter, not with goog.");

    /// <summary>Checks a new subscription.</summary>
    public static void Subscription(JsonObject subscription)
    {
        Range("ack_deadline_seconds", (int?)subscription["ackDeadlineSeconds"] ?? 0, 10, 600);
        Duration(subscription["messageRetentionDuration"], "message_retention_duration", TimeSpan.FromMinutes(10), TimeSpan.FromDays(31));
        Duration(subscription["expirationPolicy"]?["ttl"], "expiration_policy.ttl", TimeSpan.FromDays(1), TimeSpan.MaxValue);
        if (subscription["deadLetterPolicy"] is JsonObject policy)
        {
            Range("dead_letter_policy.max_delivery_attempts", (int?)policy["maxDeliveryAttempts"] ?? 0, 5, 100);
        }
    }

    /// <summary>Checks the messages of a publish.</summary>
    public static void Messages(IReadOnlyCollection<StoredMessage> messages)
    {
        if (messages.Count is 0 or > MessagesInRequest)
        {
            throw PubSubException.Invalid($"The value for message_count is {messages.Count}. It must be 1 to {MessagesInRequest}.");
        }

        foreach (var message in messages)
        {
            Require(message.Data.Length > 0 || message.Attributes.Count > 0, "One or more messages in the publish request is empty. Each message must contain either non-empty data, or at least one attribute.");
            Require(Bytes(message.OrderingKey) <= 1_024, "An ordering key is longer than 1024 bytes.");
            Require(message.Attributes.Count <= 100, "A message has more than 100 attributes.");
            Require(message.Attributes.All(attribute => Bytes(attribute.Key) is > 0 and <= 256 && Bytes(attribute.Value) <= 1_024), "An attribute key is empty or longer than 256 bytes, or its value is longer than 1024.");
            Require(!message.Attributes.Keys.Any(key => key.StartsWith("goog", StringComparison.Ordinal)), "An attribute key begins with goog.");
        }
    }

    /// <summary>Checks a request that names ack ids.</summary>
    public static void AckIds(int count, long bytes, int seconds)
    {
        Require(count > 0, "No ack ids specified.");
        Require(bytes <= AckBytes, $"Request payload size exceeds the limit: {AckBytes} bytes.");
        Range("ack_deadline_seconds", seconds, 0, 600);
    }

    public static void Require(bool holds, string message)
    {
        if (!holds)
        {
            throw PubSubException.Invalid(message);
        }
    }

    private static int Bytes(string text) => Encoding.UTF8.GetByteCount(text);

    private static void Range(string field, int value, int least, int most)
    {
        if (value < least || value > most)
        {
            throw PubSubException.Invalid($"Invalid {field} given ({field}={value}). The value must be {least} to {most}.");
        }
    }

    private static void Duration(JsonNode? node, string field, TimeSpan least, TimeSpan most)
    {
        if (node is null)
        {
            return;
        }

        var text = (string?)node ?? "";
        var valid = text.EndsWith('s') && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            && seconds >= least.TotalSeconds && seconds <= most.TotalSeconds;
        Require(valid, $"Invalid {field} given ({field}={text}).");
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9._~+%-]{2,254}$")]
    private static partial Regex ResourceName();
}
