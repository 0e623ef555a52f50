using Microsoft.Extensions.Options;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Ports;
using RetailInsight.Core.Tenancy;
using RetailInsight.Ingest.Ledger;

namespace RetailInsight.Ingest.Streaming;

/// <summary>
/// Moves messages from the bus to the warehouse. Three steps, each safe to repeat, in this order: load (idempotent by batch
/// id), ledger (idempotent by batch id), acknowledge. A crash between any two is repaired by the redelivery. While one
/// micro-batch is loaded the next is gathered.
/// </summary>
internal sealed class Streamer(
    IMessageBus bus,
    IWarehouse warehouse,
    MicroBatchLoader loader,
    PartitionLedger ledger,
    IOptions<IngestOptions> settings,
    TimeProvider clock,
    ILogger<Streamer> logger) : BackgroundService
{
    /// <summary>The streamer's subscription to <see cref="Topics.EventBatches"/>.</summary>
    public const string Subscription = "ingest";

    private static readonly TimeSpan GiveBackTimeout = TimeSpan.FromSeconds(5);

    // A hold may end early: another process's loads age, a quota is raised.
    private static readonly TimeSpan LongestHold = TimeSpan.FromMinutes(10);

    // How soon gathering notices that the load before has ended.
    private static readonly TimeSpan BusyWait = TimeSpan.FromMilliseconds(100);

    private readonly IngestOptions _options = settings.Value;
    private Task _loading = Task.CompletedTask;

    /// <summary>Whether tables and subscription are there and messages are being taken.</summary>
    public bool IsStreaming { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await TryUntilDoneAsync(PrepareAsync, stoppingToken);
        IsStreaming = true;
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await TryUntilDoneAsync(StepAsync, stoppingToken);
            }
        }
        finally
        {
            IsStreaming = false;
            await _loading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task PrepareAsync(CancellationToken cancellationToken)
    {
        // The subscription first: until it exists the gateway's messages stay in its outbox.
        await bus.EnsureSubscriptionAsync(
            Topics.EventBatches, Subscription, new SubscriptionOptions(_options.AckDeadline, _options.MaxAttempts), cancellationToken);
        await warehouse.EnsureAsync(RawTables.All, RawTables.Views, cancellationToken);
    }

    /// <summary>Repeats a step while what it needs is away. A step never leaves work half done.</summary>
    private async Task TryUntilDoneAsync(Func<CancellationToken, Task> step, CancellationToken cancellationToken)
    {
        for (var pause = _options.RetryDelay; ; pause = Longer(pause))
        {
            try
            {
                await step(cancellationToken);
                return;
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                logger.StepFailed(pause, exception);
                await Task.Delay(pause, clock, cancellationToken);
            }
        }
    }

    /// <summary>Gathers a micro-batch, waits for the load before it and starts its own.</summary>
    private async Task StepAsync(CancellationToken cancellationToken)
    {
        var batch = new MicroBatch();

        // From the first delivery on: a warehouse that is to be loaded rarely makes gathering longer than the deadline.
        var lease = LeaseExtender.Start(bus, Subscription, () => batch.AckIds, _options.AckDeadline, clock, logger);
        try
        {
            await CollectAsync(batch, cancellationToken);
            var before = _loading;
            _loading = Task.CompletedTask;
            await before;
        }
        catch (Exception exception)
        {
            await GiveBackAsync(batch, lease, exception, cancellationToken);
            throw;
        }

        _loading = LoadAndReleaseAsync(batch, lease, cancellationToken);
    }

    private async Task LoadAndReleaseAsync(MicroBatch batch, LeaseExtender lease, CancellationToken cancellationToken)
    {
        try
        {
            if (!batch.IsEmpty)
            {
                await LoadAsync(batch, cancellationToken);
            }

            await lease.DisposeAsync();
        }
        catch (Exception exception)
        {
            await GiveBackAsync(batch, lease, exception, cancellationToken);
            throw;
        }
    }

    /// <summary>Unfinished work goes back at once instead of after its deadline; what was acknowledged is no longer concerned.</summary>
    private async Task GiveBackAsync(MicroBatch batch, LeaseExtender lease, Exception exception, CancellationToken cancellationToken)
    {
        await lease.DisposeAsync();
        if (!batch.IsEmpty)
        {
            var reason = cancellationToken.IsCancellationRequested ? null : exception.Message;
            using var timeout = new CancellationTokenSource(GiveBackTimeout, clock);
            await bus.NackAsync(Subscription, batch.AckIds, reason, timeout.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task CollectAsync(MicroBatch batch, CancellationToken cancellationToken)
    {
        var started = 0L;
        var wait = _options.IdleWait;
        var gather = warehouse.LoadInterval > _options.MaxAge ? warehouse.LoadInterval : _options.MaxAge;
        do
        {
            var deliveries = await bus.PullAsync(Subscription, _options.MaxMessagesPerPull, wait, cancellationToken);
            foreach (var delivery in deliveries)
            {
                await TakeInAsync(batch, delivery, cancellationToken);
            }

            if (batch.IsEmpty)
            {
                return;
            }

            started = started == 0 ? clock.GetTimestamp() : started;
            var left = gather - clock.GetElapsedTime(started);
            left = left <= TimeSpan.Zero && !_loading.IsCompleted ? BusyWait : left;
            wait = left < _options.IdleWait ? left : _options.IdleWait;
        }
        while (wait > TimeSpan.Zero && batch.Rows < _options.MaxRows && batch.Bytes < _options.MaxBytes);
    }

    private async Task TakeInAsync(MicroBatch batch, BusDelivery delivery, CancellationToken cancellationToken)
    {
        string? reason;
        try
        {
            reason = batch.Add(delivery);
        }
        catch (Exception exception)
        {
            // Reading a message touches nothing outside: whatever went wrong lies in the message and would again.
            reason = exception.Message;
        }

        if (reason is not null)
        {
            await DeadLetterAsync(delivery, reason, cancellationToken);
        }
    }

    private async Task DeadLetterAsync(BusDelivery delivery, string reason, CancellationToken cancellationToken)
    {
        logger.Poison(delivery.MessageId, reason);
        await bus.DeadLetterAsync(Subscription, [delivery.AckId], reason, cancellationToken);
    }

    private async Task LoadAsync(MicroBatch batch, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        for (var pause = _options.RetryDelay; ; pause = Longer(pause))
        {
            try
            {
                await LoadOnceAsync(batch, cancellationToken);
                return;
            }
            catch (WarehouseHeldException held)
            {
                // Not an outage: the batches are kept, leased, however long it takes, and no time for trying again is used up.
                var waited = clock.GetTimestamp();
                logger.LoadHeld(batch.Batches.Count, held.RetryAfter, held.Message);
                await Task.Delay(held.RetryAfter < LongestHold ? held.RetryAfter : LongestHold, clock, cancellationToken);
                started += clock.GetTimestamp() - waited;
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested && clock.GetElapsedTime(started) + pause < _options.HoldFor)
            {
                logger.LoadFailed(batch.Batches.Count, pause, exception);
                await Task.Delay(pause, clock, cancellationToken);
            }
        }
    }

    private async Task LoadOnceAsync(MicroBatch batch, CancellationToken cancellationToken)
    {
        var refused = await loader.LoadAsync(batch.Batches, cancellationToken);
        var loaded = batch.Batches.Except(refused.Select(refusal => refusal.Batch)).ToArray();
        var fresh = await ledger.RecordAsync([.. loaded.Select(pulled => pulled.Entry)], cancellationToken);

        // A message is done with when all its batches are.
        var unfinished = refused.SelectMany(refusal => refusal.Batch.AckIds);
        await bus.AckAsync(Subscription, [.. loaded.SelectMany(pulled => pulled.AckIds).Except(unfinished)], cancellationToken);
        foreach (var (delivery, reason) in batch.Spoilt)
        {
            await DeadLetterAsync(delivery, reason, cancellationToken);
        }

        foreach (var refusal in refused)
        {
            await RefuseAsync(refusal, cancellationToken);
        }

        logger.Loaded(loaded.Length, fresh, batch.Rows);
    }

    private async Task RefuseAsync(RefusedBatch refusal, CancellationToken cancellationToken)
    {
        logger.Refused(refusal.Batch.Rows.BatchId, refusal.ForEver, refusal.Reason);
        if (refusal.ForEver)
        {
            await bus.DeadLetterAsync(Subscription, refusal.Batch.AckIds, refusal.Reason.Message, cancellationToken);
            return;
        }

        await Task.Delay(_options.RetryDelay, clock, cancellationToken);
        await bus.NackAsync(Subscription, refusal.Batch.AckIds, refusal.Reason.Message, cancellationToken);
    }

    private TimeSpan Longer(TimeSpan pause) => pause * 2 < _options.MaxRetryDelay ? pause * 2 : _options.MaxRetryDelay;
}
