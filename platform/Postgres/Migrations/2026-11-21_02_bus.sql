-- The message bus. A topic exists through its subscriptions: publishing to a topic nobody subscribes to is refused.
CREATE SCHEMA IF NOT EXISTS bus;
GRANT USAGE ON SCHEMA bus TO retail_job;

CREATE TABLE IF NOT EXISTS bus.subscription (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE,
  topic text NOT NULL,
  ack_deadline interval NOT NULL CHECK (ack_deadline > interval '0'),
  max_attempts int NOT NULL CHECK (max_attempts > 0),
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS subscription_topic_idx ON bus.subscription (topic);

-- Queues live by deletes: vacuum early and without pauses, or every scan pays for the dead.
CREATE TABLE IF NOT EXISTS bus.message (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  topic text NOT NULL,
  ordering_key text NOT NULL,
  attributes jsonb NOT NULL,
  data bytea NOT NULL,
  fan_out int NOT NULL,
  published_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (
  autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0,
  toast.autovacuum_vacuum_scale_factor = 0.02, toast.autovacuum_vacuum_threshold = 500, toast.autovacuum_vacuum_cost_delay = 0
);
-- Payloads are column blocks or gzip: compressing them again costs more processor time than everything else together.
ALTER TABLE bus.message ALTER COLUMN data SET STORAGE EXTERNAL;
COMMENT ON COLUMN bus.message.fan_out IS 'Subscriptions it was published to; with more than one, deleting needs a lock on the message';

-- No foreign key to message: it would lock and rewrite every message row on publish. The same statement inserts both;
-- a message is deleted only by a statement that sees no delivery of it.
CREATE TABLE IF NOT EXISTS bus.delivery (
  message_id bigint NOT NULL,
  subscription_id int NOT NULL REFERENCES bus.subscription,
  ordering_key text NOT NULL,
  attempt int NOT NULL DEFAULT 0,
  lease bigint,
  leased_until timestamptz,
  last_reason text,
  PRIMARY KEY (message_id, subscription_id),
  CHECK ((lease IS NULL) = (leased_until IS NULL))
) WITH (
  fillfactor = 70,
  autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0
);
-- Ready and leased never share an index: the hunt for work must not wade through what is being worked on.
CREATE INDEX IF NOT EXISTS delivery_ready ON bus.delivery (subscription_id, message_id) WHERE lease IS NULL;
CREATE INDEX IF NOT EXISTS delivery_leased ON bus.delivery (subscription_id, leased_until) WHERE leased_until IS NOT NULL;
CREATE INDEX IF NOT EXISTS delivery_key ON bus.delivery (subscription_id, ordering_key, message_id) WHERE ordering_key <> '';
COMMENT ON COLUMN bus.delivery.lease IS 'Random token of the pull that holds it; null when it is ready';

CREATE TABLE IF NOT EXISTS bus.dead_letter (
  message_id bigint NOT NULL,
  subscription_id int NOT NULL REFERENCES bus.subscription,
  ordering_key text NOT NULL,
  attempt int NOT NULL,
  reason text NOT NULL,
  dead_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (message_id, subscription_id)
);
CREATE INDEX IF NOT EXISTS dead_letter_subscription_id_message_id_idx ON bus.dead_letter (subscription_id, message_id);

GRANT SELECT, INSERT ON bus.subscription TO retail_job;
GRANT SELECT, INSERT, UPDATE, DELETE ON bus.message, bus.delivery, bus.dead_letter TO retail_job;
GRANT USAGE ON SEQUENCE bus.message_id_seq TO retail_job;
