-- resend: what it means that a store-day is sent again. append: further receipts; delta: changes only; replace: the file is the whole
-- set of its store-days, and what a later file no longer contains is a to-do for an operator.
ALTER TABLE gateway.feed ADD COLUMN IF NOT EXISTS resend text NOT NULL DEFAULT 'append' CHECK (resend IN ('append', 'delta', 'replace'));
ALTER TABLE gateway.feed ADD COLUMN IF NOT EXISTS created_at timestamptz NOT NULL DEFAULT now();
ALTER TABLE gateway.feed ADD COLUMN IF NOT EXISTS retired_at timestamptz;

-- Who did what to which feed. Rows are added and never changed. detail: what was changed, {"profile": {"from", "to"}, …}.
CREATE TABLE IF NOT EXISTS gateway.feed_audit (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant text NOT NULL REFERENCES tenancy.tenant,
  feed text NOT NULL,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  action text NOT NULL CHECK (action IN ('create', 'change', 'retire', 'reopen')),
  detail jsonb NOT NULL
);

CREATE INDEX IF NOT EXISTS feed_audit_newest ON gateway.feed_audit (tenant, feed, id DESC);

ALTER TABLE gateway.feed_audit ENABLE ROW LEVEL SECURITY;
ALTER TABLE gateway.feed_audit FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant_of_session ON gateway.feed_audit;
DROP POLICY IF EXISTS every_tenant ON gateway.feed_audit;
CREATE POLICY tenant_of_session ON gateway.feed_audit TO retail_app USING (tenant = nullif(current_setting('app.tenant', true), ''));
CREATE POLICY every_tenant ON gateway.feed_audit TO retail_job, retail_owner USING (true) WITH CHECK (true);
GRANT SELECT ON gateway.feed_audit TO retail_app;
GRANT SELECT, INSERT ON gateway.feed_audit TO retail_job;
