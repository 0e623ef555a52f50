using Npgsql;
using RetailInsight.Gateway.Feeds;

namespace RetailInsight.Gateway.Landing;

/// <summary>
/// Group commit: what arrives while a group is at the database becomes the next group, one transaction for all of it.
/// An item that finds nobody at work goes at once, or after the time to gather others where one is given.
/// </summary>
/// <param name="most">Most items in a group.</param>
/// <param name="work">Does a group in one transaction and gives one result an item, in order.</param>
/// <param name="gather">How long the first item waits for others; none by default.</param>
/// <param name="tenantOf">Whose an item is: tenants fill groups in turn. Null to go by arrival alone.</param>
internal sealed class Grouping<TItem, TResult>(
    int most, Func<IReadOnlyList<TItem>, Task<IReadOnlyList<TResult>>> work, TimeSpan gather = default, Func<TItem, string>? tenantOf = null)
{
    private readonly Lock _lock = new();
    private readonly FairQueue<Waiting> _waiting = new();
    private bool _atWork;

    /// <summary>Whether nothing is at work or waits.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_lock)
            {
                return !_atWork;
            }
        }
    }

    /// <summary>Does an item in some group.</summary>
    public Task<TResult> RunAsync(TItem item)
    {
        var mine = new Waiting(item);
        lock (_lock)
        {
            _waiting.Enqueue(tenantOf?.Invoke(item) ?? "", mine);
            if (_atWork)
            {
                return mine.Done.Task;
            }

            _atWork = true;
        }

        _ = WorkAsync();
        return mine.Done.Task;
    }

    private async Task WorkAsync()
    {
        if (gather > TimeSpan.Zero)
        {
            await Task.Delay(gather);
        }

        while (Next() is { Count: > 0 } group)
        {
            try
            {
                await RunAsync(group);
            }
            catch (PostgresException) when (group.Count > 1)
            {
                // The database refuses one of them; the others must not suffer for it.
                foreach (var one in group)
                {
                    await TryAsync([one]);
                }
            }
            catch (Exception exception)
            {
                group.ForEach(one => one.Done.TrySetException(exception));
            }
        }
    }

    private List<Waiting> Next()
    {
        lock (_lock)
        {
            var group = new List<Waiting>(Math.Min(most, _waiting.Count));
            while (group.Count < most && _waiting.TryDequeue(out var next))
            {
                group.Add(next);
            }

            _atWork = group.Count > 0;
            return group;
        }
    }

    private async Task TryAsync(List<Waiting> group)
    {
        try
        {
            await RunAsync(group);
        }
        catch (Exception exception)
        {
            group.ForEach(one => one.Done.TrySetException(exception));
        }
    }

    private async Task RunAsync(List<Waiting> group)
    {
        var results = await work([.. group.Select(one => one.Item)]);
        for (var i = 0; i < group.Count; i++)
        {
            group[i].Done.SetResult(results[i]);
        }
    }

    private sealed class Waiting(TItem item)
    {
        public TItem Item { get; } = item;

        public TaskCompletionSource<TResult> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
