using System.Net.Mime;
using System.Text.Json;
using Microsoft.Extensions.Options;
using RetailInsight.Gateway.Feeds;
using RetailInsight.Gateway.Ingest;
using RetailInsight.Gateway.Landing;
using RetailInsight.Gateway.Problems;
using RetailInsight.Gateway.Receipts;
using RetailInsight.Profiles;

namespace RetailInsight.Gateway.Reconciliation;

/// <summary>
/// <c>POST /v1/reconciliation/declared?feed=F</c>: declares day totals of the feed's vendor as JSON. The body is kept and converted like any
/// payload, by the profile <c>declared-totals</c>; the answer is its receipt and what the declaration compares to.
/// </summary>
internal sealed class DeclaredEndpoint(
    FeedDirectory feeds,
    ProfileCatalog profiles,
    PayloadIntake intake,
    Reception reception,
    Sandbox sandbox,
    DeclarationComparison comparison,
    IOptions<GatewayOptions> options,
    ILogger<DeclaredEndpoint> logger)
{
    private const string ProfileId = "declared-totals";

    /// <summary>Takes a declaration in.</summary>
    public async Task<IResult> DeclareAsync(string? feed, HttpContext context)
    {
        var caller = Caller.Of(context);
        if (string.IsNullOrEmpty(feed))
        {
            throw new BadHttpRequestException("feed is missing; name the feed whose day totals are declared: ?feed=vendor-a. Nothing was kept.");
        }

        if (await feeds.FindAsync(caller.Tenant, feed, context.RequestAborted) is not { } found)
        {
            return Problem.Of(StatusCodes.Status404NotFound, "feed_unknown", "Unknown feed", "There is no feed of that name. Nothing was kept.");
        }

        if (!caller.Opens(feed))
        {
            return Problem.Of(StatusCodes.Status403Forbidden, "feed_forbidden", "Feed outside the key's scope", "The key is not for this feed. Nothing was kept.");
        }

        if (profiles.Find(ProfileId) is not { } profile)
        {
            Log.ProfileMissing(logger, found.Tenant, found.Id, ProfileId);
            return Problem.Unavailable();
        }

        var (taken, refusal) = await intake.TakeAsync(context, caller, options.Value.InlineBytes);
        if (refusal is not null)
        {
            return refusal;
        }

        await using var _ = taken!;
        var (ingestion, replay) = caller.Sandbox
            ? await sandbox.ReceiveAsync(caller, found, profile, taken!.Payload, null, taken.ContentEncoding, context.RequestAborted)
            : await reception.ReceiveAsync(caller, found, profile, taken!.Payload, null, taken.ContentEncoding, acknowledgeOnly: false);
        if (replay)
        {
            context.Response.Headers["Idempotent-Replay"] = "true";
        }

        if (ingestion.State != IngestionState.Converted)
        {
            return ReceiptAnswer.ToPush(ingestion);
        }

        using var receipt = JsonDocument.Parse(ingestion.Answer!);
        var days = caller.Sandbox ? [] : DaysOf(receipt.RootElement);
        var compared = await comparison.CompareAsync(caller.Tenant, [feed], days, context.RequestAborted);
        return new DeclaredAnswer(ingestion.Answer!, [.. days.Select(day => new DeclaredStoreDay(day.Store, day.Date, [.. compared[day]]))]);
    }

    private static List<(string Store, DateOnly Date)> DaysOf(JsonElement receipt) =>
    [
        .. receipt.GetProperty("verdicts").EnumerateArray()
            .Where(verdict => verdict.GetProperty("verdict").GetString() != "quarantined")
            .Select(verdict => (verdict.GetProperty("store").GetString()!, DateOnly.Parse(verdict.GetProperty("business_date").GetString()!, System.Globalization.CultureInfo.InvariantCulture)))
            .Distinct().Take(200),
    ];

    // The receipt stands in the answer byte for byte, so that its signature holds.
    private sealed class DeclaredAnswer(string receipt, IReadOnlyList<DeclaredStoreDay> days) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.ContentType = MediaTypeNames.Application.Json;
            await httpContext.Response.WriteAsync($$"""{"receipt":{{receipt}},"store_days":{{JsonSerializer.Serialize(days, GatewayJson.Plain.IReadOnlyListDeclaredStoreDay)}}}""", httpContext.RequestAborted);
        }
    }
}

/// <summary>What a declaration was taken as, and what it compares to.</summary>
/// <param name="Receipt">The receipt of the declaration, signed like that of any payload. What is quarantined of it is not compared yet.</param>
/// <param name="StoreDays">The store-days declared, up to 200.</param>
internal sealed record DeclaredTaken(Receipt Receipt, IReadOnlyList<DeclaredStoreDay> StoreDays);

/// <summary>A store-day that was declared.</summary>
/// <param name="Store">Store code.</param>
/// <param name="BusinessDate">Trading day.</param>
/// <param name="Declared">By declaration: of the store, or of each register.</param>
internal sealed record DeclaredStoreDay(string Store, DateOnly BusinessDate, IReadOnlyList<Comparison> Declared);
