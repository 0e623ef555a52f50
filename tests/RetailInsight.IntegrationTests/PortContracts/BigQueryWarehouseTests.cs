using RetailInsight.Core.Ports;
using RetailInsight.GoogleFakes;
using RetailInsight.IntegrationTests.GoogleCloud.BigQuery;
using RetailInsight.Platform.GoogleCloud.BigQuery;

namespace RetailInsight.IntegrationTests.PortContracts;

/// <summary>The warehouse in BigQuery, over the fake.</summary>
public sealed class BigQueryWarehouseTests : WarehouseContract
{
    private readonly string _directory = Directory.CreateTempSubdirectory("google-fakes-").FullName;
    private FakeGoogle _google = null!;

    public override async Task InitializeAsync()
    {
        _google = await FakeGoogle.StartAsync(_directory);
        await base.InitializeAsync();
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _google.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    protected override IWarehouse Open() => FakeDataset.Open(_google);

    protected override Task CloseAsync(IWarehouse warehouse)
    {
        ((BigQueryWarehouse)warehouse).Dispose();
        return Task.CompletedTask;
    }
}
