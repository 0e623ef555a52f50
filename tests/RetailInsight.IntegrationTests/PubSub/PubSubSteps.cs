using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using RetailInsight.Core.Ports;
using RetailInsight.GoogleFakes;
using RetailInsight.GoogleFakes.Faults;
using RetailInsight.Platform.GoogleCloud;
using RetailInsight.Platform.GoogleCloud.PubSub;

namespace RetailInsight.IntegrationTests.PubSub;

/// <summary>A fake with a fast clock, and what tests do with it.</summary>
/// <param name="clockFactor">So many times as fast do seconds pass for fake and adapter.</param>
public abstract class PubSubSteps(int clockFactor = 20) : IAsyncLifetime
{
    // The servers' seconds pass faster, the machine does not: time-outs of requests would come too early.
    private static readonly TimeSpan LongestTry = TimeSpan.FromHours(1);

    private readonly string _directory = Directory.CreateTempSubdirectory("pubsub-fake-").FullName;
    private readonly List<PubSubMessageBus> _buses = [];

    protected TimeProvider Clock { get; } = new FastClock(clockFactor);

    private protected FakeGoogle Fake { get; private set; } = null!;

    private protected FaultPlan Faults => Fake.Faults;

    private protected PubSubMessageBus Bus { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Fake = await FakeGoogle.StartAsync(_directory, clock: Clock);
        Bus = Open();
    }

    public virtual async Task DisposeAsync()
    {
        foreach (var bus in _buses)
        {
            await bus.DisposeAsync();
        }

        await Fake.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    protected static BusMessage Message(string text, string key = "") => new(Encoding.UTF8.GetBytes(text), new Dictionary<string, string>(), key);

    protected static string Text(BusDelivery delivery) => Encoding.UTF8.GetString(delivery.Message.Data.Span);

    protected static List<BusMessage> Numbered(int count, string key = "") =>
        [.. Enumerable.Range(0, count).Select(i => Message(i.ToString(CultureInfo.InvariantCulture), key))];

    private protected PubSubMessageBus Open(PubSubOptions? options = null)
    {
        options ??= new();
        options = options with
        {
            PublishRetry = options.PublishRetry with { AttemptTimeout = LongestTry },
            PullRetry = options.PullRetry with { AttemptTimeout = LongestTry },
            SettleRetry = options.SettleRetry with { AttemptTimeout = LongestTry },
            AdminRetry = options.AdminRetry with { AttemptTimeout = LongestTry },
        };
        var bus = new PubSubMessageBus(new GoogleCloudOptions { Project = "p1", PubSubEndpoint = Fake.Address }, Clock, options: options);
        _buses.Add(bus);
        return bus;
    }

    protected Task SubscribeAsync(int maxAttempts = 50, int deadlineSeconds = 60) =>
        Bus.EnsureSubscriptionAsync("t", "s", new(TimeSpan.FromSeconds(deadlineSeconds), maxAttempts), CancellationToken.None);

    protected Task<IReadOnlyList<string>> PublishAsync(params string[] texts) => Bus.PublishAsync("t", [.. texts.Select(text => Message(text))], CancellationToken.None);

    /// <summary>Pulls and acknowledges until so many different messages came, whatever fails on the way.</summary>
    private protected static async Task<List<string>> DrainAsync(PubSubMessageBus bus, int count, int maxMessages = 1_000)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var texts = new List<string>();
        while (texts.Distinct().Count() < count)
        {
            try
            {
                var deliveries = await bus.PullAsync("s", maxMessages, TimeSpan.FromSeconds(20), timeout.Token);
                texts.AddRange(deliveries.Select(Text));
                await bus.AckAsync("s", [.. deliveries.Select(delivery => delivery.AckId)], timeout.Token);
            }
            catch (GoogleApiException) when (!timeout.IsCancellationRequested)
            {
                // The next round meets it again, or not.
            }
        }

        return texts;
    }

    /// <summary>A request of somebody else.</summary>
    protected async Task<(int Status, JsonElement Body)> RequestAsync(HttpMethod method, string path, object? body = null)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(method, new Uri($"{Fake.Address}/v1/projects/p1/{path}")) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await client.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>());
    }
}
