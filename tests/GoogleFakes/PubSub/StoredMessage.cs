using System.Text.Json.Nodes;

namespace RetailInsight.GoogleFakes.PubSub;

/// <summary>A message a topic has taken.</summary>
/// <param name="Id">The server's id.</param>
/// <param name="Data">Payload in base64, as it travels.</param>
/// <param name="Attributes">Attributes.</param>
/// <param name="OrderingKey">Ordering key, or empty.</param>
/// <param name="PublishedAt">UTC.</param>
internal sealed record StoredMessage(string Id, string Data, IReadOnlyDictionary<string, string> Attributes, string OrderingKey, DateTimeOffset PublishedAt)
{
    /// <summary>As a pull answers it; what is empty is left out.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject();
        if (Data.Length > 0)
        {
            json["data"] = Data;
        }

        if (Attributes.Count > 0)
        {
            json["attributes"] = new JsonObject(Attributes.Select(attribute => KeyValuePair.Create(attribute.Key, (JsonNode?)attribute.Value)));
        }

        json["messageId"] = Id;
        json["publishTime"] = PublishedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);
        if (OrderingKey.Length > 0)
        {
            json["orderingKey"] = OrderingKey;
        }

        return json;
    }
}

/// <summary>A message in one subscription.</summary>
internal sealed class SubscribedMessage(StoredMessage message, long position)
{
    public StoredMessage Message => message;

    /// <summary>Place in the order of publication.</summary>
    public long Position => position;

    public int Deliveries { get; set; }

    /// <summary>Ack ids of the lease; empty when there is none.</summary>
    public List<string> AckIds { get; } = [];

    public DateTimeOffset LeasedUntil { get; set; }

    /// <summary>Finished, but an earlier message of the key is not: it may have to come again.</summary>
    public bool IsAcknowledged { get; set; }
}

/// <summary>One delivery.</summary>
internal sealed record Delivered(string AckId, StoredMessage Message, int Attempt);
