-- What a task would publish that is so different from what stands that somebody has to say yes first.
CREATE TABLE IF NOT EXISTS dags.approval (
  approval_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant text NOT NULL,
  run_id bigint NOT NULL REFERENCES dags.dag_run,
  ti_id bigint NOT NULL,
  digest text NOT NULL,
  question text NOT NULL,
  detail jsonb NOT NULL,
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'approved', 'refused', 'void')),
  asked_at timestamptz NOT NULL DEFAULT now(),
  answered_at timestamptz,
  answered_by text,
  reason text
);

CREATE UNIQUE INDEX IF NOT EXISTS approval_one_open ON dags.approval (ti_id) WHERE state = 'open';
CREATE INDEX IF NOT EXISTS approval_of_task ON dags.approval (ti_id, digest);
CREATE INDEX IF NOT EXISTS approval_of_tenant ON dags.approval (tenant, approval_id);

-- From which difference on a tenant wants to be asked, and about days how old; no row asks never.
CREATE TABLE IF NOT EXISTS dags.approval_gate (
  tenant text PRIMARY KEY,
  tolerance_per_mille int NOT NULL CHECK (tolerance_per_mille >= 0),
  older_than_days int NOT NULL CHECK (older_than_days >= 0),
  set_by text NOT NULL,
  set_at timestamptz NOT NULL DEFAULT now()
);

ALTER TABLE dags.task_try DROP CONSTRAINT IF EXISTS task_try_outcome_check;
ALTER TABLE dags.task_try ADD CONSTRAINT task_try_outcome_check CHECK (outcome IN ('success', 'failed', 'crashed', 'released', 'cleared', 'canceled', 'deferred', 'asked'));

DROP INDEX IF EXISTS dags.task_instance_retry;
CREATE INDEX IF NOT EXISTS task_instance_later ON dags.task_instance (eligible_at) WHERE state IN ('retry_wait', 'deferred');

-- A run is late from then on; noticed once.
ALTER TABLE dags.dag_run ADD COLUMN IF NOT EXISTS deadline_at timestamptz;
ALTER TABLE dags.dag_run ADD COLUMN IF NOT EXISTS missed_at timestamptz;
CREATE INDEX IF NOT EXISTS dag_run_due ON dags.dag_run (deadline_at) WHERE missed_at IS NULL AND state IN ('queued', 'running') AND deadline_at IS NOT NULL;

DO $$
DECLARE
  protected text;
BEGIN
  FOREACH protected IN ARRAY ARRAY['approval', 'approval_gate'] LOOP
    EXECUTE format('ALTER TABLE dags.%I ENABLE ROW LEVEL SECURITY', protected);
    EXECUTE format('ALTER TABLE dags.%I FORCE ROW LEVEL SECURITY', protected);
    EXECUTE format('DROP POLICY IF EXISTS every_tenant ON dags.%I', protected);
    EXECUTE format('CREATE POLICY every_tenant ON dags.%I TO retail_job, retail_owner USING (true) WITH CHECK (true)', protected);
  END LOOP;
END
$$;

GRANT SELECT, INSERT, UPDATE ON dags.approval TO retail_job;
GRANT SELECT, INSERT, UPDATE, DELETE ON dags.approval_gate TO retail_job;
