using RetailInsight.Core.Ports;

namespace RetailInsight.IntegrationTests.Ingest;

/// <summary>
/// The real bus, which loses the first acknowledgements together with their leases, and remembers the most deliveries a
/// message needed.
/// </summary>
internal sealed class ForgetfulBus(IMessageBus bus) : IMessageBus
{
    public int LostAcks { get; set; }

    public int MostAttempts { get; private set; }

    public Task EnsureSubscriptionAsync(string topic, string subscription, SubscriptionOptions options, CancellationToken cancellationToken) =>
        bus.EnsureSubscriptionAsync(topic, subscription, options, cancellationToken);

    public Task<IReadOnlyList<string>> PublishAsync(string topic, IReadOnlyList<BusMessage> messages, CancellationToken cancellationToken) =>
        bus.PublishAsync(topic, messages, cancellationToken);

    public async Task<IReadOnlyList<BusDelivery>> PullAsync(string subscription, int maxMessages, TimeSpan wait, CancellationToken cancellationToken)
    {
        var deliveries = await bus.PullAsync(subscription, maxMessages, wait, cancellationToken);
        MostAttempts = deliveries.Select(delivery => delivery.Attempt).Append(MostAttempts).Max();
        return deliveries;
    }

    public async Task AckAsync(string subscription, IReadOnlyList<string> ackIds, CancellationToken cancellationToken)
    {
        if (LostAcks > 0)
        {
            LostAcks--;
            await bus.NackAsync(subscription, ackIds, null, cancellationToken);
            throw new TimeoutException("The acknowledgement got lost.");
        }

        await bus.AckAsync(subscription, ackIds, cancellationToken);
    }

    public Task NackAsync(string subscription, IReadOnlyList<string> ackIds, string? reason, CancellationToken cancellationToken) =>
        bus.NackAsync(subscription, ackIds, reason, cancellationToken);

    public Task ExtendAsync(string subscription, IReadOnlyList<string> ackIds, TimeSpan extension, CancellationToken cancellationToken) =>
        bus.ExtendAsync(subscription, ackIds, extension, cancellationToken);

    public Task DeadLetterAsync(string subscription, IReadOnlyList<string> ackIds, string reason, CancellationToken cancellationToken) =>
        bus.DeadLetterAsync(subscription, ackIds, reason, cancellationToken);

    public Task<int> RedriveAsync(string subscription, CancellationToken cancellationToken) => bus.RedriveAsync(subscription, cancellationToken);
}
