-- device: the device that sent a payload with its own key or over its network; null where the sender is none. equipment: the hardware
-- its network saw. sent_bytes: length over the wire where another is kept. removed_values, removed_bytes: pictures taken out before the payload was stored; its SHA-256 is of what was sent.
ALTER TABLE gateway.ingestion ADD COLUMN IF NOT EXISTS device text;
ALTER TABLE gateway.ingestion ADD COLUMN IF NOT EXISTS equipment text;
ALTER TABLE gateway.ingestion ADD COLUMN IF NOT EXISTS sent_bytes bigint;
ALTER TABLE gateway.ingestion ADD COLUMN IF NOT EXISTS removed_values int NOT NULL DEFAULT 0;
ALTER TABLE gateway.ingestion ADD COLUMN IF NOT EXISTS removed_bytes bigint NOT NULL DEFAULT 0;

-- Of counts over an interval: a hash of tenant, store, device, line and measure, and the interval. Two that overlap would count people twice.
ALTER TABLE gateway.identity ADD COLUMN IF NOT EXISTS line_id uuid;
ALTER TABLE gateway.identity ADD COLUMN IF NOT EXISTS starts_at timestamptz;
ALTER TABLE gateway.identity ADD COLUMN IF NOT EXISTS ends_at timestamptz;
CREATE INDEX IF NOT EXISTS identity_of_line ON gateway.identity (line_id, ends_at, tenant) WHERE line_id IS NOT NULL;

-- What the running counters of a line showed. What was counted follows from two neighbours; one that comes late changes its successor's count.
-- series: a hash of tenant, store, device and line. entered, exited: as the device names its directions. held: it fell and nothing says why.
CREATE TABLE IF NOT EXISTS gateway.counter_reading (
  tenant text NOT NULL,
  series uuid NOT NULL,
  read_at timestamptz NOT NULL,
  entered bigint NOT NULL,
  exited bigint NOT NULL,
  boot text NOT NULL,
  sequence bigint NOT NULL,
  event_id uuid NOT NULL,
  zone text NOT NULL,
  role smallint NOT NULL,
  reversed boolean NOT NULL,
  firmware text NOT NULL,
  held boolean NOT NULL,
  ingestion_id uuid NOT NULL REFERENCES gateway.ingestion,
  PRIMARY KEY (series, read_at, tenant)
);

ALTER TABLE gateway.counter_reading ENABLE ROW LEVEL SECURITY;
ALTER TABLE gateway.counter_reading FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant_of_session ON gateway.counter_reading;
DROP POLICY IF EXISTS every_tenant ON gateway.counter_reading;
CREATE POLICY tenant_of_session ON gateway.counter_reading TO retail_app USING (tenant = nullif(current_setting('app.tenant', true), ''));
CREATE POLICY every_tenant ON gateway.counter_reading TO retail_job, retail_owner USING (true) WITH CHECK (true);
GRANT SELECT ON gateway.counter_reading TO retail_app;
GRANT SELECT, INSERT, UPDATE ON gateway.counter_reading TO retail_job;

-- What a master says of what a payload names: a register, a store, or a device and its lines.
CREATE OR REPLACE FUNCTION gateway.master_facts(of_tenant text, of_vendor text, sent text) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT md5(concat_ws('|',
    (SELECT string_agg(concat_ws(',', a.valid_from, coalesce(a.valid_to::text, ''), a.store), ';' ORDER BY a.valid_from)
     FROM gateway.pos_assignment a WHERE a.tenant = of_tenant AND a.vendor = of_vendor AND a.terminal = sent),
    (SELECT string_agg(concat_ws(',', s.store, s.time_zone, s.cut_over_minute), ';' ORDER BY s.store)
     FROM tenancy.store s WHERE s.tenant = of_tenant AND (s.store = sent
       OR s.store IN (SELECT a.store FROM gateway.pos_assignment a WHERE a.tenant = of_tenant AND a.vendor = of_vendor AND a.terminal = sent))),
    (SELECT string_agg(concat_ws(',', l.line, l.valid_from, coalesce(l.valid_to::text, ''), l.store, l.reversed), ';' ORDER BY l.line, l.valid_from)
     FROM tenancy.device_line l WHERE l.tenant = of_tenant AND l.device = sent),
    (SELECT concat_ws(',', d.equipment, d.retired_at) FROM tenancy.device d WHERE d.tenant = of_tenant AND d.device = sent)))
$$;
