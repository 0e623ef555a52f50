using System.ComponentModel;
using System.Globalization;
using RetailInsight.Api.Idempotency;
using RetailInsight.Api.Keys;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;

namespace RetailInsight.Api.Webhooks;

/// <summary><c>/v1/webhooks</c>: head office and administrators say where client systems are told of changes.</summary>
internal static class WebhookEndpoints
{
    /// <summary>What can be told.</summary>
    public static readonly IReadOnlyList<string> Events = [WebhookOutbox.KpiChanged, WebhookOutbox.ExportReady, WebhookOutbox.DataLate, WebhookOutbox.AlertOpened, WebhookOutbox.AlertClosed];

    private const int LongestDescription = 200;
    private const int LongestOverlapHours = 168;

    public static void MapWebhooks(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1/webhooks").WithTags("Webhooks").RequireAuthorization(KeyEndpoints.Policy).ProducesProblem(401).ProducesProblem(403).ProducesProblem(500);
        group.MapGet("", async (SessionUser user, WebhookRegister register, CancellationToken cancellationToken) => TypedResults.Ok(new WebhookList(await register.ListAsync(user, null, cancellationToken))))
            .WithName("listWebhooks").WithSummary("The endpoints of the tenant, oldest first; no secrets.").Produces<WebhookList>();
        group.MapPost("", CreateAsync).WithName("createWebhook").WithSummary("Make an endpoint. The answer shows its secret, this once.")
            .Produces<NewWebhook>(201).ProducesProblem(400).ProducesProblem(409).ProducesProblem(413).ProducesProblem(415).WithIdempotencyKey(showsSecret: true)
            .WithBodyExample("""{"url":"https://erp.example.com/hooks/retail","events":["kpi.changed","data.late","export.ready"]}""");
        group.MapGet("/{webhookId}", FindAsync).WithName("getWebhook").WithSummary("One endpoint.").Produces<WebhookView>().ProducesProblem(404);
        group.MapPut("/{webhookId}", UpdateAsync).WithName("updateWebhook").WithSummary("Change an endpoint, stop it, or let it work again.")
            .Produces<WebhookView>().ProducesProblem(400).ProducesProblem(404).ProducesProblem(413).ProducesProblem(415);
        group.MapDelete("/{webhookId}", DeleteAsync).WithName("deleteWebhook").WithSummary("Remove an endpoint and its log.").Produces(204).ProducesProblem(404);
        group.MapPost("/{webhookId}/rotate", RotateAsync).WithName("rotateWebhookSecret").WithSummary("Make a new secret; both sign for the overlap.")
            .Produces<NewWebhook>().ProducesProblem(400).ProducesProblem(404).ProducesProblem(413).ProducesProblem(415).WithIdempotencyKey(showsSecret: true);
        group.MapGet("/{webhookId}/deliveries", DeliveriesAsync).WithName("listWebhookDeliveries").WithSummary("What was sent, newest first, with the latest attempts.")
            .Produces<WebhookDeliveryList>().ProducesProblem(400).ProducesProblem(404);
        group.MapPost("/{webhookId}/deliveries/{deliveryId}/redeliver", RedeliverAsync).WithName("redeliverWebhook").WithSummary("Send a message again, under its id.")
            .Produces(202).ProducesProblem(404);
    }

    private static async Task<IResult> CreateAsync(WebhookRequest body, HttpContext context, SessionUser user, WebhookRegister register, WebhookAddress addresses, CancellationToken cancellationToken)
    {
        if (await FaultsAsync(body, addresses, cancellationToken) is { Count: > 0 } faults)
        {
            return ApiProblem.Parameters(faults);
        }

        return await register.CreateAsync(context, user, body, cancellationToken) is { } made
            ? TypedResults.Created($"/v1/webhooks/{made.Webhook.Id}", made)
            : Results.Problem(ApiProblem.Create(409, "webhook-limit", "Too many endpoints", $"A tenant has at most {WebhookRegister.MaxEndpoints} endpoints. Remove one first."));
    }

    private static async Task<IResult> FindAsync(string webhookId, SessionUser user, WebhookRegister register, CancellationToken cancellationToken) =>
        Id(webhookId) is { } id && (await register.ListAsync(user, id, cancellationToken)).SingleOrDefault() is { } found ? TypedResults.Ok(found) : Unknown();

    private static async Task<IResult> UpdateAsync(
        string webhookId, WebhookRequest body, HttpContext context, SessionUser user, WebhookRegister register, WebhookAddress addresses, CancellationToken cancellationToken)
    {
        if (await FaultsAsync(body, addresses, cancellationToken) is { Count: > 0 } faults)
        {
            return ApiProblem.Parameters(faults);
        }

        return Id(webhookId) is { } id && await register.UpdateAsync(context, user, id, body, cancellationToken)
            ? TypedResults.Ok((await register.ListAsync(user, id, cancellationToken)).Single())
            : Unknown();
    }

    private static async Task<IResult> DeleteAsync(string webhookId, HttpContext context, SessionUser user, WebhookRegister register, CancellationToken cancellationToken) =>
        Id(webhookId) is { } id && await register.DeleteAsync(context, user, id, cancellationToken) ? TypedResults.NoContent() : Unknown();

    private static async Task<IResult> RotateAsync(string webhookId, WebhookRotation body, HttpContext context, SessionUser user, WebhookRegister register, CancellationToken cancellationToken)
    {
        if (body.OverlapHours is < 0 or > LongestOverlapHours)
        {
            return ApiProblem.Parameters([new("overlap_hours", $"is 0 to {LongestOverlapHours}.")]);
        }

        return Id(webhookId) is { } id && await register.RotateAsync(context, user, id, TimeSpan.FromHours(body.OverlapHours), cancellationToken) is { } rotated ? TypedResults.Ok(rotated) : Unknown();
    }

    private static async Task<IResult> DeliveriesAsync(
        string webhookId, HttpContext context, SessionUser user, WebhookRegister register, CancellationToken cancellationToken,
        [Description("The next_before of the page before.")] string? before = null)
    {
        var query = new QueryParameters(context, nameof(before));
        var text = query.Text(nameof(before));
        var sequence = 0L;
        if (text is not null && !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out sequence))
        {
            query.Fault(nameof(before), "must be a next_before as it was given.");
        }

        return query.Problem is { } problem ? problem
            : Id(webhookId) is { } id && (await register.ListAsync(user, id, cancellationToken)).Count == 1
            ? TypedResults.Ok(await register.DeliveriesAsync(user, id, text is null ? null : sequence, cancellationToken))
            : Unknown();
    }

    private static async Task<IResult> RedeliverAsync(string webhookId, string deliveryId, SessionUser user, WebhookRegister register, CancellationToken cancellationToken) =>
        Id(webhookId) is { } id && long.TryParse(deliveryId, NumberStyles.None, CultureInfo.InvariantCulture, out var delivery)
        && await register.RedeliverAsync(user, id, delivery, cancellationToken) ? Results.Accepted() : Unknown();

    private static async Task<List<ParameterFault>> FaultsAsync(WebhookRequest body, WebhookAddress addresses, CancellationToken cancellationToken)
    {
        var faults = new List<ParameterFault>();
        if (body.Events.Count == 0 || body.Events.Any(name => !Events.Contains(name)) || body.Events.Distinct().Count() != body.Events.Count)
        {
            faults.Add(new("events", $"names one or more of {string.Join(", ", Events)}, each once."));
        }

        if (body.Description.Length > LongestDescription || body.Description.Any(one => char.IsControl(one) || char.IsSurrogate(one)))
        {
            faults.Add(new("description", $"has at most {LongestDescription} characters and no control characters."));
        }

        if (await addresses.RefuseAsync(body.Url, cancellationToken) is { } refusal)
        {
            faults.Add(new("url", refusal));
        }

        return faults;
    }

    private static Guid? Id(string text) => Guid.TryParseExact(text, "N", out var id) ? id : null;

    private static IResult Unknown() => Results.Problem(ApiProblem.Create(404, "webhook-unknown", "Webhook not found", "There is no webhook or message of that id."));
}
