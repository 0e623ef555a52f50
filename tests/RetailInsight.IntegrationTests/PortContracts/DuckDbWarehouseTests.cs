using Microsoft.Extensions.Logging.Abstractions;
using RetailInsight.Core.Ports;
using RetailInsight.Platform.Local.DuckDb;

namespace RetailInsight.IntegrationTests.PortContracts;

public sealed class DuckDbWarehouseTests : WarehouseContract
{
    private readonly string _directory = Directory.CreateTempSubdirectory("retailinsight-duckdb-").FullName;

    private string File => Path.Combine(_directory, "test.duckdb");

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task A_loader_killed_at_any_moment_loses_nothing_it_reported_and_leaves_no_half_batch()
    {
        string file = Path.Combine(_directory, "killed.duckdb");
        using (var warehouse = Open(file))
        {
            await warehouse.EnsureAsync([KilledLoader.Left, KilledLoader.Right], [], default);
        }

        var committed = new List<string>();
        for (int round = 0; round < 3; round++)
        {
            committed.AddRange(await KilledLoader.RunAsync(file, round, loads: 2 + round, millisecondsMore: 7 * round));
            using var warehouse = Open(file);
            Dictionary<string, (long Left, long Right)> rows = await CountAsync(warehouse);
            Assert.Empty(committed.Except(rows.Keys));
            Assert.All(rows.Values, count => Assert.Equal((KilledLoader.RowsPerTable, KilledLoader.RowsPerTable), count));

            WarehouseBatch[] again = [.. rows.Keys.Select(id => new WarehouseBatch(id, "acme", new Dictionary<string, RowBlock>()))];
            Assert.Equal(rows.Count, (await warehouse.LoadAsync(again, default)).Count);
        }
    }

    [Fact]
    public async Task A_sum_that_overflows_names_its_column()
    {
        using DuckDbWarehouse warehouse = Open(File);
        await warehouse.LoadAsync([Batch("b1", long.MaxValue - 1, 2)], default);
        Exception exception = await Assert.ThrowsAnyAsync<Exception>(() => QueryAsync("SELECT SUM(line) AS total FROM sales WHERE tenant = @tenant"));
        Assert.Contains("total", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_to_the_file_is_the_same_warehouse()
    {
        string link = Path.Combine(_directory, "link.duckdb");
        System.IO.File.CreateSymbolicLink(link, File);
        using DuckDbWarehouse second = Open(link);
        await second.LoadAsync([Batch("b1", 1)], default);
        Assert.Equal([1L], await LinesAsync());
    }

    [Fact]
    public async Task Another_process_is_refused_while_the_file_is_open()
    {
        Assert.Empty(await LinesAsync());
        Assert.Empty(await KilledLoader.RunAsync(File, 0, loads: 1, millisecondsMore: 0));
    }

    [Fact]
    public void One_file_with_two_settings_is_refused()
    {
        using IDisposable other = DuckDbDatabase.Join(Options(File));
        Assert.Throws<InvalidOperationException>(() => DuckDbDatabase.Join(Options(File) with { MemoryLimit = "1GB" }));
    }

    [Theory]
    [InlineData("SELECT * FROM read_csv('/etc/hostname')")]
    [InlineData("SELECT * FROM read_text('/etc/hostname')")]
    public async Task A_query_cannot_read_files(string sql)
    {
        using DuckDbWarehouse warehouse = Open(File);
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await foreach (RowBlock block in warehouse.QueryAsync(new(sql, new Dictionary<string, object>(), "acme"), default))
            {
                Assert.Fail($"It gave {block.RowCount} rows.");
            }
        });
    }

    protected override IWarehouse Open() => Open(File);

    protected override Task CloseAsync(IWarehouse warehouse)
    {
        ((DuckDbWarehouse)warehouse).Dispose();
        return Task.CompletedTask;
    }

    private static DuckDbWarehouseOptions Options(string file) => new() { Path = file, MemoryLimit = "512MB" };

    private static DuckDbWarehouse Open(string file) => new(Options(file), TimeProvider.System, NullLogger<DuckDbWarehouse>.Instance);

    private static async Task<Dictionary<string, (long Left, long Right)>> CountAsync(DuckDbWarehouse warehouse)
    {
        const string Sql =
            """
            SELECT batch_id, CAST(SUM(l) AS INT64) AS l, CAST(SUM(r) AS INT64) AS r
            FROM (
              SELECT tenant, batch_id, 1 AS l, 0 AS r FROM left_rows
              UNION ALL
              SELECT tenant, batch_id, 0 AS l, 1 AS r FROM right_rows
            ) WHERE tenant = @tenant GROUP BY batch_id
            """;
        var counts = new Dictionary<string, (long, long)>();
        await foreach (RowBlock block in warehouse.QueryAsync(new(Sql, new Dictionary<string, object>(), "acme"), default))
        {
            for (int row = 0; row < block.RowCount; row++)
            {
                counts.Add(block["batch_id"].StringAt(row), (block["l"].Int64At(row), block["r"].Int64At(row)));
            }
        }

        return counts;
    }
}
