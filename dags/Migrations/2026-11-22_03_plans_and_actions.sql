-- What somebody means to do, with what it would touch at that moment. Applied once, or refused when the world has moved on.
CREATE TABLE IF NOT EXISTS dags.plan (
  plan_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('clear', 'mark', 'cancel')),
  tenant text,
  run_id bigint NOT NULL REFERENCES dags.dag_run,
  selection jsonb NOT NULL,
  state_hash text NOT NULL,
  touched jsonb NOT NULL,
  actor text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  applied_at timestamptz
);

-- Append only: who did what to which run, why, and how its tasks stood before.
CREATE TABLE IF NOT EXISTS dags.action (
  action_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now(),
  actor text NOT NULL,
  kind text NOT NULL,
  tenant text,
  dag_id text NOT NULL,
  run_id bigint,
  plan_id bigint,
  undoes bigint,
  reason text NOT NULL DEFAULT '',
  before jsonb NOT NULL DEFAULT '[]',
  after jsonb NOT NULL DEFAULT '[]'
);

CREATE INDEX IF NOT EXISTS action_of_run ON dags.action (run_id, action_id);
CREATE INDEX IF NOT EXISTS action_of_tenant ON dags.action (tenant, action_id);

ALTER TABLE dags.task_try DROP CONSTRAINT IF EXISTS task_try_outcome_check;
ALTER TABLE dags.task_try ADD CONSTRAINT task_try_outcome_check CHECK (outcome IN ('success', 'failed', 'crashed', 'released', 'cleared', 'canceled'));

DO $$
DECLARE
  protected text;
BEGIN
  FOREACH protected IN ARRAY ARRAY['plan', 'action'] LOOP
    EXECUTE format('ALTER TABLE dags.%I ENABLE ROW LEVEL SECURITY', protected);
    EXECUTE format('ALTER TABLE dags.%I FORCE ROW LEVEL SECURITY', protected);
    EXECUTE format('DROP POLICY IF EXISTS every_tenant ON dags.%I', protected);
    EXECUTE format('CREATE POLICY every_tenant ON dags.%I TO retail_job, retail_owner USING (true) WITH CHECK (true)', protected);
  END LOOP;
END
$$;

GRANT SELECT, INSERT, UPDATE ON dags.plan TO retail_job;
GRANT SELECT, INSERT ON dags.action TO retail_job;

-- A run that was cleared waits again, beside the one that gathers what comes meanwhile.
DROP INDEX IF EXISTS dags.dag_run_one_waiting;
CREATE UNIQUE INDEX IF NOT EXISTS dag_run_one_gathering ON dags.dag_run (dag_id, partition_key)
  WHERE run_type = 'asset' AND state = 'queued' AND started_at IS NULL;
