using Microsoft.Extensions.Logging;
using RetailInsight.Core.Ports;

namespace RetailInsight.Platform.GoogleCloud.PubSub;

/// <summary>
/// One subscription in this process: hands out leased messages and settles them. Ack ids are valid in the process that
/// pulled them; others, and those whose deadline has passed, are stale.
/// </summary>
internal sealed class Consumer : IAsyncDisposable
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(2);

    private readonly SubscriptionSettings _subscription;
    private readonly PubSubClient _client;
    private readonly DeadLetters _deadLetters;
    private readonly PubSubOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly LeaseBook _book;
    private readonly DeliveryNotes _notes;
    private readonly Pulling _pulling;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _deadlines;
    private int _callers;
    private TimeSpan _lastCaller;

    /// <summary>Starts to look after deadlines.</summary>
    public Consumer(SubscriptionSettings subscription, PubSubClient client, DeadLetters deadLetters, PubSubOptions options, TimeProvider clock, ILogger logger)
    {
        (_subscription, _client, _deadLetters, _options, _clock, _logger) = (subscription, client, deadLetters, options, clock, logger);
        _book = new(clock);
        _notes = new(options.RememberedMessages);
        _pulling = new(subscription, client, _book, _notes, deadLetters, options, clock, logger);
        _deadlines = Task.Run(KeepDeadlinesAsync);
    }

    /// <summary>What every process knows of it.</summary>
    public SubscriptionSettings Subscription => _subscription;

    /// <summary>Waits for messages; takes more without waiting while answers are full.</summary>
    public async Task<IReadOnlyList<BusDelivery>> PullAsync(int maxMessages, TimeSpan wait, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Interlocked.Increment(ref _callers);
        try
        {
            var taken = wait > TimeSpan.Zero ? await WaitAsync(maxMessages, wait, cancellationToken) : Take(maxMessages);
            if (taken.Count < maxMessages && (wait <= TimeSpan.Zero || _pulling.MayHaveMore))
            {
                await FillAsync(taken, maxMessages, cancellationToken);
            }

            return taken.ConvertAll(lease => lease.Delivery);
        }
        finally
        {
            _lastCaller = _book.Now;
            Interlocked.Decrement(ref _callers);
        }
    }

    /// <summary>Acknowledges.</summary>
    public Task AckAsync(IReadOnlyList<string> ackIds, CancellationToken cancellationToken) =>
        SettleAsync(_book.Settle(ackIds), leases => AcknowledgeAsync(leases, cancellationToken));

    /// <summary>Gives back, or moves to the dead letter what has used up its attempts.</summary>
    public async Task NackAsync(IReadOnlyList<string> ackIds, string? reason, CancellationToken cancellationToken)
    {
        var leases = _book.Settle(ackIds);
        if (reason is not null)
        {
            leases.ForEach(lease => _notes.SetReason(lease.MessageId, reason));
        }

        await ReturnAsync(leases, cancellationToken);
    }

    /// <summary>Sets the deadlines to now + extension; beyond Pub/Sub's 600 seconds this process keeps extending.</summary>
    public async Task ExtendAsync(IReadOnlyList<string> ackIds, TimeSpan extension, CancellationToken cancellationToken)
    {
        var now = _book.Now;
        var seconds = SubscriptionSettings.Seconds(extension);
        await _client.ModifyAckDeadlineAsync(_subscription.Path, _book.WireAckIds(ackIds), seconds, cancellationToken);
        _book.Extend(ackIds, now, extension, TimeSpan.FromSeconds(seconds));
    }

    /// <summary>Moves to the dead letter.</summary>
    public Task DeadLetterAsync(IReadOnlyList<string> ackIds, string reason, CancellationToken cancellationToken) =>
        SettleAsync(_book.Settle(ackIds), leases => DeadLetterAsync(leases, _ => reason, cancellationToken));

    /// <summary>Gives back all that is leased, within the drain time.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _deadlines.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _pulling.DisposeAsync();
        var leased = _book.Clear();
        using var timeout = new CancellationTokenSource(_options.DrainTimeout, _clock);
        await TryGiveBackAsync(leased, timeout.Token);
        _stop.Dispose();
    }

    private List<Lease> Take(int max) => _book.Take(max, _subscription.AckDeadline);

    private async Task<List<Lease>> WaitAsync(int maxMessages, TimeSpan wait, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token);
        var timeout = Task.Delay(wait, _clock, stop.Token);
        try
        {
            while (true)
            {
                var changed = _book.Changed;
                var taken = Take(maxMessages);
                if (taken.Count > 0 || timeout.IsCompletedSuccessfully)
                {
                    return taken;
                }

                var request = _pulling.Wait(maxMessages, Volatile.Read(ref _callers), _stop.Token);
                await Task.WhenAny(request is null ? [changed, timeout] : [changed, timeout, request]);
                stop.Token.ThrowIfCancellationRequested();
                if (request is { IsCompleted: true })
                {
                    await request;
                }
            }
        }
        finally
        {
            await stop.CancelAsync();
        }
    }

    private async Task FillAsync(List<Lease> taken, int maxMessages, CancellationToken cancellationToken)
    {
        try
        {
            do
            {
                if (!await _pulling.FetchAsync(maxMessages - taken.Count, _stop.Token).WaitAsync(cancellationToken))
                {
                    return;
                }

                taken.AddRange(Take(maxMessages - taken.Count));
            }
            while (taken.Count < maxMessages && _pulling.MayHaveMore);
        }
        catch (Exception) when (taken.Count > 0)
        {
            // What is taken must reach the caller; the next pull meets the failure again.
        }
    }

    private async Task SettleAsync(List<Lease> leases, Func<List<Lease>, Task> settle)
    {
        try
        {
            await settle(leases);
        }
        catch
        {
            _book.Unsettle(leases);
            throw;
        }

        leases.ForEach(lease => _notes.Forget(lease.MessageId));
        _book.Finish(leases);
    }

    private async Task AcknowledgeAsync(List<Lease> leases, CancellationToken cancellationToken)
    {
        // Delivered again meanwhile: acknowledged under its newest id too.
        for (List<string> sent = [], current = Current(); current.Count > 0; current = Current())
        {
            await _client.AcknowledgeAsync(_subscription.Path, current, cancellationToken);
            sent.AddRange(current);

            if (Current().TrueForAll(sent.Contains))
            {
                return;
            }
        }

        List<string> Current() => leases.ConvertAll(lease => lease.WireAckId);
    }

    private async Task DeadLetterAsync(List<Lease> leases, Func<Lease, string> reason, CancellationToken cancellationToken)
    {
        if (leases.Count > 0)
        {
            await _deadLetters.PublishAsync(_subscription.Name, leases.Select(lease => (lease.Delivery, reason(lease))), cancellationToken);
            await AcknowledgeAsync(leases, cancellationToken);
        }
    }

    private async Task ReturnAsync(List<Lease> leases, CancellationToken cancellationToken)
    {
        // Out of the book first: Pub/Sub may deliver them again before it has answered.
        var spent = leases.Where(lease => lease.Delivery.Attempt >= _subscription.MaxAttempts).ToList();
        await GiveBackAsync(_book.GiveBack(leases.Except(spent)), leases, cancellationToken);
        if (spent.Count > 0)
        {
            await SettleAsync(spent, some => DeadLetterAsync(some, lease => _notes.Reason(lease.MessageId) ?? DeadLetters.Spent(lease.Delivery.Attempt), cancellationToken));
            Log.AttemptsSpent(_logger, spent.Count, _subscription.Name);
        }
    }

    private Task GiveBackAsync(List<Lease> leases, List<Lease> seen, CancellationToken cancellationToken)
    {
        foreach (var unseen in leases.Except(seen))
        {
            _notes.AddUnseen(unseen.MessageId);
        }

        return _client.ModifyAckDeadlineAsync(_subscription.Path, leases.ConvertAll(lease => lease.WireAckId), 0, cancellationToken);
    }

    private async Task TryGiveBackAsync(List<Lease> leases, CancellationToken cancellationToken)
    {
        try
        {
            await GiveBackAsync(leases, [], cancellationToken);
        }
        catch (Exception exception)
        {
            Log.NotSettled(_logger, leases.Count, _subscription.Name, exception);
        }
    }

    private async Task KeepDeadlinesAsync()
    {
        var pause = _options.LeaseCheck;
        while (!_stop.IsCancellationRequested)
        {
            await Task.Delay(pause, _clock, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var concerned = 0;
            try
            {
                var expired = _book.TakeExpired();
                concerned = expired.Count;
                await EndAsync(expired);
                if (Volatile.Read(ref _callers) == 0 && _book.Now - _lastCaller > _options.Linger)
                {
                    await TryGiveBackAsync(_book.GiveBack(_book.TakeForgotten(_book.Now - _options.Linger)), _stop.Token);
                }

                foreach (var group in _book.ToRenew().GroupBy(due => SubscriptionSettings.Seconds(due.Needed ?? _subscription.AckDeadline), due => due.Lease).ToList())
                {
                    concerned = group.Count();
                    await RenewAsync([.. group], group.Key);
                }

                pause = _options.LeaseCheck;
            }
            catch (Exception exception) when (!_stop.IsCancellationRequested)
            {
                Log.NotSettled(_logger, concerned, _subscription.Name, exception);
                pause = PauseAfterFailure;
            }
        }
    }

    private async Task EndAsync(List<Lease> expired)
    {
        try
        {
            await ReturnAsync(expired, _stop.Token);
        }
        catch
        {
            // Nobody holds them any more: Pub/Sub gives them to the next when its own deadline passes.
            _book.GiveBack(expired);
            throw;
        }
    }

    private async Task RenewAsync(List<Lease> leases, int seconds)
    {
        var now = _book.Now;
        await _client.ModifyAckDeadlineAsync(_subscription.Path, leases.ConvertAll(lease => lease.WireAckId), seconds, _stop.Token);
        _book.Renewed(leases, now, TimeSpan.FromSeconds(seconds));
    }
}
