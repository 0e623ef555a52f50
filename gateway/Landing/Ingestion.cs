using RetailInsight.Core.Canon;
using RetailInsight.Core.Ports;

namespace RetailInsight.Gateway.Landing;

/// <summary>States of a payload in the ledger.</summary>
internal static class IngestionState
{
    /// <summary>Kept; the outcome is still to come.</summary>
    public const string Landed = "landed";

    /// <summary>Every row has a verdict.</summary>
    public const string Converted = "converted";

    /// <summary>Kept, but not a payload of its profile.</summary>
    public const string Unreadable = "unreadable";
}

/// <summary>What was taken out of a payload before it was stored.</summary>
/// <param name="Values">How many values.</param>
/// <param name="Bytes">How many bytes less are stored than were sent, after decompression.</param>
internal readonly record struct Removal(int Values, long Bytes);

/// <summary>One payload in the ledger.</summary>
internal sealed record Ingestion
{
    public required Guid Id { get; init; }

    public required string Tenant { get; init; }

    public required string Feed { get; init; }

    public required string Vendor { get; init; }

    public required string Profile { get; init; }

    public required int ProfileVersion { get; init; }

    /// <summary>The stores the pushing key may send figures of; null for every store.</summary>
    public string[]? Stores { get; init; }

    public string? FileName { get; init; }

    /// <summary><c>identity</c> or <c>gzip</c>.</summary>
    public required string ContentEncoding { get; init; }

    public required byte[] Sha256 { get; init; }

    /// <summary>Where the bytes lie: as received, but for what was <see cref="Removed"/>.</summary>
    public required LakePointer Raw { get; init; }

    /// <summary>Bytes over the wire, where something was <see cref="Removed"/>; null where those are kept.</summary>
    public long? Sent { get; init; }

    /// <summary>Bytes over the wire.</summary>
    public long SentBytes => Sent ?? Raw.Length;

    /// <summary>The device that sent it with its own key or over its network; null where the sender is none.</summary>
    public string? Device { get; init; }

    /// <summary>The hardware its network saw; null where no network says.</summary>
    public string? Equipment { get; init; }

    /// <summary>Pictures that were taken out before it was stored. What was compressed is then stored unpacked.</summary>
    public Removal Removed { get; init; }

    /// <summary>UTC, whole microseconds.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    public string State { get; init; } = IngestionState.Landed;

    /// <summary>How many conversions failed for a reason of ours.</summary>
    public int Attempts { get; init; }

    /// <summary>The receipt as JSON, byte for byte; null while <see cref="State"/> is landed.</summary>
    public string? Answer { get; init; }

    /// <summary>The id as it stands in answers: 32 hexadecimal digits.</summary>
    public string ReceiptId => Id128.FromGuid(Id).ToString();

    /// <summary>
    /// The id of a payload: the same bytes on the same feed have the same one. Bytes to be unpacked are another payload
    /// than the same bytes as they are, so that one who forgot to say gzip can say it; and two devices may say the same of two doors.
    /// </summary>
    public static Guid IdOf(string tenant, string feed, byte[] sha256, string contentEncoding, string? device = null)
    {
        var (source, digest) = (SourceOf(feed, device), Convert.ToHexStringLower(sha256));
        return (contentEncoding == "identity" ? Id128.FromParts(tenant, source, digest) : Id128.FromParts(tenant, source, digest, contentEncoding)).ToGuid();
    }

    /// <summary>What tells payloads of the same bytes apart: the feed, and the device where one sends for itself. No feed has a slash in its name.</summary>
    public static string SourceOf(string feed, string? device) => device is null ? feed : feed + "/" + device;
}
