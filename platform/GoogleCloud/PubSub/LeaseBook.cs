namespace RetailInsight.Platform.GoogleCloud.PubSub;

/// <summary>
/// The messages of one subscription leased to this process. Of a key at most one is with a caller; later ones are held
/// until it is finished. Sends nothing itself.
/// </summary>
internal sealed class LeaseBook(TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly long _origin = clock.GetTimestamp();
    private readonly Dictionary<string, Lease> _byAckId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Lease> _byMessage = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Queue<Lease>> _keys = new(StringComparer.Ordinal);
    private readonly LinkedList<Lease> _ready = [];
    private TaskCompletionSource _changed = NewSignal();
    private long _bytes;

    /// <summary>Time since the book was opened.</summary>
    public TimeSpan Now => clock.GetElapsedTime(_origin);

    /// <summary>Completes when something becomes ready or leaves; take it before looking.</summary>
    public Task Changed
    {
        get
        {
            lock (_gate)
            {
                return _changed.Task;
            }
        }
    }

    /// <summary>Leased messages and their payloads' bytes.</summary>
    public (int Messages, long Bytes) Outstanding
    {
        get
        {
            lock (_gate)
            {
                return (_byAckId.Count, _bytes);
            }
        }
    }

    /// <summary>Enters deliveries in the order they came.</summary>
    /// <returns>Those of messages that were leased already: they go on under the new ack id.</returns>
    public List<Lease> Add(IEnumerable<Lease> leases)
    {
        var again = new List<Lease>();
        lock (_gate)
        {
            foreach (var lease in leases)
            {
                if (_byMessage.TryGetValue(lease.MessageId, out var known))
                {
                    known.WireAckId = lease.WireAckId;
                    known.Renew(lease.Arrived, lease.WireDeadline - lease.Arrived);
                    again.Add(known);
                    continue;
                }

                _byAckId[lease.Delivery.AckId] = lease;
                _byMessage[lease.MessageId] = lease;
                _bytes += lease.Delivery.Message.Data.Length;
                Line(lease);
            }
        }

        Signal();
        return again;
    }

    /// <summary>Hands ready ones to a caller.</summary>
    public List<Lease> Take(int max, TimeSpan deadline)
    {
        var taken = new List<Lease>();
        lock (_gate)
        {
            while (taken.Count < max && _ready.First is { } first)
            {
                _ready.RemoveFirst();
                first.Value.State = LeaseState.Out;
                first.Value.CallerDeadline = Now + deadline;
                taken.Add(first.Value);
            }
        }

        return taken;
    }

    /// <summary>Callers' deliveries, from now on in settlement; ack ids nobody holds any more are left out.</summary>
    public List<Lease> Settle(IReadOnlyList<string> ackIds)
    {
        lock (_gate)
        {
            var found = Out(ackIds);
            found.ForEach(lease => lease.State = LeaseState.Settling);
            return found;
        }
    }

    /// <summary>The settlement failed: they are the callers' again.</summary>
    public void Unsettle(IEnumerable<Lease> leases)
    {
        lock (_gate)
        {
            foreach (var lease in leases)
            {
                lease.State = LeaseState.Out;
            }
        }
    }

    /// <summary>They are done with: the next of their keys become ready.</summary>
    public void Finish(IEnumerable<Lease> leases)
    {
        lock (_gate)
        {
            foreach (var lease in leases)
            {
                Remove(lease);
                var key = lease.Delivery.Message.OrderingKey;
                if (key.Length > 0 && _keys.TryGetValue(key, out var line))
                {
                    Promote(key, line);
                }
            }
        }

        Signal();
    }

    /// <summary>Takes settled ones out to be given back, and with them what waits behind them.</summary>
    /// <returns>All of them, of each key in order.</returns>
    public List<Lease> GiveBack(IEnumerable<Lease> leases)
    {
        var back = new List<Lease>();
        lock (_gate)
        {
            foreach (var lease in leases)
            {
                Remove(lease);
                back.Add(lease);
                if (_keys.Remove(lease.Delivery.Message.OrderingKey, out var line))
                {
                    back.AddRange(line);
                    foreach (var held in line)
                    {
                        Remove(held);
                    }
                }
            }
        }

        Signal();
        return back;
    }

    /// <summary>Extends the callers' deadlines once Pub/Sub has agreed.</summary>
    public void Extend(IReadOnlyList<string> ackIds, TimeSpan from, TimeSpan extension, TimeSpan granted)
    {
        lock (_gate)
        {
            foreach (var lease in Out(ackIds))
            {
                lease.CallerDeadline = from + extension;
                lease.Renew(from, granted);
            }
        }
    }

    /// <summary>The newest ack ids of the deliveries callers still have.</summary>
    public List<string> WireAckIds(IReadOnlyList<string> ackIds)
    {
        lock (_gate)
        {
            return Out(ackIds).ConvertAll(lease => lease.WireAckId);
        }
    }

    /// <summary>Callers' deliveries whose time is over, from now on in settlement.</summary>
    public List<Lease> TakeExpired()
    {
        lock (_gate)
        {
            var now = Now;
            var expired = _byAckId.Values.Where(lease => lease.State == LeaseState.Out && lease.CallerDeadline <= now).ToList();
            expired.ForEach(lease => lease.State = LeaseState.Settling);
            return expired;
        }
    }

    /// <summary>Ready ones nobody has asked for since <paramref name="arrivedBefore"/>, from now on in settlement.</summary>
    public List<Lease> TakeForgotten(TimeSpan arrivedBefore)
    {
        lock (_gate)
        {
            var forgotten = _ready.Where(lease => lease.Arrived <= arrivedBefore).ToList();
            foreach (var lease in forgotten)
            {
                _ready.Remove(lease);
                lease.State = LeaseState.Settling;
            }

            return forgotten;
        }
    }

    /// <summary>Those Pub/Sub would soon give to others although they are still needed here, with the time they are needed for; null for unknown.</summary>
    public List<(Lease Lease, TimeSpan? Needed)> ToRenew()
    {
        lock (_gate)
        {
            var now = Now;
            return
            [
                .. _byAckId.Values.Where(lease => lease.RenewAt <= now && lease.CallerDeadline > lease.WireDeadline)
                    .Select(lease => (lease, lease.CallerDeadline == TimeSpan.MaxValue ? default(TimeSpan?) : lease.CallerDeadline - now)),
            ];
        }
    }

    /// <summary>Pub/Sub has agreed to keep them.</summary>
    public void Renewed(IEnumerable<Lease> leases, TimeSpan from, TimeSpan granted)
    {
        lock (_gate)
        {
            foreach (var lease in leases)
            {
                lease.Renew(from, granted);
            }
        }
    }

    /// <summary>Empties the book.</summary>
    /// <returns>All that was in it, in the order it came.</returns>
    public List<Lease> Clear()
    {
        lock (_gate)
        {
            var all = _byAckId.Values.OrderBy(lease => lease.Arrived).ToList();
            _byAckId.Clear();
            _byMessage.Clear();
            _keys.Clear();
            _ready.Clear();
            _bytes = 0;
            return all;
        }
    }

    /// <summary>Wakes those who wait for <see cref="Changed"/>.</summary>
    public void Signal()
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            changed = _changed;
            _changed = NewSignal();
        }

        changed.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private List<Lease> Out(IReadOnlyList<string> ackIds)
    {
        var found = new List<Lease>(ackIds.Count);
        foreach (var ackId in ackIds)
        {
            if (_byAckId.TryGetValue(ackId, out var lease) && lease.State == LeaseState.Out)
            {
                found.Add(lease);
            }
        }

        return found;
    }

    private void Line(Lease lease)
    {
        var key = lease.Delivery.Message.OrderingKey;
        if (key.Length == 0 || _keys.TryAdd(key, new()))
        {
            _ready.AddLast(lease);
            return;
        }

        lease.State = LeaseState.Held;
        _keys[key].Enqueue(lease);
    }

    private void Promote(string key, Queue<Lease> line)
    {
        if (!line.TryDequeue(out var next))
        {
            _keys.Remove(key);
            return;
        }

        next.State = LeaseState.Ready;
        _ready.AddLast(next);
    }

    private void Remove(Lease lease)
    {
        if (_byAckId.Remove(lease.Delivery.AckId))
        {
            _byMessage.Remove(lease.MessageId);
            _bytes -= lease.Delivery.Message.Data.Length;
        }
    }
}
