-- How far published forecasts lay from what came, by trading day and how far ahead they were made. Sums over stores and the nights of which the forecasts were
-- published; what the backtest of the model that made each would have led one to expect stands beside them, null where it had none. as_of: the day that came.
CREATE TABLE IF NOT EXISTS mart.forecast_error (
  tenant text NOT NULL,
  as_of date NOT NULL,
  model text NOT NULL,
  unit text NOT NULL,
  lead text NOT NULL CHECK (lead IN ('1-7', '8-14', '15-28')),
  forecasts int NOT NULL CHECK (forecasts > 0),
  actual double precision NOT NULL CHECK (actual > 0),
  absolute double precision NOT NULL CHECK (absolute >= 0),
  signed double precision NOT NULL,
  pinball double precision NOT NULL CHECK (pinball >= 0),
  inside int NOT NULL CHECK (inside BETWEEN 0 AND forecasts),
  reference_absolute double precision,
  reference_signed double precision,
  reference_pinball double precision,
  reference_inside double precision,
  PRIMARY KEY (tenant, as_of, model, unit, lead)
);
COMMENT ON COLUMN mart.forecast_error.signed IS 'Above 0 where too much was expected';
COMMENT ON COLUMN mart.forecast_error.pinball IS 'Pinball losses of the quantiles 0.1, 0.5 and 0.9 together';

-- What is to be thought of a model as of a trading day. Intervals hold what sampling days anew would give, 1 in 200 beyond each end; figures are shares.
CREATE TABLE IF NOT EXISTS mart.model_drift (
  tenant text NOT NULL,
  as_of date NOT NULL,
  model text NOT NULL,
  verdict text NOT NULL CHECK (verdict IN ('steady', 'watch', 'drifted')),
  reasons jsonb NOT NULL,
  champion text,
  trained_as_of date,
  days int NOT NULL CHECK (days >= 0),
  forecasts bigint NOT NULL,
  error double precision,
  error_reference double precision,
  error_low double precision,
  error_high double precision,
  bias double precision,
  bias_reference double precision,
  bias_low double precision,
  bias_high double precision,
  coverage double precision,
  coverage_reference double precision,
  coverage_low double precision,
  coverage_high double precision,
  pinball double precision,
  pinball_reference double precision,
  pinball_low double precision,
  pinball_high double precision,
  week_low double precision,
  week_high double precision,
  expected_days int NOT NULL,
  missing_days int NOT NULL CHECK (missing_days BETWEEN 0 AND expected_days),
  PRIMARY KEY (tenant, as_of, model)
);
COMMENT ON COLUMN mart.model_drift.reasons IS 'Code, figure and limit of everything that speaks against the model';
COMMENT ON COLUMN mart.model_drift.week_low IS 'Error of a usual week over what the backtest says, nine weeks of ten above it; week_high likewise below it';

-- How the features of stores have moved since the model was trained.
CREATE TABLE IF NOT EXISTS mart.feature_drift (
  tenant text NOT NULL,
  as_of date NOT NULL,
  model text NOT NULL,
  feature text NOT NULL,
  psi double precision,
  psi_limit double precision,
  shift double precision,
  stores_then int NOT NULL,
  stores_now int NOT NULL,
  moved boolean NOT NULL,
  PRIMARY KEY (tenant, as_of, model, feature)
);
COMMENT ON COLUMN mart.feature_drift.psi IS 'Population stability index; null where there are too few stores for one';
COMMENT ON COLUMN mart.feature_drift.shift IS 'Of the median, in robust standard deviations of what it was then';

-- Why a store is compared with nobody.
CREATE TABLE IF NOT EXISTS mart.store_exclusion (
  tenant text NOT NULL,
  as_of date NOT NULL,
  store text NOT NULL,
  reason text NOT NULL CHECK (reason IN ('opened_within', 'refurbished_within', 'closed', 'not_selling', 'too_few_days', 'currency_changed')),
  since date,
  days int NOT NULL CHECK (days >= 0),
  PRIMARY KEY (tenant, as_of, store)
);
COMMENT ON COLUMN mart.store_exclusion.since IS 'The opening, the closing, the first day of the refurbishment or of the currency; the last day with sales where it sells no more';

-- How far a store lies from the middle of its group, in the same distance as peers.
ALTER TABLE mart.store_segment ADD COLUMN IF NOT EXISTS distance double precision;

-- What a person of the data team is asked to look at. One open case a reason, store and figure; chance: how likely it was to be picked, so that what is found can be
-- carried over to what was not picked.
CREATE TABLE IF NOT EXISTS ml.review_case (
  case_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant text NOT NULL,
  reason text NOT NULL CHECK (reason IN ('low_confidence', 'wide_range', 'missed_range', 'group_change', 'far_from_group')),
  store text NOT NULL,
  subject text NOT NULL CHECK (subject IN ('net_sales', 'visitors', 'group')),
  business_date date NOT NULL,
  as_of date NOT NULL,
  uncertainty double precision NOT NULL,
  chance double precision NOT NULL CHECK (chance > 0 AND chance <= 1),
  detail jsonb NOT NULL,
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'decided', 'expired')),
  expires_on date NOT NULL,
  label text CHECK (label IN ('right', 'wrong', 'data_fault', 'known_event')),
  note text NOT NULL DEFAULT '',
  decided_by text,
  decided_at timestamptz,
  CHECK ((state = 'decided') = (label IS NOT NULL) AND (label IS NULL) = (decided_by IS NULL) AND (label IS NULL) = (decided_at IS NULL))
);
CREATE UNIQUE INDEX IF NOT EXISTS review_case_open ON ml.review_case (tenant, reason, store, subject) WHERE state = 'open';
CREATE INDEX IF NOT EXISTS review_case_of_night ON ml.review_case (tenant, as_of, reason);
CREATE UNIQUE INDEX IF NOT EXISTS review_case_once ON ml.review_case (tenant, reason, store, subject, business_date);
CREATE INDEX IF NOT EXISTS review_case_label ON ml.review_case (tenant, store, business_date, subject) WHERE label = 'data_fault';

DO $$
DECLARE
  protected text;
BEGIN
  FOREACH protected IN ARRAY ARRAY['mart.forecast_error', 'mart.model_drift', 'mart.feature_drift', 'mart.store_exclusion', 'ml.review_case'] LOOP
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', protected);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', protected);
    EXECUTE format('DROP POLICY IF EXISTS tenant_of_session ON %s', protected);
    EXECUTE format('CREATE POLICY tenant_of_session ON %s FOR SELECT TO retail_app
      USING (tenant = nullif(current_setting(''app.tenant'', true), ''''))', protected);
    EXECUTE format('DROP POLICY IF EXISTS every_tenant ON %s', protected);
    EXECUTE format('CREATE POLICY every_tenant ON %s TO retail_job, retail_owner USING (true) WITH CHECK (true)', protected);
    EXECUTE format('GRANT SELECT ON %s TO retail_app', protected);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO retail_job', protected);
  END LOOP;
END
$$;

-- What a person decides is an entry of the tenant's chain, written in the transaction that decides.
CREATE OR REPLACE FUNCTION audit.note_review() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  INSERT INTO audit.entry (tenant, at, actor, action, object, outcome, address, detail)
  VALUES (NEW.tenant, NEW.decided_at, NEW.decided_by, 'model.review', NEW.case_id::text, 'done', '',
    json_build_object('store', NEW.store, 'subject', NEW.subject, 'business_date', NEW.business_date, 'reason', NEW.reason, 'label', NEW.label, 'note', NEW.note));
  RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION audit.note_review() FROM PUBLIC;
DROP TRIGGER IF EXISTS audited ON ml.review_case;
CREATE CONSTRAINT TRIGGER audited AFTER UPDATE OF label ON ml.review_case DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.label IS NOT NULL) EXECUTE FUNCTION audit.note_review();
