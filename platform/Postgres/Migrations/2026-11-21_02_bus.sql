CREATE SCHEMA IF NOT EXISTS bus;
GRANT USAGE ON SCHEMA bus TO retail_job;

CREATE TABLE IF NOT EXISTS bus.subscription (
  subscription text PRIMARY KEY,
  topic text NOT NULL,
  ack_deadline interval NOT NULL,
  max_attempts int NOT NULL CHECK (max_attempts > 0)
);
CREATE INDEX IF NOT EXISTS subscription_topic ON bus.subscription (topic);

CREATE SEQUENCE IF NOT EXISTS bus.lease_token;

-- One row a message and subscription. A row is free when its lease has run out; the token tells a late acknowledgement from a valid one.
CREATE TABLE IF NOT EXISTS bus.delivery (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  subscription text NOT NULL REFERENCES bus.subscription,
  message_id text NOT NULL,
  ordering_key text NOT NULL DEFAULT '',
  attributes jsonb NOT NULL,
  data bytea NOT NULL,
  published_at timestamptz NOT NULL,
  attempt int NOT NULL DEFAULT 0,
  lease_token bigint NOT NULL DEFAULT 0,
  available_at timestamptz NOT NULL,
  reason text
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0);

-- Payloads are packed already: compressing them again costs more than it saves.
ALTER TABLE bus.delivery ALTER COLUMN data SET STORAGE EXTERNAL;
CREATE INDEX IF NOT EXISTS delivery_next ON bus.delivery (subscription, id);
CREATE INDEX IF NOT EXISTS delivery_order ON bus.delivery (subscription, ordering_key, id) WHERE ordering_key <> '';

CREATE TABLE IF NOT EXISTS bus.dead_letter (
  id bigint PRIMARY KEY,
  subscription text NOT NULL,
  message_id text NOT NULL,
  ordering_key text NOT NULL,
  attributes jsonb NOT NULL,
  data bytea NOT NULL,
  published_at timestamptz NOT NULL,
  attempt int NOT NULL,
  reason text NOT NULL,
  died_at timestamptz NOT NULL
);
ALTER TABLE bus.dead_letter ALTER COLUMN data SET STORAGE EXTERNAL;

GRANT SELECT, INSERT, UPDATE, DELETE ON bus.subscription, bus.delivery, bus.dead_letter TO retail_job;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA bus TO retail_job;
