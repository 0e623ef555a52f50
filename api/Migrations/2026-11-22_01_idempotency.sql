-- What was answered to a POST with an Idempotency-Key, written in the transaction of its effect: who was cut off from the answer asks again
-- and makes nothing twice. The page role has no right here; one class works as retail_job and names the tenant in every statement.
CREATE TABLE IF NOT EXISTS api.idempotency (
  tenant text NOT NULL REFERENCES tenancy.tenant,
  login text NOT NULL,
  key text NOT NULL,
  fingerprint bytea NOT NULL CHECK (length(fingerprint) = 32),
  status smallint,
  location text,
  made text,
  answer text,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, login, key)
);
COMMENT ON COLUMN api.idempotency.fingerprint IS 'SHA-256 of address and body: the key belongs to this request.';
COMMENT ON COLUMN api.idempotency.status IS 'Null within the transaction that makes the thing, and nowhere else.';
COMMENT ON COLUMN api.idempotency.made IS 'What was made, where the answer showed a secret; such an answer is never kept.';
COMMENT ON COLUMN api.idempotency.answer IS 'The body as it was sent, in JSON; null where it showed a secret.';
CREATE INDEX IF NOT EXISTS idempotency_by_end ON api.idempotency (expires_at);

ALTER TABLE api.idempotency ENABLE ROW LEVEL SECURITY;
ALTER TABLE api.idempotency FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS every_tenant ON api.idempotency;
CREATE POLICY every_tenant ON api.idempotency TO retail_job, retail_owner USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON api.idempotency TO retail_job;
