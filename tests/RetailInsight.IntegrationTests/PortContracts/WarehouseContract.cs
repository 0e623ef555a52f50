using RetailInsight.Core.Ports;

namespace RetailInsight.IntegrationTests.PortContracts;

/// <summary>What every warehouse does. A subclass opens its warehouse on a place that outlives it, so that it can be opened again.</summary>
public abstract partial class WarehouseContract : IAsyncLifetime
{
    private IWarehouse _warehouse = null!;

    /// <summary>Opens the test's place; again, it is the same place.</summary>
    protected abstract IWarehouse Open();

    /// <summary>Lets go of an opened warehouse.</summary>
    protected abstract Task CloseAsync(IWarehouse warehouse);

    public virtual async Task InitializeAsync()
    {
        _warehouse = Open();
        await _warehouse.EnsureAsync([Sales, Totals], [], default);
    }

    public virtual Task DisposeAsync() => CloseAsync(_warehouse);

    [Fact]
    public async Task A_batch_loaded_again_changes_nothing_and_is_reported()
    {
        Assert.Empty(await _warehouse.LoadAsync([Batch("b1", 1, 2), Batch("b1", 1, 2)], default));
        Assert.Equal(["b1"], await _warehouse.LoadAsync([Batch("b1", 1, 2), Batch("b2", 3)], default));
        Assert.Equal([1L, 2L, 3L], await LinesAsync());
    }

    [Fact]
    public async Task A_batch_loaded_again_after_reopening_changes_nothing()
    {
        await _warehouse.LoadAsync([Batch("b1", 1)], default);
        await CloseAsync(_warehouse);
        _warehouse = Open();
        Assert.Equal(["b1"], await _warehouse.LoadAsync([Batch("b1", 1)], default));
        Assert.Equal([1L], await LinesAsync());
    }

    [Fact]
    public async Task Two_tenants_may_send_batches_of_one_id()
    {
        await _warehouse.LoadAsync([Batch("same", 1)], default);
        WarehouseBatch other = Batch("same", 7) with { Tenant = "other" };
        other = other with { Tables = Rows(SalesRows("other", [7])) };
        Assert.Empty(await _warehouse.LoadAsync([other], default));
        Assert.Equal([1L], await LinesAsync());
    }

    [Fact]
    public async Task A_load_that_fails_in_its_last_table_leaves_nothing()
    {
        var batch = new WarehouseBatch("b1", Tenant, new Dictionary<string, RowBlock>
        {
            ["sales"] = SalesRows(Tenant, [1]),
            ["totals"] = new([ColumnData.String("tenant", [Tenant]), ColumnData.Date("business_date", [0])]),
        });
        Exception exception = await Assert.ThrowsAnyAsync<Exception>(() => _warehouse.LoadAsync([Batch("b0", 5), batch], default));
        Assert.Contains("totals.net", exception.Message, StringComparison.Ordinal);
        Assert.Empty(await LinesAsync());
        Assert.Empty(await _warehouse.LoadAsync([Batch("b0", 5)], default));
    }

    [Theory]
    [InlineData("line", "is missing")]
    [InlineData("name", "the table has String")]
    [InlineData("tenant", "NULL in row 1")]
    [InlineData("tax", "no column")]
    [InlineData("share", "rows")]
    public async Task Rows_that_do_not_fit_are_refused_by_table_and_column(string column, string problem)
    {
        List<ColumnData> columns = [.. SalesRows(Tenant, [1, 2]).Columns];
        columns.RemoveAll(candidate => candidate.Name == column);
        columns.AddRange(column switch
        {
            "name" => [ColumnData.Int64("name", [1, 2])],
            "tenant" => [ColumnData.String("tenant", [Tenant, null])],
            "tax" => [ColumnData.Int64("tax", [1, 2])],
            "share" => [ColumnData.Float64("share", [1])],
            _ => Array.Empty<ColumnData>(),
        });
        Exception exception = await Assert.ThrowsAnyAsync<Exception>(() => _warehouse.LoadAsync([new("b1", Tenant, Rows(new RowBlock(columns)))], default));
        Assert.Contains($"sales.{column}", exception.Message, StringComparison.Ordinal);
        Assert.Contains(problem, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_of_another_tenant_are_refused()
    {
        var batch = new WarehouseBatch("b1", Tenant, Rows(SalesRows("other", [1])));
        await Assert.ThrowsAnyAsync<Exception>(() => _warehouse.LoadAsync([batch], default));
    }

    [Fact]
    public async Task Columns_arrive_by_name_in_any_order_and_a_nullable_one_may_lack()
    {
        ColumnData[] columns = [.. SalesRows(Tenant, [1]).Columns.Where(column => column.Name != "amount").Reverse()];
        await _warehouse.LoadAsync([new("b1", Tenant, Rows(new RowBlock(columns)))], default);
        RowBlock row = Assert.Single(await QueryAsync("SELECT line, amount FROM sales WHERE tenant = @tenant"));
        Assert.Equal(1L, row["line"].Int64At(0));
        Assert.True(row["amount"].IsNullAt(0));
    }

    [Fact]
    public async Task Every_value_comes_back_as_it_went_in()
    {
        string?[] names = ["", new('a', 12), new('b', 13), "レジ袋 🛍 髙﨑", new string('店', 1000), null];
        decimal[] amounts = [0m, -0.000000001m, 12345678901234567890.123456789m, -9.9m, 1m, 0m];
        int[] dates = [Days(1, 1, 1), Days(9999, 12, 31), 0, -1, 1, 2];
        DateTimeOffset tokyo = new(2026, 3, 1, 1, 30, 0, TimeSpan.FromHours(9));
        long[] instants = [Micros(tokyo), Micros(DateTimeOffset.MinValue), Micros(new(9999, 12, 31, 23, 59, 59, 999, 999, TimeSpan.Zero)), 0, -1, 0];
        bool[] lastIsNull = [false, false, false, false, false, true];
        var rows = new RowBlock([
            ColumnData.String("tenant", [.. Enumerable.Repeat(Tenant, 6)]),
            ColumnData.Date("business_date", dates),
            ColumnData.Int64("line", [0, 1, 2, long.MinValue, long.MaxValue, 5]),
            ColumnData.String("name", names),
            ColumnData.Numeric("amount", amounts, lastIsNull),
            ColumnData.Float64("share", [0, -1.5, double.MaxValue, double.Epsilon, 3, 0], lastIsNull),
            ColumnData.Timestamp("sold_at", instants, lastIsNull),
            ColumnData.Bool("is_return", [true, false, true, false, true, false], lastIsNull),
        ]);
        await _warehouse.LoadAsync([new("b1", Tenant, Rows(rows))], default);

        RowBlock back = Assert.Single(await QueryAsync("SELECT * FROM sales WHERE tenant = @tenant ORDER BY LENGTH(name), amount"));
        Assert.Equal(6, back.RowCount);
        for (int i = 0; i < 6; i++)
        {
            int row = Enumerable.Range(0, 6).Single(candidate => back["line"].Int64At(candidate) == rows["line"].Int64At(i));
            foreach (ColumnData column in rows.Columns)
            {
                Assert.Equal(column.Type, back[column.Name].Type);
                Assert.Equal(column.ValueAt(i), back[column.Name].ValueAt(row));
            }
        }
    }

    [Fact]
    public async Task An_amount_finer_than_nine_decimals_is_refused_not_rounded()
    {
        var rows = new RowBlock([.. SalesRows(Tenant, [1]).Columns.Where(column => column.Name != "amount"), ColumnData.Numeric("amount", [0.0000000001m])]);
        Exception exception = await Assert.ThrowsAnyAsync<Exception>(() => _warehouse.LoadAsync([new("b1", Tenant, Rows(rows))], default));
        Assert.Contains("sales.amount", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hundred_thousand_rows_stream_in_and_out_in_blocks()
    {
        long[] lines = [.. Enumerable.Range(0, 100_000).Select(line => (long)line)];
        await _warehouse.LoadAsync([Batch("b1", lines)], default);
        List<RowBlock> blocks = await QueryAsync("SELECT line, name FROM sales WHERE tenant = @tenant");
        Assert.True(blocks.Count > 1);
        var back = new HashSet<long>();
        foreach (RowBlock block in blocks)
        {
            for (int row = 0; row < block.RowCount; row++)
            {
                Assert.True(back.Add(block["line"].Int64At(row)));
                Assert.Equal($"line {block["line"].Int64At(row)}", block["name"].StringAt(row));
            }
        }

        Assert.Equal(lines.Length, back.Count);
    }

    [Fact]
    public async Task Many_small_batches_load_as_one()
    {
        WarehouseBatch[] batches = [.. Enumerable.Range(0, 700).Select(batch => Batch($"b{batch}", [.. Enumerable.Range(batch * 10, batch % 10).Select(line => (long)line)]))];
        await _warehouse.LoadAsync(batches, default);
        Assert.Equal(batches.Sum(batch => batch.Tables["sales"].RowCount), (await LinesAsync()).Distinct().Count());
    }

    [Fact]
    public async Task Parameters_of_every_kind_and_lists_of_them_filter()
    {
        await _warehouse.LoadAsync([Batch("b1", 1, 2, 3)], default);
        Assert.Equal([2L], await LinesAsync("name IN UNNEST(@v)", new[] { "line 2", "line 9" }));
        Assert.Equal([1L, 3L], await LinesAsync("line IN UNNEST(@v)", new List<long> { 1, 3 }));
        Assert.Equal([2L], await LinesAsync("line NOT IN UNNEST(@v)", new List<long> { 1, 3 }));
        Assert.Equal([1L], await LinesAsync("business_date IN UNNEST(@v)", new[] { new DateOnly(1970, 1, 2) }));
        Assert.Equal([3L], await LinesAsync("amount IN UNNEST(@v)", new[] { 3.5m }));
        Assert.Empty(await LinesAsync("name IN UNNEST(@v)", Array.Empty<string>()));
        Assert.Equal([2L, 3L], await LinesAsync("amount >= @v", 2.5m));
        Assert.Equal([3L], await LinesAsync("business_date = @v", new DateOnly(1970, 1, 4)));
        Assert.Equal([3L], await LinesAsync("sold_at > @v", new DateTimeOffset(1970, 1, 1, 11, 0, 0, TimeSpan.FromHours(9))));
        Assert.Equal([1L, 3L], await LinesAsync("is_return = @v", true));
        Assert.Equal([2L], await LinesAsync("name = @v", "line 2"));
    }

    [Fact]
    public async Task A_missing_parameter_is_named()
    {
        Exception exception = await Assert.ThrowsAnyAsync<ArgumentException>(() => QueryAsync("SELECT line FROM sales WHERE tenant = @tenant AND line = @line"));
        Assert.Contains("@line", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_query_for_no_tenant_or_another_is_refused()
    {
        await Assert.ThrowsAnyAsync<ArgumentException>(() => QueryAsync("SELECT line FROM sales"));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => QueryAsync("SELECT line FROM sales WHERE tenant = @tenant", ("tenant", "other")));
    }

    [Theory]
    [InlineData("@tenant", "TENANT")]
    [InlineData("@Tenant", "Tenant")]
    [InlineData("@TENANT", "tenant")]
    public async Task Another_tenant_is_refused_however_the_parameter_is_written(string inSql, string given)
    {
        await _warehouse.LoadAsync([new("o1", "other", Rows(SalesRows("other", [7])))], default);
        await Assert.ThrowsAnyAsync<ArgumentException>(() => QueryAsync($"SELECT line FROM sales WHERE tenant = {inSql}", (given, "other")));
        Assert.Empty(await QueryAsync($"SELECT line FROM sales WHERE tenant = {inSql}"));
    }

    [Theory]
    [InlineData("DELETE FROM sales WHERE tenant = @tenant")]
    [InlineData("SELECT line FROM sales WHERE tenant = @tenant; DROP TABLE sales")]
    [InlineData("WITH x AS (SELECT 1 AS a) DELETE FROM sales WHERE tenant = @tenant")]
    public async Task Only_one_select_is_a_query(string sql)
    {
        await _warehouse.LoadAsync([Batch("b1", 1)], default);
        await Assert.ThrowsAnyAsync<Exception>(() => QueryAsync(sql));
        Assert.Equal([1L], await LinesAsync());
    }

    [Fact]
    public async Task A_sum_of_whole_numbers_is_a_whole_number_and_an_overflow_is_an_error()
    {
        await _warehouse.LoadAsync([Batch("b1", long.MaxValue - 1, 1)], default);
        Assert.Equal(long.MaxValue, Assert.Single(await QueryAsync("SELECT SUM(line) AS total FROM sales WHERE tenant = @tenant"))["total"].Int64At(0));
        await _warehouse.LoadAsync([Batch("b2", 2)], default);
        await Assert.ThrowsAnyAsync<Exception>(() => QueryAsync("SELECT SUM(line) AS total FROM sales WHERE tenant = @tenant"));
    }

    [Fact]
    public async Task A_partition_is_replaced_and_its_neighbours_stay()
    {
        await _warehouse.LoadAsync([Batch("b1", 1, 2), new("o1", "other", Rows(SalesRows("other", [1])))], default);
        Assert.Equal(1, await ReplaceTotalsAsync(1, "SUM(line)"));
        Assert.Equal(1, await ReplaceTotalsAsync(2, "SUM(line)"));
        Assert.Equal(1, await ReplaceTotalsAsync(2, "SUM(line) * 10"));
        Assert.Equal([1L, 20L], await TotalsAsync());
        Assert.Equal(0, await ReplaceTotalsAsync(2, "SUM(line)", "AND FALSE"));
        Assert.Equal([1L], await TotalsAsync());
    }

    [Fact]
    public async Task A_partition_keeps_its_rows_when_the_new_ones_are_refused()
    {
        await _warehouse.LoadAsync([Batch("b1", 1, 2)], default);
        await ReplaceTotalsAsync(1, "SUM(line)");
        var partition = new Dictionary<string, object> { ["tenant"] = Tenant, ["business_date"] = new DateOnly(1970, 1, 2) };
        string[] wrong =
        [
            "SELECT tenant, business_date, SUM(line) AS net FROM sales WHERE tenant = @tenant GROUP BY tenant, business_date",
            "SELECT tenant, business_date FROM sales WHERE tenant = @tenant AND line = 1",
            "SELECT tenant, business_date, line AS net, line AS extra FROM sales WHERE tenant = @tenant AND line = 1",
            "SELECT tenant, business_date, SAFE_DIVIDE(line, 2) AS net FROM sales WHERE tenant = @tenant AND line = 1",
            "SELECT tenant, business_date, CAST(NULL AS INT64) AS net FROM sales WHERE tenant = @tenant AND line = 1",
        ];
        foreach (string sql in wrong)
        {
            await Assert.ThrowsAnyAsync<Exception>(() => _warehouse.ReplacePartitionAsync(Totals, partition, Query(sql), default));
            Assert.Equal([1L], await TotalsAsync());
        }

        await Assert.ThrowsAnyAsync<ArgumentException>(() => _warehouse.ReplacePartitionAsync(
            Totals, new Dictionary<string, object> { ["business_date"] = new DateOnly(1970, 1, 2) }, Query("SELECT 1"), default));
    }

    [Fact]
    public async Task A_query_over_its_budget_is_refused_before_it_runs()
    {
        await _warehouse.LoadAsync([Batch("b1", [.. Enumerable.Range(0, 10_000).Select(line => (long)line)])], default);
        WarehouseQuery query = Query("SELECT SUM(line) AS total FROM sales WHERE tenant = @tenant");
        long bytes = (await _warehouse.EstimateAsync(query, default)).Bytes;
        Assert.InRange(bytes, 10_000 * 8, 10_000 * 100);
        await Assert.ThrowsAsync<QueryBudgetException>(() => QueryAsync(query with { MaxBytes = bytes - 1 }));
        Assert.Single(await QueryAsync(query with { MaxBytes = bytes }));
    }

    [Fact]
    public async Task A_cancelled_query_stops_and_the_warehouse_goes_on()
    {
        await _warehouse.LoadAsync([Batch("b1", [.. Enumerable.Range(0, 20_000).Select(line => (long)line)])], default);
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        WarehouseQuery endless = Query("SELECT COUNT(*) AS n FROM sales a, sales b, sales c WHERE a.tenant = @tenant AND a.line + b.line > c.line");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => QueryAsync(endless, cancel.Token));
        Assert.Equal(20_000, (await LinesAsync()).Count);
    }

    [Fact]
    public async Task A_query_that_fails_on_its_way_does_not_look_finished()
    {
        await _warehouse.LoadAsync([Batch("b1", [.. Enumerable.Range(0, 200_000).Select(line => (long)line)])], default);
        await Assert.ThrowsAnyAsync<Exception>(() => QueryAsync(
            "SELECT line, CAST(IF(line = 199999, name, '1') AS INT64) AS n FROM sales WHERE tenant = @tenant"));
    }

    [Fact]
    public async Task More_writers_and_readers_than_there_are_places_all_come_through()
    {
        await _warehouse.LoadAsync([Batch("b0", 1, 2, 3)], default);
        IEnumerable<Task> work = Enumerable.Range(0, 40).Select(async i =>
        {
            await ReplaceTotalsAsync(1 + (i % 3), "SUM(line)");
            await _warehouse.LoadAsync([Batch($"b{1 + i}", 10 + i)], default);
            await LinesAsync();
        });
        await Task.WhenAll(work).WaitAsync(TimeSpan.FromMinutes(2));
        Assert.Equal([1L, 2L, 3L], await TotalsAsync());
        Assert.Equal(43, (await LinesAsync()).Count);
    }

    [Fact]
    public async Task A_reader_that_stops_early_frees_its_place()
    {
        await _warehouse.LoadAsync([Batch("b1", [.. Enumerable.Range(0, 20_000).Select(line => (long)line)])], default);
        for (int i = 0; i < 50; i++)
        {
            await foreach (RowBlock block in _warehouse.QueryAsync(Query("SELECT * FROM sales WHERE tenant = @tenant"), default))
            {
                Assert.NotEqual(0, block.RowCount);
                break;
            }
        }
    }

    [Fact]
    public async Task Two_warehouses_on_one_place_see_each_others_rows()
    {
        IWarehouse second = Open();
        await Task.WhenAll(
            Enumerable.Range(0, 20).Select(batch => (batch % 2 == 0 ? _warehouse : second).LoadAsync([Batch($"b{batch / 2}", batch / 2)], default)));
        await CloseAsync(_warehouse);
        _warehouse = second;
        Assert.Equal(Enumerable.Range(0, 10).Select(line => (long)line), await LinesAsync());
    }
}
