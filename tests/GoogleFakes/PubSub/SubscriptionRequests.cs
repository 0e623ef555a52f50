using System.Text.Json.Nodes;

namespace RetailInsight.GoogleFakes.PubSub;

/// <summary>Requests to subscriptions.</summary>
internal static class SubscriptionRequests
{
    private const int MostInAnswer = 1_000;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(90);

    public static JsonObject Create(PubSubCall call, PubSubState state)
    {
        PubSubLimits.Name(call.Name);
        return state.CreateSubscription(call.Path, call.Body).DeepClone().AsObject();
    }

    public static JsonObject List(PubSubCall call, PubSubState state) => call.Page(
        "subscriptions", state.Subscriptions.Where(one => one.Path.StartsWith(call.Project + "/", StringComparison.Ordinal)).Select(one => one.Resource.DeepClone()));

    public static JsonObject Update(PubSubCall call, PubSubState state)
    {
        var subscription = state.Subscription(call.Path);
        var changed = subscription.Resource.DeepClone().AsObject();
        FieldMask.Apply(
            call.Body,
            "subscription",
            changed,
            ["ackDeadlineSeconds", "deadLetterPolicy", "expirationPolicy", "labels", "messageRetentionDuration", "pushConfig", "retainAckedMessages", "retryPolicy"]);
        PubSubLimits.Subscription(changed);
        subscription.Resource = changed;
        return changed.DeepClone().AsObject();
    }

    public static JsonObject Delete(PubSubCall call, PubSubState state)
    {
        state.DeleteSubscription(call.Path);
        return [];
    }

    /// <summary>Answers what is there, or waits for something; a client that is gone gets nothing leased.</summary>
    public static async Task<JsonObject> PullAsync(PubSubCall call, PubSubState state)
    {
        var subscription = state.Subscription(call.Path);
        var max = (int?)call.Body["maxMessages"] ?? 0;
        PubSubLimits.Require(max > 0, "Invalid max_messages given. It must be greater than 0.");
        var immediate = (bool?)call.Body["returnImmediately"] ?? false;
        var aborted = call.Context.RequestAborted;
        for (var started = state.Clock.GetTimestamp(); ;)
        {
            aborted.ThrowIfCancellationRequested();
            var (deliveries, changed, lookAgain) = subscription.Pull(Math.Min(max, MostInAnswer));
            var left = LongestWait - state.Clock.GetElapsedTime(started);
            if (deliveries.Count > 0 || immediate || left <= TimeSpan.Zero)
            {
                return Answer(deliveries, subscription.DeadLetterTopic is not null);
            }

            var next = lookAgain - state.Clock.GetUtcNow();
            var pause = TimeSpan.FromMilliseconds(Math.Max(1, Math.Min(left.TotalMilliseconds, next.TotalMilliseconds)));
            using var timer = CancellationTokenSource.CreateLinkedTokenSource(aborted);
            await Task.WhenAny(changed, Task.Delay(pause, state.Clock, timer.Token));
            await timer.CancelAsync();
        }
    }

    public static JsonObject Acknowledge(PubSubCall call, PubSubState state)
    {
        var subscription = state.Subscription(call.Path);
        subscription.Acknowledge(AckIds(call, 0));
        return [];
    }

    public static JsonObject ModifyAckDeadline(PubSubCall call, PubSubState state)
    {
        var subscription = state.Subscription(call.Path);
        var seconds = (int?)call.Body["ackDeadlineSeconds"] ?? 0;
        subscription.ModifyAckDeadline(AckIds(call, seconds), seconds);
        return [];
    }

    private static List<string> AckIds(PubSubCall call, int seconds)
    {
        var ids = (call.Body["ackIds"] as JsonArray ?? []).Select(id => (string)id!).ToList();
        PubSubLimits.AckIds(ids.Count, call.Bytes, seconds);
        return ids;
    }

    private static JsonObject Answer(List<Delivered> deliveries, bool countsAttempts)
    {
        if (deliveries.Count == 0)
        {
            return [];
        }

        return new JsonObject
        {
            ["receivedMessages"] = new JsonArray([.. deliveries.Select(delivery =>
            {
                var received = new JsonObject { ["ackId"] = delivery.AckId, ["message"] = delivery.Message.ToJson() };
                if (countsAttempts)
                {
                    received["deliveryAttempt"] = delivery.Attempt;
                }

                return received;
            })]),
        };
    }
}
