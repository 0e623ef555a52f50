-- What questions met that the model did not answer itself, or that lie outside what it learnt, until a night picks from it what people are asked to look at.
CREATE TABLE IF NOT EXISTS ml.review_candidate (
  tenant text NOT NULL,
  reason text NOT NULL CHECK (reason IN ('fallback', 'outside_training')),
  store text NOT NULL,
  subject text NOT NULL CHECK (subject IN ('net_sales', 'visitors')),
  business_date date NOT NULL,
  asked_on date NOT NULL,
  times int NOT NULL CHECK (times > 0),
  unseen int NOT NULL CHECK (unseen >= 0),
  detail jsonb NOT NULL,
  PRIMARY KEY (tenant, reason, store, subject, business_date)
);
COMMENT ON COLUMN ml.review_candidate.business_date IS 'The trading day that was asked about';
COMMENT ON COLUMN ml.review_candidate.asked_on IS 'The last day somebody asked, on the wall clock of the store';
COMMENT ON COLUMN ml.review_candidate.unseen IS 'How many things about the day the model has never seen';

ALTER TABLE ml.review_candidate ENABLE ROW LEVEL SECURITY;
ALTER TABLE ml.review_candidate FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant_of_session ON ml.review_candidate;
CREATE POLICY tenant_of_session ON ml.review_candidate FOR SELECT TO retail_app USING (tenant = nullif(current_setting('app.tenant', true), ''));
DROP POLICY IF EXISTS every_tenant ON ml.review_candidate;
CREATE POLICY every_tenant ON ml.review_candidate TO retail_job, retail_owner USING (true) WITH CHECK (true);
GRANT SELECT ON ml.review_candidate TO retail_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ml.review_candidate TO retail_job;

ALTER TABLE ml.review_case DROP CONSTRAINT IF EXISTS review_case_reason_check;
ALTER TABLE ml.review_case ADD CONSTRAINT review_case_reason_check
  CHECK (reason IN ('low_confidence', 'wide_range', 'missed_range', 'group_change', 'far_from_group', 'fallback', 'outside_training'));
