-- What people know and figures do not say: rain, a sale, stock-taking. Shown beside the figures; it never changes one.
CREATE TABLE IF NOT EXISTS api.annotation (
  annotation_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant text NOT NULL REFERENCES tenancy.tenant,
  kind text NOT NULL CHECK (kind IN ('rain', 'sale', 'stock_taking', 'event', 'closed', 'note')),
  text text NOT NULL,
  visibility text NOT NULL CHECK (visibility IN ('personal', 'store', 'chain')),
  store text CHECK (CASE visibility WHEN 'store' THEN store IS NOT NULL WHEN 'chain' THEN store IS NULL ELSE true END),
  owner text NOT NULL,
  from_date date NOT NULL,
  to_date date NOT NULL CHECK (to_date >= from_date),
  from_hour smallint CHECK (from_hour BETWEEN 0 AND 47),
  to_hour smallint CHECK (to_hour BETWEEN 1 AND 48),
  created_at timestamptz NOT NULL DEFAULT now(),
  changed_at timestamptz NOT NULL DEFAULT now(),
  CHECK ((from_hour IS NULL) = (to_hour IS NULL)),
  CHECK (from_hour IS NULL OR from_date < to_date OR from_hour < to_hour)
);
COMMENT ON COLUMN api.annotation.from_hour IS 'First hour on the first business date, since its local midnight; null is whole days.';
COMMENT ON COLUMN api.annotation.to_hour IS 'Hour on the last business date before which it ends.';
CREATE INDEX IF NOT EXISTS annotation_of_tenant ON api.annotation (tenant, from_date, to_date);

ALTER TABLE api.annotation ENABLE ROW LEVEL SECURITY;
ALTER TABLE api.annotation FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS every_tenant ON api.annotation;
CREATE POLICY every_tenant ON api.annotation TO retail_job, retail_owner USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON api.annotation TO retail_job;
