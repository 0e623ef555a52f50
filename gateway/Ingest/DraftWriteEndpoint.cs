using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using RetailInsight.Gateway.Feeds;
using RetailInsight.Gateway.Landing;
using RetailInsight.Profiles.Drafting;

namespace RetailInsight.Gateway.Ingest;

/// <summary><c>POST /v1/profile-drafts</c>: looks at a file of a new vendor and writes the first draft of its profile. Nothing is kept.</summary>
internal sealed partial class DraftWriteEndpoint(PayloadIntake intake, IOptions<GatewayOptions> options)
{
    /// <summary>Answers with the YAML.</summary>
    /// <param name="id">Name of the profile to be; <c>new-vendor</c> unless stated.</param>
    /// <param name="context">The request; its body is the file.</param>
    public async Task<IResult> WriteAsync(string? id, HttpContext context)
    {
        if (id is not null && !Name().IsMatch(id))
        {
            throw new BadHttpRequestException("id takes lower-case letters, digits and hyphens, beginning with a letter, at most 63.");
        }

        var (taken, refusal) = await intake.TakeAsync(context, Caller.Of(context), options.Value.TryOutBytes);
        if (refusal is not null)
        {
            return refusal;
        }

        await using var _ = taken!;
        var payload = await taken!.Payload.ReadAsync(context.RequestAborted);
        if (taken.ContentEncoding == "gzip" && !Unpacking.Gunzip(payload, options.Value, context.RequestAborted).TryGet(out payload, out var unpackable))
        {
            throw new BadHttpRequestException(unpackable.Detail);
        }

        return TypedResults.Text(ProfileDraft.Of(payload, id ?? "new-vendor"), "application/yaml", System.Text.Encoding.UTF8);
    }

    [GeneratedRegex("^[a-z][a-z0-9-]{0,62}\\z")]
    private static partial Regex Name();
}
