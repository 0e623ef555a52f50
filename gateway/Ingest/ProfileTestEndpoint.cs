using Microsoft.Extensions.Options;
using RetailInsight.Gateway.Feeds;
using RetailInsight.Gateway.Landing;
using RetailInsight.Gateway.Problems;
using RetailInsight.Profiles;

namespace RetailInsight.Gateway.Ingest;

/// <summary>
/// <c>POST /v1/profiles/{profile}/test</c>: a vendor tries a file before it goes live. Read by the very code that reads pushes,
/// with the tenant's stores and registers; nothing is written anywhere.
/// </summary>
internal sealed class ProfileTestEndpoint(
    ProfileCatalog profiles, PayloadIntake intake, PayloadConversion conversion, TimeProvider clock, IOptions<GatewayOptions> options)
{
    /// <summary>Answers a try, 200 whatever is found.</summary>
    public async Task<IResult> TestAsync(string profile, HttpContext context)
    {
        if (profiles.Find(profile) is not { } found)
        {
            return Problem.Of(
                StatusCodes.Status404NotFound,
                "profile_unknown",
                "Unknown profile",
                $"There is no profile of that name; there are {string.Join(", ", profiles.All.Select(one => one.Id).Distinct())}.");
        }

        var caller = Caller.Of(context);
        var (taken, refusal) = await intake.TakeAsync(context, caller, options.Value.TryOutBytes);
        if (refusal is not null)
        {
            return refusal;
        }

        await using var _ = taken!;
        var file = Sandbox.Describe(caller, "", found.Vendor, found, taken!.Payload, null, taken.ContentEncoding, clock.GetUtcNow());
        var converted = await conversion.TryOutAsync(file, await taken.Payload.ReadAsync(context.RequestAborted), scrutiny: true, context.RequestAborted);
        var receipt = new LandingWork(file, converted).Decide(new LandingDecision()).Receipt;
        return TypedResults.Json(ProfileFindings.Of(receipt, converted), GatewayJson.Plain.ProfileFindings);
    }
}
