-- What a payload of a feed that replaces contains, receipt by receipt. verdict: what landing made of it; null where it is held. rows:
-- source rows.
CREATE TABLE IF NOT EXISTS gateway.generation_receipt (
  tenant text NOT NULL,
  ingestion_id uuid NOT NULL,
  event_id uuid NOT NULL,
  store text,
  business_date date,
  rows int NOT NULL,
  verdict text,
  PRIMARY KEY (tenant, ingestion_id, event_id)
);

CREATE INDEX IF NOT EXISTS generation_receipt_event ON gateway.generation_receipt (tenant, event_id);

-- The generations of a store-day: the payloads that are its whole set, the newest received counts.
CREATE TABLE IF NOT EXISTS gateway.generation (
  tenant text NOT NULL,
  feed text NOT NULL,
  store text NOT NULL,
  business_date date NOT NULL,
  ingestion_id uuid NOT NULL REFERENCES gateway.ingestion,
  received_at timestamptz NOT NULL,
  receipts int NOT NULL,
  PRIMARY KEY (tenant, feed, store, business_date, ingestion_id)
);

-- Receipts of a store-day that its newest generation does not contain any more: to be decided by an operator. gross is micros of sales
-- and returns. rows: null where receipts are among them that came before the feed replaced. replay_id: the withdrawal, once confirmed.
CREATE TABLE IF NOT EXISTS gateway.omission (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant text NOT NULL,
  feed text NOT NULL,
  store text NOT NULL,
  business_date date NOT NULL,
  ingestion_id uuid NOT NULL REFERENCES gateway.ingestion,
  found_at timestamptz NOT NULL,
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'confirmed', 'dismissed', 'settled')),
  receipts int NOT NULL,
  rows bigint,
  currency text NOT NULL,
  gross numeric NOT NULL,
  decided_by text,
  decided_at timestamptz,
  replay_id bigint REFERENCES gateway.replay
);

CREATE INDEX IF NOT EXISTS omission_newest ON gateway.omission (tenant, id DESC);
CREATE UNIQUE INDEX IF NOT EXISTS omission_open ON gateway.omission (tenant, feed, store, business_date) WHERE state = 'open';
CREATE INDEX IF NOT EXISTS omission_withdrawn ON gateway.omission (replay_id) WHERE replay_id IS NOT NULL;

CREATE TABLE IF NOT EXISTS gateway.omitted_receipt (
  tenant text NOT NULL,
  omission_id bigint NOT NULL REFERENCES gateway.omission,
  event_id uuid NOT NULL,
  content_hash uuid NOT NULL,
  rows int,
  PRIMARY KEY (omission_id, event_id)
);

CREATE INDEX IF NOT EXISTS omitted_receipt_event ON gateway.omitted_receipt (tenant, event_id);

-- A withdrawal moves rows of receipts from the column they landed in to the column withdrawn: two lines that add up to nothing.
ALTER TABLE gateway.ledger_line DROP CONSTRAINT IF EXISTS ledger_line_verdict_check;
ALTER TABLE gateway.ledger_line ADD CONSTRAINT ledger_line_verdict_check CHECK (verdict IN ('accepted', 'duplicate', 'superseding', 'outdated', 'released', 'withdrawn'));

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['generation_receipt', 'generation', 'omission', 'omitted_receipt'] LOOP
    EXECUTE format('ALTER TABLE gateway.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE gateway.%I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('DROP POLICY IF EXISTS tenant_of_session ON gateway.%I', name);
    EXECUTE format('DROP POLICY IF EXISTS every_tenant ON gateway.%I', name);
    EXECUTE format('CREATE POLICY tenant_of_session ON gateway.%I TO retail_app USING (tenant = nullif(current_setting(''app.tenant'', true), ''''))', name);
    EXECUTE format('CREATE POLICY every_tenant ON gateway.%I TO retail_job, retail_owner USING (true) WITH CHECK (true)', name);
  END LOOP;
END
$$;

GRANT SELECT, INSERT ON gateway.generation_receipt, gateway.generation, gateway.omitted_receipt TO retail_job;
GRANT SELECT, INSERT, UPDATE ON gateway.omission TO retail_job;
GRANT SELECT ON gateway.generation, gateway.omission, gateway.omitted_receipt TO retail_app;
