-- Rules people are alerted by, and one incident a rule, store, subject and business date. The page role has no right here; the classes of
-- api/Alerts work as retail_job and name the tenant in every statement.
CREATE TABLE IF NOT EXISTS api.alert_rule (
  rule_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant text NOT NULL REFERENCES tenancy.tenant,
  kind text NOT NULL DEFAULT 'metric',
  owner text,
  created_by text NOT NULL,
  name text NOT NULL,
  metric text NOT NULL,
  direction text NOT NULL CHECK (direction IN ('below', 'above')),
  against text NOT NULL CHECK (against IN ('value', 'weekday', 'expected', 'target')),
  threshold numeric NOT NULL,
  until_hour smallint CHECK (until_hour BETWEEN 1 AND 48),
  stores text[],
  registers_complete boolean NOT NULL DEFAULT true,
  minimum_coverage numeric CHECK (minimum_coverage BETWEEN 0 AND 100),
  recipients text[] NOT NULL DEFAULT '{}',
  language text NOT NULL CHECK (language IN ('ja', 'en')),
  active boolean NOT NULL DEFAULT true,
  since date NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  removed_at timestamptz
);
COMMENT ON COLUMN api.alert_rule.owner IS 'Whose personal rule it is; null is the chain''s, made by head office.';
COMMENT ON COLUMN api.alert_rule.stores IS 'Null is every store of the tenant, each by itself.';
COMMENT ON COLUMN api.alert_rule.threshold IS 'In the unit of the metric for value; percent of the reference otherwise.';
COMMENT ON COLUMN api.alert_rule.until_hour IS 'Full hours of the business date that count; null is the whole day once it is over.';
COMMENT ON COLUMN api.alert_rule.since IS 'First business date it speaks of: nobody wants last month''s alerts when making a rule.';
CREATE INDEX IF NOT EXISTS alert_rule_of_tenant ON api.alert_rule (tenant, created_at) WHERE removed_at IS NULL;

CREATE TABLE IF NOT EXISTS api.alert_incident (
  incident_id bigserial PRIMARY KEY,
  tenant text NOT NULL,
  rule_id uuid NOT NULL REFERENCES api.alert_rule,
  store text NOT NULL,
  subject text NOT NULL DEFAULT '',
  business_date date NOT NULL,
  state text NOT NULL CHECK (state IN ('held', 'open', 'acknowledged', 'closed')),
  episode int NOT NULL DEFAULT 1,
  gap text NOT NULL,
  figure numeric,
  reference numeric,
  currency text,
  figure_opened numeric,
  reference_opened numeric,
  data_version bigint NOT NULL,
  since timestamptz NOT NULL DEFAULT now(),
  opened_at timestamptz,
  acknowledged_by text,
  acknowledged_at timestamptz,
  note text,
  closed_at timestamptz,
  closed_why text CHECK (closed_why IN ('corrected', 'recovered', 'complete', 'rule')),
  UNIQUE (tenant, rule_id, store, subject, business_date)
);
COMMENT ON COLUMN api.alert_incident.subject IS 'What within the store, such as a device; empty is the store itself.';
COMMENT ON COLUMN api.alert_incident.gap IS 'What the data lacks: none, no_data, registers, coverage, compared_day or not_arrived.';
COMMENT ON COLUMN api.alert_incident.figure_opened IS 'The figure it was opened with: what was, when the figure is another now.';
CREATE INDEX IF NOT EXISTS alert_incident_by_date ON api.alert_incident (tenant, business_date);
CREATE INDEX IF NOT EXISTS alert_incident_of_store ON api.alert_incident (tenant, store, business_date);

-- Up to which data version the rules of a tenant were evaluated; also the lock that lets one process evaluate at a time.
CREATE TABLE IF NOT EXISTS api.alert_progress (
  tenant text PRIMARY KEY REFERENCES tenancy.tenant,
  data_version bigint NOT NULL,
  evaluated_at timestamptz NOT NULL
);

DO $$
DECLARE
  protected text;
BEGIN
  FOREACH protected IN ARRAY ARRAY['alert_rule', 'alert_incident', 'alert_progress'] LOOP
    EXECUTE format('ALTER TABLE api.%I ENABLE ROW LEVEL SECURITY', protected);
    EXECUTE format('ALTER TABLE api.%I FORCE ROW LEVEL SECURITY', protected);
    EXECUTE format('DROP POLICY IF EXISTS every_tenant ON api.%I', protected);
    EXECUTE format('CREATE POLICY every_tenant ON api.%I TO retail_job, retail_owner USING (true) WITH CHECK (true)', protected);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON api.%I TO retail_job', protected);
  END LOOP;
END
$$;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA api TO retail_job;
