using System.Text;
using Dapper;
using RetailInsight.IntegrationTests.Api;

namespace RetailInsight.IntegrationTests.Platform;

/// <summary>Migrations are idempotent: where it was forgotten that they were applied, applying them again harms nothing.</summary>
public sealed class MigrationsTwice(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    // Everything a migration can make, without numbers the server gives by itself.
    private const string Schema =
        """
        SELECT 'schema ' || nspname || ' ' || coalesce(nspacl::text, '') FROM pg_namespace WHERE nspname !~ '^pg_(temp|toast)'
        UNION ALL SELECT format('%s %s %s acl %s rls %s %s options %s', relkind, c.oid::regclass, pg_get_userbyid(relowner), relacl, relrowsecurity, relforcerowsecurity, reloptions)
          FROM pg_class AS c WHERE relnamespace IN (SELECT oid FROM ours) AND relkind <> 't'
        UNION ALL SELECT format('column %s.%s %s %s not null %s default %s storage %s acl %s comment %s', attrelid::regclass, attnum, attname, format_type(atttypid, atttypmod), attnotnull,
            (SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = attrelid AND adnum = attnum), attstorage, attacl, col_description(attrelid, attnum))
          FROM pg_attribute WHERE attnum > 0 AND attrelid IN (SELECT oid FROM pg_class WHERE relnamespace IN (SELECT oid FROM ours) AND relkind <> 't')
        UNION ALL SELECT format('comment %s %s', oid::regclass, obj_description(oid, 'pg_class')) FROM pg_class WHERE relnamespace IN (SELECT oid FROM ours) AND relkind <> 't'
        UNION ALL SELECT format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint WHERE connamespace IN (SELECT oid FROM ours)
        UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname IN (SELECT nspname FROM ours)
        UNION ALL SELECT 'view ' || definition FROM pg_views WHERE schemaname IN (SELECT nspname FROM ours)
        UNION ALL SELECT format('policy %s %s %s %s %s %s %s', polrelid::regclass, polname, polcmd, polpermissive, polroles::regrole[], pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)) FROM pg_policy
        UNION ALL SELECT 'trigger ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL SELECT format('function %s acl %s owner %s', pg_get_functiondef(oid), proacl, pg_get_userbyid(proowner)) FROM pg_proc WHERE pronamespace IN (SELECT oid FROM ours) AND prokind <> 'a'
        UNION ALL SELECT format('sequence %s %s %s', seqrelid::regclass, seqstart, seqincrement) FROM pg_sequence
        UNION ALL SELECT format('type %s %s', t.oid::regtype, (SELECT string_agg(enumlabel, ',' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid)) FROM pg_type AS t
          WHERE typnamespace IN (SELECT oid FROM ours) AND typtype IN ('d', 'e')
        ORDER BY 1
        """;

    [Fact]
    public async Task All_of_them_applied_again_change_neither_the_schema_nor_a_row()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await Company.FoundAsync(database.Job);
        var (schema, rows) = (await SchemaAsync(database), await RowsAsync(database));
        Assert.True(schema.Count > 500, $"{schema.Count} parts of the schema.");
        await using (var forget = database.Owner.CreateCommand("DELETE FROM public.schema_migration"))
        {
            Assert.True(await forget.ExecuteNonQueryAsync() > 40);
        }

        Assert.True(await PostgresFixture.MigrateAsync(database.Owner) > 40);
        Assert.Equal(string.Join('\n', schema), string.Join('\n', await SchemaAsync(database)));
        Assert.Equal(rows, await RowsAsync(database));
        Assert.Equal(0, await PostgresFixture.MigrateAsync(database.Owner));
    }

    private static async Task<List<string>> SchemaAsync(TestDatabase database)
    {
        await using var connection = await database.Owner.OpenConnectionAsync();
        return [.. await connection.QueryAsync<string>("WITH ours AS (SELECT oid, nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema')\n" + Schema)];
    }

    // What migrations themselves write, such as the holidays of a country; not when they ran.
    private static async Task<string> RowsAsync(TestDatabase database)
    {
        var text = new StringBuilder();
        foreach (var table in (await database.DumpAsync()).Split("# ").Where(table => !table.StartsWith("public.schema_migration", StringComparison.Ordinal)))
        {
            text.Append(table);
        }

        return text.ToString();
    }
}
