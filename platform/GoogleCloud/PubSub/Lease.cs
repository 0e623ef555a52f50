using RetailInsight.Core.Ports;

namespace RetailInsight.Platform.GoogleCloud.PubSub;

/// <summary>Where a leased message is in this process.</summary>
internal enum LeaseState
{
    /// <summary>Waits for an earlier message of its key.</summary>
    Held,

    /// <summary>Waits for a pull.</summary>
    Ready,

    /// <summary>A caller has it.</summary>
    Out,

    /// <summary>Is being acknowledged or moved to the dead letter.</summary>
    Settling,
}

/// <summary>A message Pub/Sub has leased to this process. Times count from the start of the book.</summary>
internal sealed class Lease(string messageId, BusDelivery delivery, TimeSpan now, TimeSpan wireDeadline)
{
    private static readonly TimeSpan LongestMargin = TimeSpan.FromSeconds(15);

    /// <summary>Pub/Sub's own id of the message.</summary>
    public string MessageId => messageId;

    /// <summary>What the caller gets.</summary>
    public BusDelivery Delivery => delivery;

    /// <summary>The newest ack id: Pub/Sub may deliver again what a caller still has.</summary>
    public string WireAckId { get; set; } = delivery.AckId;

    /// <summary>Where it is.</summary>
    public LeaseState State { get; set; } = LeaseState.Ready;

    /// <summary>When it came.</summary>
    public TimeSpan Arrived => now;

    /// <summary>Until when Pub/Sub keeps it for this process.</summary>
    public TimeSpan WireDeadline { get; private set; } = now + wireDeadline;

    /// <summary>When to ask Pub/Sub for more time, if it is still needed.</summary>
    public TimeSpan RenewAt { get; private set; } = RenewalOf(now, wireDeadline);

    /// <summary>Until when it is the caller's.</summary>
    public TimeSpan CallerDeadline { get; set; } = TimeSpan.MaxValue;

    /// <summary>Pub/Sub keeps it from now on for that long.</summary>
    public void Renew(TimeSpan from, TimeSpan granted) => (WireDeadline, RenewAt) = (from + granted, RenewalOf(from, granted));

    // 15 seconds before the end, as Google's own client, or at half time.
    private static TimeSpan RenewalOf(TimeSpan from, TimeSpan granted) => from + (granted > LongestMargin * 2 ? granted - LongestMargin : granted / 2);
}
