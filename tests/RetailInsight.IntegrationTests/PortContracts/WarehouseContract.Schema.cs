using RetailInsight.Core.Canon;
using RetailInsight.Core.Ports;

namespace RetailInsight.IntegrationTests.PortContracts;

// Tables and views: what they may become.
public abstract partial class WarehouseContract
{
    [Fact]
    public async Task New_nullable_columns_are_added_and_views_follow()
    {
        var view = new ViewSpec("sales_view", "SELECT * FROM sales");
        await _warehouse.EnsureAsync([], [view], default);
        await _warehouse.LoadAsync([Batch("b1", 1)], default);
        TableSpec wider = Sales with { Columns = [.. Sales.Columns, new("note", ColumnType.String, true, "Note.")] };
        await _warehouse.EnsureAsync([wider], [], default);
        RowBlock row = Assert.Single(await QueryAsync("SELECT line, note FROM sales_view WHERE tenant = @tenant"));
        Assert.True(row["note"].IsNullAt(0));
        await _warehouse.LoadAsync([Batch("b2", 2)], default);
        Assert.Equal([1L, 2L], await LinesAsync());
    }

    [Fact]
    public async Task A_required_column_may_become_nullable_and_rows_stay()
    {
        await _warehouse.LoadAsync([Batch("b1", 1)], default);
        TableSpec relaxed = Sales with { Columns = [.. Sales.Columns.Select(column => column.Name == "line" ? column with { Nullable = true } : column)] };
        await _warehouse.EnsureAsync([relaxed], [], default);
        var rows = new RowBlock([.. SalesRows(Tenant, [2]).Columns.Where(column => column.Name != "line")]);
        await _warehouse.LoadAsync([new("b2", Tenant, Rows(rows))], default);
        Assert.Equal([1L], await LinesAsync("line IS NOT NULL"));
        Assert.Single(await QueryAsync("SELECT name FROM sales WHERE tenant = @tenant AND line IS NULL"));
    }

    [Fact]
    public async Task A_change_of_type_or_a_new_required_column_is_refused()
    {
        TableSpec[] wrong =
        [
            Sales with { Columns = [.. Sales.Columns, new("note", ColumnType.String, false, "Note.")] },
            Sales with { Columns = [.. Sales.Columns.Select(column => column.Name == "share" ? column with { Type = ColumnType.String } : column)] },
        ];
        foreach (TableSpec table in wrong)
        {
            await Assert.ThrowsAnyAsync<Exception>(() => _warehouse.EnsureAsync([table], [], default));
        }
    }

    [Fact]
    public async Task A_view_over_what_does_not_exist_is_refused_by_its_name()
    {
        foreach (string sql in (string[])["SELECT * FROM no_such_table", "SELECT no_such_column FROM sales", "SELECT FROM"])
        {
            Exception exception = await Assert.ThrowsAsync<WarehouseDataException>(() => _warehouse.EnsureAsync([], [new ViewSpec("wrong_view", sql)], default));
            Assert.Contains("wrong_view", exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_raw_tables_and_their_views_stand()
    {
        await _warehouse.EnsureAsync(RawTables.All, RawTables.Views, default);
        await _warehouse.EnsureAsync(RawTables.All, RawTables.Views, default);
        foreach (ViewSpec view in RawTables.Views)
        {
            Assert.Empty(await QueryAsync($"SELECT * FROM {view.Name} WHERE tenant = @tenant"));
        }
    }
}
