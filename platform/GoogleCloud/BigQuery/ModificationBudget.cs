namespace RetailInsight.Platform.GoogleCloud.BigQuery;

/// <summary>
/// Keeps loads within the modifications a table takes in 24 hours, and paces them so that nobody ever has to stop: the first half
/// of the budget may be used at any speed; from then on loads keep the distance at which what is left lasts until used ones
/// leave the window. Every load counts for every table, which is more than BigQuery counts.
/// </summary>
/// <param name="perDay">Modifications allowed in any 24 hours.</param>
/// <param name="clock">Clock.</param>
internal sealed class ModificationBudget(int perDay, TimeProvider clock)
{
    private static readonly TimeSpan Window = TimeSpan.FromHours(24);
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    // The rest is for processes that load at the same moment, which see each other's loads only afterwards.
    private const double PlannedShare = 0.9;
    private const double FreeShare = 0.5;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, DateTimeOffset> _loads = new(StringComparer.Ordinal);
    private readonly int _planned = Math.Max(1, (int)(perDay * PlannedShare));

    /// <summary>Whether loads may still follow each other at any speed.</summary>
    public bool IsFree
    {
        get
        {
            lock (_lock)
            {
                Forget();
                return HasFreeShare;
            }
        }
    }

    /// <summary>How long to gather before the next load.</summary>
    public TimeSpan Interval
    {
        get
        {
            lock (_lock)
            {
                Forget();
                var pause = Pause(clock.GetUtcNow());
                return pause > Shortest ? pause : Shortest;
            }
        }
    }

    private bool HasFreeShare => _loads.Count < Math.Max(1, (int)(_planned * FreeShare));

    /// <summary>Takes account of a load made before or elsewhere.</summary>
    public void Note(string load, DateTimeOffset at)
    {
        lock (_lock)
        {
            _loads[load] = at;
        }
    }

    /// <summary>Takes one load out of the budget.</summary>
    /// <returns>Zero if it may be made now, else how long until it may; then nothing was taken.</returns>
    public TimeSpan Take(string load)
    {
        lock (_lock)
        {
            Forget();
            var now = clock.GetUtcNow();
            var pause = _loads.ContainsKey(load) ? TimeSpan.Zero : Pause(now);
            if (pause == TimeSpan.Zero)
            {
                _loads[load] = now;
            }

            return pause;
        }
    }

    private TimeSpan Pause(DateTimeOffset now)
    {
        if (HasFreeShare)
        {
            return TimeSpan.Zero;
        }

        var used = _loads.Values.Order().ToList();
        var due = used[^1] + Distance(used);
        return due > now ? due - now : TimeSpan.Zero;
    }

    /// <summary>
    /// The shortest distance that can be kept up from the last load on: until the i-th used load leaves the window there is room
    /// for as many as the plan has beyond those still in it.
    /// </summary>
    private TimeSpan Distance(List<DateTimeOffset> used)
    {
        var distance = Window / _planned;
        for (var gone = 0; gone < used.Count; gone++)
        {
            var until = used[gone] + Window - used[^1];
            var room = _planned - (used.Count - gone);
            var needed = room > 0 ? until / room : until;
            distance = needed > distance ? needed : distance;
        }

        return distance;
    }

    private void Forget()
    {
        var oldest = clock.GetUtcNow() - Window;
        foreach (var (load, at) in _loads)
        {
            if (at <= oldest)
            {
                _loads.Remove(load);
            }
        }
    }
}
