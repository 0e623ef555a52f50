using System.ComponentModel;

namespace RetailInsight.Api.Webhooks;

/// <summary>What an endpoint is made or changed with.</summary>
internal sealed record WebhookRequest(
    [property: Description("https URL of a host on the public internet.")] string Url,
    [property: Description("kpi.changed, export.ready, data.late.")] List<string> Events,
    [property: Description("At most 200 characters.")] string Description = "",
    [property: Description("false holds messages back; true also lets an endpoint work again that was disabled.")] bool Active = true);

/// <summary>How long both secrets sign.</summary>
internal sealed record WebhookRotation([property: Description("0 to 168 hours in which messages carry signatures of both secrets.")] int OverlapHours = 24);

/// <summary>An endpoint.</summary>
internal sealed record WebhookView(
    string Id,
    string Url,
    string Description,
    IReadOnlyList<string> Events,
    bool Active,
    [property: Description("Why messages are held back; null while they are sent, or when a person stopped them.")] string? DisabledReason,
    [property: Description("Until when the secret before signs too; null when it does not.")] DateTimeOffset? PreviousSecretUntil,
    [property: Description("Messages waiting to be delivered.")] long Waiting,
    DateTimeOffset CreatedAt);

/// <summary>An endpoint and its new secret.</summary>
internal sealed record NewWebhook([property: Description("whsec_ and 32 bytes in base64; shown this once.")] string Secret, WebhookView Webhook);

/// <summary>The endpoints of the tenant.</summary>
internal sealed record WebhookList(IReadOnlyList<WebhookView> Items);

/// <summary>Messages of an endpoint.</summary>
internal sealed record WebhookDeliveryList(
    IReadOnlyList<WebhookDeliveryView> Items,
    [property: Description("Send as before to read on; null on the last page.")] string? NextBefore);

/// <summary>One message and its attempts, the latest ten first.</summary>
internal sealed record WebhookDeliveryView(
    string Id,
    [property: Description("The webhook-id header: the same for every attempt.")] string MessageId,
    [property: Description("Counts the messages of the endpoint from 1; a gap means one is still on its way.")] long Sequence,
    string Event,
    [property: Description("waiting, delivered or failed.")] string State,
    int Attempts,
    DateTimeOffset CreatedAt,
    DateTimeOffset? DeliveredAt,
    [property: Description("When it is tried again; null when it is not.")] DateTimeOffset? NextAttemptAt,
    IReadOnlyList<WebhookAttemptView> LatestAttempts);

/// <summary>One attempt.</summary>
internal sealed record WebhookAttemptView(DateTimeOffset At, int? Status, string? Error, int Milliseconds);
