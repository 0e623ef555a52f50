using Npgsql;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>The datamart tables the API reads, made only where their own migrations have not made them.</summary>
internal static class MartTables
{
    private const string Create =
        """
        DO $$ BEGIN
        IF to_regclass('mart.kpi_store_day') IS NULL THEN
          CREATE SCHEMA IF NOT EXISTS mart;
          GRANT USAGE ON SCHEMA mart TO retail_job, retail_app;
          CREATE TABLE mart.kpi_store_hour (
            tenant text NOT NULL, store text NOT NULL, business_date date NOT NULL, hour smallint NOT NULL, currency text NOT NULL,
            net bigint NOT NULL, tax bigint NOT NULL, gross bigint NOT NULL, receipts int NOT NULL, items bigint NOT NULL,
            returns int NOT NULL, return_net bigint NOT NULL, visitors int NOT NULL, observed_minutes int NOT NULL,
            expected_minutes int NOT NULL, PRIMARY KEY (tenant, store, business_date, hour));
          CREATE TABLE mart.kpi_store_day (
            tenant text NOT NULL, store text NOT NULL, business_date date NOT NULL, currency text NOT NULL,
            net bigint NOT NULL, tax bigint NOT NULL, gross bigint NOT NULL, receipts int NOT NULL, items bigint NOT NULL,
            returns int NOT NULL, return_net bigint NOT NULL, visitors int, observed_minutes int NOT NULL,
            expected_minutes int NOT NULL, computed_at timestamptz NOT NULL, PRIMARY KEY (tenant, store, business_date));
          CREATE TABLE mart.data_version (tenant text PRIMARY KEY, version bigint NOT NULL, changed_at timestamptz NOT NULL);
          PERFORM public.isolate('mart.kpi_store_hour'); PERFORM public.isolate('mart.kpi_store_day'); PERFORM public.isolate('mart.data_version');
        END IF;
        IF to_regclass('mart.store_target') IS NULL THEN
          CREATE TABLE mart.store_cluster (
            tenant text NOT NULL, business_date date NOT NULL, store text NOT NULL, cluster smallint NOT NULL, cluster_size int NOT NULL,
            features jsonb NOT NULL, PRIMARY KEY (tenant, business_date, store));
          CREATE TABLE mart.store_target (
            tenant text NOT NULL, store text NOT NULL, business_date date NOT NULL, metric text NOT NULL, actual numeric NOT NULL,
            cluster_mean numeric NOT NULL, gap numeric NOT NULL, target numeric NOT NULL, unit text NOT NULL, cluster smallint NOT NULL,
            PRIMARY KEY (tenant, store, business_date, metric));
          PERFORM public.isolate('mart.store_cluster'); PERFORM public.isolate('mart.store_target');
        END IF;
        END $$;
        """;

    private const string Isolate =
        """
        CREATE FUNCTION public.isolate(what text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
          EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY; ALTER TABLE %s FORCE ROW LEVEL SECURITY', what, what);
          EXECUTE format('CREATE POLICY tenant_of_session ON %s TO retail_app USING (tenant = nullif(current_setting(''app.tenant'', true), ''''))', what);
          EXECUTE format('CREATE POLICY every_tenant ON %s TO retail_job, retail_owner USING (true) WITH CHECK (true)', what);
          EXECUTE format('GRANT SELECT ON %s TO retail_app; GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO retail_job', what, what);
        END $$;
        """;

    public static async Task EnsureAsync(NpgsqlDataSource owner)
    {
        await using var helper = owner.CreateCommand(Isolate);
        await helper.ExecuteNonQueryAsync();
        await using var create = owner.CreateCommand(Create);
        await create.ExecuteNonQueryAsync();
    }
}
