using System.Globalization;
using RetailInsight.Core.Ports;

namespace RetailInsight.IntegrationTests.Ingest;

/// <summary>
/// One subscription with the bus's semantics and two faults a real one has only by chance: acknowledgements that get lost
/// and deliveries that can be counted.
/// </summary>
internal sealed class InMemoryBus : IMessageBus
{
    private readonly Lock _lock = new();
    private readonly LinkedList<BusDelivery> _waiting = new();
    private readonly Dictionary<string, BusDelivery> _leased = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _number;

    public int LostAcks { get; set; }

    public List<(BusDelivery Delivery, string Reason)> DeadLetters { get; } = [];

    public int MostAttempts { get; private set; }

    public Task EnsureSubscriptionAsync(string topic, string subscription, SubscriptionOptions options, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<IReadOnlyList<string>> PublishAsync(string topic, IReadOnlyList<BusMessage> messages, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var ids = messages.Select(_ => (++_number).ToString(CultureInfo.InvariantCulture)).ToList();
            foreach (var (id, message) in ids.Zip(messages))
            {
                _waiting.AddLast(new BusDelivery(id, "", message, 0, DateTimeOffset.UnixEpoch));
            }

            Signal();
            return Task.FromResult<IReadOnlyList<string>>(ids);
        }
    }

    public async Task<IReadOnlyList<BusDelivery>> PullAsync(string subscription, int maxMessages, TimeSpan wait, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(wait);
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_waiting.Count > 0)
                {
                    return [.. Enumerable.Range(0, Math.Min(maxMessages, _waiting.Count)).Select(_ => Lease())];
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(timeout.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            if (timeout.IsCancellationRequested)
            {
                return [];
            }
        }
    }

    public Task AckAsync(string subscription, IReadOnlyList<string> ackIds, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (LostAcks > 0)
            {
                LostAcks--;
                Return(ackIds);
                throw new TimeoutException("The acknowledgement got lost.");
            }

            Take(ackIds);
        }

        return Task.CompletedTask;
    }

    public Task NackAsync(string subscription, IReadOnlyList<string> ackIds, string? reason, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            Return(ackIds);
        }

        return Task.CompletedTask;
    }

    public Task ExtendAsync(string subscription, IReadOnlyList<string> ackIds, TimeSpan extension, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task DeadLetterAsync(string subscription, IReadOnlyList<string> ackIds, string reason, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            DeadLetters.AddRange(Take(ackIds).Select(delivery => (delivery, reason)));
        }

        return Task.CompletedTask;
    }

    public Task<int> RedriveAsync(string subscription, CancellationToken cancellationToken) => Task.FromResult(0);

    /// <summary>Waits until every message is acknowledged or in the dead letter.</summary>
    public async Task WhenDrainedAsync()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_waiting.Count + _leased.Count == 0)
                {
                    return;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(timeout.Token);
        }
    }

    private BusDelivery Lease()
    {
        var next = _waiting.First!.Value;
        _waiting.RemoveFirst();
        var delivery = next with { AckId = (++_number).ToString(CultureInfo.InvariantCulture), Attempt = next.Attempt + 1 };
        MostAttempts = Math.Max(MostAttempts, delivery.Attempt);
        _leased.Add(delivery.AckId, delivery);
        return delivery;
    }

    private List<BusDelivery> Take(IReadOnlyList<string> ackIds)
    {
        var taken = new List<BusDelivery>();
        foreach (var ackId in ackIds)
        {
            if (_leased.Remove(ackId, out var delivery))
            {
                taken.Add(delivery);
            }
        }

        Signal();
        return taken;
    }

    private void Return(IReadOnlyList<string> ackIds)
    {
        foreach (var delivery in Take(ackIds))
        {
            _waiting.AddLast(delivery);
        }
    }

    private void Signal()
    {
        var changed = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.SetResult();
    }
}
