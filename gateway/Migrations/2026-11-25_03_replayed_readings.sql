-- Readings of running counters that a replay brought in: each as it landed, with what stood in its place; before is null where nothing
-- did. Counts follow from readings, so an undo puts these back and counts anew.
CREATE TABLE IF NOT EXISTS gateway.replay_reading (
  tenant text NOT NULL,
  replay_id bigint NOT NULL REFERENCES gateway.replay,
  ingestion_id uuid NOT NULL REFERENCES gateway.ingestion,
  series uuid NOT NULL,
  read_at timestamptz NOT NULL,
  event_id uuid NOT NULL,
  store text NOT NULL,
  device text NOT NULL,
  line text NOT NULL,
  entered bigint NOT NULL,
  exited bigint NOT NULL,
  boot text NOT NULL,
  sequence bigint NOT NULL,
  resets jsonb NOT NULL,
  source_row int NOT NULL,
  source_offset bigint NOT NULL,
  before jsonb,
  PRIMARY KEY (replay_id, series, read_at)
);

ALTER TABLE gateway.replay_reading ENABLE ROW LEVEL SECURITY;
ALTER TABLE gateway.replay_reading FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS every_tenant ON gateway.replay_reading;
CREATE POLICY every_tenant ON gateway.replay_reading TO retail_job, retail_owner USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON gateway.replay_reading TO retail_job;
GRANT DELETE ON gateway.counter_reading TO retail_job;

ALTER TABLE gateway.replay_event DROP CONSTRAINT IF EXISTS replay_event_dataset_check;
ALTER TABLE gateway.replay_event ADD CONSTRAINT replay_event_dataset_check CHECK (dataset IN ('transaction', 'people_count', 'running_count', 'visitor_event', 'declared_totals'));
