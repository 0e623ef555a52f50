-- A company agrees to compare with others of its industry: it gives and reads, or neither. A row an agreement; history stays. First month: the
-- first whose figures go in.
CREATE TABLE IF NOT EXISTS tenancy.benchmark_consent (
  tenant text NOT NULL REFERENCES tenancy.tenant,
  agreed_at timestamptz NOT NULL,
  industry text NOT NULL CHECK (industry IN ('food', 'convenience', 'drugstore', 'fashion', 'home', 'electronics', 'leisure', 'department')),
  first_month date NOT NULL CHECK (extract(day FROM first_month) = 1),
  agreed_by text NOT NULL,
  withdrawn_at timestamptz,
  withdrawn_by text,
  PRIMARY KEY (tenant, agreed_at),
  CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL) AND withdrawn_at >= agreed_at)
);
CREATE UNIQUE INDEX IF NOT EXISTS benchmark_consent_in_force ON tenancy.benchmark_consent (tenant) WHERE withdrawn_at IS NULL;

-- What the companies of an industry came to in a month, by figure: quartiles of their stores' ratios. Published once and never changed.
CREATE TABLE IF NOT EXISTS mart.benchmark_cell (
  industry text NOT NULL,
  month date NOT NULL CHECK (extract(day FROM month) = 1),
  figure text NOT NULL,
  suppression text CHECK (suppression IN ('too_few_companies', 'too_few_stores', 'dominated', 'too_few_changed')),
  lower numeric,
  median numeric,
  upper numeric,
  companies int NOT NULL CHECK (companies >= 0),
  stores int NOT NULL CHECK (stores >= 0),
  published_at timestamptz NOT NULL,
  PRIMARY KEY (industry, month, figure),
  CHECK ((suppression IS NULL) = (median IS NOT NULL) AND (median IS NULL) = (lower IS NULL) AND (median IS NULL) = (upper IS NULL)),
  CHECK (suppression IS NULL OR (companies = 0 AND stores = 0))
);

-- Whose figures are in a published cell. A company sees its own: what left it.
CREATE TABLE IF NOT EXISTS ml.benchmark_member (
  tenant text NOT NULL REFERENCES tenancy.tenant,
  industry text NOT NULL,
  month date NOT NULL,
  figure text NOT NULL,
  stores text[] NOT NULL CHECK (cardinality(stores) > 0),
  values numeric[] NOT NULL CHECK (cardinality(values) = cardinality(stores)),
  PRIMARY KEY (industry, month, figure, tenant),
  FOREIGN KEY (industry, month, figure) REFERENCES mart.benchmark_cell (industry, month, figure)
);
CREATE INDEX IF NOT EXISTS benchmark_member_of ON ml.benchmark_member (tenant, month);

DO $$
DECLARE
  protected text;
BEGIN
  FOREACH protected IN ARRAY ARRAY['tenancy.benchmark_consent', 'mart.benchmark_cell', 'ml.benchmark_member'] LOOP
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', protected);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', protected);
    EXECUTE format('DROP POLICY IF EXISTS tenant_of_session ON %s', protected);
    EXECUTE format('DROP POLICY IF EXISTS every_tenant ON %s', protected);
    EXECUTE format('CREATE POLICY every_tenant ON %s TO retail_job, retail_owner USING (true) WITH CHECK (true)', protected);
    EXECUTE format('GRANT SELECT ON %s TO retail_app', protected);
  END LOOP;
  CREATE POLICY tenant_of_session ON tenancy.benchmark_consent FOR SELECT TO retail_app USING (tenant = nullif(current_setting('app.tenant', true), ''));
  CREATE POLICY tenant_of_session ON ml.benchmark_member FOR SELECT TO retail_app USING (tenant = nullif(current_setting('app.tenant', true), ''));
  -- A company reads what was published while it shared, of the industry it shared in.
  CREATE POLICY tenant_of_session ON mart.benchmark_cell FOR SELECT TO retail_app USING (EXISTS (
    SELECT FROM tenancy.benchmark_consent AS c
    WHERE c.tenant = nullif(current_setting('app.tenant', true), '') AND c.industry = benchmark_cell.industry AND c.first_month <= benchmark_cell.month
      AND c.agreed_at <= benchmark_cell.published_at AND (c.withdrawn_at IS NULL OR c.withdrawn_at > benchmark_cell.published_at)));
END
$$;
GRANT SELECT, INSERT, UPDATE ON tenancy.benchmark_consent TO retail_job;
GRANT SELECT, INSERT ON mart.benchmark_cell TO retail_job;
GRANT SELECT, INSERT ON ml.benchmark_member TO retail_job;

-- What of a company went into which cell is an entry of its own chain, written in the transaction that publishes.
CREATE OR REPLACE FUNCTION audit.note_benchmark() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  INSERT INTO audit.entry (tenant, at, actor, action, object, outcome, address, detail)
  SELECT NEW.tenant, c.published_at, 'benchmarks', 'benchmark.publish', NEW.industry || '/' || to_char(NEW.month, 'YYYY-MM') || '/' || NEW.figure, 'done', '',
    json_build_object('stores', NEW.stores, 'companies', c.companies, 'stores_in_all', c.stores)
  FROM mart.benchmark_cell AS c WHERE c.industry = NEW.industry AND c.month = NEW.month AND c.figure = NEW.figure;
  RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION audit.note_benchmark() FROM PUBLIC;
DROP TRIGGER IF EXISTS audited ON ml.benchmark_member;
CREATE CONSTRAINT TRIGGER audited AFTER INSERT ON ml.benchmark_member DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit.note_benchmark();
