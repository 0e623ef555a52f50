using System.Text;
using RetailInsight.Core.Ports;

namespace RetailInsight.Platform.GoogleCloud.PubSub;

/// <summary>Pub/Sub's limits, less what the adapter itself adds to a message.</summary>
internal static class MessageLimits
{
    /// <summary>Messages in one publish request.</summary>
    public const int RequestMessages = 1_000;

    /// <summary>Bytes of one publish request as it travels: JSON, payloads in base64.</summary>
    public const int RequestBytes = 10_000_000;

    /// <summary>Most bytes one message may take of a request: the rest is for the attributes of a dead letter.</summary>
    public const int MessageBytes = RequestBytes - OwnBytes;

    private const int OwnBytes = 16 * 1024;
    private const int OwnAttributes = 8;
    private const int Attributes = 100 - OwnAttributes;
    private const int AttributeKeyBytes = 256;
    private const int AttributeValueBytes = 1_024;
    private const int OrderingKeyBytes = 1_024;
    private const int EscapedCharacter = 6;
    private const int MessageSyntax = 96;
    private const int AttributeSyntax = 6;

    /// <summary>Checks messages of a caller.</summary>
    /// <exception cref="ArgumentException">One breaks a limit; the message says which field, by how much, and what to do.</exception>
    public static void Check(IReadOnlyList<BusMessage> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        for (var i = 0; i < messages.Count; i++)
        {
            Check(messages[i] ?? throw new ArgumentException($"messages[{i}] is null.", nameof(messages)), i);
        }
    }

    /// <summary>At most this many bytes a message takes in a request.</summary>
    public static int BytesBound(BusMessage message)
    {
        var bytes = MessageSyntax + ((message.Data.Length + 2L) / 3 * 4) + Escaped(message.OrderingKey);
        foreach (var (key, value) in message.Attributes)
        {
            bytes += AttributeSyntax + Escaped(key) + Escaped(value);
        }

        return (int)Math.Min(bytes, int.MaxValue);
    }

    private static void Check(BusMessage message, int index)
    {
        Require(Utf8(message.OrderingKey) <= OrderingKeyBytes, $"messages[{index}].OrderingKey has {Utf8(message.OrderingKey)} bytes; Pub/Sub takes {OrderingKeyBytes}. Shorten it or use a hash of it.");
        Require(message.Attributes.Count <= Attributes, $"messages[{index}].Attributes has {message.Attributes.Count} entries; {Attributes} are possible. Move some into the payload.");
        foreach (var (key, value) in message.Attributes)
        {
            Require(key.Length > 0, $"messages[{index}].Attributes has an empty key. Give it a name.");
            Require(Utf8(key) <= AttributeKeyBytes, $"messages[{index}].Attributes['{key}'] has a key of {Utf8(key)} bytes; Pub/Sub takes {AttributeKeyBytes}. Shorten it.");
            Require(!key.StartsWith("goog", StringComparison.Ordinal) && !key.StartsWith(BusAttributes.Prefix, StringComparison.Ordinal),
                $"messages[{index}].Attributes['{key}']: keys that begin with 'goog' or '{BusAttributes.Prefix}' are reserved. Rename it.");
            Require(Utf8(value ?? throw new ArgumentException($"messages[{index}].Attributes['{key}'] is null. Leave it out or use an empty text.", nameof(message))) <= AttributeValueBytes,
                $"messages[{index}].Attributes['{key}'] has {Utf8(value)} bytes; Pub/Sub takes {AttributeValueBytes}. Move it into the payload.");
        }

        var bytes = BytesBound(message);
        Require(bytes <= MessageBytes, $"messages[{index}].Data has {message.Data.Length} bytes and the message {bytes} as it travels; {MessageBytes} are possible. Put the payload into the lake and publish its name.");
    }

    private static int Utf8(string text) => Encoding.UTF8.GetByteCount(text);

    private static int Escaped(string text)
    {
        var bytes = 0;
        foreach (var character in text)
        {
            bytes += char.IsAsciiLetterOrDigit(character) || character is ' ' or '-' or '_' or '.' or ':' or '/' ? 1 : EscapedCharacter;
        }

        return bytes;
    }

    private static void Require(bool holds, string message)
    {
        if (!holds)
        {
            throw new ArgumentException(message);
        }
    }
}
