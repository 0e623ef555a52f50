-- The keys that sign receipts: one at work, the retired ones without their private half, for ever, so that old receipts
-- can be verified. Of the whole installation, not of a tenant. Only retail_job ever reads it.
CREATE TABLE IF NOT EXISTS gateway.receipt_key (
  key_id text PRIMARY KEY CHECK (key_id ~ '^[0-9a-f]{16}$'),
  -- SubjectPublicKeyInfo, DER.
  public_key bytea NOT NULL,
  -- PKCS#8, DER.
  private_key bytea,
  created_at timestamptz NOT NULL,
  retired_at timestamptz,
  CHECK ((private_key IS NULL) = (retired_at IS NOT NULL))
);

CREATE UNIQUE INDEX IF NOT EXISTS receipt_key_at_work ON gateway.receipt_key ((retired_at IS NULL)) WHERE retired_at IS NULL;

-- Which payload an Idempotency-Key was sent with first.
CREATE TABLE IF NOT EXISTS gateway.idempotency (
  tenant text NOT NULL,
  feed text NOT NULL,
  sandbox boolean NOT NULL,
  key text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
  payload uuid NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, feed, sandbox, key)
);

CREATE INDEX IF NOT EXISTS idempotency_expiry ON gateway.idempotency (tenant, expires_at);

-- Receipts of payloads that were pushed with a test key. Nothing else of such a payload is kept.
CREATE TABLE IF NOT EXISTS gateway.sandbox_receipt (
  tenant text NOT NULL,
  id uuid NOT NULL,
  feed text NOT NULL,
  state text NOT NULL CHECK (state IN ('converted', 'unreadable')),
  answer text NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, id)
);

CREATE INDEX IF NOT EXISTS sandbox_receipt_expiry ON gateway.sandbox_receipt (tenant, expires_at);

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['receipt_key', 'idempotency', 'sandbox_receipt'] LOOP
    EXECUTE format('ALTER TABLE gateway.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE gateway.%I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('DROP POLICY IF EXISTS every_tenant ON gateway.%I', name);
    EXECUTE format('CREATE POLICY every_tenant ON gateway.%I TO retail_job, retail_owner USING (true) WITH CHECK (true)', name);
  END LOOP;
END
$$;

GRANT SELECT, INSERT, UPDATE (private_key, retired_at) ON gateway.receipt_key TO retail_job;
GRANT SELECT, INSERT, UPDATE, DELETE ON gateway.idempotency, gateway.sandbox_receipt TO retail_job;
