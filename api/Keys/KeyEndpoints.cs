using RetailInsight.Api.Idempotency;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;

namespace RetailInsight.Api.Keys;

/// <summary><c>/v1/keys</c>: head office and administrators make, replace and revoke the keys vendors push with.</summary>
internal static class KeyEndpoints
{
    /// <summary>Name of the policy that lets people at the keys.</summary>
    public const string Policy = "keys";

    private const int LongestLabel = 100;
    private const int LongestOverlapHours = 2_160;

    public static void MapKeys(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1/keys").WithTags("Keys").RequireAuthorization(Policy).ProducesProblem(401).ProducesProblem(403).ProducesProblem(500);
        group.MapGet("", async (SessionUser user, KeyRegister keys, CancellationToken cancellationToken) => TypedResults.Ok(new KeyList(await keys.ListAsync(user, cancellationToken))))
            .WithName("listKeys").WithSummary("The keys of the tenant, newest first; no secrets.").Produces<KeyList>();
        group.MapGet("/audit", async (SessionUser user, KeyRegister keys, CancellationToken cancellationToken) => TypedResults.Ok(new KeyAudit(await keys.AuditAsync(user, cancellationToken))))
            .WithName("listKeyAudit").WithSummary("Who did what to which key, newest first.").Produces<KeyAudit>();
        group.MapPost("", CreateAsync).WithName("createKey").WithSummary("Make a key. The answer shows its secret, this once.")
            .Produces<NewKey>(201).ProducesProblem(400).ProducesProblem(415).WithIdempotencyKey(showsSecret: true);
        group.MapPost("/{keyId}/rotate", RotateAsync).WithName("rotateKey").WithSummary("Make a key that takes the place of this one; both work for the overlap.")
            .Produces<NewKey>(201).ProducesProblem(400).ProducesProblem(404).ProducesProblem(409).ProducesProblem(415).WithIdempotencyKey(showsSecret: true);
        group.MapPost("/{keyId}/revoke", RevokeAsync).WithName("revokeKey").WithSummary("Revoke a key. Gateways that remember it refuse it within seconds.")
            .Produces<KeyView>().ProducesProblem(404);
    }

    private static async Task<IResult> CreateAsync(KeyRequest body, HttpContext context, SessionUser user, KeyRegister keys, TimeProvider clock, CancellationToken cancellationToken)
    {
        var faults = new List<ParameterFault>();
        if (string.IsNullOrWhiteSpace(body.Label) || body.Label.Length > LongestLabel || body.Label.Any(char.IsControl))
        {
            faults.Add(new("label", $"has 1 to {LongestLabel} characters and no control characters."));
        }

        if (body.Feeds.Count == 0)
        {
            faults.Add(new("feeds", "names at least one feed."));
        }

        if (body.Stores is { Count: 0 })
        {
            faults.Add(new("stores", "names at least one store; leave it out for every store."));
        }

        if (body.ExpiresAt <= clock.GetUtcNow())
        {
            faults.Add(new("expires_at", "lies in the past."));
        }

        if (body.Feeds.Exists(feed => feed is null) || body.Stores?.Exists(store => store is null) == true)
        {
            return ApiProblem.Parameters([new("feeds", "and stores are lists of names, without null.")]);
        }

        var (feeds, stores) = await keys.UnknownAsync(user, body, cancellationToken);
        if (feeds.Count > 0)
        {
            faults.Add(new("feeds", $"the vendor '{body.Vendor}' has no feed {string.Join(", ", feeds)}."));
        }

        if (stores.Count > 0)
        {
            faults.Add(new("stores", $"there is no store {string.Join(", ", stores)}."));
        }

        return faults.Count > 0 ? ApiProblem.Parameters(faults) : TypedResults.Json(await keys.CreateAsync(context, user, body, cancellationToken), statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> RotateAsync(string keyId, RotationRequest body, HttpContext context, SessionUser user, KeyRegister keys, CancellationToken cancellationToken)
    {
        if (body.OverlapHours is < 0 or > LongestOverlapHours)
        {
            return ApiProblem.Parameters([new("overlap_hours", $"is 0 to {LongestOverlapHours}.")]);
        }

        var (made, refusal) = Guid.TryParseExact(keyId, "N", out var id) ? await keys.RotateAsync(context, user, id, TimeSpan.FromHours(body.OverlapHours), cancellationToken) : (null, "unknown");
        return refusal switch
        {
            null => TypedResults.Json(made, statusCode: StatusCodes.Status201Created),
            "unknown" => ApiProblem.KeyUnknown(),
            "dead" => ApiProblem.KeyConflict("The key is revoked or expired. Make a new one."),
            _ => ApiProblem.KeyConflict("The key has a successor that works: two of a kind are the most. Revoke the successor first."),
        };
    }

    private static async Task<IResult> RevokeAsync(string keyId, SessionUser user, KeyRegister keys, CancellationToken cancellationToken) =>
        Guid.TryParseExact(keyId, "N", out var id) && await keys.RevokeAsync(user, id, cancellationToken) is { } key ? TypedResults.Ok(key) : ApiProblem.KeyUnknown();
}
