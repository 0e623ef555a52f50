using System.Globalization;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Core.Ports;
using RetailInsight.Etl.Models;

namespace RetailInsight.IntegrationTests.Etl;

public sealed class PublishingSwapsOnePartition(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Versions = "SELECT format('%s %s %s', store, hour, xmin) FROM mart.kpi_store_hour ORDER BY store, business_date, hour";
    private static readonly DateOnly Day = SyntheticCompany.FirstDay;
    private readonly SyntheticCompany _company = new(7);

    [Fact]
    public async Task The_same_result_again_rewrites_no_row_and_raises_no_version()
    {
        await using var harness = await LoadedAsync();
        var first = await harness.PublishAsync(await harness.StageAsync("kpi_store_hour", Day, "s1", "s2"));
        var before = await harness.AsJobAsync(Versions);

        var again = await harness.PublishAsync(await harness.StageAsync("kpi_store_hour", Day, "s1", "s2"));

        Assert.Equal((before.Count, 0L, 1L), ((int)first.Written, first.Deleted, first.DataVersion));
        Assert.Equal((0L, 0L, 1L), (again.Written, again.Deleted, again.DataVersion));
        Assert.Equal(before, await harness.AsJobAsync(Versions));
    }

    [Fact]
    public async Task Only_changed_rows_are_written_vanished_ones_deleted_and_other_partitions_left_alone()
    {
        await using var harness = await LoadedAsync();
        await harness.PublishAsync(await harness.StageAsync("kpi_store_hour", Day, "s1", "s2"));
        await harness.PublishAsync(await harness.StageAsync("kpi_store_hour", Day.AddDays(1), "s1"));
        await harness.AsJobAsync("UPDATE mart.kpi_store_hour SET net = net + 1 WHERE store IN ('s1', 's2') AND hour = 20");
        await harness.AsJobAsync($"INSERT INTO mart.kpi_store_hour SELECT tenant, store, business_date, 3, currency, net, tax, gross, receipts, items, returns, return_net, visitors, observed_minutes, expected_minutes FROM mart.kpi_store_hour WHERE hour = 20 AND business_date = '{Iso(Day)}'");
        var before = await harness.AsJobAsync(Versions);

        var result = await harness.PublishAsync(await harness.StageAsync("kpi_store_hour", Day, "s1"));

        Assert.Equal((1L, 1L, 3L), (result.Written, result.Deleted, result.DataVersion));
        Assert.Equal(before.Count - 2, before.Intersect(await harness.AsJobAsync(Versions)).Count());
    }

    [Fact]
    public async Task A_store_day_that_lost_all_its_data_loses_its_row()
    {
        await using var harness = await LoadedAsync();
        await harness.AsJobAsync($"INSERT INTO mart.kpi_store_day VALUES ('{SyntheticCompany.Tenant}', 'closed', '{Iso(Day)}', 'JPY', 1, 1, 2, 1, 1, 0, 0, NULL, 0, 0)");

        var result = await harness.PublishAsync(await harness.StageAsync("kpi_store_day", Day, "closed"));

        Assert.Equal((0L, 1L), (result.Written, result.Deleted));
    }

    [Fact]
    public async Task When_the_caller_rolls_back_nothing_has_happened_and_it_can_publish_again()
    {
        await using var harness = await LoadedAsync();
        var staged = await harness.StageAsync("kpi_store_day", Day, "s1");

        await harness.PublishAsync(staged, commit: false);

        Assert.Empty(await harness.AsJobAsync("SELECT store FROM mart.kpi_store_day"));
        Assert.Empty(await harness.AsJobAsync("SELECT version FROM mart.data_version"));
        Assert.Equal(1, (await harness.PublishAsync(staged)).Written);
    }

    [Fact]
    public async Task Staged_rows_that_a_crash_of_the_server_has_lost_empty_no_partition()
    {
        await using var harness = await LoadedAsync();
        await harness.PublishAsync(await harness.StageAsync("kpi_store_day", Day, "s1"));
        var staged = await harness.StageAsync("kpi_store_day", Day, "s1");
        await harness.AsJobAsync($"TRUNCATE {staged.Table}");

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => harness.PublishAsync(staged));

        Assert.Contains("0 of the 1 rows staged for 'kpi_store_day'", refusal.Message, StringComparison.Ordinal);
        Assert.Single(await harness.AsJobAsync("SELECT store FROM mart.kpi_store_day"));
    }

    [Fact]
    public async Task Rows_outside_the_partition_are_refused()
    {
        await using var harness = await LoadedAsync();
        var partition = new ModelPartition(SyntheticCompany.Tenant, Day, ["s1"]);
        var model = harness.Runner.Run("kpi_store_day", partition).Model;
        string Value(ModelColumn column) => (column.Name, column.Type) switch
        {
            ("tenant", _) => "@tenant",
            (_, ColumnType.Date) => "DATE_ADD(@business_date, INTERVAL 1 DAY)",
            (_, ColumnType.Int64) => "CAST(0 AS INT64)",
            (_, ColumnType.Bool) => "TRUE",
            _ => "'s1'",
        };
        var elsewhere = new Model
        {
            Name = model.Name,
            Area = model.Area,
            Description = model.Description,
            Sql = $"SELECT {string.Join(", ", model.Columns.Select(column => $"{Value(column)} AS {column.Name}"))}",
            Grain = model.Grain,
            Inputs = [],
            Columns = model.Columns,
            Publish = model.Publish,
            Parameters = ["tenant", "business_date"],
        };

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(
            () => harness.Publisher.StageAsync(new ModelRun(elsewhere, partition, [], harness.Warehouse), 4711, CancellationToken.None));

        Assert.Contains("1 rows of 'kpi_store_day' lie outside the partition", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_check_leaves_no_staging_table()
    {
        await using var harness = await LoadedAsync();
        var (day, store) = await BreakAsync(harness);

        var exception = await Assert.ThrowsAsync<ModelCheckException>(() => harness.StageAsync("kpi_store_hour", day, store));

        Assert.Equal("gross", exception.Check!.Column);
        Assert.Empty(await harness.AsJobAsync("SELECT tablename FROM pg_tables WHERE schemaname = 'mart_staging'"));
    }

    [Fact]
    public async Task Staging_tables_of_leases_that_are_over_are_swept_and_no_others()
    {
        await using var harness = await LoadedAsync();
        var dead = await harness.StageAsync("kpi_store_day", Day, "s1");
        var alive = await harness.StageAsync("kpi_store_day", Day, "s2");

        var dropped = await harness.Publisher.SweepStagingAsync(
            (tokens, _) => Task.FromResult<IReadOnlyCollection<long>>([tokens.Min()]), CancellationToken.None);

        Assert.Equal(1, dropped);
        Assert.Equal(1, (await harness.PublishAsync(alive)).Written);
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => harness.PublishAsync(dead));
    }

    [Fact]
    public async Task A_page_sees_only_the_tenant_of_its_transaction()
    {
        await using var harness = await LoadedAsync();
        foreach (var model in ModelCatalogue.Load().Published)
        {
            await harness.PublishAsync(await harness.StageAsync(model.Name, Day, "s1", "s2"));
        }

        await harness.AsJobAsync($"INSERT INTO mart.staff_hours VALUES ('{SyntheticCompany.Tenant}', 's1', '{Iso(Day)}', 10, 60)");
        await harness.AsJobAsync($"INSERT INTO mart.customer_rfm VALUES ('{SyntheticCompany.Tenant}', 's1', '{Iso(Day)}', 5, 5, 5, 'JPY', 1, 1, 1)");
        await harness.AsJobAsync($"INSERT INTO mart.basket_pair VALUES ('{SyntheticCompany.Tenant}', 's1', '{Iso(Day)}', 'a', 'b', 5, 5, 5, 5)");
        var tables = await harness.AsJobAsync(
            "SELECT table_name FROM information_schema.columns WHERE table_schema = 'mart' AND column_name = 'tenant' ORDER BY 1");
        Assert.Superset(new HashSet<string>(["kpi_item_day", "kpi_category_day", "kpi_tax_day", "kpi_change", "data_health_day", "basket_pair"]), tables.ToHashSet());

        // Those of stores as wholes, of forecasts and targets have tests of their own.
        string[] others =
        [
            "store_cluster", "store_target", "store_profile", "segmentation", "segment", "store_segment", "store_peer", "sales_forecast", "store_potential", "month_target", "month_target_day",
            "forecast_error", "model_drift", "feature_drift", "store_exclusion",
        ];
        foreach (var table in tables.Except(others))
        {
            var all = await harness.AsJobAsync($"SELECT tenant FROM mart.{table}");
            Assert.True(all.Count > 0 || table is "kpi_tender_day" or "kpi_discount_day", table);
            Assert.Empty(await harness.AsAppAsync(null, $"SELECT tenant FROM mart.{table}"));
            Assert.Empty(await harness.AsAppAsync("another", $"SELECT tenant FROM mart.{table}"));
            Assert.Equal(all, await harness.AsAppAsync(SyntheticCompany.Tenant, $"SELECT tenant FROM mart.{table}"));
            await Assert.ThrowsAsync<Npgsql.PostgresException>(() => harness.AsAppAsync(SyntheticCompany.Tenant, $"DELETE FROM mart.{table}"));
        }
    }

    [Fact]
    public async Task Models_computed_together_publish_what_each_alone_publishes()
    {
        await using var harness = await LoadedAsync();
        string[] models = [.. ModelCatalogue.Load().Published.Select(model => model.Name)];
        foreach (var model in models)
        {
            await harness.PublishAsync(await harness.StageAsync(model, Day, "s1", "s2"));
        }

        var together = harness.Runner.RunTogether(models, new ModelPartition(SyntheticCompany.Tenant, Day, ["s1", "s2"]));
        foreach (var staged in await harness.Publisher.StageTogetherAsync(together, 99, CancellationToken.None))
        {
            var rows = await harness.AsJobAsync($"SELECT count(*) FROM {staged.Model.Publish!.Table}");
            Assert.Equal(staged.Rows.ToString(CultureInfo.InvariantCulture), rows[0]);
            Assert.Equal((0L, 0L), (await harness.PublishAsync(staged)) is var result ? (result.Written, result.Deleted) : default);
        }
    }

    [Fact]
    public async Task A_broken_check_of_one_of_several_models_stages_none()
    {
        await using var harness = await LoadedAsync();
        var broken = await BreakAsync(harness);
        var together = harness.Runner.RunTogether(["kpi_tax_day", "kpi_store_hour", "kpi_item_day"], new ModelPartition(SyntheticCompany.Tenant, broken.Day, [broken.Store]));

        var exception = await Assert.ThrowsAsync<ModelCheckException>(() => harness.Publisher.StageTogetherAsync(together, 98, CancellationToken.None));

        Assert.StartsWith("kpi_store_hour.gross: ", exception.Message, StringComparison.Ordinal);
        Assert.Empty(await harness.AsJobAsync("SELECT tablename FROM pg_tables WHERE schemaname = 'mart_staging'"));
    }

    [Fact]
    public async Task Japans_holidays_are_there_with_their_substitutes_and_open_to_every_page()
    {
        await using var harness = await MartHarness.StartAsync(postgres, _company);
        Assert.Equal(
            ["2026-05-03 憲法記念日", "2026-05-04 みどりの日", "2026-05-05 こどもの日", "2026-05-06 休日"],
            await harness.AsAppAsync("another", "SELECT day || ' ' || name FROM mart.holiday WHERE country = 'JP' AND day BETWEEN '2026-05-01' AND '2026-05-31' ORDER BY day"));
        Assert.Equal(["1955-01-01 2027-11-23 1067"], await harness.AsJobAsync("SELECT min(day) || ' ' || max(day) || ' ' || count(*) FROM mart.holiday"));
    }

    [Fact]
    public async Task The_store_master_is_snapshotted_when_it_changes_even_back_to_what_it_was()
    {
        await using var harness = await LoadedAsync();
        Task<bool> SnapshotAsync() => harness.StoreMaster.SnapshotAsync(SyntheticCompany.Tenant, CancellationToken.None);

        Assert.False(await SnapshotAsync());
        foreach (var area in (string[])["120.5", "NULL"])
        {
            await harness.AsJobAsync($"UPDATE tenancy.store SET floor_area = {area} WHERE store = 's1'");
            Assert.True(await SnapshotAsync());
            Assert.False(await SnapshotAsync());
        }

        Assert.False(await harness.StoreMaster.SnapshotAsync("nobody", CancellationToken.None));
    }

    /// <summary>Loads a sale whose gross is not its net and tax.</summary>
    private static async Task<(DateOnly Day, string Store)> BreakAsync(MartHarness harness)
    {
        var broken = new SyntheticCompany(8).Batches().Select(batch => batch.Message).First(batch => batch.Transactions.Store.Count > 0).Clone();
        broken.BatchId = new string('f', 32);
        broken.Transactions.Gross[0]++;
        broken.Transactions.Kind[0] = TransactionKind.Sale;
        broken.Transactions.Revision[0] = 99;
        await harness.LoadAsync([broken]);
        return (DateOnly.FromDateTime(DateTime.UnixEpoch).AddDays(broken.Transactions.BusinessDate[0]), broken.Strings[(int)broken.Transactions.Store[0]]);
    }

    private async Task<MartHarness> LoadedAsync()
    {
        var harness = await MartHarness.StartAsync(postgres, _company);
        await harness.LoadAsync(_company.Batches().Select(batch => batch.Message));
        return harness;
    }

    private static string Iso(DateOnly date) => date.ToString("O", CultureInfo.InvariantCulture);
}
