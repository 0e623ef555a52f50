using Microsoft.Extensions.Logging.Abstractions;
using RetailInsight.Core.Ports;
using RetailInsight.Platform.Local.DuckDb;

namespace RetailInsight.IntegrationTests.PortContracts;

public sealed class DuckDbWarehouseTests : WarehouseContract
{
    private readonly string _directory = Directory.CreateTempSubdirectory("retailinsight-duckdb-").FullName;

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    protected override IWarehouse Open() => new DuckDbWarehouse(
        new DuckDbWarehouseOptions { Path = Path.Combine(_directory, "test.duckdb"), MemoryLimit = "512MB" },
        TimeProvider.System,
        NullLogger<DuckDbWarehouse>.Instance);

    protected override Task CloseAsync(IWarehouse warehouse)
    {
        ((DuckDbWarehouse)warehouse).Dispose();
        return Task.CompletedTask;
    }
}
