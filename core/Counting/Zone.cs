namespace RetailInsight.Core.Counting;

/// <summary>An unbroken stay in an area.</summary>
/// <param name="From">The first point of the track in it.</param>
/// <param name="Lasted">From that point to the last one in it.</param>
public readonly record struct Stay(int From, TimeSpan Lasted);

/// <summary>An area of the floor: a polygon without crossing edges, its border included.</summary>
/// <param name="Corners">The corners in order; at least three.</param>
public sealed record Zone(IReadOnlyList<FloorPoint> Corners)
{
    /// <summary>Whether the place lies in the area.</summary>
    public bool Contains(FloorPoint place)
    {
        var inside = false;
        for (int i = 0, j = Corners.Count - 1; i < Corners.Count; j = i++)
        {
            var (a, b) = (Corners[i], Corners[j]);
            var cross = ((b.X - a.X) * (place.Y - a.Y)) - ((b.Y - a.Y) * (place.X - a.X));
            if (cross == 0 && place.X >= Math.Min(a.X, b.X) && place.X <= Math.Max(a.X, b.X) && place.Y >= Math.Min(a.Y, b.Y) && place.Y <= Math.Max(a.Y, b.Y))
            {
                return true;
            }

            if (a.Y > place.Y != b.Y > place.Y && place.X < a.X + ((b.X - a.X) * (place.Y - a.Y) / (b.Y - a.Y)))
            {
                inside = !inside;
            }
        }

        return inside;
    }

    /// <summary>The longest unbroken stay of a track in the area; null when it was never in it. Between two points in the area a person stayed in it.</summary>
    public Stay? LongestStay(Track track)
    {
        ArgumentNullException.ThrowIfNull(track);
        Stay? longest = null;
        int? since = null;
        for (var i = 0; i < track.Points.Count; i++)
        {
            since = Contains(track.Points[i].Place) ? since ?? i : null;
            if (since is { } from && track.Points[i].At - track.Points[from].At is var lasted && (longest is null || lasted > longest.Value.Lasted))
            {
                longest = new Stay(from, lasted);
            }
        }

        return longest;
    }
}
