using RetailInsight.Core.Ports;
using RetailInsight.GoogleFakes;
using RetailInsight.IntegrationTests.PortContracts;
using RetailInsight.Platform.GoogleCloud;
using RetailInsight.Platform.GoogleCloud.PubSub;

namespace RetailInsight.IntegrationTests.PubSub;

/// <summary>The adapter against the fake, which keeps to filters and to order after a return.</summary>
public sealed class PubSubFakeTests : MessageBusContract
{
    private readonly string _directory = Directory.CreateTempSubdirectory("pubsub-fake-").FullName;
    private FakeGoogle _fake = null!;

    protected override TimeSpan ShortDeadline => TimeSpan.FromMilliseconds(500);

    public override async Task DisposeAsync()
    {
        await ((IAsyncDisposable)Bus).DisposeAsync();
        await _fake.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    protected override async Task<IMessageBus> OpenBusAsync()
    {
        _fake = await FakeGoogle.StartAsync(_directory);
        return new PubSubMessageBus(new GoogleCloudOptions { Project = "p1", PubSubEndpoint = _fake.Address }, TimeProvider.System);
    }
}
