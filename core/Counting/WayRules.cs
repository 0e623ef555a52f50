namespace RetailInsight.Core.Counting;

/// <summary>How long something must last to count.</summary>
/// <param name="MinSeconds">At least so many seconds.</param>
/// <param name="MaxSeconds">At most so many; <see cref="NoMaximum"/> for no limit.</param>
public readonly record struct SecondsRange(int MinSeconds, int MaxSeconds)
{
    /// <summary>Says that there is no maximum.</summary>
    public const int NoMaximum = -1;

    /// <summary>Whether the time is in the range, both ends included.</summary>
    public bool Contains(TimeSpan time) => time.TotalSeconds >= MinSeconds && (MaxSeconds == NoMaximum || time.TotalSeconds <= MaxSeconds);
}

/// <summary>What a track through the shop (動線) says.</summary>
/// <param name="Entered">It was born in a source area.</param>
/// <param name="Left">It ended in a sink area.</param>
/// <param name="IsStaff">It stayed in a crew area; then all of it is staff.</param>
/// <param name="Counts">It is a customer's way, and its length is in the range of the settings.</param>
public readonly record struct Way(bool Entered, bool Left, bool IsStaff, bool Counts);

/// <summary>A company's settings for ways through a shop: one set for all its stores, so that a change is a change everywhere.</summary>
/// <param name="CrewSeconds">Who stays in a crew area for so many seconds is staff.</param>
/// <param name="Length">How long a way must last to count.</param>
public sealed record WayRules(int CrewSeconds, SecondsRange Length)
{
    /// <summary>Judges a track by the areas of the store's plan.</summary>
    /// <param name="track">The track.</param>
    /// <param name="plan">The areas of the store.</param>
    public Way Of(Track track, FloorPlan plan)
    {
        ArgumentNullException.ThrowIfNull(track);
        ArgumentNullException.ThrowIfNull(plan);
        var staff = plan.Crew.Any(area => area.LongestStay(track) is { } stay && stay.Lasted.TotalSeconds >= CrewSeconds);
        return new Way(
            plan.Sources.Any(area => area.Contains(track.Birth)),
            track.HasEnded && plan.Sinks.Any(area => area.Contains(track.End)),
            staff,
            !staff && Length.Contains(track.Duration));
    }
}

/// <summary>The areas of a store that ways are judged by.</summary>
/// <param name="Sources">Where customers' ways begin.</param>
/// <param name="Sinks">Where they end: who ends there has left.</param>
/// <param name="Crew">Where only staff stays, such as behind the counter.</param>
public sealed record FloorPlan(IReadOnlyList<Zone> Sources, IReadOnlyList<Zone> Sinks, IReadOnlyList<Zone> Crew);
