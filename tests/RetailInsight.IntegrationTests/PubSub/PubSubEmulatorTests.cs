using RetailInsight.Core.Ports;
using RetailInsight.IntegrationTests.PortContracts;
using RetailInsight.Platform.GoogleCloud.PubSub;

namespace RetailInsight.IntegrationTests.PubSub;

/// <summary>The adapter against Google's own emulator.</summary>
[NeedsPubSubEmulator]
public sealed class PubSubEmulatorTests(PubSubEmulator emulator) : MessageBusContract, IClassFixture<PubSubEmulator>
{
    protected override TimeSpan ShortDeadline => TimeSpan.FromSeconds(1);

    /// <summary>The emulator puts what is given back behind the key's other messages; Pub/Sub does not.</summary>
    protected override bool KeepsOrderOfWhatIsGivenBack => false;

    public override async Task DisposeAsync() => await ((IAsyncDisposable)Bus).DisposeAsync();

    protected override async Task<IMessageBus> OpenBusAsync() => new PubSubMessageBus(await emulator.ProjectAsync(), TimeProvider.System);
}
