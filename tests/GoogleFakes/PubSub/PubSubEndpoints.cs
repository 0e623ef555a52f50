using System.Text.Json;
using System.Text.Json.Nodes;

namespace RetailInsight.GoogleFakes.PubSub;

/// <summary>The Pub/Sub REST API.</summary>
internal static class PubSubEndpoints
{
    /// <summary>Serves topics and subscriptions.</summary>
    public static PubSubState MapPubSub(this WebApplication app, PubSubState state)
    {
        app.Map("/v1/projects/{**rest}", context => AnswerAsync(context, state));
        return state;
    }

    private static async Task AnswerAsync(HttpContext context, PubSubState state)
    {
        try
        {
            var call = await PubSubCall.ReadAsync(context);
            await WriteAsync(context, 200, await DispatchAsync(call, state));
        }
        catch (PubSubException refusal)
        {
            await WriteAsync(context, refusal.Code, Error(refusal.Code, refusal.Status, refusal.Message));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            await WriteAsync(context, 400, Error(400, "INVALID_ARGUMENT", "Invalid JSON payload received. " + exception.Message));
        }
        catch (Exception exception) when (context.RequestAborted.IsCancellationRequested && exception is IOException or OperationCanceledException or BadHttpRequestException)
        {
            context.Abort();
        }
    }

    private static async Task<JsonObject> DispatchAsync(PubSubCall call, PubSubState state) => (call.Method, call.Kind, call.Verb) switch
    {
        ("GET", "topics", "") when call.Name.Length == 0 => TopicRequests.List(call, state),
        ("PUT", "topics", "") => TopicRequests.Create(call, state),
        ("GET", "topics", "") => state.Topic(call.Path).DeepClone().AsObject(),
        ("GET", "topics", "subscriptions") => TopicRequests.Subscriptions(call, state),
        ("PATCH", "topics", "") => TopicRequests.Update(call, state),
        ("DELETE", "topics", "") => TopicRequests.Delete(call, state),
        ("POST", "topics", "publish") => TopicRequests.Publish(call, state),
        ("GET", "subscriptions", "") when call.Name.Length == 0 => SubscriptionRequests.List(call, state),
        ("PUT", "subscriptions", "") => SubscriptionRequests.Create(call, state),
        ("GET", "subscriptions", "") => state.Subscription(call.Path).Resource.DeepClone().AsObject(),
        ("PATCH", "subscriptions", "") => SubscriptionRequests.Update(call, state),
        ("DELETE", "subscriptions", "") => SubscriptionRequests.Delete(call, state),
        ("POST", "subscriptions", "pull") => await SubscriptionRequests.PullAsync(call, state),
        ("POST", "subscriptions", "acknowledge") => SubscriptionRequests.Acknowledge(call, state),
        ("POST", "subscriptions", "modifyAckDeadline") => SubscriptionRequests.ModifyAckDeadline(call, state),
        _ => throw new PubSubException(404, "NOT_FOUND", $"Nothing answers {call.Method} {call.Path} {call.Verb}."),
    };

    private static async Task WriteAsync(HttpContext context, int status, JsonObject body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=UTF-8";
        await context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(body), context.RequestAborted);
    }

    private static JsonObject Error(int code, string status, string message) => new()
    {
        ["error"] = new JsonObject { ["code"] = code, ["message"] = message, ["status"] = status },
    };
}
