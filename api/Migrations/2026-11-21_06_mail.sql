-- Mails on their way and, for a month, what was sent. The page role has no right here; one class works as retail_job and names the tenant.
-- A cause is written to a person once: who tries again after a crash writes nothing new.
CREATE TABLE IF NOT EXISTS api.mail (
  mail_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant text NOT NULL REFERENCES tenancy.tenant,
  cause text NOT NULL,
  recipient text NOT NULL,
  subject text NOT NULL,
  body_text text NOT NULL,
  body_html text,
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'failed')),
  attempts int NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  due_at timestamptz NOT NULL DEFAULT now(),
  leased_until timestamptz,
  finished_at timestamptz,
  error text,
  UNIQUE (tenant, cause, recipient)
);
COMMENT ON COLUMN api.mail.attempts IS 'Also fences: who finishes an attempt names its number.';
CREATE INDEX IF NOT EXISTS mail_waiting ON api.mail (tenant, due_at) WHERE state = 'waiting';
CREATE INDEX IF NOT EXISTS mail_by_age ON api.mail (created_at);

CREATE TABLE IF NOT EXISTS api.mail_file (
  tenant text NOT NULL,
  mail_id uuid NOT NULL REFERENCES api.mail ON DELETE CASCADE,
  number int NOT NULL,
  name text NOT NULL,
  media_type text NOT NULL,
  content_id text,
  content bytea NOT NULL,
  PRIMARY KEY (mail_id, number)
);

DO $$
DECLARE
  protected text;
BEGIN
  FOREACH protected IN ARRAY ARRAY['mail', 'mail_file'] LOOP
    EXECUTE format('ALTER TABLE api.%I ENABLE ROW LEVEL SECURITY', protected);
    EXECUTE format('ALTER TABLE api.%I FORCE ROW LEVEL SECURITY', protected);
    EXECUTE format('DROP POLICY IF EXISTS every_tenant ON api.%I', protected);
    EXECUTE format('CREATE POLICY every_tenant ON api.%I TO retail_job, retail_owner USING (true) WITH CHECK (true)', protected);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON api.%I TO retail_job', protected);
  END LOOP;
END
$$;
