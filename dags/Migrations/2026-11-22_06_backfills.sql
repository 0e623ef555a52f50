-- Many partitions of one DAG, worked off a few at a time and behind everything fresh.
CREATE TABLE IF NOT EXISTS dags.backfill (
  backfill_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant text NOT NULL,
  dag_id text NOT NULL REFERENCES dags.dag,
  first_date date NOT NULL,
  last_date date NOT NULL,
  selector text NOT NULL CHECK (selector IN ('missing', 'failed', 'stale', 'all')),
  ordering text NOT NULL CHECK (ordering IN ('newest_first', 'oldest_first', 'sequential')),
  max_active_runs int NOT NULL CHECK (max_active_runs > 0),
  state text NOT NULL CHECK (state IN ('running', 'paused', 'canceled', 'done')),
  actor text NOT NULL,
  reason text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  ended_at timestamptz
);

CREATE INDEX IF NOT EXISTS backfill_open ON dags.backfill (backfill_id) WHERE state = 'running';
CREATE INDEX IF NOT EXISTS backfill_of_tenant ON dags.backfill (tenant, backfill_id);

-- A row a partition; its run is made when its turn has come.
CREATE TABLE IF NOT EXISTS dags.backfill_slot (
  backfill_id bigint NOT NULL REFERENCES dags.backfill,
  tenant text NOT NULL,
  position int NOT NULL,
  partition_key text NOT NULL,
  conf jsonb NOT NULL DEFAULT '{}',
  state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'submitted', 'success', 'failed', 'canceled')),
  run_id bigint,
  PRIMARY KEY (backfill_id, position)
);

CREATE INDEX IF NOT EXISTS backfill_slot_open ON dags.backfill_slot (backfill_id, state, position) WHERE state IN ('pending', 'submitted');

ALTER TABLE dags.dag_run ADD COLUMN IF NOT EXISTS backfill_id bigint REFERENCES dags.backfill;
ALTER TABLE dags.dag_run DROP CONSTRAINT IF EXISTS dag_run_run_type_check;
ALTER TABLE dags.dag_run ADD CONSTRAINT dag_run_run_type_check CHECK (run_type IN ('scheduled', 'asset', 'manual', 'backfill'));
CREATE INDEX IF NOT EXISTS dag_run_of_backfill ON dags.dag_run (backfill_id) WHERE backfill_id IS NOT NULL;

-- A plan is for a run or for a backfill that does not exist yet.
ALTER TABLE dags.plan ALTER COLUMN run_id DROP NOT NULL;
ALTER TABLE dags.plan ADD COLUMN IF NOT EXISTS estimate jsonb NOT NULL DEFAULT '{}';
ALTER TABLE dags.plan DROP CONSTRAINT IF EXISTS plan_kind_check;
ALTER TABLE dags.plan ADD CONSTRAINT plan_kind_check CHECK (kind IN ('clear', 'mark', 'cancel', 'backfill'));

DO $$
DECLARE
  protected text;
BEGIN
  FOREACH protected IN ARRAY ARRAY['backfill', 'backfill_slot'] LOOP
    EXECUTE format('ALTER TABLE dags.%I ENABLE ROW LEVEL SECURITY', protected);
    EXECUTE format('ALTER TABLE dags.%I FORCE ROW LEVEL SECURITY', protected);
    EXECUTE format('DROP POLICY IF EXISTS every_tenant ON dags.%I', protected);
    EXECUTE format('CREATE POLICY every_tenant ON dags.%I TO retail_job, retail_owner USING (true) WITH CHECK (true)', protected);
  END LOOP;
END
$$;

GRANT SELECT, INSERT, UPDATE ON dags.backfill, dags.backfill_slot TO retail_job;
