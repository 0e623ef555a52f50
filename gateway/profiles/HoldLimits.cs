using RetailInsight.Core.Outcomes;

namespace RetailInsight.Profiles;

/// <summary>
/// How much a payload may be told about itself. Without these a few megabytes of rubbish would cost gigabytes of reasons, at
/// every attempt to read them.
/// </summary>
internal static class HoldLimits
{
    /// <summary>
    /// The largest figure of a receipt, in millionths: ten thousand million. Sums are 64 bits of millionths, so more than nine hundred
    /// receipts of that size fit in the sum of a day; a code of 13 digits that stands in the column of an amount does not.
    /// </summary>
    public const long LargestFigure = 10_000_000_000 * 1_000_000L;

    /// <summary>Most rows that belong to no receipt: a payload with more is none of its profile and is refused as a whole.</summary>
    public const int RowsWithoutReceipt = 100_000;

    /// <summary>Most reasons kept of one receipt; who mends these is told the rest when it is sent again.</summary>
    public const int ReasonsPerReceipt = 100;

    /// <summary>Most findings of one kind that differ by name only: columns, records.</summary>
    public const int Names = 100;

    /// <summary>Why a payload is refused that is made of rows without receipt.</summary>
    public static Rejection Refuse() => new(
        RejectionReason.PayloadUnreadable,
        System.FormattableString.Invariant($"More than {RowsWithoutReceipt} rows of the payload belong to no record: it is not the file the profile describes. Send the agreed format, or have the profile changed and the payload replayed."),
        null,
        default);
}
