-- What stood in the tables of a store-day before a publication replaced it, from the end of the business day on: what changes then is
-- seldom, and somebody may want it back. Publications are ordered by the lease they are made under.
CREATE TABLE IF NOT EXISTS mart.replaced_rows (
  tenant text NOT NULL,
  store text NOT NULL,
  business_date date NOT NULL,
  table_name text NOT NULL,
  replaced_by bigint NOT NULL,
  replaced_at timestamptz NOT NULL DEFAULT now(),
  rows jsonb NOT NULL,
  PRIMARY KEY (tenant, business_date, store, table_name, replaced_by)
);

CREATE INDEX IF NOT EXISTS replaced_rows_by_time ON mart.replaced_rows USING brin (replaced_at);
ALTER TABLE mart.replaced_rows ENABLE ROW LEVEL SECURITY;
ALTER TABLE mart.replaced_rows FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS every_tenant ON mart.replaced_rows;
CREATE POLICY every_tenant ON mart.replaced_rows TO retail_job, retail_owner USING (true) WITH CHECK (true);
DROP POLICY IF EXISTS tenant_of_session ON mart.replaced_rows;
CREATE POLICY tenant_of_session ON mart.replaced_rows FOR SELECT TO retail_app USING (tenant = nullif(current_setting('app.tenant', true), ''));
GRANT SELECT ON mart.replaced_rows TO retail_app;
GRANT SELECT, INSERT, DELETE ON mart.replaced_rows TO retail_job;
