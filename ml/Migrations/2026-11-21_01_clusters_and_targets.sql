CREATE SCHEMA IF NOT EXISTS mart;

-- features: name to value, null where a store has no such figure. cluster 0 is the one with the smallest mean net sales.
CREATE TABLE IF NOT EXISTS mart.store_cluster (
  tenant text NOT NULL,
  business_date date NOT NULL,
  store text NOT NULL,
  cluster smallint NOT NULL CHECK (cluster >= 0),
  cluster_size int NOT NULL CHECK (cluster_size > 0),
  features jsonb NOT NULL,
  PRIMARY KEY (tenant, business_date, store)
);

-- Figures in unit: money in currency units, not micros.
CREATE TABLE IF NOT EXISTS mart.store_target (
  tenant text NOT NULL,
  store text NOT NULL,
  business_date date NOT NULL,
  metric text NOT NULL CHECK (metric IN ('net_sales', 'basket_value', 'items_per_receipt', 'conversion')),
  actual numeric NOT NULL,
  cluster_mean numeric NOT NULL,
  gap numeric NOT NULL CHECK (gap = cluster_mean - actual),
  target numeric NOT NULL CHECK (target = greatest(actual, cluster_mean)),
  unit text NOT NULL,
  cluster smallint NOT NULL,
  PRIMARY KEY (tenant, store, business_date, metric)
);

CREATE INDEX IF NOT EXISTS store_target_by_date ON mart.store_target (tenant, business_date, store);

DO $$
DECLARE
  protected text;
BEGIN
  FOREACH protected IN ARRAY ARRAY['store_cluster', 'store_target'] LOOP
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
