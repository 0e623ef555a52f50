namespace RetailInsight.Api.Webhooks;

/// <summary>Makes messages of changes and delivers those that are due, a bounded number at once. Any number of processes may run it.</summary>
internal sealed class WebhookWorker(
    WebhookOutbox outbox, WebhookRegister register, WebhookSender sender, WebhookOptions options, TimeProvider clock, ILogger<WebhookWorker> logger) : BackgroundService
{
    private const int AtOnce = 16;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Poll, clock);
        do
        {
            try
            {
                await outbox.CollectAsync(stoppingToken);
                while (await DeliverAsync(stoppingToken) == AtOnce)
                {
                    stoppingToken.ThrowIfCancellationRequested();
                }
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // Mostly the database is away or still being migrated. Leases and due times lie there, so nothing is lost by waiting, and no message
                // may stop the pages.
                Log.WebhooksWait(logger, exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task<int> DeliverAsync(CancellationToken cancellationToken)
    {
        var claimed = await outbox.ClaimAsync(AtOnce, cancellationToken);
        await Task.WhenAll(claimed.Select(delivery => DeliverAsync(delivery, cancellationToken)));
        return claimed.Count;
    }

    private async Task DeliverAsync(ClaimedDelivery delivery, CancellationToken cancellationToken)
    {
        var secrets = delivery.SealedSecrets.Select(register.Open).OfType<string>().ToList();
        var outcome = secrets.Count == 0
            ? new WebhookOutcome(null, "The secret cannot be read any more, because the keys of the server changed. Rotate it.", 0)
            : await sender.SendAsync(delivery.Url, secrets, WebhookRegister.MessageId(delivery.Endpoint, delivery.Sequence), delivery.Payload, cancellationToken);
        await outbox.FinishAsync(delivery, outcome, cancellationToken);
    }
}
