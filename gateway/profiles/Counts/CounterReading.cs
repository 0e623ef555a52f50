using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Core.Outcomes;

namespace RetailInsight.Profiles.Counts;

/// <summary>
/// What the running counters of a line showed at an instant. It becomes a count only beside the reading before it:
/// see <see cref="CounterSeries"/>.
/// </summary>
public sealed record CounterReading
{
    /// <summary>Identity of the count that ends with this reading: device, line and instant.</summary>
    public required Id128 EventId { get; init; }

    /// <summary>Code of the store.</summary>
    public required string Store { get; init; }

    /// <summary>The store's time zone and cut-over.</summary>
    public required BusinessCalendar Calendar { get; init; }

    /// <summary>The device, as sent.</summary>
    public required string Device { get; init; }

    /// <summary>The counting line, as sent.</summary>
    public required string Line { get; init; }

    /// <summary>When the counters were read, with the store's offset.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What the device calls crossings inwards, since the last reset.</summary>
    public required uint Entered { get; init; }

    /// <summary>What the device calls crossings outwards, since the last reset.</summary>
    public required uint Left { get; init; }

    /// <summary>Whether the device was installed the other way round: what it calls in is out.</summary>
    public bool Reversed { get; init; }

    /// <summary>What tells one run of the device from the next; empty when it does not say.</summary>
    public string Boot { get; init; } = "";

    /// <summary>Number of the device's package, rising by 1 and beginning anew with each reset; 0 when it does not number them.</summary>
    public ulong Sequence { get; init; }

    /// <summary>Firmware of the device, as sent; empty when it does not say.</summary>
    public string Firmware { get; init; } = "";

    /// <summary>Zone of the line; empty for none.</summary>
    public string Zone { get; init; } = "";

    /// <summary>What the line is for.</summary>
    public CountRole Role { get; init; } = CountRole.Entrance;

    /// <summary>When counters begin at 0 again.</summary>
    public required CounterResets Resets { get; init; }

    /// <summary>Where it stands in the payload.</summary>
    public required SourceLocation Source { get; init; }
}

/// <summary>When running counters begin at 0 again. Whatever is none of it is no reset.</summary>
/// <param name="DailyAt">Minutes after midnight on the device's wall clock at which they do each day; null for never.</param>
/// <param name="WithBoot">Whether they do when the device was started anew.</param>
/// <param name="WithSequence">Whether they do when the numbers of packages begin anew.</param>
/// <param name="RollsOverAt">The number that follows the largest one is 0: 65536 for 16 bits; null where counters do not roll over.</param>
/// <param name="Zone">The device's wall clock; null for the store's.</param>
public sealed record CounterResets(int? DailyAt, bool WithBoot, bool WithSequence, uint? RollsOverAt, TimeZoneInfo? Zone);
