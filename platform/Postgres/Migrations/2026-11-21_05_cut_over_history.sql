-- A store that moves its closing hour keeps the days before the change as they were: tenancy.store holds the first cut-over,
-- each row here one that holds from a business date on.
CREATE TABLE IF NOT EXISTS tenancy.store_cut_over (
  tenant text NOT NULL,
  store text NOT NULL,
  valid_from date NOT NULL,
  cut_over_minute int NOT NULL CHECK (cut_over_minute BETWEEN 0 AND 1439),
  PRIMARY KEY (tenant, store, valid_from),
  FOREIGN KEY (tenant, store) REFERENCES tenancy.store (tenant, store)
);

ALTER TABLE tenancy.store_cut_over ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenancy.store_cut_over FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant_of_session ON tenancy.store_cut_over;
CREATE POLICY tenant_of_session ON tenancy.store_cut_over TO retail_app
  USING (tenant = nullif(current_setting('app.tenant', true), ''));
DROP POLICY IF EXISTS every_tenant ON tenancy.store_cut_over;
CREATE POLICY every_tenant ON tenancy.store_cut_over TO retail_job, retail_owner USING (true) WITH CHECK (true);

GRANT SELECT ON tenancy.store_cut_over TO retail_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON tenancy.store_cut_over TO retail_job;
