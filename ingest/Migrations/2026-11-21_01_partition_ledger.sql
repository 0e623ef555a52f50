CREATE SCHEMA IF NOT EXISTS ingest;
GRANT USAGE ON SCHEMA ingest TO retail_job;

-- One row per message that reached warehouse and ledger: a redelivered batch finds itself here and changes nothing.
CREATE TABLE IF NOT EXISTS ingest.loaded_batch (
  batch_id uuid NOT NULL,
  tenant text NOT NULL,
  rows bigint NOT NULL CHECK (rows >= 0),
  loaded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant, batch_id)
);

-- rows: receipts or counts of the partition in the warehouse, every revision. watermark: the latest received_at among them.
CREATE TABLE IF NOT EXISTS ingest.partition (
  tenant text NOT NULL,
  store text NOT NULL,
  business_date date NOT NULL,
  dataset text NOT NULL,
  version bigint NOT NULL,
  rows bigint NOT NULL CHECK (rows >= 0),
  watermark timestamptz NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant, store, business_date, dataset)
);

-- A queue: rows are taken inside the transaction that creates the work they ask for.
CREATE TABLE IF NOT EXISTS ingest.partition_change (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant text NOT NULL,
  store text NOT NULL,
  business_date date NOT NULL,
  dataset text NOT NULL,
  version bigint NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE ingest.partition_change SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 500);

GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ingest TO retail_job;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA ingest TO retail_job;
