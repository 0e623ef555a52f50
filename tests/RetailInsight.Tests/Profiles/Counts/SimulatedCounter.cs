using System.Globalization;
using RetailInsight.Profiles.Counts;

namespace RetailInsight.Tests.Profiles.Counts;

/// <summary>Four days of a door with a device over it. It knows when each person crossed; the device knows its counters alone.</summary>
internal sealed class SimulatedCounter
{
    private static readonly DateTimeOffset Start = new(2026, 10, 23, 14, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(30);

    private readonly CounterResets _resets;
    private readonly Random _random;
    private readonly List<(DateTimeOffset At, bool Inwards)> _crossings = [];
    private readonly List<CounterPoint> _reports = [];

    public SimulatedCounter(CounterResets resets, int seed)
    {
        (_resets, _random) = (resets, new Random(seed));
        Run();
    }

    /// <summary>How many crossed in and out during [from, to).</summary>
    public (uint Entered, uint Left) Truth(DateTimeOffset from, DateTimeOffset to)
    {
        var within = _crossings.Where(crossing => crossing.At >= from && crossing.At < to).ToList();
        return ((uint)within.Count(crossing => crossing.Inwards), (uint)within.Count(crossing => !crossing.Inwards));
    }

    /// <summary>The reports as they arrive: some lost, some twice, some late.</summary>
    public IReadOnlyList<CounterPoint> Arrivals()
    {
        var kept = _reports.Where(_ => _random.Next(10) > 0).ToList();
        kept.AddRange(kept.Where(_ => _random.Next(10) == 0).ToList());
        for (var swaps = 0; swaps < 20; swaps++)
        {
            var (one, other) = (_random.Next(kept.Count), _random.Next(kept.Count));
            (kept[one], kept[other]) = (kept[other], kept[one]);
        }

        return kept;
    }

    private void Run()
    {
        var zone = _resets.Zone!;
        var (entered, left, boot, sequence, startedAt) = (0u, 0u, 0, 0UL, 0);
        for (var minute = 0; minute < 4 * 24 * 60; minute++)
        {
            var now = Start.AddMinutes(minute);
            var wall = TimeZoneInfo.ConvertTime(now, zone).DateTime;

            // What is reported at an instant is what was counted before it; a reset at that instant comes after the report.
            if (minute > 0 && now.Ticks % Every.Ticks == 0)
            {
                _reports.Add(new CounterPoint(now, entered, left, _resets.WithBoot ? boot.ToString(CultureInfo.InvariantCulture) : "", _resets.WithSequence ? ++sequence : 0));
            }

            if (_resets.DailyAt is { } daily && wall.TimeOfDay == TimeSpan.FromMinutes(daily))
            {
                (entered, left) = (0, 0);
            }

            // By numbers alone two starts shortly after one another are not told apart.
            if ((_resets.WithBoot || _resets.WithSequence) && minute - startedAt > 8 * 60 && _random.Next(1000) == 0)
            {
                startedAt = minute;
                (entered, left, sequence) = (0, 0, 0);
                boot++;
            }

            var busy = wall.Hour is >= 9 and < 21;
            for (var people = busy ? _random.Next(3) : 0; people > 0; people--)
            {
                var inwards = _random.Next(2) == 0;
                _crossings.Add((now.AddSeconds(30), inwards));
                entered += inwards ? 1u : 0;
                left += inwards ? 0 : 1u;
                entered = _resets.RollsOverAt is { } modulus ? entered % modulus : entered;
                left = _resets.RollsOverAt is { } range ? left % range : left;
            }
        }
    }
}
