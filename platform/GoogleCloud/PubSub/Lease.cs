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
    public TimeSpan WireDeadline { get; set; } = now + wireDeadline;

    /// <summary>Until when it is the caller's.</summary>
    public TimeSpan CallerDeadline { get; set; } = TimeSpan.MaxValue;
}
