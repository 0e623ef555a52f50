-- How often staff of a store cross its doors inwards on a trading day, by rule: on average, and at least and at most on 19 days of 20. Counts
-- are never changed by it: estimates of customers take it off where they are shown.
CREATE TABLE IF NOT EXISTS tenancy.staff_entry (
  tenant text NOT NULL,
  store text NOT NULL,
  valid_from date NOT NULL,
  valid_to date CHECK (valid_to >= valid_from),
  per_day int NOT NULL CHECK (per_day >= 0),
  at_least int NOT NULL CHECK (at_least BETWEEN 0 AND per_day),
  at_most int NOT NULL CHECK (at_most >= per_day),
  noted_at timestamptz NOT NULL,
  noted_by text NOT NULL,
  PRIMARY KEY (tenant, store, valid_from),
  FOREIGN KEY (tenant, store) REFERENCES tenancy.store
);

ALTER TABLE tenancy.staff_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenancy.staff_entry FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant_of_session ON tenancy.staff_entry;
DROP POLICY IF EXISTS every_tenant ON tenancy.staff_entry;
CREATE POLICY tenant_of_session ON tenancy.staff_entry TO retail_app USING (tenant = nullif(current_setting('app.tenant', true), ''));
CREATE POLICY every_tenant ON tenancy.staff_entry TO retail_job, retail_owner USING (true) WITH CHECK (true);
GRANT SELECT ON tenancy.staff_entry TO retail_app;
GRANT SELECT, INSERT, DELETE ON tenancy.staff_entry TO retail_job;
