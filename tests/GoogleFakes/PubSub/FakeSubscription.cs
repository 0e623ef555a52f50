using System.Globalization;
using System.Text.Json.Nodes;

namespace RetailInsight.GoogleFakes.PubSub;

/// <summary>
/// A subscription and its messages. With ordering, a key with something leased gives nothing more, and a message that comes
/// again brings all later ones of its key with it, also acknowledged ones.
/// </summary>
internal sealed class FakeSubscription
{
    private const int MostBytesInAnswer = 10_000_000;

    private readonly Lock _gate = new();
    private readonly TimeProvider _clock;
    private readonly PubSubFaults _faults;
    private readonly Action<FakeSubscription, SubscribedMessage> _forward;
    private readonly Func<IReadOnlyDictionary<string, string>, bool> _filter;
    private readonly SortedDictionary<long, SubscribedMessage> _ready = [];
    private readonly Dictionary<string, SubscribedMessage> _leased = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<SubscribedMessage>> _keys = new(StringComparer.Ordinal);
    private readonly PriorityQueue<SubscribedMessage, DateTimeOffset> _deadlines = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<SubscribedMessage> _spent = [];
    private long _positions;
    private long _ackIds;

    /// <param name="resource">As it is shown.</param>
    /// <param name="clock">Clock of the deadlines.</param>
    /// <param name="faults">What goes wrong.</param>
    /// <param name="forward">Takes what has used up its attempts.</param>
    public FakeSubscription(JsonObject resource, TimeProvider clock, PubSubFaults faults, Action<FakeSubscription, SubscribedMessage> forward)
    {
        (Resource, _clock, _faults, _forward) = (resource, clock, faults, forward);
        _filter = MessageFilter.Parse((string?)resource["filter"] ?? "");
    }

    /// <summary>As it is shown.</summary>
    public JsonObject Resource { get; set; }

    /// <summary>Full path.</summary>
    public string Path => (string)Resource["name"]!;

    /// <summary>Full path of the topic.</summary>
    public string Topic => (string)Resource["topic"]!;

    /// <summary>Topic of the dead letters; null without a policy.</summary>
    public string? DeadLetterTopic => (string?)Resource["deadLetterPolicy"]?["deadLetterTopic"];

    private bool IsOrdered => (bool?)Resource["enableMessageOrdering"] ?? false;

    private int MaxAttempts => (int?)Resource["deadLetterPolicy"]?["maxDeliveryAttempts"] ?? int.MaxValue;

    /// <summary>Takes a published message if the filter lets it through.</summary>
    public void Add(StoredMessage message)
    {
        if (!_filter(message.Attributes))
        {
            return;
        }

        lock (_gate)
        {
            var added = new SubscribedMessage(message, ++_positions);
            _ready.Add(added.Position, added);
            if (Line(message) is { } line)
            {
                line.Add(added);
            }
        }

        Signal();
    }

    /// <summary>Leases what is ready.</summary>
    /// <returns>The deliveries; when there are none, also when to look again.</returns>
    public (List<Delivered> Deliveries, Task Changed, DateTimeOffset LookAgain) Pull(int maxMessages)
    {
        var answer = Lease(maxMessages);
        ForwardSpent();
        return answer;
    }

    /// <summary>Finishes messages; stale ack ids are ignored.</summary>
    public void Acknowledge(IEnumerable<string> ackIds)
    {
        lock (_gate)
        {
            ReturnExpired();
            foreach (var message in ackIds.Select(id => _leased.GetValueOrDefault(id)).OfType<SubscribedMessage>().ToList())
            {
                if (_faults.TakeLostAck())
                {
                    Return(message);
                    continue;
                }

                EndLease(message);
                message.IsAcknowledged = true;
                if (Line(message.Message) is { } line)
                {
                    line.RemoveRange(0, line.TakeWhile(first => first.IsAcknowledged).Count());
                    if (line.Count == 0)
                    {
                        _keys.Remove(message.Message.OrderingKey);
                    }
                }
            }
        }

        Signal();
    }

    /// <summary>Sets deadlines to now + seconds; 0 gives back. Stale ack ids are ignored.</summary>
    public void ModifyAckDeadline(IEnumerable<string> ackIds, int seconds)
    {
        lock (_gate)
        {
            ReturnExpired();
            foreach (var ackId in ackIds)
            {
                // Looked up one by one: giving back the first of a key ends the leases of the later ones.
                if (!_leased.TryGetValue(ackId, out var message))
                {
                    continue;
                }

                if (seconds == 0)
                {
                    Return(message);
                }
                else
                {
                    message.LeasedUntil = _clock.GetUtcNow().AddSeconds(seconds);
                    _deadlines.Enqueue(message, message.LeasedUntil);
                }
            }
        }

        Signal();
    }

    private (List<Delivered> Deliveries, Task Changed, DateTimeOffset LookAgain) Lease(int maxMessages)
    {
        lock (_gate)
        {
            ReturnExpired();
            var deliveries = new List<Delivered>();
            var deadline = _clock.GetUtcNow().AddSeconds((int)Resource["ackDeadlineSeconds"]!);
            var blocked = _keys.Where(line => line.Value.Exists(message => message.AckIds.Count > 0)).Select(line => line.Key).ToHashSet(StringComparer.Ordinal);
            var bytes = 0L;
            foreach (var message in Deliverable(blocked).Take(maxMessages).ToList())
            {
                bytes += message.Message.Data.Length;
                if (deliveries.Count > 0 && bytes > MostBytesInAnswer)
                {
                    break;
                }

                Lease(message, deadline, deliveries);
            }

            var again = _deadlines.TryPeek(out _, out var next) ? next : DateTimeOffset.MaxValue;
            return (deliveries, _changed.Task, again);
        }
    }

    private List<SubscribedMessage>? Line(StoredMessage message)
    {
        if (!IsOrdered || message.OrderingKey.Length == 0)
        {
            return null;
        }

        if (!_keys.TryGetValue(message.OrderingKey, out var line))
        {
            _keys.Add(message.OrderingKey, line = []);
        }

        return line;
    }

    private IEnumerable<SubscribedMessage> Deliverable(HashSet<string> blocked) =>
        _ready.Values.Where(message => !IsOrdered || message.Message.OrderingKey.Length == 0 || !blocked.Contains(message.Message.OrderingKey));

    private void Lease(SubscribedMessage message, DateTimeOffset deadline, List<Delivered> deliveries)
    {
        _ready.Remove(message.Position);
        message.LeasedUntil = deadline;
        _deadlines.Enqueue(message, deadline);
        for (var times = _faults.TakeDoubled() ? 2 : 1; times > 0; times--)
        {
            message.Deliveries++;
            var ackId = string.Create(CultureInfo.InvariantCulture, $"{Path}:{++_ackIds}-{message.Message.Id}");
            message.AckIds.Add(ackId);
            _leased.Add(ackId, message);
            deliveries.Add(new(ackId, message.Message, message.Deliveries));
        }
    }

    private void ReturnExpired()
    {
        var now = _clock.GetUtcNow();
        while (_deadlines.TryPeek(out var message, out var deadline) && deadline <= now)
        {
            _deadlines.Dequeue();
            if (message.AckIds.Count > 0 && message.LeasedUntil <= now)
            {
                Return(message);
            }
        }
    }

    private void Return(SubscribedMessage message)
    {
        EndLease(message);
        var line = Line(message.Message);
        if (message.Deliveries >= MaxAttempts)
        {
            line?.Remove(message);
            _spent.Enqueue(message);
        }
        else
        {
            _ready[message.Position] = message;
        }

        foreach (var later in line?.Where(other => other.Position > message.Position) ?? [])
        {
            EndLease(later);
            later.IsAcknowledged = false;
            _ready[later.Position] = later;
        }
    }

    private void EndLease(SubscribedMessage message)
    {
        message.AckIds.ForEach(id => _leased.Remove(id));
        message.AckIds.Clear();
    }

    // Outside the lock: publishing takes other locks, and this one after them.
    private void ForwardSpent()
    {
        while (true)
        {
            SubscribedMessage? spent;
            lock (_gate)
            {
                if (!_spent.TryDequeue(out spent))
                {
                    return;
                }
            }

            _forward(this, spent);
        }
    }

    private void Signal()
    {
        ForwardSpent();
        TaskCompletionSource changed;
        lock (_gate)
        {
            changed = _changed;
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }
}
