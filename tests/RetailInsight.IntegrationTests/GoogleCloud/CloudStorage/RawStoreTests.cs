using Microsoft.Extensions.Options;
using RetailInsight.Core.Ports;
using RetailInsight.Gateway;
using RetailInsight.Gateway.Ingest;
using RetailInsight.Gateway.Landing;
using RetailInsight.GoogleFakes.Faults;

namespace RetailInsight.IntegrationTests.GoogleCloud.CloudStorage;

/// <summary>The gateway keeps what it receives in the bucket.</summary>
public sealed class RawStoreTests : StorageTests
{
    private static readonly DateTimeOffset Received = new(2026, 11, 20, 23, 30, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0)]
    [InlineData(ILake.SegmentPayloadLimit)]
    [InlineData(ILake.SegmentPayloadLimit + 1)]
    [InlineData(5_000_000)]
    public async Task A_payload_of_any_length_comes_back(int length)
    {
        await using var lake = await OpenLakeAsync();
        var store = new RawStore(lake);
        var options = new GatewayOptions();
        var largeUploads = new LargeUploads(Options.Create(options));
        await using var payload = (await Payload.ReceiveAsync(new MemoryStream(Content(length)), length, new("demo", length), options, largeUploads, CancellationToken.None))!;
        Faults.Add(new(FaultKind.DropAfter, "/upload/", Times: 1));
        var pointer = await store.KeepAsync("demo", "vendor-a", Received, payload, CancellationToken.None);
        Assert.Equal(Content(length), (await store.ReadAsync(pointer, CancellationToken.None)).ToArray());

        // The same upload again, as a sender does who got no receipt.
        if (length > ILake.SegmentPayloadLimit)
        {
            Assert.Equal(pointer, await store.KeepAsync("demo", "vendor-a", Received, payload, CancellationToken.None));
            Assert.Equal([$"raw/demo/vendor-a/2026/11/20/{Convert.ToHexStringLower(payload.Sha256)}"], await NamesAsync());
        }
    }
}
