-- What a worker has beside the code, for tasks that need it: the warehouse.
ALTER TABLE dags.worker_session ADD COLUMN IF NOT EXISTS capabilities text[] NOT NULL DEFAULT '{}';

-- Since when a run is expected to end after its deadline, and when that would be; noticed once.
ALTER TABLE dags.dag_run ADD COLUMN IF NOT EXISTS likely_late_at timestamptz;
ALTER TABLE dags.dag_run ADD COLUMN IF NOT EXISTS expected_at timestamptz;
