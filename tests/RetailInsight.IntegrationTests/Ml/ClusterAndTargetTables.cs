using Dapper;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using RetailInsight.Core.Tenancy;
using RetailInsight.Ml;
using RetailInsight.Ml.Clustering;
using RetailInsight.Ml.Targets;

namespace RetailInsight.IntegrationTests.Ml;

public sealed class ClusterAndTargetTables(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static readonly DateOnly Day = new(2026, 11, 20);
    private TestDatabase _database = null!;
    private ServiceProvider _services = null!;

    public async Task InitializeAsync()
    {
        _database = await postgres.CreateDatabaseAsync();
        _services = new ServiceCollection().AddKeyedSingleton(DatabaseRole.Job, (_, _) => _database.Job)
            .AddMl(new ConfigurationBuilder().Build()).BuildServiceProvider();
        await using var connection = await _database.Job.OpenConnectionAsync();

        // Six small and six large stores of one tenant, the same of another, and a closed one.
        await connection.ExecuteAsync(
            """
            INSERT INTO mart.kpi_store_day
            SELECT tenant, 's' || i, date '2026-11-20', 'JPY', net * 1000000::bigint, 0, net * 1000000::bigint, net / 1000, net * 2000::bigint, 0, 0,
              CASE WHEN i % 3 > 0 THEN net / 200 END, 0, 0
            FROM unnest(ARRAY['acme', 'other']) tenant, generate_series(1, 12) i, LATERAL (SELECT CASE WHEN i > 6 THEN 900000 ELSE 90000 END + i * 1000 AS net) n
            UNION ALL SELECT 'acme', 'closed', date '2026-11-20', 'JPY', 0, 0, 0, 0, 0, 0, 0, 7, 60, 60
            """);
    }

    public async Task DisposeAsync()
    {
        await _services.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_day_is_published_whole_and_only_what_differs_is_written()
    {
        Assert.Equal((12, 44), await PublishAsync("acme"));
        Assert.Equal((0, 0), await PublishAsync("acme"));
        Assert.Equal(2, await ScalarAsync<long>("SELECT version FROM mart.data_version WHERE tenant = 'acme'"));
        Assert.Equal(
            ["0 6 s1,s2,s3,s4,s5,s6", "1 6 s10,s11,s12,s7,s8,s9"],
            await ListAsync("SELECT cluster || ' ' || cluster_size || ' ' || string_agg(store, ',' ORDER BY store) FROM mart.store_cluster GROUP BY cluster, cluster_size ORDER BY 1"));

        await using (var connection = await _database.Job.OpenConnectionAsync())
        {
            await connection.ExecuteAsync("UPDATE mart.kpi_store_day SET receipts = 0 WHERE tenant = 'acme' AND store = 's12'");
        }

        var (clusters, targets) = await PublishAsync("acme");
        Assert.True(clusters > 0 && targets > 0);
        Assert.Equal(0, await ScalarAsync<long>("SELECT count(*) FROM mart.store_cluster WHERE store = 's12'"));
        Assert.Equal(0, await ScalarAsync<long>("SELECT count(*) FROM mart.store_target WHERE store = 's12'"));
        Assert.Equal("93500", await ScalarAsync<string>("SELECT trim_scale(cluster_mean)::text FROM mart.store_target WHERE store = 's1' AND metric = 'net_sales'"));
    }

    [Fact]
    public async Task A_tenant_sees_its_own_rows_alone()
    {
        await PublishAsync("acme");
        await PublishAsync("other");
        await using var connection = await _database.App.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        Assert.Equal(0, await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM mart.store_target", transaction: transaction));
        await connection.ExecuteAsync("SELECT set_config('app.tenant', 'other', true)", transaction: transaction);
        Assert.Equal("other", await connection.QuerySingleAsync<string>("SELECT DISTINCT tenant FROM mart.store_target", transaction: transaction));
        Assert.Equal("other", await connection.QuerySingleAsync<string>("SELECT DISTINCT tenant FROM mart.store_cluster", transaction: transaction));
    }

    private async Task<(int Clusters, int Targets)> PublishAsync(string tenant)
    {
        await using var connection = await _database.Job.OpenConnectionAsync();
        var clusters = await _services.GetRequiredService<StoreClusters>().ComputeAsync(tenant, Day, CancellationToken.None);
        int clustersChanged;
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            clustersChanged = await StoreClusters.PublishAsync(clusters, connection, transaction, CancellationToken.None);
            await transaction.CommitAsync();
        }

        var targets = await _services.GetRequiredService<StoreTargets>().ComputeAsync(tenant, Day, CancellationToken.None);
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            var targetsChanged = await StoreTargets.PublishAsync(targets, connection, transaction, CancellationToken.None);
            await transaction.CommitAsync();
            return (clustersChanged, targetsChanged);
        }
    }

    private async Task<T> ScalarAsync<T>(string sql)
    {
        await using var connection = await _database.Job.OpenConnectionAsync();
        return (await connection.ExecuteScalarAsync<T>(sql))!;
    }

    private async Task<List<string>> ListAsync(string sql)
    {
        await using var connection = await _database.Job.OpenConnectionAsync();
        return (await connection.QueryAsync<string>(sql)).AsList();
    }
}
