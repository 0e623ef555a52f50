CREATE SCHEMA IF NOT EXISTS dags;
GRANT USAGE ON SCHEMA dags TO retail_job;

-- The source of every lease token: a larger token is a later claim.
CREATE SEQUENCE IF NOT EXISTS dags.fence_seq;

-- schedule and time_zone are kept to notice a changed definition; next_run_after is the only clock state.
CREATE TABLE IF NOT EXISTS dags.dag (
  dag_id text PRIMARY KEY,
  current_version bigint NOT NULL,
  schedule text,
  time_zone text,
  next_run_after timestamptz,
  max_active_runs int NOT NULL CHECK (max_active_runs > 0),
  paused boolean NOT NULL DEFAULT false
);

-- Immutable: a run keeps the graph it was created with.
CREATE TABLE IF NOT EXISTS dags.dag_version (
  version_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  dag_id text NOT NULL,
  spec_hash text NOT NULL,
  spec jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (dag_id, spec_hash)
);

CREATE TABLE IF NOT EXISTS dags.task_edge (
  version_id bigint NOT NULL REFERENCES dags.dag_version,
  upstream text NOT NULL,
  downstream text NOT NULL,
  PRIMARY KEY (version_id, downstream, upstream)
);

CREATE TABLE IF NOT EXISTS dags.dag_run (
  run_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  dag_id text NOT NULL REFERENCES dags.dag,
  version_id bigint NOT NULL REFERENCES dags.dag_version,
  run_type text NOT NULL CHECK (run_type IN ('scheduled', 'asset', 'manual')),
  tenant text,
  partition_key text NOT NULL DEFAULT '',
  interval_start timestamptz,
  interval_end timestamptz,
  state text NOT NULL CHECK (state IN ('queued', 'running', 'success', 'failed', 'canceled')),
  generation int NOT NULL DEFAULT 1,
  conf jsonb NOT NULL DEFAULT '{}',
  cause jsonb NOT NULL DEFAULT '{}',
  eligible_at timestamptz NOT NULL DEFAULT now(),
  created_at timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz,
  ended_at timestamptz
);

-- The arbiter between schedulers that see the same tick.
CREATE UNIQUE INDEX IF NOT EXISTS dag_run_once_an_interval ON dags.dag_run (dag_id, partition_key, interval_end) WHERE run_type = 'scheduled';
-- Changes of one partition gather in the run that waits.
CREATE UNIQUE INDEX IF NOT EXISTS dag_run_one_waiting ON dags.dag_run (dag_id, partition_key) WHERE run_type = 'asset' AND state = 'queued';
-- One writer a partition.
CREATE UNIQUE INDEX IF NOT EXISTS dag_run_one_running ON dags.dag_run (dag_id, partition_key) WHERE state = 'running';
CREATE INDEX IF NOT EXISTS dag_run_queued ON dags.dag_run (dag_id, eligible_at, run_id) WHERE state = 'queued';
CREATE INDEX IF NOT EXISTS dag_run_by_state ON dags.dag_run (state, run_id);

CREATE TABLE IF NOT EXISTS dags.worker_session (
  session_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  host text NOT NULL,
  process_id int NOT NULL,
  process_started_at timestamptz NOT NULL,
  state text NOT NULL CHECK (state IN ('alive', 'draining', 'dead')),
  capacity int NOT NULL,
  tasks text[] NOT NULL,
  opened_at timestamptz NOT NULL DEFAULT now(),
  heartbeat_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX IF NOT EXISTS worker_session_living ON dags.worker_session (heartbeat_at) WHERE state <> 'dead';

CREATE TABLE IF NOT EXISTS dags.task_instance (
  ti_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_id bigint NOT NULL REFERENCES dags.dag_run,
  task_id text NOT NULL,
  map_index int NOT NULL DEFAULT -1,
  state text NOT NULL CHECK (state IN ('waiting', 'ready', 'running', 'retry_wait', 'success', 'failed', 'upstream_failed', 'canceled')),
  generation int NOT NULL DEFAULT 1,
  try_number int NOT NULL DEFAULT 0,
  max_tries int NOT NULL,
  crash_count int NOT NULL DEFAULT 0,
  eligible_at timestamptz NOT NULL DEFAULT now(),
  lease_token bigint,
  session_id bigint REFERENCES dags.worker_session,
  started_at timestamptz,
  ended_at timestamptz,
  reason text NOT NULL DEFAULT '',
  UNIQUE (run_id, task_id, map_index),
  CHECK ((state = 'running') = (lease_token IS NOT NULL))
);

CREATE INDEX IF NOT EXISTS task_instance_ready ON dags.task_instance (eligible_at, ti_id) WHERE state = 'ready';
CREATE INDEX IF NOT EXISTS task_instance_retry ON dags.task_instance (eligible_at) WHERE state = 'retry_wait';
CREATE INDEX IF NOT EXISTS task_instance_running ON dags.task_instance (session_id) WHERE state = 'running';

-- Append only. The lease token names a try for ever, also one that a crash took back.
CREATE TABLE IF NOT EXISTS dags.task_try (
  lease_token bigint PRIMARY KEY,
  ti_id bigint NOT NULL REFERENCES dags.task_instance,
  generation int NOT NULL,
  try_number int NOT NULL,
  session_id bigint,
  outcome text NOT NULL CHECK (outcome IN ('success', 'failed', 'crashed', 'released')),
  started_at timestamptz NOT NULL,
  ended_at timestamptz NOT NULL DEFAULT now(),
  error_class text,
  error text
);

CREATE INDEX IF NOT EXISTS task_try_of_instance ON dags.task_try (ti_id, lease_token);

-- The scheduler's inbox: tasks that ended and whose run has not been looked at since.
CREATE TABLE IF NOT EXISTS dags.ti_event (
  event_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_id bigint NOT NULL REFERENCES dags.dag_run,
  ti_id bigint NOT NULL,
  kind text NOT NULL
);

CREATE INDEX IF NOT EXISTS ti_event_of_run ON dags.ti_event (run_id);

-- Hot rows that die young: a long analytic query must not let them pile up.
ALTER TABLE dags.ti_event SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0);
ALTER TABLE dags.worker_session SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0);

GRANT USAGE ON SEQUENCE dags.fence_seq TO retail_job;
GRANT SELECT, INSERT, UPDATE ON dags.dag, dags.dag_run, dags.task_instance, dags.worker_session TO retail_job;
GRANT SELECT, INSERT ON dags.dag_version, dags.task_edge, dags.task_try TO retail_job;
GRANT SELECT, INSERT, DELETE ON dags.ti_event TO retail_job;
