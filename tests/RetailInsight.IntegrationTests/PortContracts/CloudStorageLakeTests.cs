using RetailInsight.Core.Ports;
using RetailInsight.GoogleFakes;
using RetailInsight.IntegrationTests.GoogleCloud.CloudStorage;

namespace RetailInsight.IntegrationTests.PortContracts;

public sealed class CloudStorageLakeTests : LakeContract
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fake-storage-").FullName;
    private FakeGoogle _google = null!;

    public override async Task DisposeAsync()
    {
        await ((IAsyncDisposable)Lake).DisposeAsync();
        await _google.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    protected override async Task<ILake> OpenLakeAsync()
    {
        _google = await FakeGoogle.StartAsync(_directory);
        return await FakeBucket.OpenLakeAsync(_google);
    }

    protected override Task DamageAsync(LakePointer pointer)
    {
        FakeBucket.Damage(_directory, pointer.Object, pointer.Offset + pointer.Length / 2);
        return Task.CompletedTask;
    }
}
