namespace RetailInsight.Api.Health;

/// <summary>What has arrived of a store-day, for whoever looks after the deliveries.</summary>
internal enum Arrival
{
    /// <summary>Nothing is known of the day, and nothing was expected.</summary>
    Unknown,

    /// <summary>All of it, in time.</summary>
    Complete,

    /// <summary>All of it, but receipts first came more than 24 hours after the end of the day.</summary>
    Late,

    /// <summary>Something is missing: a register, receipt numbers, minutes of a counter.</summary>
    Missing,

    /// <summary>No register sent anything although some had before.</summary>
    NeverSent,
}

/// <summary>Reads arrivals from what tells whether figures can be trusted.</summary>
internal static class Arrivals
{
    /// <summary>What has arrived of a store-day.</summary>
    public static Arrival Of(HealthDay day) => day.State switch
    {
        HealthState.Missing => Arrival.NeverSent,
        HealthState.Partial => Arrival.Missing,
        HealthState.Whole => day.LateReceipts > 0 ? Arrival.Late : Arrival.Complete,
        _ => Arrival.Unknown,
    };
}
