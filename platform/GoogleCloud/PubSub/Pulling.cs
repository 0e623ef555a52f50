using Microsoft.Extensions.Logging;
using RetailInsight.Core.Ports;

namespace RetailInsight.Platform.GoogleCloud.PubSub;

/// <summary>
/// Fetches messages of one subscription into its book. A request that waits belongs to no caller: when the caller's time is
/// over it goes on, and what it brings is for the next one. Cut off, it would leave messages leased to nobody.
/// </summary>
internal sealed class Pulling(
    SubscriptionSettings subscription, PubSubClient client, LeaseBook book, DeliveryNotes notes, DeadLetters deadLetters, PubSubOptions options, TimeProvider clock, ILogger logger) : IAsyncDisposable
{
    private const int MostInAnswer = 1_000;

    // The official emulator never answers with more.
    private const int FullAnswer = 100;

    private static readonly TimeSpan QuickAnswer = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PauseAfterQuickAnswer = TimeSpan.FromMilliseconds(200);

    private readonly Lock _gate = new();
    private readonly List<Task> _waiting = [];
    private int _asked;

    /// <summary>Whether the last answer was as long as it could be, so that there may be more.</summary>
    public bool MayHaveMore { get; private set; }

    /// <summary>Fetches what is there now.</summary>
    /// <returns>Whether anything came.</returns>
    public async Task<bool> FetchAsync(int maxMessages, CancellationToken stop)
    {
        var max = Reserve(maxMessages);
        return max > 0 && await FetchReservedAsync(max, immediate: true, stop) > 0;
    }

    /// <summary>A request that waits for messages; null when as many are leased as may be.</summary>
    /// <param name="maxMessages">Most messages wanted.</param>
    /// <param name="callers">Callers that wait: so many requests are useful.</param>
    /// <param name="stop">Ends it when the bus closes.</param>
    public Task? Wait(int maxMessages, int callers, CancellationToken stop)
    {
        lock (_gate)
        {
            _waiting.RemoveAll(request => request.IsCompleted);
            if (_waiting.Count < Math.Min(callers, options.ConcurrentPulls) && Reserve(maxMessages) is > 0 and var max)
            {
                _waiting.Add(WaitAsync(max, stop));
            }

            return _waiting.Count > 0 ? Task.WhenAny(_waiting).Unwrap() : null;
        }
    }

    /// <summary>Waits, after stop, until no request enters anything any more.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] waiting;
        lock (_gate)
        {
            waiting = [.. _waiting];
        }

        await Task.WhenAll(waiting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task WaitAsync(int max, CancellationToken stop)
    {
        var started = clock.GetTimestamp();
        if (await FetchReservedAsync(max, immediate: false, stop) == 0 && clock.GetElapsedTime(started) < QuickAnswer)
        {
            await Task.Delay(PauseAfterQuickAnswer, clock, stop);
        }
    }

    private int Reserve(int maxMessages)
    {
        lock (_gate)
        {
            var (messages, bytes) = book.Outstanding;
            var max = bytes >= options.MaxOutstandingBytes
                ? 0
                : Math.Min(Math.Min(maxMessages, MostInAnswer), options.MaxOutstandingMessages - messages - _asked);
            _asked += Math.Max(max, 0);
            return max;
        }
    }

    private async Task<int> FetchReservedAsync(int max, bool immediate, CancellationToken stop)
    {
        List<ReceivedMessage> received;
        try
        {
            received = await client.PullAsync(subscription.Path, max, immediate, stop);
            MayHaveMore = received.Count >= Math.Min(max, FullAnswer);
            await EnterAsync(received, stop);
        }
        finally
        {
            lock (_gate)
            {
                _asked -= max;
            }
        }

        return received.Count;
    }

    private async Task EnterAsync(List<ReceivedMessage> received, CancellationToken stop)
    {
        var foreign = received.Where(message => message.Message.Attributes.TryGetValue(BusAttributes.OnlyFor, out var only) && only != subscription.Name).ToList();
        var ours = received.Except(foreign).Select(Lease).ToList();
        var spent = ours.Where(lease => lease.Delivery.Attempt > subscription.MaxAttempts).ToList();
        foreach (var again in book.Add(ours.Except(spent)))
        {
            notes.AddUnseen(again.MessageId);
        }

        var ackIds = foreign.ConvertAll(message => message.AckId);
        try
        {
            if (spent.Count > 0)
            {
                // Their consumers died without giving them back.
                await deadLetters.PublishAsync(subscription.Name, spent.Select(Letter), stop);
                Log.AttemptsSpent(logger, spent.Count, subscription.Name);
                ackIds.AddRange(spent.Select(lease => lease.WireAckId));
            }

            await client.AcknowledgeAsync(subscription.Path, ackIds, stop);
        }
        catch (Exception exception) when (!stop.IsCancellationRequested)
        {
            Log.NotSettled(logger, foreign.Count + spent.Count, subscription.Name, exception);
        }
    }

    private (BusDelivery Delivery, string Reason) Letter(Lease lease)
    {
        var attempts = lease.Delivery.Attempt - 1;
        return (lease.Delivery with { Attempt = attempts }, notes.Reason(lease.MessageId) ?? DeadLetters.Spent(attempts));
    }

    private Lease Lease(ReceivedMessage received)
    {
        var message = received.Message;
        var delivery = new BusDelivery(
            BusAttributes.FirstId(message),
            received.AckId,
            new(message.Data, BusAttributes.Visible(message.Attributes), message.OrderingKey),
            notes.Attempt(message.MessageId, received.DeliveryAttempt),
            BusAttributes.FirstPublished(message));
        if (received.DeliveryAttempt is null)
        {
            notes.AddSeen(message.MessageId);
        }

        return new(message.MessageId, delivery, book.Now, TimeSpan.FromSeconds(subscription.WireSeconds));
    }
}
