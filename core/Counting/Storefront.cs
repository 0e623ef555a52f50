namespace RetailInsight.Core.Counting;

/// <summary>
/// What a camera above the entrance and one over the street before it count. Staff cannot be told from customers and are
/// counted with them.
/// </summary>
/// <param name="Entrance">The line of the entrance, inside being the shop.</param>
/// <param name="Ends">The lines at the two ends of the front, inside being the stretch before the entrance.</param>
public sealed record Storefront(CountingLine Entrance, IReadOnlyList<CountingLine> Ends)
{
    /// <summary>Whether the track is a visitor (来客人数): it crosses the entrance inwards, however often.</summary>
    /// <param name="track">The track.</param>
    /// <param name="seconds">How long a way must last to count.</param>
    public bool IsVisitor(Track track, CountingSeconds seconds)
    {
        ArgumentNullException.ThrowIfNull(track);
        ArgumentNullException.ThrowIfNull(seconds);
        return seconds.Visitor.Contains(track.Duration) && Entrance.Crossings(track).Any(inwards => inwards);
    }

    /// <summary>
    /// Whether the track is a passer-by (店前通行量): it crosses one of the end lines towards the entrance, and does not turn back
    /// over that same line while it is in view. Who is still in view may yet turn back.
    /// </summary>
    /// <param name="track">The track.</param>
    /// <param name="seconds">How long a way must last to count.</param>
    public bool IsPasserBy(Track track, CountingSeconds seconds)
    {
        ArgumentNullException.ThrowIfNull(track);
        ArgumentNullException.ThrowIfNull(seconds);
        return track.HasEnded && seconds.PasserBy.Contains(track.Duration) && EndsInwards(track);
    }

    /// <summary>The share of passers-by who came in (入店率), of counts that are summed first; null when nobody passed.</summary>
    /// <param name="visitors">Visitors of all stores and hours asked for.</param>
    /// <param name="passersBy">Passers-by of the same stores and hours.</param>
    public static decimal? CaptureRate(long visitors, long passersBy) => passersBy == 0 ? null : (decimal)visitors / passersBy;

    private bool EndsInwards(Track track) => Ends.Any(end => end.Crossings(track).ToArray() is { Length: > 0 } crossings && crossings[^1]);
}
