using Dapper;
using Npgsql;

namespace RetailInsight.IntegrationTests.Platform;

public sealed class TenancyIsolation(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    // Holidays are the country's.
    private static readonly string[] Shared = ["mart.holiday"];

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

    [Theory]
    [InlineData(
        "A table with a tenant is closed to whoever has named none, its owner too.",
        """
        SELECT c.oid::regclass::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant' AND NOT a.attisdropped
        WHERE c.relkind IN ('r', 'p') AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
          AND NOT (c.relrowsecurity AND c.relforcerowsecurity AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid))
        """)]
    [InlineData(
        "What the page role may read is held to the tenant of its transaction by every policy that lets it in.",
        """
        SELECT p.polrelid::regclass || ' ' || p.polname FROM pg_policy p
        WHERE (p.polroles && ARRAY[0::oid, 'retail_app'::regrole::oid]) AND coalesce(pg_get_expr(p.polqual, p.polrelid), '') NOT LIKE '(tenant = NULLIF(current_setting(''app.tenant''%'
          -- What companies published together has no tenant: it is held to the agreement of the tenant of the transaction.
          AND NOT (p.polrelid = 'mart.benchmark_cell'::regclass AND pg_get_expr(p.polqual, p.polrelid) LIKE '(EXISTS%FROM tenancy.benchmark_consent c%WHERE ((c.tenant = NULLIF(current_setting(''app.tenant''%')
        """)]
    [InlineData(
        "The page role changes nothing and empties nothing.",
        """
        SELECT c.oid::regclass || ' ' || verb FROM pg_class c, unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS verb
        WHERE c.relkind IN ('r', 'p', 'v', 'm') AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace) AND has_table_privilege('retail_app', c.oid, verb)
        """)]
    [InlineData(
        "A view asks with the rights of whoever looks; nothing is stored past the policies.",
        """
        SELECT c.oid::regclass::text FROM pg_class c
        WHERE c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
          AND (c.relkind = 'm' OR (c.relkind = 'v' AND NOT coalesce(c.reloptions && ARRAY['security_invoker=true', 'security_invoker=on'], false)))
        """)]
    [InlineData(
        "The services call no function that runs with the rights of another.",
        """
        SELECT p.oid::regprocedure || ' ' || role FROM pg_proc p, unnest(ARRAY['retail_app', 'retail_job']) AS role
        WHERE p.prosecdef AND p.pronamespace <> 'pg_catalog'::regnamespace AND has_function_privilege(role, p.oid, 'EXECUTE')
        """)]
    [InlineData(
        "The services own nothing, belong to no other role and pass no policy by.",
        """
        SELECT role::text || ' owns ' || d.classid::regclass || ' ' || d.objid FROM pg_shdepend d, unnest(ARRAY['retail_app', 'retail_job']::regrole[]) AS role
        WHERE d.refclassid = 'pg_authid'::regclass AND d.refobjid = role AND d.deptype = 'o' AND d.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
        UNION ALL SELECT rolname FROM pg_roles WHERE rolname IN ('retail_app', 'retail_job') AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)
        UNION ALL SELECT member::regrole::text FROM pg_auth_members WHERE member IN ('retail_app'::regrole, 'retail_job'::regrole)
        """)]
    public async Task The_catalogue_of_the_migrated_database_keeps_the_rules(string rule, string offenders)
    {
        await using var connection = await _database.Owner.OpenConnectionAsync();
        Assert.True((await connection.QueryAsync<string>(offenders)).ToList() is [], $"{rule} Not so: {string.Join(", ", await connection.QueryAsync<string>(offenders))}");
    }

    [Fact]
    public async Task Without_a_tenant_the_page_role_reads_of_all_tables_only_those_that_are_the_same_for_everybody()
    {
        await using var owner = await _database.Owner.OpenConnectionAsync();
        Assert.Equal(
            Shared,
            await owner.QueryAsync<string>(
                """
                SELECT c.oid::regclass::text FROM pg_class c
                WHERE c.relkind IN ('r', 'p') AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
                  AND has_any_column_privilege('retail_app', c.oid, 'SELECT') AND NOT c.relrowsecurity ORDER BY 1
                """));
    }
}
