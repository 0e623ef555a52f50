-- Operators inspect the quarantine, replay and undo; a pushing key only reads it.
ALTER TABLE tenancy.api_key ADD COLUMN IF NOT EXISTS operator boolean NOT NULL DEFAULT false;

-- ingestion_id: the payload a version came in, null for versions older than this column. withdrawn: an undo took it back;
-- revision is then the newest number given away for it, and the same content may come again.
ALTER TABLE gateway.identity ADD COLUMN IF NOT EXISTS ingestion_id uuid;
ALTER TABLE gateway.identity ADD COLUMN IF NOT EXISTS withdrawn boolean NOT NULL DEFAULT false;
GRANT UPDATE ON gateway.identity TO retail_job;

-- store_as_sent: what the vendor sent to name the store or register. replay_id: who released it. awaits_operator: an undo
-- opened it again, so nothing releases it but a person. tried_at: when a replay last found it still at fault.
ALTER TABLE gateway.quarantine ADD COLUMN IF NOT EXISTS store_as_sent text;
ALTER TABLE gateway.quarantine ADD COLUMN IF NOT EXISTS replay_id bigint;
ALTER TABLE gateway.quarantine ADD COLUMN IF NOT EXISTS awaits_operator boolean NOT NULL DEFAULT false;
ALTER TABLE gateway.quarantine ADD COLUMN IF NOT EXISTS tried_at timestamptz;
CREATE INDEX IF NOT EXISTS quarantine_open ON gateway.quarantine (tenant, reason, store_as_sent) WHERE state = 'open';

-- A payload that cannot be read at all is one item of the quarantine without rows.
INSERT INTO gateway.quarantine (tenant, feed, ingestion_id, ordinal, key, reason, field, detail, source_row, byte_offset, byte_length, reasons, rows, created_at)
SELECT i.tenant, i.feed, i.id, 0, coalesce(i.file_name, ''), i.unreadable ->> 'code', i.unreadable ->> 'field', i.unreadable ->> 'detail', 0,
  coalesce((i.unreadable ->> 'byte_offset')::bigint, 0), 0, jsonb_build_array(i.unreadable), 0, i.received_at
FROM gateway.ingestion i WHERE i.state = 'unreadable' AND i.unreadable IS NOT NULL
ON CONFLICT (ingestion_id, ordinal) DO NOTHING;

-- What was asked for, by whom, and how far it is. preview: says what a replay would do. release: a replay the store master
-- set off. undo: takes another one back.
CREATE TABLE IF NOT EXISTS gateway.replay (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('preview', 'replay', 'release', 'undo')),
  undoes bigint REFERENCES gateway.replay,
  feeds text[] NOT NULL,
  scope jsonb NOT NULL,
  requested_by text NOT NULL,
  requested_at timestamptz NOT NULL,
  state text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'done')),
  items int NOT NULL,
  payloads int NOT NULL,
  payloads_done int NOT NULL DEFAULT 0,
  payloads_failed int NOT NULL DEFAULT 0,
  finished_at timestamptz,
  CHECK ((kind = 'undo') = (undoes IS NOT NULL))
);

CREATE INDEX IF NOT EXISTS replay_newest ON gateway.replay (tenant, id DESC);
CREATE INDEX IF NOT EXISTS replay_running ON gateway.replay (id) WHERE state = 'running';
CREATE UNIQUE INDEX IF NOT EXISTS replay_undone_once ON gateway.replay (undoes) WHERE undoes IS NOT NULL;

-- The payloads of a replay in the order they are taken; profile and version are those it was read by.
CREATE TABLE IF NOT EXISTS gateway.replay_payload (
  replay_id bigint NOT NULL REFERENCES gateway.replay,
  place int NOT NULL,
  tenant text NOT NULL,
  ingestion_id uuid NOT NULL REFERENCES gateway.ingestion,
  state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'done', 'failed')),
  profile text,
  profile_version int,
  attempts int NOT NULL DEFAULT 0,
  next_attempt_at timestamptz,
  error text,
  PRIMARY KEY (replay_id, place)
);

-- The items of a replay and what became of each.
CREATE TABLE IF NOT EXISTS gateway.replay_item (
  replay_id bigint NOT NULL REFERENCES gateway.replay,
  item_id bigint NOT NULL REFERENCES gateway.quarantine,
  tenant text NOT NULL,
  ingestion_id uuid NOT NULL,
  outcome text CHECK (outcome IN ('recovered', 'duplicate', 'overtaken', 'held', 'not_read', 'already_released', 'reopened')),
  PRIMARY KEY (replay_id, ingestion_id, item_id)
);

-- What a replay brought in (or would), event by event: enough to take it back.
CREATE TABLE IF NOT EXISTS gateway.replay_event (
  replay_id bigint NOT NULL REFERENCES gateway.replay,
  ingestion_id uuid NOT NULL,
  tenant text NOT NULL,
  event_id uuid NOT NULL,
  content_hash uuid NOT NULL,
  original_event_id uuid,
  dataset text NOT NULL CHECK (dataset IN ('transaction', 'people_count')),
  revision int NOT NULL,
  source_revision bigint NOT NULL,
  store text NOT NULL,
  business_date date NOT NULL,
  -- Register or device, receipt number or counting line.
  source text NOT NULL,
  number text NOT NULL,
  occurred_at timestamptz NOT NULL,
  utc_offset_minutes int NOT NULL,
  currency text NOT NULL,
  source_row int NOT NULL,
  source_offset bigint NOT NULL,
  PRIMARY KEY (replay_id, event_id, content_hash)
);

CREATE INDEX IF NOT EXISTS replay_event_payload ON gateway.replay_event (replay_id, ingestion_id);

-- What a replay changed (or would), summed by payload. Amounts are micros of the currency, of sales and returns.
CREATE TABLE IF NOT EXISTS gateway.replay_effect (
  replay_id bigint NOT NULL REFERENCES gateway.replay,
  ingestion_id uuid NOT NULL,
  tenant text NOT NULL,
  effect text NOT NULL CHECK (effect IN ('recovered', 'superseding', 'duplicate', 'overtaken', 'held', 'not_read', 'changed_elsewhere', 'withdrawn', 'restored', 'kept')),
  store text,
  business_date date,
  currency text,
  reason text,
  field text,
  receipts int NOT NULL,
  rows int NOT NULL,
  net numeric NOT NULL,
  tax numeric NOT NULL,
  gross numeric NOT NULL
);

CREATE INDEX IF NOT EXISTS replay_effect_of ON gateway.replay_effect (replay_id);

-- Voids that came before what they take back; what has come meanwhile is told by gateway.identity.
CREATE TABLE IF NOT EXISTS gateway.waiting (
  tenant text NOT NULL,
  event_id uuid NOT NULL,
  original_event_id uuid NOT NULL,
  feed text NOT NULL,
  ingestion_id uuid NOT NULL,
  store text NOT NULL,
  business_date date NOT NULL,
  terminal text NOT NULL,
  receipt_number text NOT NULL,
  currency text NOT NULL,
  gross bigint NOT NULL,
  since timestamptz NOT NULL,
  PRIMARY KEY (tenant, event_id)
);

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['replay', 'replay_payload', 'replay_item', 'replay_event', 'replay_effect', 'waiting'] LOOP
    EXECUTE format('ALTER TABLE gateway.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE gateway.%I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('DROP POLICY IF EXISTS tenant_of_session ON gateway.%I', name);
    EXECUTE format('DROP POLICY IF EXISTS every_tenant ON gateway.%I', name);
    EXECUTE format('CREATE POLICY tenant_of_session ON gateway.%I TO retail_app USING (tenant = nullif(current_setting(''app.tenant'', true), ''''))', name);
    EXECUTE format('CREATE POLICY every_tenant ON gateway.%I TO retail_job, retail_owner USING (true) WITH CHECK (true)', name);
  END LOOP;
END
$$;

GRANT SELECT, INSERT, UPDATE ON gateway.replay, gateway.replay_payload, gateway.replay_item, gateway.waiting TO retail_job;
GRANT SELECT, INSERT ON gateway.replay_effect TO retail_job;
GRANT SELECT, INSERT, DELETE ON gateway.replay_event TO retail_job;
GRANT SELECT ON gateway.replay, gateway.replay_payload, gateway.replay_item, gateway.replay_effect, gateway.waiting TO retail_app;
