using System.Collections.Concurrent;

namespace RetailInsight.IntegrationTests.GoogleCloud;

/// <summary>A clock on which time passes faster: a second in a millisecond at a factor of 1000.</summary>
internal sealed class HurriedClock(int factor) : TimeProvider
{
    private readonly long _started = System.GetTimestamp();

    /// <summary>Every pause asked for, before it was shortened.</summary>
    public ConcurrentQueue<TimeSpan> Pauses { get; } = new();

    /// <summary>Time passed on this clock.</summary>
    public TimeSpan Elapsed => System.GetElapsedTime(_started) * factor;

    public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2026, 11, 20, 3, 0, 0, TimeSpan.Zero) + Elapsed;

    public override long GetTimestamp() => Elapsed.Ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Pauses.Enqueue(dueTime);
        return System.CreateTimer(callback, state, Shorten(dueTime), Shorten(period));
    }

    private TimeSpan Shorten(TimeSpan pause) => pause == Timeout.InfiniteTimeSpan ? pause : pause / factor;
}
