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

    /// <summary>It is still in view: whether it will have stopped is not known, so it counts for nothing yet.</summary>
    Undecided,
}

/// <summary>Counts stops (立ち寄り) before a shelf: one camera watches one zone.</summary>
/// <param name="Zone">The zone.</param>
public sealed record ZoneVisits(Zone Zone)
{
    /// <summary>Judges one track by its longest stay; a stay beyond the maximum is none of a customer and counts for nothing.</summary>
    /// <param name="track">The track.</param>
    /// <param name="seconds">How long a stay must last to be a stop.</param>
    public ZoneVisit Of(Track track, CountingSeconds seconds)
    {
        ArgumentNullException.ThrowIfNull(track);
        ArgumentNullException.ThrowIfNull(seconds);
        return !track.HasEnded ? ZoneVisit.Undecided
            : Zone.LongestStay(track) is not { } stay ? ZoneVisit.None
            : seconds.Stop.Contains(stay.Lasted) ? ZoneVisit.Stopped
            : stay.Lasted.TotalSeconds < seconds.Stop.MinSeconds ? ZoneVisit.Passed : ZoneVisit.None;
    }
}
