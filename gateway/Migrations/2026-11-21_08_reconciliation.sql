-- The ledger by store-day: what became of the rows of a payload, one line a store-day and verdict. What is held stands in
-- gateway.quarantine alone. Rows of no store-day (register masters) have no business date. replay_id: rows of a payload that could
-- not be read at all, landed by that replay; withdrawn with its undo. Amounts are micros of sales and returns.
CREATE TABLE IF NOT EXISTS gateway.ledger_line (
  tenant text NOT NULL,
  feed text NOT NULL,
  ingestion_id uuid NOT NULL,
  store text,
  business_date date,
  verdict text NOT NULL CHECK (verdict IN ('accepted', 'duplicate', 'superseding', 'outdated', 'released')),
  replay_id bigint,
  withdrawn boolean NOT NULL DEFAULT false,
  rows int NOT NULL,
  receipts int NOT NULL,
  currency text,
  net numeric NOT NULL,
  tax numeric NOT NULL,
  gross numeric NOT NULL
);

CREATE INDEX IF NOT EXISTS ledger_line_day ON gateway.ledger_line (tenant, business_date, store);
CREATE INDEX IF NOT EXISTS ledger_line_replay ON gateway.ledger_line (replay_id) WHERE replay_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS quarantine_day ON gateway.quarantine (tenant, business_date, store);

-- What a version of a receipt says, as far as day totals are made of it. Which version counts is told by gateway.identity.
-- detail: {"t":[[rate in basis points, net, tax, gross]],"p":[[tender, amount]]}; all amounts are micros. repeats: how often the same
-- receipt stood again in the payload it came in.
CREATE TABLE IF NOT EXISTS gateway.receipt_entry (
  tenant text NOT NULL,
  store text NOT NULL,
  business_date date NOT NULL,
  event_id uuid NOT NULL,
  content_hash uuid NOT NULL,
  feed text NOT NULL,
  kind smallint NOT NULL,
  terminal text NOT NULL,
  receipt_number text NOT NULL,
  occurred_at timestamptz NOT NULL,
  original_event_id uuid,
  repeats int NOT NULL,
  currency text NOT NULL,
  net bigint NOT NULL,
  tax bigint NOT NULL,
  gross bigint NOT NULL,
  detail text NOT NULL,
  PRIMARY KEY (tenant, store, business_date, event_id, content_hash)
);

CREATE INDEX IF NOT EXISTS receipt_entry_takes_back ON gateway.receipt_entry (tenant, original_event_id) WHERE original_event_id IS NOT NULL;

-- Day totals as the vendor declares them (a register's Z report), every version. terminal: empty for the whole store.
-- report_number: tells several reports of one register and day apart, which add up; empty where there is one. Amounts are micros.
-- taxes: [{"rate": basis points, "net", "tax", "gross"}], tenders: [{"method", "amount"}].
CREATE TABLE IF NOT EXISTS gateway.declaration (
  tenant text NOT NULL,
  event_id uuid NOT NULL,
  content_hash uuid NOT NULL,
  revision int NOT NULL CHECK (revision > 0),
  source_revision bigint NOT NULL,
  vendor text NOT NULL,
  feed text NOT NULL,
  ingestion_id uuid NOT NULL REFERENCES gateway.ingestion,
  store text NOT NULL,
  business_date date NOT NULL,
  terminal text NOT NULL,
  report_number text NOT NULL,
  received_at timestamptz NOT NULL,
  currency text NOT NULL,
  gross bigint,
  net bigint,
  tax bigint,
  receipts int,
  taxes jsonb NOT NULL,
  tenders jsonb NOT NULL,
  PRIMARY KEY (tenant, event_id, content_hash)
);

CREATE INDEX IF NOT EXISTS declaration_day ON gateway.declaration (tenant, business_date, store);

ALTER TABLE gateway.replay_event DROP CONSTRAINT IF EXISTS replay_event_dataset_check;
ALTER TABLE gateway.replay_event ADD CONSTRAINT replay_event_dataset_check CHECK (dataset IN ('transaction', 'people_count', 'declared_totals'));

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['ledger_line', 'receipt_entry', 'declaration'] LOOP
    EXECUTE format('ALTER TABLE gateway.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE gateway.%I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('DROP POLICY IF EXISTS tenant_of_session ON gateway.%I', name);
    EXECUTE format('DROP POLICY IF EXISTS every_tenant ON gateway.%I', name);
    EXECUTE format('CREATE POLICY tenant_of_session ON gateway.%I TO retail_app USING (tenant = nullif(current_setting(''app.tenant'', true), ''''))', name);
    EXECUTE format('CREATE POLICY every_tenant ON gateway.%I TO retail_job, retail_owner USING (true) WITH CHECK (true)', name);
  END LOOP;
END
$$;

GRANT SELECT, INSERT, UPDATE ON gateway.ledger_line, gateway.receipt_entry, gateway.declaration TO retail_job;
GRANT SELECT ON gateway.ledger_line, gateway.receipt_entry, gateway.declaration TO retail_app;
