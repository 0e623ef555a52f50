-- A key has an id to be named by; the rotation that replaces it leaves both live until the old one expires.
ALTER TABLE tenancy.api_key ADD COLUMN IF NOT EXISTS key_id uuid NOT NULL DEFAULT gen_random_uuid();
ALTER TABLE tenancy.api_key ADD COLUMN IF NOT EXISTS last_used_at timestamptz;
ALTER TABLE tenancy.api_key ADD COLUMN IF NOT EXISTS replaces uuid;
CREATE UNIQUE INDEX IF NOT EXISTS api_key_id ON tenancy.api_key (key_id);
CREATE INDEX IF NOT EXISTS api_key_of_tenant ON tenancy.api_key (tenant, created_at DESC);

-- Who did what to which key. Rows are added and never changed.
CREATE TABLE IF NOT EXISTS tenancy.key_audit (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant text NOT NULL REFERENCES tenancy.tenant,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  action text NOT NULL CHECK (action IN ('create', 'rotate', 'revoke')),
  key_id uuid NOT NULL,
  detail jsonb NOT NULL
);

CREATE INDEX IF NOT EXISTS key_audit_newest ON tenancy.key_audit (tenant, id DESC);

ALTER TABLE tenancy.key_audit ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenancy.key_audit FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant_of_session ON tenancy.key_audit;
DROP POLICY IF EXISTS every_tenant ON tenancy.key_audit;
CREATE POLICY tenant_of_session ON tenancy.key_audit TO retail_app USING (tenant = nullif(current_setting('app.tenant', true), ''));
CREATE POLICY every_tenant ON tenancy.key_audit TO retail_job, retail_owner USING (true) WITH CHECK (true);
GRANT SELECT ON tenancy.key_audit TO retail_app;
GRANT SELECT, INSERT ON tenancy.key_audit TO retail_job;
