-- Roles are shared by every database of a cluster, so another database may be creating them at this moment.
DO $$
BEGIN
  CREATE ROLE retail_job LOGIN NOSUPERUSER NOBYPASSRLS;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END
$$;

DO $$
BEGIN
  CREATE ROLE retail_app LOGIN NOSUPERUSER NOBYPASSRLS;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END
$$;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;

CREATE SCHEMA IF NOT EXISTS tenancy;
GRANT USAGE ON SCHEMA tenancy TO retail_job, retail_app;

CREATE TABLE IF NOT EXISTS tenancy.tenant (
  tenant text PRIMARY KEY CHECK (tenant ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name text NOT NULL,
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  time_zone text NOT NULL
);

-- Minutes count from local midnight of the business date: closes_minute 1560 is 02:00 of the next calendar day.
CREATE TABLE IF NOT EXISTS tenancy.store (
  tenant text NOT NULL REFERENCES tenancy.tenant,
  store text NOT NULL,
  name text NOT NULL,
  time_zone text NOT NULL,
  cut_over_minute int NOT NULL DEFAULT 0 CHECK (cut_over_minute BETWEEN 0 AND 1439),
  opens_minute int NOT NULL CHECK (opens_minute BETWEEN 0 AND 1439),
  closes_minute int NOT NULL CHECK (closes_minute > opens_minute AND closes_minute <= 2880),
  door_lines int NOT NULL DEFAULT 0 CHECK (door_lines >= 0),
  floor_area numeric,
  prefecture text NOT NULL DEFAULT '',
  opened_on date,
  PRIMARY KEY (tenant, store)
);

CREATE TABLE IF NOT EXISTS tenancy.api_key (
  key_hash bytea PRIMARY KEY CHECK (length(key_hash) = 32),
  tenant text NOT NULL REFERENCES tenancy.tenant,
  vendor text NOT NULL,
  label text NOT NULL,
  feeds text[] NOT NULL,
  stores text[],
  live boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz,
  revoked_at timestamptz
);

ALTER TABLE tenancy.tenant ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenancy.tenant FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant_of_session ON tenancy.tenant;
CREATE POLICY tenant_of_session ON tenancy.tenant TO retail_app
  USING (tenant = nullif(current_setting('app.tenant', true), ''));
DROP POLICY IF EXISTS every_tenant ON tenancy.tenant;
CREATE POLICY every_tenant ON tenancy.tenant TO retail_job, retail_owner USING (true) WITH CHECK (true);

ALTER TABLE tenancy.store ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenancy.store FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant_of_session ON tenancy.store;
CREATE POLICY tenant_of_session ON tenancy.store TO retail_app
  USING (tenant = nullif(current_setting('app.tenant', true), ''));
DROP POLICY IF EXISTS every_tenant ON tenancy.store;
CREATE POLICY every_tenant ON tenancy.store TO retail_job, retail_owner USING (true) WITH CHECK (true);

ALTER TABLE tenancy.api_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenancy.api_key FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS every_tenant ON tenancy.api_key;
CREATE POLICY every_tenant ON tenancy.api_key TO retail_job, retail_owner USING (true) WITH CHECK (true);

GRANT SELECT ON tenancy.tenant, tenancy.store TO retail_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON tenancy.tenant, tenancy.store, tenancy.api_key TO retail_job;
