-- What tasks publish, cut into partitions: by store and trading day, or by trading day (then store is empty). Sources are the data that comes in.
CREATE TABLE IF NOT EXISTS dags.asset (
  asset text PRIMARY KEY,
  grain text NOT NULL CHECK (grain IN ('store_day', 'day')),
  dag_id text,
  task_id text,
  tables text[] NOT NULL DEFAULT '{}'
);

-- A partition of the asset is made of those of the upstream from so many days before up to its own day.
CREATE TABLE IF NOT EXISTS dags.asset_input (
  asset text NOT NULL,
  upstream text NOT NULL,
  days_before int NOT NULL DEFAULT 0 CHECK (days_before >= 0),
  PRIMARY KEY (asset, upstream)
);

CREATE INDEX IF NOT EXISTS asset_input_of_upstream ON dags.asset_input (upstream);

-- What stands. The version grows when the content changes; the fence is the newest lease that published here, and no older one ever will.
CREATE TABLE IF NOT EXISTS dags.asset_partition (
  tenant text NOT NULL,
  asset text NOT NULL,
  business_date date NOT NULL,
  store text NOT NULL DEFAULT '',
  version bigint NOT NULL,
  fence bigint NOT NULL DEFAULT 0,
  run_id bigint,
  code_version bigint,
  inputs jsonb NOT NULL DEFAULT '{}',
  kpi jsonb,
  reason text NOT NULL DEFAULT '',
  published_at timestamptz NOT NULL DEFAULT now(),
  checked_at timestamptz NOT NULL DEFAULT now(),
  stale_since timestamptz,
  stale_cause jsonb,
  pinned_by text,
  PRIMARY KEY (tenant, asset, business_date, store)
);

CREATE INDEX IF NOT EXISTS asset_partition_stale ON dags.asset_partition (tenant, business_date) WHERE stale_since IS NOT NULL;

-- Every version there was, with what it was made of and why.
CREATE TABLE IF NOT EXISTS dags.asset_version (
  tenant text NOT NULL,
  asset text NOT NULL,
  business_date date NOT NULL,
  store text NOT NULL DEFAULT '',
  version bigint NOT NULL,
  fence bigint NOT NULL,
  run_id bigint,
  code_version bigint,
  inputs jsonb NOT NULL DEFAULT '{}',
  kpi jsonb,
  reason text NOT NULL DEFAULT '',
  published_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, asset, business_date, store, version)
);

-- Versions come in the order of their time.
CREATE INDEX IF NOT EXISTS asset_version_by_time ON dags.asset_version USING brin (published_at);

DO $$
DECLARE
  protected text;
BEGIN
  FOREACH protected IN ARRAY ARRAY['asset_partition', 'asset_version'] LOOP
    EXECUTE format('ALTER TABLE dags.%I ENABLE ROW LEVEL SECURITY', protected);
    EXECUTE format('ALTER TABLE dags.%I FORCE ROW LEVEL SECURITY', protected);
    EXECUTE format('DROP POLICY IF EXISTS every_tenant ON dags.%I', protected);
    EXECUTE format('CREATE POLICY every_tenant ON dags.%I TO retail_job, retail_owner USING (true) WITH CHECK (true)', protected);
  END LOOP;
END
$$;

GRANT SELECT, INSERT, UPDATE, DELETE ON dags.asset, dags.asset_input TO retail_job;
GRANT SELECT, INSERT, UPDATE ON dags.asset_partition TO retail_job;
GRANT SELECT, INSERT, DELETE ON dags.asset_version TO retail_job;

-- What came in before there was this table.
DO $$
BEGIN
  IF to_regclass('ingest.partition') IS NOT NULL THEN
    INSERT INTO dags.asset_partition (tenant, asset, business_date, store, version, reason)
    SELECT tenant, dataset, business_date, store, version, 'received' FROM ingest.partition
    ON CONFLICT DO NOTHING;
  END IF;
END
$$;

-- Repairs of old days have a limit of their own, so that they never hold up today's.
ALTER TABLE dags.dag ADD COLUMN IF NOT EXISTS max_active_repairs int NOT NULL DEFAULT 2 CHECK (max_active_repairs > 0);
