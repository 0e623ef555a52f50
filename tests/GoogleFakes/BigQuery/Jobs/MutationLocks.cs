namespace RetailInsight.GoogleFakes.BigQuery.Jobs;

/// <summary>
/// Who changes rows of which table: a transaction that meets another is aborted, a statement outside a transaction waits.
/// New rows (INSERT, load) never conflict.
/// </summary>
internal sealed class MutationLocks
{
    private readonly object _lock = new();
    private readonly Dictionary<string, object> _owners = [];
    private readonly Dictionary<string, long> _changed = [];
    private long _commits;

    /// <summary>Where a transaction that starts now stands.</summary>
    public long Snapshot()
    {
        lock (_lock)
        {
            return _commits;
        }
    }

    /// <summary>Takes a table for a transaction.</summary>
    /// <returns>False when another has it, or has changed it since the transaction's snapshot.</returns>
    public bool TryTake(string table, object owner, long snapshot)
    {
        lock (_lock)
        {
            if ((_owners.TryGetValue(table, out var other) && !ReferenceEquals(other, owner)) || _changed.GetValueOrDefault(table) > snapshot)
            {
                return false;
            }

            _owners[table] = owner;
            return true;
        }
    }

    /// <summary>Takes a table for one statement, after whoever has it.</summary>
    public void Wait(string table, object owner, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            while (_owners.TryGetValue(table, out var other) && !ReferenceEquals(other, owner))
            {
                cancellationToken.ThrowIfCancellationRequested();
                Monitor.Wait(_lock, 50);
            }

            _owners[table] = owner;
        }
    }

    /// <summary>Lets go of everything an owner has.</summary>
    /// <param name="owner">Transaction or statement.</param>
    /// <param name="committed">Whether its changes stand.</param>
    public void Release(object owner, bool committed)
    {
        lock (_lock)
        {
            _commits++;
            foreach (var table in _owners.Where(pair => ReferenceEquals(pair.Value, owner)).Select(pair => pair.Key).ToList())
            {
                _owners.Remove(table);
                if (committed)
                {
                    _changed[table] = _commits;
                }
            }

            Monitor.PulseAll(_lock);
        }
    }
}
