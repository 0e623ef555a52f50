using System.Diagnostics.CodeAnalysis;

namespace RetailInsight.Gateway.Feeds;

/// <summary>A queue that serves the tenants in turn and each tenant in its order of arrival. Not safe for several threads at once.</summary>
internal sealed class FairQueue<TItem>
{
    private readonly Dictionary<string, Queue<TItem>> _items = new(StringComparer.Ordinal);
    private readonly Queue<string> _turns = new();
    private readonly HashSet<string> _held = new(StringComparer.Ordinal);

    /// <summary>Items in it, those of held tenants included.</summary>
    public int Count { get; private set; }

    /// <summary>Whether <see cref="TryDequeue"/> would give something.</summary>
    public bool HasTurn => _turns.Count > 0;

    /// <summary>Adds an item behind those of its tenant.</summary>
    public void Enqueue(string tenant, TItem item)
    {
        if (!_items.TryGetValue(tenant, out var items))
        {
            _items.Add(tenant, items = new Queue<TItem>());
            if (!_held.Contains(tenant))
            {
                _turns.Enqueue(tenant);
            }
        }

        items.Enqueue(item);
        Count++;
    }

    /// <summary>Takes the next item of the tenant whose turn it is.</summary>
    /// <param name="item">The item.</param>
    /// <param name="hold">Whether the tenant has no further turn until <see cref="Release"/>.</param>
    public bool TryDequeue([MaybeNullWhen(false)] out TItem item, bool hold = false)
    {
        if (!_turns.TryDequeue(out var tenant))
        {
            item = default;
            return false;
        }

        var items = _items[tenant];
        item = items.Dequeue();
        Count--;
        if (items.Count == 0)
        {
            _items.Remove(tenant);
        }

        if (hold)
        {
            _held.Add(tenant);
        }
        else if (items.Count > 0)
        {
            _turns.Enqueue(tenant);
        }

        return true;
    }

    /// <summary>Gives a held tenant its turns back.</summary>
    public void Release(string tenant)
    {
        if (_held.Remove(tenant) && _items.ContainsKey(tenant))
        {
            _turns.Enqueue(tenant);
        }
    }
}
