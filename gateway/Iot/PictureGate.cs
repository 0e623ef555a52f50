using Microsoft.Extensions.Options;
using RetailInsight.Gateway.Ingest;
using RetailInsight.Gateway.Landing;
using RetailInsight.Gateway.Problems;
using RetailInsight.Profiles;
using RetailInsight.Profiles.Counts;

namespace RetailInsight.Gateway.Iot;

/// <summary>Keeps pictures and faces of people out: what counters and cameras send is looked through before a byte of it is stored.</summary>
internal sealed class PictureGate(IOptions<GatewayOptions> options)
{
    /// <summary>Whether what a profile reads may have pictures in it. It is then taken into memory and nowhere else.</summary>
    public static bool Watches(Profile profile) => profile.Content is FeedContent.PeopleCounts or FeedContent.VisitorEvents;

    /// <summary>The payload as it may be stored; the same where there is nothing to take out.</summary>
    /// <param name="profile">The feed's profile.</param>
    /// <param name="taken">The payload, in memory.</param>
    /// <param name="cancellationToken">Stops the unpacking.</param>
    /// <returns>Why it can be neither looked through nor stored, else null; and the payload.</returns>
    public (Problem? Refusal, Taken Taken) Pass(Profile profile, Taken taken, CancellationToken cancellationToken)
    {
        var unpacked = taken.Payload.Memory;
        if (taken.ContentEncoding == "gzip" && !Unpacking.Gunzip(taken.Payload.Memory, options.Value, cancellationToken).TryGet(out unpacked, out var unreadable))
        {
            return (Problem.Of(
                StatusCodes.Status400BadRequest,
                "payload_unsearchable",
                "The payload cannot be unpacked",
                $"{unreadable.Detail} What a camera sends is looked through for pictures before it is stored; this could not be. Nothing was kept."), taken);
        }

        var storable = PictureRemoval.Of(profile, unpacked);
        return storable.Removed == 0
            ? (null, taken)
            : (null, taken with { Payload = taken.Payload.Without(storable, taken.ContentEncoding), ContentEncoding = "identity" });
    }
}
