using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.HttpResults;
using RetailInsight.Gateway.Problems;
using RetailInsight.Profiles;

namespace RetailInsight.Gateway.Feeds;

/// <summary>Feeds over HTTP: every key reads its own, operators' keys read and change all of the tenant.</summary>
internal sealed partial class FeedEndpoint(FeedRegister register, ProfileCatalog profiles, TimeProvider clock)
{
    private const int MostBody = 64 << 10;

    /// <summary><c>GET /v1/feeds</c>.</summary>
    public async Task<IResult> ListAsync(HttpContext context)
    {
        var caller = Caller.Of(context);
        var rows = await register.ListAsync(caller.Tenant, caller.IsOperator ? null : caller.Feeds, context.RequestAborted);
        return TypedResults.Json(new FeedList(rows.ConvertAll(View)), GatewayJson.Plain.FeedList);
    }

    /// <summary><c>GET /v1/feeds/{feed}</c>, with its audit.</summary>
    public async Task<IResult> GetAsync(string feed, HttpContext context) =>
        await FindAsync(Caller.Of(context), feed, context.RequestAborted) is { } row ? await AnswerAsync(row, StatusCodes.Status200OK, context) : Unknown();

    /// <summary><c>POST /v1/feeds</c>: 201; 200 when there is exactly this feed already.</summary>
    public async Task<IResult> CreateAsync(HttpContext context)
    {
        var caller = Caller.Of(context);
        if (Refusal(caller) is { } refusal)
        {
            return refusal;
        }

        var request = await ReadAsync(context);
        if (request.Feed is not { } name || !Name().IsMatch(name))
        {
            throw new BadHttpRequestException("feed takes lower-case letters, digits and hyphens, beginning with a letter or digit, at most 63.");
        }

        var profile = ProfileOf(request.Profile ?? throw new BadHttpRequestException("profile is missing: state one of GET /v1/profiles."));
        var vendor = request.Vendor ?? profile.Vendor;
        if (!Name().IsMatch(vendor))
        {
            throw new BadHttpRequestException("vendor takes lower-case letters, digits and hyphens, beginning with a letter or digit, at most 63.");
        }

        var wanted = new FeedRow(name, vendor, profile.Id, ModeOf(request.Resend) ?? ResendMode.Append, clock.GetUtcNow(), null);
        if (await register.CreateAsync(caller.Tenant, wanted, caller.Label, context.RequestAborted))
        {
            context.Response.Headers.Location = "/v1/feeds/" + name;
            return await AnswerAsync(wanted, StatusCodes.Status201Created, context);
        }

        var known = (await register.ListAsync(caller.Tenant, [name], context.RequestAborted)).Single();
        wanted = wanted with { CreatedAt = known.CreatedAt };
        if (known == wanted)
        {
            return await AnswerAsync(known, StatusCodes.Status200OK, context);
        }

        return known.RetiredAt is null || known.Vendor != vendor
            ? Problem.Of(
                StatusCodes.Status409Conflict,
                "feed_exists",
                "There is a feed of that name",
                $"It is of vendor '{known.Vendor}' and read by profile '{known.Profile}'. Choose another name, or change that feed. Nothing was changed.")
            : await ChangeAsync(caller, known, wanted, context);
    }

    /// <summary><c>PATCH /v1/feeds/{feed}</c>: another profile, or another meaning of a resend.</summary>
    public async Task<IResult> PatchAsync(string feed, HttpContext context)
    {
        var caller = Caller.Of(context);
        if (Refusal(caller) is { } refusal)
        {
            return refusal;
        }

        var request = await ReadAsync(context);
        if (request.Feed is not null || request.Vendor is not null || (request.Profile ?? request.Resend) is null)
        {
            throw new BadHttpRequestException("State profile, resend or both. The name and the vendor of a feed do not change: make another feed.");
        }

        if (await FindAsync(caller, feed, context.RequestAborted) is not { } known)
        {
            return Unknown();
        }

        var profile = request.Profile is { } id ? ProfileOf(id).Id : known.Profile;
        return await ChangeAsync(caller, known, known with { Profile = profile, Resend = ModeOf(request.Resend) ?? known.Resend }, context);
    }

    /// <summary><c>POST /v1/feeds/{feed}/retire</c>: it takes nothing more; what came stays, and can be replayed.</summary>
    public async Task<IResult> RetireAsync(string feed, HttpContext context)
    {
        var caller = Caller.Of(context);
        if (Refusal(caller) is { } refusal)
        {
            return refusal;
        }

        return await FindAsync(caller, feed, context.RequestAborted) is not { } known ? Unknown()
            : await ChangeAsync(caller, known, known.RetiredAt is null ? known with { RetiredAt = clock.GetUtcNow() } : known, context);
    }

    private async Task<IResult> ChangeAsync(Caller caller, FeedRow known, FeedRow wanted, HttpContext context)
    {
        if (profiles.Find(known.Profile) is { } from && profiles.Find(wanted.Profile) is { } to && !IsSameIdentity(from, to)
            && await register.HasPayloadsAsync(caller.Tenant, known.Feed, context.RequestAborted))
        {
            return Problem.Of(
                StatusCodes.Status409Conflict,
                "feed_profile_incompatible",
                "The profile does not fit the feed",
                $"'{to.Id}' tells records apart otherwise than '{from.Id}' ({Identity(to)}, not {Identity(from)}): what was pushed before would count a second time when it is sent again. Make a feed of its own for it. Nothing was changed.");
        }

        return await register.ChangeAsync(caller.Tenant, known, wanted, caller.Label, context.RequestAborted)
            ? await AnswerAsync(wanted, StatusCodes.Status200OK, context)
            : throw new TimeoutException("Somebody else changed the feed at the same moment.");
    }

    private static bool IsSameIdentity(Profile from, Profile to) => from.Content == to.Content && from.Vendor == to.Vendor && from.Identity.SequenceEqual(to.Identity, StringComparer.Ordinal);

    private static string Identity(Profile profile) => $"{ContentOf(profile)} of {profile.Vendor} by {string.Join(", ", profile.Identity)}";

    private async Task<FeedRow?> FindAsync(Caller caller, string feed, CancellationToken cancellationToken) =>
        caller.IsOperator || caller.Opens(feed) ? (await register.ListAsync(caller.Tenant, [feed], cancellationToken)).SingleOrDefault() : null;

    private async Task<JsonHttpResult<FeedView>> AnswerAsync(FeedRow row, int status, HttpContext context) => TypedResults.Json(
        View(row) with { Changes = await register.ChangesAsync(Caller.Of(context).Tenant, row.Feed, context.RequestAborted) }, GatewayJson.Plain.FeedView, statusCode: status);

    private FeedView View(FeedRow row) => new(
        row.Feed,
        row.Vendor,
        row.Profile,
        profiles.Find(row.Profile)?.Version,
        profiles.Find(row.Profile) is { } profile ? ContentOf(profile) : null,
        row.Resend,
        row.RetiredAt is null ? "active" : "retired",
        row.CreatedAt,
        row.RetiredAt);

    /// <summary>What the records of a profile are, as the profile writes it.</summary>
    public static string ContentOf(Profile profile) => profile.Content switch
    {
        FeedContent.PeopleCounts => "people_counts",
        FeedContent.VisitorEvents => "visitor_events",
        FeedContent.PosMaster => "pos_master",
        FeedContent.DeclaredTotals => "declared_totals",
        _ => "transactions",
    };

    private Profile ProfileOf(string id) => profiles.Find(id)
        ?? throw new BadHttpRequestException("profile: there is no published profile of that name. GET /v1/profiles lists them.");

    private static string? ModeOf(string? resend) => resend is null || ResendMode.IsKnown(resend) ? resend
        : throw new BadHttpRequestException("resend is append, delta or replace.");

    private static Problem? Refusal(Caller caller) => caller.IsOperator
        ? null
        : Problem.Of(StatusCodes.Status403Forbidden, "operator_only", "The key is no operator's", "Feeds are made, changed and retired with a key of an operator. Nothing was changed.");

    private static Problem Unknown() => Problem.Of(StatusCodes.Status404NotFound, "feed_unknown", "Unknown feed", "There is no feed of that name.");

    private static Task<FeedRequest> ReadAsync(HttpContext context) =>
        JsonBody.ReadAsync(context, GatewayJson.Default.FeedRequest, MostBody, "The body is longer than 64 KiB.", "feed", "feed, vendor, profile and resend");

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,62}\\z")]
    private static partial Regex Name();
}
