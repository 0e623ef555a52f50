namespace RetailInsight.Core.Counting;

/// <summary>A place on the floor under a camera, in metres of the camera's own plan: x to the right, y ahead.</summary>
/// <param name="X">Metres to the right.</param>
/// <param name="Y">Metres ahead.</param>
public readonly record struct FloorPoint(double X, double Y);

/// <summary>Where a person stood at a moment.</summary>
/// <param name="At">The moment.</param>
/// <param name="Place">The foot point.</param>
public readonly record struct TrackPoint(DateTimeOffset At, FloorPoint Place);

/// <summary>
/// One person's way through one camera's view, from appearing in it to leaving it. Who leaves the view and comes back has
/// made two tracks: a camera does not know that it is the same person, so every rule here counts tracks.
/// </summary>
public sealed class Track
{
    /// <summary>Creates a track.</summary>
    /// <param name="points">Its points in order of time; at least one.</param>
    /// <param name="hasEnded">Whether the person has left the view; false where the record ends before the way does.</param>
    /// <exception cref="ArgumentException">There is no point, or one is earlier than the one before.</exception>
    public Track(IReadOnlyList<TrackPoint> points, bool hasEnded = true)
    {
        ArgumentNullException.ThrowIfNull(points);
        if (points.Count == 0)
        {
            throw new ArgumentException("A track has at least one point.", nameof(points));
        }

        for (var i = 1; i < points.Count; i++)
        {
            if (points[i].At < points[i - 1].At)
            {
                throw new ArgumentException($"Point {i + 1} of the track is earlier than the one before it.", nameof(points));
            }
        }

        Points = points;
        HasEnded = hasEnded;
    }

    /// <summary>The points in order of time.</summary>
    public IReadOnlyList<TrackPoint> Points { get; }

    /// <summary>Whether the person has left the view. What a way comes to is known only then.</summary>
    public bool HasEnded { get; }

    /// <summary>Where it began.</summary>
    public FloorPoint Birth => Points[0].Place;

    /// <summary>Where it ended.</summary>
    public FloorPoint End => Points[^1].Place;

    /// <summary>How long it lasted.</summary>
    public TimeSpan Duration => Points[^1].At - Points[0].At;
}
