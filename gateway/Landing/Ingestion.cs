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

    /// <summary>Where the bytes lie as received.</summary>
    public required LakePointer Raw { get; init; }

    /// <summary>UTC, whole microseconds.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    public string State { get; init; } = IngestionState.Landed;

    /// <summary>How many conversions failed for a reason of ours.</summary>
    public int Attempts { get; init; }

    /// <summary>The receipt as JSON, byte for byte; null while <see cref="State"/> is landed.</summary>
    public string? Answer { get; init; }

    /// <summary>The id as it stands in answers: 32 hexadecimal digits.</summary>
    public string ReceiptId => Id128.FromGuid(Id).ToString();

    /// <summary>The id of a payload: the same bytes on the same feed have the same one.</summary>
    public static Guid IdOf(string tenant, string feed, byte[] sha256) => Id128.FromParts(tenant, feed, Convert.ToHexStringLower(sha256)).ToGuid();
}
