namespace RetailInsight.Platform.GoogleCloud.BigQuery;

/// <summary>
/// Keeps loads within the modifications a table takes in 24 hours, and says how often to load: every second while the day is
/// fresh, ever less often as the budget is used, so that a steady stream settles below the limit instead of running into it.
/// Every load counts for every table, which is more than BigQuery counts.
/// </summary>
/// <param name="perDay">Modifications allowed in any 24 hours.</param>
/// <param name="clock">Clock.</param>
internal sealed class ModificationBudget(int perDay, TimeProvider clock)
{
    private static readonly TimeSpan Window = TimeSpan.FromHours(24);
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    /// <summary>Up to this share of the budget loads may follow each other at once.</summary>
    private const double FreeShare = 0.5;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, DateTimeOffset> _loads = new(StringComparer.Ordinal);

    /// <summary>How long to gather before the next load.</summary>
    public TimeSpan Interval
    {
        get
        {
            lock (_lock)
            {
                Forget();
                var share = (double)_loads.Count / perDay;
                if (share <= FreeShare)
                {
                    return Shortest;
                }

                // At the even pace 24 h / budget the budget just lasts. Twice that pace at the limit leaves room before it.
                var over = (share - FreeShare) / (1 - FreeShare);
                return Shortest + (Window / perDay * 2 * over * over);
            }
        }
    }

    /// <summary>Takes account of a load made before or elsewhere.</summary>
    public void Note(string load, DateTimeOffset at)
    {
        lock (_lock)
        {
            _loads[load] = at;
        }
    }

    /// <summary>Takes one load out of the budget.</summary>
    /// <returns>Zero if it may be made now, else how long until the budget has room; then nothing was taken.</returns>
    public TimeSpan Take(string load)
    {
        lock (_lock)
        {
            Forget();
            var now = clock.GetUtcNow();
            if (_loads.Count < perDay || _loads.ContainsKey(load))
            {
                _loads[load] = now;
                return TimeSpan.Zero;
            }

            return _loads.Values.Min() + Window - now;
        }
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
