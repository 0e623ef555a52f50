-- Secrets that pseudonyms of persons are made under, one a tenant and calendar month. Without its secret no pseudonym of a month can be made or
-- found again: destroying it, by setting it to null, is all it takes. Only the gateway reads it.
CREATE TABLE IF NOT EXISTS gateway.person_epoch (
  tenant text NOT NULL,
  epoch date NOT NULL CHECK (extract(day FROM epoch) = 1),
  secret bytea CHECK (octet_length(secret) = 32),
  created_at timestamptz NOT NULL,
  destroyed_at timestamptz CHECK ((destroyed_at IS NULL) = (secret IS NOT NULL)),
  PRIMARY KEY (tenant, epoch)
);

ALTER TABLE gateway.person_epoch ENABLE ROW LEVEL SECURITY;
ALTER TABLE gateway.person_epoch FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS every_tenant ON gateway.person_epoch;
CREATE POLICY every_tenant ON gateway.person_epoch TO retail_job, retail_owner USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON gateway.person_epoch TO retail_job;

ALTER TABLE gateway.replay_event DROP CONSTRAINT IF EXISTS replay_event_dataset_check;
ALTER TABLE gateway.replay_event ADD CONSTRAINT replay_event_dataset_check CHECK (dataset IN ('transaction', 'people_count', 'visitor_event', 'declared_totals'));
