using RetailInsight.Core.Canon.V1;
using RetailInsight.Profiles.Counts;

namespace RetailInsight.Profiles.Definition;

/// <summary>What the numbers of a counter are.</summary>
internal enum CountForm
{
    /// <summary>Crossings within an interval.</summary>
    Interval,

    /// <summary>Crossings since the last reset.</summary>
    Cumulative,

    /// <summary>People in view at an instant.</summary>
    Occupancy,

    /// <summary>What one person did at an instant.</summary>
    Event,
}

/// <summary>Counts of one line that stand beside those of others in a row.</summary>
/// <param name="Line">Name of the line.</param>
/// <param name="Figures">What is read of it, by canonical name.</param>
internal sealed record LineFigures(string Line, IReadOnlyDictionary<string, Binding> Figures);

/// <summary>How a feed tells what single persons did.</summary>
/// <param name="DurationUnit">How many milliseconds a duration of 1 has.</param>
/// <param name="PersonsOfDevice">Whether each device names persons on its own; else all devices of the vendor name the same person alike.</param>
/// <param name="Tracks">How ways become events; null where the device sends events.</param>
internal sealed record VisitorRules(long DurationUnit, bool PersonsOfDevice, TrackRules? Tracks);

/// <summary>How a feed counts.</summary>
internal sealed record CountRules
{
    /// <summary>Only of <see cref="CountForm.Event"/>.</summary>
    public VisitorRules? Visitors { get; init; }

    /// <summary>What the numbers are.</summary>
    public CountForm Form { get; init; }

    /// <summary>What is added to a stated end, which names the last second or minute of the interval; zero where it names the first instant after it.</summary>
    public TimeSpan EndsAfter { get; init; }

    /// <summary>How long an interval is whose end is not stated; null where the end is.</summary>
    public TimeSpan? Length { get; init; }

    /// <summary>Whether a date without an hour is the whole day.</summary>
    public bool DayWithoutHour { get; init; }

    /// <summary>The wall clock of times without an offset; null for the store's.</summary>
    public TimeZoneInfo? Zone { get; init; }

    /// <summary>Whether the vendor has multiplied what was counted.</summary>
    public CountMeasure Measure { get; init; } = CountMeasure.Raw;

    /// <summary>How far the device's clock may be off; null where that is not looked at.</summary>
    public TimeSpan? Drift { get; init; }

    /// <summary>When running counters begin at 0 again; only of <see cref="CountForm.Cumulative"/>.</summary>
    public CounterResets? Resets { get; init; }

    /// <summary>Lines that stand beside each other in a row; none where a row is of one line.</summary>
    public IReadOnlyList<LineFigures> Lines { get; init; } = [];

    /// <summary>Members or elements that are taken out of a payload before it is stored, such as a picture.</summary>
    public IReadOnlyList<string> NeverKept { get; init; } = [];

    /// <summary>Members of a payload that carries no counts, such as the test of a connection.</summary>
    public IReadOnlyList<string> Others { get; init; } = [];
}
