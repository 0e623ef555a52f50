-- Where client systems are told of changes. Secrets are kept sealed, not hashed, because every message is signed with them; the page
-- role has no right here, and one class a table works as retail_job and names the tenant in every statement.
CREATE TABLE IF NOT EXISTS api.webhook_endpoint (
  endpoint_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant text NOT NULL REFERENCES tenancy.tenant,
  url text NOT NULL,
  description text NOT NULL,
  events text[] NOT NULL,
  active boolean NOT NULL DEFAULT true,
  disabled_reason text,
  secret bytea NOT NULL,
  previous_secret bytea,
  previous_until timestamptz,
  next_sequence bigint NOT NULL DEFAULT 1,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS webhook_endpoint_of_tenant ON api.webhook_endpoint (tenant, created_at);

-- due_at is null once a message was delivered or given up; attempts also fences: who finishes an attempt names its number.
CREATE TABLE IF NOT EXISTS api.webhook_delivery (
  delivery_id bigserial PRIMARY KEY,
  tenant text NOT NULL,
  endpoint_id uuid NOT NULL REFERENCES api.webhook_endpoint ON DELETE CASCADE,
  sequence bigint NOT NULL,
  event text NOT NULL,
  payload text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  first_due_at timestamptz NOT NULL DEFAULT now(),
  due_at timestamptz DEFAULT now(),
  leased_until timestamptz,
  attempts int NOT NULL DEFAULT 0,
  delivered_at timestamptz,
  failed_at timestamptz,
  UNIQUE (endpoint_id, sequence)
);
CREATE INDEX IF NOT EXISTS webhook_delivery_due ON api.webhook_delivery (endpoint_id, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS webhook_delivery_by_age ON api.webhook_delivery (created_at);

CREATE TABLE IF NOT EXISTS api.webhook_attempt (
  attempt_id bigserial PRIMARY KEY,
  tenant text NOT NULL,
  delivery_id bigint NOT NULL REFERENCES api.webhook_delivery ON DELETE CASCADE,
  at timestamptz NOT NULL DEFAULT now(),
  status int,
  error text,
  milliseconds int NOT NULL
);
CREATE INDEX IF NOT EXISTS webhook_attempt_of_delivery ON api.webhook_attempt (delivery_id, attempt_id);

-- Up to where changes of a tenant were told: whatever the snapshot saw. Ids alone would skip a change that commits late.
CREATE TABLE IF NOT EXISTS api.webhook_progress (
  tenant text PRIMARY KEY REFERENCES tenancy.tenant,
  data_version bigint NOT NULL,
  change_id bigint NOT NULL,
  seen pg_snapshot NOT NULL
);

DO $$
DECLARE
  protected text;
BEGIN
  FOREACH protected IN ARRAY ARRAY['webhook_endpoint', 'webhook_delivery', 'webhook_attempt', 'webhook_progress'] LOOP
    EXECUTE format('ALTER TABLE api.%I ENABLE ROW LEVEL SECURITY', protected);
    EXECUTE format('ALTER TABLE api.%I FORCE ROW LEVEL SECURITY', protected);
    EXECUTE format('DROP POLICY IF EXISTS every_tenant ON api.%I', protected);
    EXECUTE format('CREATE POLICY every_tenant ON api.%I TO retail_job, retail_owner USING (true) WITH CHECK (true)', protected);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON api.%I TO retail_job', protected);
  END LOOP;
END
$$;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA api TO retail_job;
