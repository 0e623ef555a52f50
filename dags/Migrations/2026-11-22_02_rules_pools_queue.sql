-- Limits on how much runs at once. Slots are counted from leases and never kept in a counter; null is no limit.
CREATE TABLE IF NOT EXISTS dags.pool (
  pool text PRIMARY KEY,
  slots int CHECK (slots >= 0)
);

INSERT INTO dags.pool (pool, slots) VALUES ('default', NULL) ON CONFLICT DO NOTHING;

ALTER TABLE dags.task_edge ADD COLUMN IF NOT EXISTS align text NOT NULL DEFAULT 'all' CHECK (align IN ('all', 'same_index'));

-- Lower classes go first: 0 fresh data, 1 by hand, 2 repair of old days, 3 backfill.
ALTER TABLE dags.dag_run ADD COLUMN IF NOT EXISTS priority_class smallint NOT NULL DEFAULT 0 CHECK (priority_class BETWEEN 0 AND 3);

ALTER TABLE dags.task_instance
  ADD COLUMN IF NOT EXISTS trigger_rule text NOT NULL DEFAULT 'all_success',
  ADD COLUMN IF NOT EXISTS tolerated boolean NOT NULL DEFAULT false,
  ADD COLUMN IF NOT EXISTS mapped boolean NOT NULL DEFAULT false,
  ADD COLUMN IF NOT EXISTS map_key text,
  ADD COLUMN IF NOT EXISTS pool text NOT NULL DEFAULT 'default',
  ADD COLUMN IF NOT EXISTS slots int NOT NULL DEFAULT 1,
  ADD COLUMN IF NOT EXISTS prio int NOT NULL DEFAULT 0;

ALTER TABLE dags.task_instance DROP CONSTRAINT IF EXISTS task_instance_state_check;
ALTER TABLE dags.task_instance ADD CONSTRAINT task_instance_state_check CHECK (state IN (
  'waiting', 'ready', 'running', 'deferred', 'awaiting_input', 'retry_wait', 'success', 'failed', 'upstream_failed', 'skipped', 'canceled', 'removed'));

-- What has not ended keeps its run open.
CREATE INDEX IF NOT EXISTS task_instance_open ON dags.task_instance (run_id)
  WHERE state IN ('waiting', 'ready', 'running', 'deferred', 'awaiting_input', 'retry_wait');
DROP INDEX IF EXISTS dags.task_instance_ready;

-- Only what can run or runs: small however long the history is, and no claim reads past rows that are none.
CREATE TABLE IF NOT EXISTS dags.task_queue (
  ti_id bigint PRIMARY KEY REFERENCES dags.task_instance,
  task text NOT NULL,
  tenant text NOT NULL,
  pool text NOT NULL,
  slots int NOT NULL,
  prio int NOT NULL,
  enqueued_at timestamptz NOT NULL DEFAULT now(),
  state text NOT NULL DEFAULT 'ready' CHECK (state IN ('ready', 'leased')),
  lease_token bigint,
  session_id bigint
) WITH (fillfactor = 70);

CREATE INDEX IF NOT EXISTS task_queue_ready ON dags.task_queue (pool, tenant, prio DESC, enqueued_at, ti_id) WHERE state = 'ready';
CREATE INDEX IF NOT EXISTS task_queue_leased ON dags.task_queue (pool, tenant) WHERE state = 'leased';
ALTER TABLE dags.task_queue SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0);

-- Ready tasks of a database from before the queue.
INSERT INTO dags.task_queue (ti_id, task, tenant, pool, slots, prio)
SELECT t.ti_id, r.dag_id || '/' || t.task_id, coalesce(r.tenant, ''), t.pool, t.slots, t.prio
FROM dags.task_instance t JOIN dags.dag_run r USING (run_id) WHERE t.state = 'ready'
ON CONFLICT DO NOTHING;
INSERT INTO dags.task_queue (ti_id, task, tenant, pool, slots, prio, state, lease_token, session_id)
SELECT t.ti_id, r.dag_id || '/' || t.task_id, coalesce(r.tenant, ''), t.pool, t.slots, t.prio, 'leased', t.lease_token, t.session_id
FROM dags.task_instance t JOIN dags.dag_run r USING (run_id) WHERE t.state = 'running'
ON CONFLICT DO NOTHING;

GRANT SELECT, INSERT, UPDATE ON dags.pool TO retail_job;
GRANT SELECT, INSERT, UPDATE, DELETE ON dags.task_queue TO retail_job;
-- What waits is made into rows of its own once it is known what it is for.
GRANT DELETE ON dags.task_instance TO retail_job;

-- Closed as every table with a tenant is.
ALTER TABLE dags.task_queue ENABLE ROW LEVEL SECURITY;
ALTER TABLE dags.task_queue FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS every_tenant ON dags.task_queue;
CREATE POLICY every_tenant ON dags.task_queue TO retail_job, retail_owner USING (true) WITH CHECK (true);
