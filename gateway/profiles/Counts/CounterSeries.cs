namespace RetailInsight.Profiles.Counts;

/// <summary>What the running counters of a line showed at an instant.</summary>
/// <param name="At">When.</param>
/// <param name="Entered">Crossings inwards since the last reset.</param>
/// <param name="Left">Crossings outwards since the last reset.</param>
/// <param name="Boot">What tells one run of the device from the next; empty when it does not say.</param>
/// <param name="Sequence">Number of the package; 0 when it has none.</param>
public readonly record struct CounterPoint(DateTimeOffset At, uint Entered, uint Left, string Boot, ulong Sequence);

/// <summary>What two readings say about the time between them.</summary>
/// <param name="From">The first instant that is counted.</param>
/// <param name="To">The first instant after it: that of the later reading.</param>
/// <param name="Entered">Crossings inwards.</param>
/// <param name="Left">Crossings outwards.</param>
/// <param name="Partial">Whether there were more that no reading tells of.</param>
public readonly record struct CounterDelta(DateTimeOffset From, DateTimeOffset To, uint Entered, uint Left, bool Partial);

/// <summary>
/// Turns readings of running counters into counts. A fall is a reset only where the profile declares one; what fell without is
/// not counted, and is where later readings are counted from. So each count depends on two neighbours alone, and readings that
/// come late or twice end in the same counts as those in order.
/// </summary>
public static class CounterSeries
{
    /// <summary>Longest time between two readings whose difference is a count; what lies farther apart belongs to no one day.</summary>
    public static readonly TimeSpan LongestSpan = TimeSpan.FromHours(25);

    /// <summary>What was counted up to a reading.</summary>
    /// <param name="before">The reading before it by the device's clock; null where there is none.</param>
    /// <param name="at">The reading.</param>
    /// <param name="resets">When counters begin at 0 again.</param>
    /// <param name="zone">The device's wall clock.</param>
    /// <param name="fell">Whether it fell and nothing says why.</param>
    /// <returns>Null where nothing is known: the first reading of a device, one after a long silence, one that fell.</returns>
    public static CounterDelta? UpTo(CounterPoint? before, CounterPoint at, CounterResets resets, TimeZoneInfo zone, out bool fell)
    {
        ArgumentNullException.ThrowIfNull(resets);
        ArgumentNullException.ThrowIfNull(zone);
        fell = false;
        var startedAnew = before is { } last ? StartedAnew(last, at, resets) : resets.WithBoot || resets.WithSequence;
        if (resets.DailyAt is { } minute && LastReset(at.At, minute, zone) is var since && (before is null || since >= before.Value.At))
        {
            // Where the device was started anew as well nobody knows on which side of the reset.
            return new(since, at.At, at.Entered, at.Left, Partial: startedAnew);
        }

        if (before is not { } known || at.At - known.At > LongestSpan)
        {
            return null;
        }

        if (startedAnew)
        {
            return new(known.At, at.At, at.Entered, at.Left, Partial: true);
        }

        if (Rise(known.Entered, at.Entered, resets) is { } entered && Rise(known.Left, at.Left, resets) is { } left)
        {
            return new(known.At, at.At, entered, left, Partial: false);
        }

        // At the very instant of a reset the counters may stand at 0 already: what came since the reading before is lost, and that is all.
        fell = resets.DailyAt is not { } daily || LastReset(at.At.AddTicks(1), daily, zone) != at.At;
        return null;
    }

    private static bool StartedAnew(CounterPoint before, CounterPoint at, CounterResets resets) =>
        (resets.WithBoot && before.Boot.Length > 0 && at.Boot.Length > 0 && before.Boot != at.Boot)
        || (resets.WithSequence && before.Sequence > 0 && at.Sequence > 0 && at.Sequence <= before.Sequence);

    // A counter that rolls over does so once at most between two readings, and never by more than half its range.
    private static uint? Rise(uint before, uint now, CounterResets resets) =>
        now >= before ? now - before
        : resets.RollsOverAt is { } modulus && before < modulus && modulus - before + now <= modulus / 2 ? modulus - before + now
        : null;

    // The last reset before the instant, by the device's wall clock. A reading of the very instant of a reset is the last before it.
    private static DateTimeOffset LastReset(DateTimeOffset at, int minute, TimeZoneInfo zone)
    {
        var wall = TimeZoneInfo.ConvertTime(at, zone).DateTime;
        var day = wall.Date.AddMinutes(minute);
        while (Instant(day) >= at)
        {
            day = day.AddDays(-1);
        }

        return Instant(day);

        DateTimeOffset Instant(DateTime clock) => zone.IsInvalidTime(clock)
            ? new DateTimeOffset(clock, zone.GetUtcOffset(clock.AddHours(-3)))
            : new DateTimeOffset(clock, zone.IsAmbiguousTime(clock) ? zone.GetAmbiguousTimeOffsets(clock).Max() : zone.GetUtcOffset(clock));
    }
}
