using System.Diagnostics;
using System.Text;
using RetailInsight.Core.Ports;

namespace RetailInsight.IntegrationTests.PortContracts;

/// <summary>What the tests of a bus do and wait for.</summary>
public abstract class MessageBusSteps : IAsyncLifetime
{
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    protected IMessageBus Bus { get; private set; } = null!;

    /// <summary>The shortest ack deadline the bus keeps.</summary>
    protected virtual TimeSpan ShortDeadline => TimeSpan.FromMilliseconds(300);

    /// <summary>Whether a message given back comes again before later ones of its key.</summary>
    protected virtual bool KeepsOrderOfWhatIsGivenBack => true;

    public async Task InitializeAsync() => Bus = await OpenBusAsync();

    public abstract Task DisposeAsync();

    /// <summary>A bus without subscriptions.</summary>
    protected abstract Task<IMessageBus> OpenBusAsync();

    protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    protected static string Text(BusDelivery delivery)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        return Encoding.UTF8.GetString(delivery.Message.Data.Span);
    }

    /// <summary>Waits until a condition holds.</summary>
    protected static async Task UntilAsync(Func<Task<bool>> condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        for (var watch = Stopwatch.StartNew(); !await condition();)
        {
            Assert.True(watch.Elapsed < Patience, "The condition did not come true.");
            await Task.Delay(50);
        }
    }

    protected Task SubscribeAsync(string topic, string subscription, TimeSpan? deadline = null, int maxAttempts = 1_000) =>
        Bus.EnsureSubscriptionAsync(topic, subscription, new(deadline ?? Patience, maxAttempts), CancellationToken.None);

    protected Task<IReadOnlyList<string>> PublishAsync(string topic, params string[] texts) =>
        Bus.PublishAsync(topic, [.. texts.Select(text => new BusMessage(Bytes(text), new Dictionary<string, string>()))], CancellationToken.None);

    protected Task AckAsync(string subscription, IReadOnlyList<BusDelivery> deliveries) =>
        Bus.AckAsync(subscription, [.. deliveries.Select(delivery => delivery.AckId)], CancellationToken.None);

    /// <summary>What is ready now.</summary>
    protected Task<IReadOnlyList<BusDelivery>> PullNowAsync(string subscription) =>
        Bus.PullAsync(subscription, 1_000, TimeSpan.Zero, CancellationToken.None);

    /// <summary>Waits for that many deliveries.</summary>
    protected async Task<List<BusDelivery>> PullAllAsync(string subscription, int count)
    {
        var deliveries = new List<BusDelivery>();
        for (var watch = Stopwatch.StartNew(); deliveries.Count < count;)
        {
            Assert.True(watch.Elapsed < Patience, $"{deliveries.Count} of {count} messages arrived.");
            deliveries.AddRange(await Bus.PullAsync(subscription, count - deliveries.Count, TimeSpan.FromSeconds(5), CancellationToken.None));
        }

        return deliveries;
    }
}
