-- How a company cuts its year. Without a row: weeks from Monday, calendar months, a year from January, same stores after 13 months, and
-- the holidays of the country its time zone lies in. It stands beside its tenant: the pages' role reads it with every figure and has no way into the
-- schema api, where passwords and secrets are.
CREATE TABLE IF NOT EXISTS tenancy.tenant_calendar (
  tenant text PRIMARY KEY REFERENCES tenancy.tenant,
  country text NOT NULL CHECK (country ~ '^([A-Z]{2})?$'),
  week_start smallint NOT NULL CHECK (week_start BETWEEN 0 AND 6),
  year_start_month smallint NOT NULL CHECK (year_start_month BETWEEN 1 AND 12),
  month_pattern text NOT NULL CHECK (month_pattern IN ('calendar', '4-4-5', '4-5-4', '5-4-4')),
  same_store_months smallint NOT NULL CHECK (same_store_months BETWEEN 0 AND 60)
);
COMMENT ON COLUMN tenancy.tenant_calendar.country IS 'Whose holidays count, ISO 3166 alpha-2; empty for none';
COMMENT ON COLUMN tenancy.tenant_calendar.week_start IS '0 = Sunday';

ALTER TABLE tenancy.tenant_calendar ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenancy.tenant_calendar FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant_of_session ON tenancy.tenant_calendar;
DROP POLICY IF EXISTS every_tenant ON tenancy.tenant_calendar;
CREATE POLICY tenant_of_session ON tenancy.tenant_calendar FOR SELECT TO retail_app USING (tenant = nullif(current_setting('app.tenant', true), ''));
CREATE POLICY every_tenant ON tenancy.tenant_calendar TO retail_job, retail_owner USING (true) WITH CHECK (true);
GRANT SELECT ON tenancy.tenant_calendar TO retail_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON tenancy.tenant_calendar TO retail_job;
