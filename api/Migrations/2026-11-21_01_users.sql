-- People who may sign in. A login is looked up before its tenant is known, so the row is read as retail_job by one class
-- (Sessions/UserDirectory); retail_app has no right on the schema at all, so no page and no injected statement
-- running as the page role can reach a password hash.
CREATE SCHEMA IF NOT EXISTS api;

CREATE TABLE IF NOT EXISTS api.app_user (
  login text PRIMARY KEY CHECK (login = lower(login) AND length(login) BETWEEN 1 AND 200),
  tenant text NOT NULL REFERENCES tenancy.tenant,
  password_hash text NOT NULL,
  role text NOT NULL CHECK (role IN ('head_office', 'store_manager', 'data_engineer', 'admin')),
  stores text[] CHECK (stores IS NOT NULL OR role <> 'store_manager'),
  language text NOT NULL DEFAULT 'ja' CHECK (language IN ('ja', 'en')),
  display_name text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN api.app_user.stores IS 'Store codes the person may see; null is every store of the tenant.';

ALTER TABLE api.app_user ENABLE ROW LEVEL SECURITY;
ALTER TABLE api.app_user FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS every_tenant ON api.app_user;
CREATE POLICY every_tenant ON api.app_user TO retail_job, retail_owner USING (true) WITH CHECK (true);

GRANT USAGE ON SCHEMA api TO retail_job;
GRANT SELECT, INSERT, UPDATE, DELETE ON api.app_user TO retail_job;
