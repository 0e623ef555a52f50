-- How far a large file has landed: it lands in parts, each in a transaction of its own, and goes on from here after a crash.
CREATE TABLE IF NOT EXISTS gateway.partial_landing (
  tenant text NOT NULL,
  ingestion_id uuid NOT NULL,
  -- Where the next part begins: bytes after decompression and data rows before it.
  next_offset bigint NOT NULL CHECK (next_offset >= 0),
  next_row int NOT NULL CHECK (next_row >= 0),
  -- Messages for the bus and quarantined items written so far.
  chunks int NOT NULL CHECK (chunks >= 0),
  held int NOT NULL CHECK (held >= 0),
  -- The receipt over the parts landed so far, as JSON, not signed.
  receipt text NOT NULL,
  PRIMARY KEY (tenant, ingestion_id)
);

ALTER TABLE gateway.partial_landing ENABLE ROW LEVEL SECURITY;
ALTER TABLE gateway.partial_landing FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS every_tenant ON gateway.partial_landing;
CREATE POLICY every_tenant ON gateway.partial_landing TO retail_job, retail_owner USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON gateway.partial_landing TO retail_job;
