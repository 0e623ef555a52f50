CREATE SCHEMA IF NOT EXISTS gateway;
GRANT USAGE ON SCHEMA gateway TO retail_job, retail_app;

-- Which vendor pushes to a feed of a tenant, and through which profile it is read.
CREATE TABLE IF NOT EXISTS gateway.feed (
  tenant text NOT NULL REFERENCES tenancy.tenant,
  feed text NOT NULL CHECK (feed ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  vendor text NOT NULL,
  profile text NOT NULL,
  PRIMARY KEY (tenant, feed)
);

-- One row a payload. Written after the bytes are durable and before they are acknowledged; the outcome is added by the
-- transaction that lands the records. The id is a hash of tenant, feed, SHA-256 and coding: the same bytes meet their own row.
CREATE TABLE IF NOT EXISTS gateway.ingestion (
  id uuid PRIMARY KEY,
  tenant text NOT NULL,
  feed text NOT NULL,
  vendor text NOT NULL,
  profile text NOT NULL,
  profile_version int NOT NULL,
  stores text[],
  file_name text,
  content_encoding text NOT NULL CHECK (content_encoding IN ('identity', 'gzip')),
  sha256 bytea NOT NULL CHECK (length(sha256) = 32),
  bytes bigint NOT NULL,
  lake_object text NOT NULL,
  lake_offset bigint NOT NULL,
  received_at timestamptz NOT NULL,
  state text NOT NULL DEFAULT 'landed' CHECK (state IN ('landed', 'converted', 'unreadable')),
  attempts int NOT NULL DEFAULT 0,
  next_attempt_at timestamptz NOT NULL,
  last_error text,
  rows_read int NOT NULL DEFAULT 0,
  accepted int NOT NULL DEFAULT 0,
  duplicate int NOT NULL DEFAULT 0,
  superseding int NOT NULL DEFAULT 0,
  quarantined int NOT NULL DEFAULT 0,
  -- [{"currency","net","tax","gross"}], amounts in currency units as text.
  totals jsonb NOT NULL DEFAULT '[]',
  -- Why an unreadable payload is unreadable: {"code","field","row","byte_offset","detail"}.
  unreadable jsonb,
  -- The answer byte for byte, so that a resend gets the same one.
  answer text,
  CHECK ((state = 'landed') = (answer IS NULL))
);

CREATE INDEX IF NOT EXISTS ingestion_received ON gateway.ingestion (tenant, received_at DESC, id DESC);
CREATE INDEX IF NOT EXISTS ingestion_pending ON gateway.ingestion (next_attempt_at) WHERE state = 'landed';

-- Every version of every event that was ever landed, for ever: a resend years later is still a duplicate.
CREATE TABLE IF NOT EXISTS gateway.identity (
  tenant text NOT NULL,
  event_id uuid NOT NULL,
  content_hash uuid NOT NULL,
  revision int NOT NULL CHECK (revision > 0),
  batch_id uuid NOT NULL,
  store text NOT NULL,
  business_date date NOT NULL,
  introduced_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, event_id, content_hash)
);

CREATE TABLE IF NOT EXISTS gateway.pos_assignment (
  tenant text NOT NULL,
  vendor text NOT NULL,
  terminal text NOT NULL,
  valid_from date NOT NULL,
  valid_to date,
  store text NOT NULL,
  ingestion_id uuid NOT NULL REFERENCES gateway.ingestion,
  PRIMARY KEY (tenant, vendor, terminal, valid_from)
);

-- One row a receipt that is held back; reason, field, source_row and byte_offset are those of its first reason.
CREATE TABLE IF NOT EXISTS gateway.quarantine (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant text NOT NULL,
  feed text NOT NULL,
  ingestion_id uuid NOT NULL REFERENCES gateway.ingestion,
  ordinal int NOT NULL,
  key text NOT NULL,
  reason text NOT NULL,
  field text,
  detail text NOT NULL,
  source_row int NOT NULL,
  byte_offset bigint NOT NULL,
  byte_length int NOT NULL,
  reasons jsonb NOT NULL,
  rows int NOT NULL,
  store text,
  business_date date,
  -- Micros of the currency.
  money_at_risk bigint,
  currency text,
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'replayed', 'discarded')),
  created_at timestamptz NOT NULL,
  UNIQUE (ingestion_id, ordinal)
);

CREATE INDEX IF NOT EXISTS quarantine_newest ON gateway.quarantine (tenant, id DESC);

-- Messages on their way to the bus, written by the transaction that lands their records.
CREATE TABLE IF NOT EXISTS gateway.outbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant text NOT NULL,
  topic text NOT NULL,
  ordering_key text NOT NULL DEFAULT '',
  attributes jsonb NOT NULL,
  payload bytea NOT NULL
);

-- The payload is packed already: compressing it again costs the server more time than it saves.
ALTER TABLE gateway.outbox ALTER COLUMN payload SET STORAGE EXTERNAL;

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['feed', 'ingestion', 'identity', 'pos_assignment', 'quarantine', 'outbox'] LOOP
    EXECUTE format('ALTER TABLE gateway.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE gateway.%I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('DROP POLICY IF EXISTS tenant_of_session ON gateway.%I', name);
    EXECUTE format('CREATE POLICY tenant_of_session ON gateway.%I TO retail_app USING (tenant = nullif(current_setting(''app.tenant'', true), ''''))', name);
    EXECUTE format('DROP POLICY IF EXISTS every_tenant ON gateway.%I', name);
    EXECUTE format('CREATE POLICY every_tenant ON gateway.%I TO retail_job, retail_owner USING (true) WITH CHECK (true)', name);
  END LOOP;
END
$$;

GRANT SELECT, INSERT, UPDATE, DELETE ON gateway.feed TO retail_job;
GRANT SELECT, INSERT, UPDATE ON gateway.ingestion, gateway.pos_assignment, gateway.quarantine TO retail_job;
GRANT SELECT, INSERT ON gateway.identity TO retail_job;
GRANT SELECT, INSERT, UPDATE, DELETE ON gateway.outbox TO retail_job;
GRANT SELECT ON gateway.feed, gateway.ingestion, gateway.quarantine TO retail_app;
