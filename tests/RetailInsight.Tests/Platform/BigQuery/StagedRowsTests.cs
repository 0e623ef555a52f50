using System.IO.Compression;
using System.Text;
using RetailInsight.Core.Ports;
using RetailInsight.Platform.GoogleCloud.BigQuery;
using RetailInsight.Platform.Warehouse;

namespace RetailInsight.Tests.Platform.BigQuery;

public sealed class StagedRowsTests
{
    [Fact]
    public void Values_are_written_exactly_and_with_their_batch()
    {
        var rows = Stage(
            ColumnData.Numeric("v", [-0.000000001m, 12345678901234567890.123456789m, 0m], [false, false, true]));
        Assert.Equal(3, rows.Rows);
        Assert.Equal(
            """
            {"v":"-0.000000001","load_tenant":"acme","load_batch_id":"b\"1"}
            {"v":"12345678901234567890.123456789","load_tenant":"acme","load_batch_id":"b\"1"}
            {"load_tenant":"acme","load_batch_id":"b\"1"}

            """,
            Text(rows));
    }

    [Fact]
    public void The_first_and_last_instants_and_days_are_written()
    {
        Assert.Contains("\"0001-01-01 00:00:00.000000Z\"", Text(Stage(ColumnData.Timestamp("v", [-62_135_596_800_000_000]))), StringComparison.Ordinal);
        Assert.Contains("\"9999-12-31 23:59:59.999999Z\"", Text(Stage(ColumnData.Timestamp("v", [253_402_300_799_999_999]))), StringComparison.Ordinal);
        Assert.Contains("\"0001-01-01\"", Text(Stage(ColumnData.Date("v", [-719_162]))), StringComparison.Ordinal);
        Assert.Contains("\"9999-12-31\"", Text(Stage(ColumnData.Date("v", [2_932_896]))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    [InlineData(253_402_300_800_000_000)]
    [InlineData(-62_135_596_800_000_001)]
    public void An_instant_that_is_none_is_the_batchs_fault_and_names_its_column(long micros) =>
        Assert.Contains("sales.v", Assert.Throws<WarehouseDataException>(() => Stage(ColumnData.Timestamp("v", [micros]))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    [InlineData(2_932_897)]
    public void A_day_that_is_none_is_the_batchs_fault_and_names_its_column(int days) =>
        Assert.Contains("sales.v", Assert.Throws<WarehouseDataException>(() => Stage(ColumnData.Date("v", [days]))).Message, StringComparison.Ordinal);

    private static StagedRows Stage(ColumnData column)
    {
        var block = new RowBlock([column]);
        var batch = new WarehouseBatch("b\"1", "acme", new Dictionary<string, RowBlock> { ["sales"] = block });
        return StagedRows.Of("sales", [new WarehouseColumn("v", column.Type, true)], [(batch, block)]);
    }

    private static string Text(StagedRows rows)
    {
        using var reader = new StreamReader(new GZipStream(new MemoryStream(rows.Content.ToArray()), CompressionMode.Decompress), Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
