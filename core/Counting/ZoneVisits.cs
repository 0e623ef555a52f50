namespace RetailInsight.Core.Counting;

/// <summary>What a track did in the one zone of its camera.</summary>
public enum ZoneVisit
{
    /// <summary>It was never in it.</summary>
    None,

    /// <summary>It went through.</summary>
    Passed,

    /// <summary>It stayed long enough and left.</summary>
    Stopped,
}

/// <summary>Counts stops (立ち寄り) before a shelf: one camera watches one zone.</summary>
/// <param name="Zone">The zone.</param>
public sealed record ZoneVisits(Zone Zone)
{
    /// <summary>From how long on a stay is a stop.</summary>
    public static TimeSpan Stop { get; } = TimeSpan.FromSeconds(10);

    /// <summary>Judges one track.</summary>
    public ZoneVisit Of(Track track) => Zone.LongestStay(track) switch
    {
        null => ZoneVisit.None,
        var stay => stay >= Stop ? ZoneVisit.Stopped : ZoneVisit.Passed,
    };
}
