using System.Text.Json.Nodes;

namespace RetailInsight.GoogleFakes.PubSub;

/// <summary>Requests to topics.</summary>
internal static class TopicRequests
{
    public static JsonObject Create(PubSubCall call, PubSubState state)
    {
        PubSubLimits.Name(call.Name);
        return state.CreateTopic(call.Path, call.Body).DeepClone().AsObject();
    }

    public static JsonObject List(PubSubCall call, PubSubState state) => call.Page(
        "topics", state.Topics.Where(topic => topic.Key.StartsWith(call.Project + "/", StringComparison.Ordinal)).Select(topic => topic.Value.DeepClone()));

    public static JsonObject Subscriptions(PubSubCall call, PubSubState state)
    {
        _ = state.Topic(call.Path);
        return call.Page("subscriptions", state.Subscriptions.Where(subscription => subscription.Topic == call.Path).Select(subscription => (JsonNode)subscription.Path));
    }

    public static JsonObject Update(PubSubCall call, PubSubState state)
    {
        var topic = state.Topic(call.Path);
        FieldMask.Apply(call.Body, "topic", topic, ["labels", "messageRetentionDuration", "kmsKeyName"]);
        return topic.DeepClone().AsObject();
    }

    public static JsonObject Delete(PubSubCall call, PubSubState state)
    {
        state.DeleteTopic(call.Path);
        return [];
    }

    public static JsonObject Publish(PubSubCall call, PubSubState state)
    {
        var messages = (call.Body["messages"] as JsonArray ?? []).Select(message => Message(message!.AsObject())).ToList();
        var ids = state.Publish(call.Path, messages);
        return new JsonObject { ["messageIds"] = new JsonArray([.. ids.Select(id => (JsonNode)id)]) };
    }

    private static StoredMessage Message(JsonObject message)
    {
        var data = ((string?)message["data"] ?? "").Replace('-', '+').Replace('_', '/');
        PubSubLimits.Require(System.Buffers.Text.Base64.IsValid(data), "Base64 decoding failed for a message's data.");
        var attributes = (message["attributes"] as JsonObject ?? []).ToDictionary(attribute => attribute.Key, attribute => (string?)attribute.Value ?? "");
        return new("", data, attributes, (string?)message["orderingKey"] ?? "", default);
    }
}
