namespace RetailInsight.Core.Counting;

/// <summary>A line was crossed.</summary>
/// <param name="Line">Which.</param>
/// <param name="Inwards">Whether to its inside.</param>
/// <param name="Point">The first point of the track behind the line.</param>
public readonly record struct Crossing(CountingLine Line, bool Inwards, int Point);

/// <summary>
/// A line on the floor that people are counted at. Seen from <paramref name="From"/> towards <paramref name="To"/>, inside is
/// on the left.
/// </summary>
/// <param name="From">One end.</param>
/// <param name="To">The other end.</param>
public sealed record CountingLine(FloorPoint From, FloorPoint To)
{
    /// <summary>
    /// The crossings of a track in their order. Touching the line, or walking on it, is no crossing: who
    /// comes back to the side he came from has not crossed.
    /// </summary>
    public IEnumerable<Crossing> Crossings(Track track)
    {
        ArgumentNullException.ThrowIfNull(track);
        var side = 0;
        var touched = false;
        for (var i = 0; i < track.Points.Count; i++)
        {
            var now = SideOf(track.Points[i].Place);
            touched |= i > 0 && Meets(track.Points[i - 1].Place, track.Points[i].Place);
            if (now == 0)
            {
                continue;
            }

            if (side != 0 && now != side && touched)
            {
                yield return new Crossing(this, now > 0, i);
            }

            (side, touched) = (now, false);
        }
    }

    private int SideOf(FloorPoint place) => Math.Sign(Cross(From, To, place));

    // Whether the step touches the line between its ends, not only its continuation.
    private bool Meets(FloorPoint before, FloorPoint after)
    {
        var (fromSide, toSide) = (Math.Sign(Cross(before, after, From)), Math.Sign(Cross(before, after, To)));
        return SideOf(before) * SideOf(after) <= 0 && fromSide * toSide <= 0;
    }

    private static double Cross(FloorPoint a, FloorPoint b, FloorPoint c) => ((b.X - a.X) * (c.Y - a.Y)) - ((b.Y - a.Y) * (c.X - a.X));
}
