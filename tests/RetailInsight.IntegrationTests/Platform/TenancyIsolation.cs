using Dapper;
using Npgsql;

namespace RetailInsight.IntegrationTests.Platform;

public sealed class TenancyIsolation(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async Task InitializeAsync()
    {
        _database = await postgres.CreateDatabaseAsync();
        await using var connection = await _database.Job.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            INSERT INTO tenancy.tenant VALUES ('a', 'A', 'JPY', 'Asia/Tokyo'), ('b', 'B', 'JPY', 'Asia/Tokyo');
            INSERT INTO tenancy.store (tenant, store, name, time_zone, opens_minute, closes_minute)
            VALUES ('a', 'S1', 'One', 'Asia/Tokyo', 600, 1200), ('b', 'S1', 'Other', 'Asia/Tokyo', 600, 1200);
            """);
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task The_page_role_sees_nothing_until_a_tenant_is_set()
    {
        await using var connection = await _database.App.OpenConnectionAsync();
        Assert.Equal(0, await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM tenancy.store"));
    }

    [Fact]
    public async Task The_page_role_sees_only_the_tenant_of_its_transaction()
    {
        await using var connection = await _database.App.OpenConnectionAsync();
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await connection.ExecuteAsync("SELECT set_config('app.tenant', 'a', true)");
            Assert.Equal(["One"], await connection.QueryAsync<string>("SELECT name FROM tenancy.store"));
        }

        Assert.Equal(0, await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM tenancy.store"));
    }

    [Fact]
    public async Task The_page_role_can_neither_read_keys_nor_write_stores()
    {
        await using var connection = await _database.App.OpenConnectionAsync();
        await Assert.ThrowsAsync<PostgresException>(() => connection.ExecuteAsync("SELECT * FROM tenancy.api_key"));
        await Assert.ThrowsAsync<PostgresException>(() => connection.ExecuteAsync("DELETE FROM tenancy.store"));
    }
}
