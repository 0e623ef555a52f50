namespace RetailInsight.Platform.Local.PostgresBus;

/// <summary>
/// What this process knows of a subscription. The floor is a message id below which nothing is ready: claims start there,
/// so that index entries of finished messages, which an old snapshot elsewhere keeps alive, are not met again and again.
/// </summary>
internal sealed class SubscriptionState(int id, PostgresBusOptions options, TimeProvider time)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _wake = NewWake();
    private long _floor;
    private int _version;
    private long _floorReset = time.GetTimestamp();
    private long? _expirySweep;

    /// <summary>The row's id.</summary>
    public int Id => id;

    /// <summary>Completes at the next wake-up; take it before looking for work.</summary>
    public Task NextWake
    {
        get
        {
            lock (_gate)
            {
                return _wake.Task;
            }
        }
    }

    /// <summary>Where a claim starts, and the version to raise the floor with after it.</summary>
    public (long Floor, int Version) Floor()
    {
        lock (_gate)
        {
            if (time.GetElapsedTime(_floorReset) >= options.FloorReset)
            {
                Lower(0);
            }

            return (_floor, _version);
        }
    }

    /// <summary>Raises the floor to what a claim has found, unless something became ready since the claim began.</summary>
    public void Raise(long lowestReady, int version)
    {
        lock (_gate)
        {
            if (version == _version && lowestReady > _floor)
            {
                _floor = lowestReady;
            }
        }
    }

    /// <summary>Something from <paramref name="lowestReady"/> on is ready.</summary>
    public void Wake(long lowestReady)
    {
        TaskCompletionSource woken;
        lock (_gate)
        {
            Lower(Math.Min(_floor, lowestReady));
            woken = _wake;
            _wake = NewWake();
        }

        woken.SetResult();
    }

    /// <summary>Whether it is this caller's turn to give back expired leases.</summary>
    public bool TakeExpirySweep()
    {
        lock (_gate)
        {
            if (_expirySweep is { } last && time.GetElapsedTime(last) < options.PollInterval)
            {
                return false;
            }

            _expirySweep = time.GetTimestamp();
            return true;
        }
    }

    private static TaskCompletionSource NewWake() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Lower(long floor)
    {
        _floor = floor;
        _version = unchecked(_version + 1);
        if (floor == 0)
        {
            _floorReset = time.GetTimestamp();
        }
    }
}
