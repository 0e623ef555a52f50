namespace RetailInsight.Core.Counting;

/// <summary>
/// What a camera above the entrance and one over the street before it count. Staff cannot be told from customers and are
/// counted with them.
/// </summary>
/// <param name="Entrances">The lines of the entrances, inside being the shop.</param>
/// <param name="Ends">The lines at the two ends of the front, inside being the stretch before the entrance.</param>
public sealed record Storefront(IReadOnlyList<CountingLine> Entrances, IReadOnlyList<CountingLine> Ends)
{
    /// <summary>Whether the track is a visitor (来客人数): it crosses an entrance inwards, however often.</summary>
    /// <param name="track">The track.</param>
    /// <param name="seconds">How long a way must last to count.</param>
    public bool IsVisitor(Track track, CountingSeconds seconds) => Entered(track, seconds) is not null;

    /// <summary>Where the track became a visitor; null when it is none.</summary>
    /// <param name="track">The track.</param>
    /// <param name="seconds">How long a way must last to count.</param>
    public Crossing? Entered(Track track, CountingSeconds seconds)
    {
        ArgumentNullException.ThrowIfNull(track);
        ArgumentNullException.ThrowIfNull(seconds);
        return seconds.Visitor.Contains(track.Duration) ? Of(Entrances, track).Where(crossing => crossing.Inwards).Select(crossing => (Crossing?)crossing).FirstOrDefault() : null;
    }

    /// <summary>Where the track left the shop: it crosses an entrance outwards and does not come in again. Null when it did not, or is still in view.</summary>
    /// <param name="track">The track.</param>
    /// <param name="seconds">How long a way must last to count, as of a visitor.</param>
    public Crossing? Left(Track track, CountingSeconds seconds)
    {
        ArgumentNullException.ThrowIfNull(track);
        ArgumentNullException.ThrowIfNull(seconds);
        return track.HasEnded && seconds.Visitor.Contains(track.Duration) && Of(Entrances, track) is [.., { Inwards: false } last] ? last : null;
    }

    /// <summary>
    /// Whether the track is a passer-by (店前通行量): it crosses one of the end lines towards the entrance, and does not turn back
    /// over that same line while it is in view. Who is still in view may yet turn back.
    /// </summary>
    /// <param name="track">The track.</param>
    /// <param name="seconds">How long a way must last to count.</param>
    public bool IsPasserBy(Track track, CountingSeconds seconds) => Passed(track, seconds) is not null;

    /// <summary>Where the track came to be a passer-by; null when it is none.</summary>
    /// <param name="track">The track.</param>
    /// <param name="seconds">How long a way must last to count.</param>
    public Crossing? Passed(Track track, CountingSeconds seconds)
    {
        ArgumentNullException.ThrowIfNull(track);
        ArgumentNullException.ThrowIfNull(seconds);
        return track.HasEnded && seconds.PasserBy.Contains(track.Duration)
            ? Ends.SelectMany(end => end.Crossings(track).TakeLast(1)).Where(last => last.Inwards).OrderBy(last => last.Point).Select(last => (Crossing?)last).FirstOrDefault()
            : null;
    }

    /// <summary>The share of passers-by who came in (入店率), of counts that are summed first; null when nobody passed.</summary>
    /// <param name="visitors">Visitors of all stores and hours asked for.</param>
    /// <param name="passersBy">Passers-by of the same stores and hours.</param>
    public static decimal? CaptureRate(long visitors, long passersBy) => passersBy == 0 ? null : (decimal)visitors / passersBy;

    private static Crossing[] Of(IReadOnlyList<CountingLine> lines, Track track) => [.. lines.SelectMany(line => line.Crossings(track)).OrderBy(crossing => crossing.Point)];
}
