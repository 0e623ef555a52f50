CREATE SCHEMA IF NOT EXISTS mart;
GRANT USAGE ON SCHEMA mart TO retail_job, retail_app;

-- Money in 1/1,000,000 of currency, quantities in 1/1,000,000 of a piece. hour counts from local midnight of the business date.
-- visitors is null where no counter reported: missing is not zero.
CREATE TABLE IF NOT EXISTS mart.kpi_store_hour (
  tenant text NOT NULL,
  store text NOT NULL,
  business_date date NOT NULL,
  hour smallint NOT NULL CHECK (hour BETWEEN 0 AND 47),
  currency text NOT NULL,
  net bigint NOT NULL,
  tax bigint NOT NULL,
  gross bigint NOT NULL,
  receipts int NOT NULL,
  items bigint NOT NULL,
  returns int NOT NULL,
  return_net bigint NOT NULL,
  visitors int,
  observed_minutes int NOT NULL,
  expected_minutes int NOT NULL,
  PRIMARY KEY (tenant, store, business_date, hour)
);

CREATE TABLE IF NOT EXISTS mart.kpi_store_day (
  tenant text NOT NULL,
  store text NOT NULL,
  business_date date NOT NULL,
  currency text NOT NULL,
  net bigint NOT NULL,
  tax bigint NOT NULL,
  gross bigint NOT NULL,
  receipts int NOT NULL,
  items bigint NOT NULL,
  returns int NOT NULL,
  return_net bigint NOT NULL,
  visitors int,
  observed_minutes int NOT NULL,
  expected_minutes int NOT NULL,
  computed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant, store, business_date)
);

-- Publishing replaces the stores of one date; pages read all stores of a span of dates.
CREATE INDEX IF NOT EXISTS kpi_store_hour_by_date ON mart.kpi_store_hour (tenant, business_date, store);
CREATE INDEX IF NOT EXISTS kpi_store_day_by_date ON mart.kpi_store_day (tenant, business_date, store);

CREATE TABLE IF NOT EXISTS mart.data_version (
  tenant text PRIMARY KEY,
  version bigint NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT now()
);

DO $$
DECLARE
  protected text;
BEGIN
  FOREACH protected IN ARRAY ARRAY['kpi_store_hour', 'kpi_store_day', 'data_version'] LOOP
    EXECUTE format('ALTER TABLE mart.%I ENABLE ROW LEVEL SECURITY', protected);
    EXECUTE format('ALTER TABLE mart.%I FORCE ROW LEVEL SECURITY', protected);
    EXECUTE format('DROP POLICY IF EXISTS tenant_of_session ON mart.%I', protected);
    EXECUTE format('CREATE POLICY tenant_of_session ON mart.%I FOR SELECT TO retail_app
      USING (tenant = nullif(current_setting(''app.tenant'', true), ''''))', protected);
    EXECUTE format('DROP POLICY IF EXISTS every_tenant ON mart.%I', protected);
    EXECUTE format('CREATE POLICY every_tenant ON mart.%I TO retail_job, retail_owner USING (true) WITH CHECK (true)', protected);
    EXECUTE format('GRANT SELECT ON mart.%I TO retail_app', protected);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON mart.%I TO retail_job', protected);
  END LOOP;
END
$$;

-- Results on their way into mart, one unlogged table a lease and partition; a crash may empty them, and nothing else is lost.
CREATE SCHEMA IF NOT EXISTS mart_staging;
GRANT USAGE, CREATE ON SCHEMA mart_staging TO retail_job;
